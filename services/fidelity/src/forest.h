#pragma once

#include <memory>
#include <string>
#include <vector>

#include "stunt/metrics/waveform.h"

namespace stunt::fidelity {

/// One row that a forest learns from or judges.
struct Row {
  metrics::Features features{};
  bool positive = false;
  std::string group;  // subject: rows of a group are never on both sides of a fold
};

/// Random trees (OpenCV ml): 200 trees of at most 12 levels, three features a split, a fixed seed.
class Forest {
 public:
  /// @param rows  of both classes
  explicit Forest(const std::vector<Row>& rows);
  ~Forest();
  Forest(Forest&&) noexcept;

  /// Share of the trees that say positive, 0 … 1.
  [[nodiscard]] double Score(const metrics::Features& features) const;

 private:
  struct Model;
  std::unique_ptr<Model> model_;
};

/// Scores of every row by a forest that saw nothing of its group: `folds` folds of whole groups, dealt out in the order
/// of their names. Rows that cannot be scored (a fold whose rest lacks a class) get 0.5.
[[nodiscard]] std::vector<double> CrossValidated(const std::vector<Row>& rows, std::size_t folds);

/// Threshold at which scores give the largest F1; the middle of the best range.
[[nodiscard]] double BestThreshold(const std::vector<Row>& rows, const std::vector<double>& scores);

[[nodiscard]] double F1(const std::vector<Row>& rows, const std::vector<double>& scores, double threshold);

}  // namespace stunt::fidelity
