#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace stunt::metrics {

enum class Side {
  kTwoSided,
  kLower,  // [lo, best possible]: all of the error on the lower bound
  kUpper,  // [least possible, hi]
};

/// How sure an interval is, and on which side.
struct Level {
  double confidence = 0.95;  // in (0, 1)
  Side side = Side::kTwoSided;
};

/// A confidence interval. A bound that the method cannot give is ±infinity (quantiles, rates) or 0 or 1 (proportions).
struct Interval {
  double lo = 0;
  double hi = 0;
};

/// Every function below gives std::nullopt where the interval is undefined: no trials, negative or impossible counts, a
/// confidence outside (0, 1).

/// Exact interval of a proportion by inverting the binomial test; never covers less than it says.
/// @source Clopper and Pearson 1934, Biometrika 26:404.
[[nodiscard]] std::optional<Interval> ClopperPearson(std::int64_t successes, std::int64_t trials, Level level = {});

/// Score interval of a proportion; shorter than Clopper-Pearson and right on average.
/// @source Wilson 1927, JASA 22:209.
[[nodiscard]] std::optional<Interval> Wilson(std::int64_t successes, std::int64_t trials, Level level = {});

/// Exact interval of the mean of a Poisson count.
///   lo = χ²(α/2; 2k) / 2,  hi = χ²(1 − α/2; 2k + 2) / 2
/// @source Garwood 1936, Biometrika 28:437.
[[nodiscard]] std::optional<Interval> GarwoodPoisson(std::int64_t count, Level level = {});

/// One stratum of a weighted rate Σ weight · count.
struct RateTerm {
  std::int64_t count = 0;
  double weight = 0;  // what one event adds to the rate: hours a day ÷ hours observed; > 0
};

/// Gamma interval of a weighted sum of Poisson counts. With equal weights it is Garwood's, scaled.
/// @source Fay and Feuer 1997, Statistics in Medicine 16:791.
[[nodiscard]] std::optional<Interval> FayFeuer(const std::vector<RateTerm>& terms, Level level = {});

/// Trials that must all succeed before the one-sided lower bound reaches `lower_bound`: 59 for 0.95 at 95 %.
[[nodiscard]] std::optional<std::int64_t> ZeroFailureTrials(double lower_bound, double confidence = 0.95);

/// Rank ceil(p · n) of the p-quantile among n sorted values, from 1; p in (0, 1).
[[nodiscard]] std::int64_t QuantileRank(std::int64_t n, double p);

/// Values without which the p-quantile is not reported: 10 / (1 − p), so 20 for the median and 1,000 for p99.
[[nodiscard]] std::int64_t QuantileMinimumCount(double p);

/// Distribution-free interval of the p-quantile: sorted values whose ranks bound it by the binomial distribution.
/// A bound is ∓infinity where no rank is sure enough.
[[nodiscard]] std::optional<Interval> QuantileInterval(const std::vector<double>& sorted, double p, Level level = {});

}  // namespace stunt::metrics
