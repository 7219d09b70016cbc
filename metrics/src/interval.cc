#include "stunt/metrics/interval.h"

#include <algorithm>
#include <boost/math/distributions/beta.hpp>
#include <boost/math/distributions/binomial.hpp>
#include <boost/math/distributions/chi_squared.hpp>
#include <boost/math/distributions/normal.hpp>
#include <cmath>
#include <limits>

namespace stunt::metrics {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// Error probability on each bound; 0 = the bound is not asked for.
struct Tails {
  double lo = 0;
  double hi = 0;
};

std::optional<Tails> TailsOf(Level level) {
  if (!(level.confidence > 0 && level.confidence < 1)) return std::nullopt;
  const double alpha = 1 - level.confidence;
  switch (level.side) {
    case Side::kTwoSided:
      return Tails{alpha / 2, alpha / 2};
    case Side::kLower:
      return Tails{alpha, 0};
    case Side::kUpper:
      return Tails{0, alpha};
  }
  return std::nullopt;
}

bool IsProportion(std::int64_t successes, std::int64_t trials) {
  return trials > 0 && successes >= 0 && successes <= trials;
}

double ChiSquaredQuantile(double p, double degrees) {
  return boost::math::quantile(boost::math::chi_squared_distribution<double>(degrees), p);
}

double ChiSquaredUpperQuantile(double tail, double degrees) {
  return boost::math::quantile(boost::math::complement(boost::math::chi_squared_distribution<double>(degrees), tail));
}

}  // namespace

std::optional<Interval> ClopperPearson(std::int64_t successes, std::int64_t trials, Level level) {
  const auto tails = TailsOf(level);
  if (!tails || !IsProportion(successes, trials)) return std::nullopt;
  const double k = static_cast<double>(successes);
  const double n = static_cast<double>(trials);
  using Beta = boost::math::beta_distribution<double>;
  Interval interval{0, 1};
  if (tails->lo > 0 && successes > 0) interval.lo = boost::math::quantile(Beta(k, n - k + 1), tails->lo);
  if (tails->hi > 0 && successes < trials) {
    interval.hi = boost::math::quantile(boost::math::complement(Beta(k + 1, n - k), tails->hi));
  }
  return interval;
}

std::optional<Interval> Wilson(std::int64_t successes, std::int64_t trials, Level level) {
  const auto tails = TailsOf(level);
  if (!tails || !IsProportion(successes, trials)) return std::nullopt;
  const double n = static_cast<double>(trials);
  const double p = static_cast<double>(successes) / n;
  const double z = boost::math::quantile(
      boost::math::complement(boost::math::normal_distribution<double>(), std::max(tails->lo, tails->hi)));
  const double centre = (p + z * z / (2 * n)) / (1 + z * z / n);
  const double half = z / (1 + z * z / n) * std::sqrt(p * (1 - p) / n + z * z / (4 * n * n));
  // Below 50 % one-sided confidence z is negative and the "lower" bound lies above p, as it should.
  Interval interval{0, 1};
  if (tails->lo > 0 && successes > 0) interval.lo = std::clamp(centre - half, 0.0, 1.0);
  if (tails->hi > 0 && successes < trials) interval.hi = std::clamp(centre + half, 0.0, 1.0);
  return interval;
}

std::optional<Interval> GarwoodPoisson(std::int64_t count, Level level) { return FayFeuer({{count, 1.0}}, level); }

std::optional<Interval> FayFeuer(const std::vector<RateTerm>& terms, Level level) {
  const auto tails = TailsOf(level);
  if (!tails || terms.empty()) return std::nullopt;
  double rate = 0, variance = 0, largest = 0;
  for (const RateTerm& term : terms) {
    if (term.count < 0 || !(term.weight > 0) || std::isinf(term.weight)) return std::nullopt;
    rate += term.weight * static_cast<double>(term.count);
    variance += term.weight * term.weight * static_cast<double>(term.count);
    largest = std::max(largest, term.weight);
  }
  Interval interval{0, kInfinity};
  if (tails->lo > 0 && rate > 0) {
    interval.lo = variance / (2 * rate) * ChiSquaredQuantile(tails->lo, 2 * rate * rate / variance);
  }
  if (tails->hi > 0) {
    // As if one more event came from the stratum where it weighs most.
    const double more_rate = rate + largest;
    const double more_variance = variance + largest * largest;
    interval.hi =
        more_variance / (2 * more_rate) * ChiSquaredUpperQuantile(tails->hi, 2 * more_rate * more_rate / more_variance);
  }
  return interval;
}

std::optional<std::int64_t> ZeroFailureTrials(double lower_bound, double confidence) {
  if (!(lower_bound > 0 && lower_bound < 1 && confidence > 0 && confidence < 1)) return std::nullopt;
  // p^n ≤ 1 − confidence
  return static_cast<std::int64_t>(std::ceil(std::log1p(-confidence) / std::log(lower_bound)));
}

namespace {
// Products such as 0.9 · 10 may land a rounding error above a whole number, which must not cost a rank.
constexpr double kRoundingSlack = 1e-9;
}  // namespace

std::int64_t QuantileRank(std::int64_t n, double p) {
  const auto rank = static_cast<std::int64_t>(std::ceil(p * static_cast<double>(n) - kRoundingSlack));
  return std::clamp<std::int64_t>(rank, 1, std::max<std::int64_t>(n, 1));
}

std::int64_t QuantileMinimumCount(double p) {
  return static_cast<std::int64_t>(std::ceil(10 / (1 - p) - kRoundingSlack));
}

std::optional<Interval> QuantileInterval(const std::vector<double>& sorted, double p, Level level) {
  const auto tails = TailsOf(level);
  if (!tails || sorted.empty() || !(p > 0 && p < 1)) return std::nullopt;
  const auto n = static_cast<std::int64_t>(sorted.size());
  // The number of values below the quantile is binomial(n, p), so P(x_(r) > quantile) = P(B < r) = P(B ≤ r − 1).
  const boost::math::binomial_distribution<double> below(static_cast<double>(n), p);
  const auto at_most = [&](std::int64_t k) { return boost::math::cdf(below, static_cast<double>(k)); };
  const auto at_least = [&](std::int64_t k) {
    return k == 0 ? 1.0 : boost::math::cdf(boost::math::complement(below, static_cast<double>(k - 1)));
  };
  Interval interval{-kInfinity, kInfinity};
  if (tails->lo > 0) {  // the largest rank r with P(B ≤ r − 1) ≤ tail
    std::int64_t rank = 0;
    while (rank < n && at_most(rank) <= tails->lo) ++rank;
    if (rank > 0) interval.lo = sorted[static_cast<std::size_t>(rank - 1)];
  }
  if (tails->hi > 0) {  // the smallest rank r with P(B ≥ r) ≤ tail
    std::int64_t rank = n + 1;
    while (rank > 1 && at_least(rank - 1) <= tails->hi) --rank;
    if (rank <= n) interval.hi = sorted[static_cast<std::size_t>(rank - 1)];
  }
  return interval;
}

}  // namespace stunt::metrics
