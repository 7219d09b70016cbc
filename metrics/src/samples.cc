#include "stunt/metrics/samples.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace stunt::metrics {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

std::vector<double> Sorted(std::span<const double> values) {
  std::vector<double> sorted(values.begin(), values.end());
  std::sort(sorted.begin(), sorted.end());
  return sorted;
}

double Mean(const std::vector<double>& v) {
  return std::accumulate(v.begin(), v.end(), 0.0) / static_cast<double>(v.size());
}

/// Walks both distribution functions at once: calls visit(F_a − F_b, width to the next value, values that are equal) at
/// every step.
template <typename Visit>
void WalkDistributions(std::span<const double> a, std::span<const double> b, const Visit& visit) {
  const std::vector<double> x = Sorted(a), y = Sorted(b);
  std::size_t i = 0, j = 0;
  while (i < x.size() || j < y.size()) {
    const double at = j == y.size() || (i < x.size() && x[i] <= y[j]) ? x[i] : y[j];
    const std::size_t before = i + j;
    while (i < x.size() && x[i] <= at) ++i;
    while (j < y.size() && y[j] <= at) ++j;
    const double next = std::min(i < x.size() ? x[i] : kInfinity, j < y.size() ? y[j] : kInfinity);
    const double apart =
        static_cast<double>(i) / static_cast<double>(x.size()) - static_cast<double>(j) / static_cast<double>(y.size());
    visit(apart, std::isfinite(next) ? next - at : 0.0, i + j - before);
  }
}

}  // namespace

std::optional<double> Quantile(std::span<const double> values, double p) {
  if (values.empty() || !(p >= 0 && p <= 1)) return {};
  const std::vector<double> sorted = Sorted(values);
  const double place = p * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (place - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

std::optional<double> KolmogorovSmirnov(std::span<const double> a, std::span<const double> b) {
  if (a.empty() || b.empty()) return {};
  double largest = 0;
  WalkDistributions(a, b, [&](double apart, double, std::size_t) { largest = std::max(largest, std::abs(apart)); });
  return largest;
}

std::optional<double> Cramer(std::span<const double> a, std::span<const double> b) {
  if (a.empty() || b.empty()) return {};
  double sum = 0;
  WalkDistributions(a, b,
                    [&](double apart, double, std::size_t here) { sum += apart * apart * static_cast<double>(here); });
  return std::sqrt(sum / static_cast<double>(a.size() + b.size()));
}

std::optional<double> Wasserstein(std::span<const double> a, std::span<const double> b) {
  if (a.empty() || b.empty()) return {};
  double area = 0;
  WalkDistributions(a, b, [&](double apart, double width, std::size_t) { area += std::abs(apart) * width; });
  return area;
}

std::vector<double> MeanRanks(std::span<const double> values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t i, std::size_t j) { return values[i] < values[j]; });
  std::vector<double> ranks(values.size());
  for (std::size_t begin = 0; begin < order.size();) {
    std::size_t end = begin;
    while (end < order.size() && values[order[end]] == values[order[begin]]) ++end;
    const double mean = 0.5 * static_cast<double>(begin + 1 + end);
    for (std::size_t k = begin; k < end; ++k) ranks[order[k]] = mean;
    begin = end;
  }
  return ranks;
}

std::optional<double> Spearman(std::span<const double> x, std::span<const double> y) {
  if (x.size() != y.size() || x.size() < 3) return {};
  const std::vector<double> a = MeanRanks(x), b = MeanRanks(y);
  const double mean_a = Mean(a), mean_b = Mean(b);
  double ab = 0, aa = 0, bb = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    ab += (a[i] - mean_a) * (b[i] - mean_b);
    aa += (a[i] - mean_a) * (a[i] - mean_a);
    bb += (b[i] - mean_b) * (b[i] - mean_b);
  }
  if (aa == 0 || bb == 0) return {};
  return ab / std::sqrt(aa * bb);
}

std::optional<double> RocAuc(std::span<const double> positives, std::span<const double> negatives) {
  if (positives.empty() || negatives.empty()) return {};
  std::vector<double> all(positives.begin(), positives.end());
  all.insert(all.end(), negatives.begin(), negatives.end());
  const std::vector<double> ranks = MeanRanks(all);
  const double n = static_cast<double>(positives.size());
  const double sum = std::accumulate(ranks.begin(), ranks.begin() + static_cast<std::ptrdiff_t>(positives.size()), 0.0);
  return (sum - 0.5 * n * (n + 1)) / (n * static_cast<double>(negatives.size()));
}

}  // namespace stunt::metrics
