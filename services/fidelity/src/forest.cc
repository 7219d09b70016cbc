#include "forest.h"

#include <algorithm>
#include <memory>
#include <opencv2/core.hpp>
#include <opencv2/ml.hpp>
#include <set>

namespace stunt::fidelity {
namespace {

constexpr int kTrees = 200;
constexpr int kDepth = 12;
constexpr int kSmallestSplit = 6;  // rows
constexpr int kTried = 3;          // features a split: about the square root of their number
constexpr std::uint64_t kSeed = 20261123;

cv::Mat ToMat(const metrics::Features& features) {
  cv::Mat row(1, static_cast<int>(metrics::kFeatures), CV_32F);
  for (int i = 0; i < row.cols; ++i) row.at<float>(0, i) = static_cast<float>(features[static_cast<std::size_t>(i)]);
  return row;
}

bool HasBothClasses(const std::vector<Row>& rows) {
  const auto positive = [](const Row& row) { return row.positive; };
  return std::any_of(rows.begin(), rows.end(), positive) && !std::all_of(rows.begin(), rows.end(), positive);
}

}  // namespace

struct Forest::Model {
  cv::Ptr<cv::ml::RTrees> trees = cv::ml::RTrees::create();
};

Forest::Forest(const std::vector<Row>& rows) : model_(std::make_unique<Model>()) {
  cv::Mat samples, classes(static_cast<int>(rows.size()), 1, CV_32S);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    samples.push_back(ToMat(rows[i].features));
    classes.at<int>(static_cast<int>(i)) = rows[i].positive ? 1 : 0;
  }
  cv::theRNG().state = kSeed;
  cv::ml::RTrees& trees = *model_->trees;
  trees.setMaxDepth(kDepth);
  trees.setMinSampleCount(kSmallestSplit);
  trees.setActiveVarCount(kTried);
  trees.setTermCriteria(cv::TermCriteria(cv::TermCriteria::MAX_ITER, kTrees, 0));
  trees.train(samples, cv::ml::ROW_SAMPLE, classes);
}

Forest::~Forest() = default;
Forest::Forest(Forest&&) noexcept = default;

double Forest::Score(const metrics::Features& features) const {
  cv::Mat votes;  // a row of class labels, then the votes for each
  model_->trees->getVotes(ToMat(features), votes, 0);
  const double negative = votes.at<int>(1, 0), positive = votes.at<int>(1, 1);
  return positive / (negative + positive);
}

std::vector<double> CrossValidated(const std::vector<Row>& rows, std::size_t folds) {
  std::set<std::string> groups;
  for (const Row& row : rows) groups.insert(row.group);
  std::vector<double> scores(rows.size(), 0.5);
  for (std::size_t fold = 0; fold < std::min(folds, groups.size()); ++fold) {
    std::set<std::string> held_out;
    std::size_t i = 0;
    for (const std::string& group : groups) {
      if (i++ % folds == fold) held_out.insert(group);
    }
    std::vector<Row> rest;
    for (const Row& row : rows) {
      if (!held_out.contains(row.group)) rest.push_back(row);
    }
    if (!HasBothClasses(rest)) continue;
    const Forest forest(rest);
    for (std::size_t k = 0; k < rows.size(); ++k) {
      if (held_out.contains(rows[k].group)) scores[k] = forest.Score(rows[k].features);
    }
  }
  return scores;
}

double F1(const std::vector<Row>& rows, const std::vector<double>& scores, double threshold) {
  double hits = 0, alarms = 0, positives = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const bool alarm = scores[i] >= threshold;
    hits += alarm && rows[i].positive ? 1 : 0;
    alarms += alarm ? 1 : 0;
    positives += rows[i].positive ? 1 : 0;
  }
  return alarms + positives > 0 ? 2 * hits / (alarms + positives) : 0;
}

double BestThreshold(const std::vector<Row>& rows, const std::vector<double>& scores) {
  double best = -1, first = 0.5, last = 0.5;
  for (int i = 1; i < 100; ++i) {
    const double threshold = 0.01 * i;
    const double f1 = F1(rows, scores, threshold);
    if (f1 > best + 1e-12) {
      best = f1;
      first = threshold;
    }
    if (f1 >= best - 1e-12) last = threshold;
  }
  return 0.5 * (first + last);
}

}  // namespace stunt::fidelity
