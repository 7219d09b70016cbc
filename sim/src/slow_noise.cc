#include "slow_noise.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numbers>
#include <utility>

#include "stunt/random/normals.h"

namespace stunt::sim::internal {
namespace {

constexpr double kLongestPeriod = 86400;  // s: flicker is flat below
constexpr int kWalkLevels = 40;           // 2^40 samples: 350 years at 100 Hz
constexpr std::int64_t kKnotOrigin = 64;  // knots before sample 0 have numbers too

static_assert(kNoiseBlock % random::kNormalGroup == 0);

// Coefficients first … first + values.size() − 1 of one level.
struct Knots {
  std::int64_t first = 0;
  std::vector<double> values;

  [[nodiscard]] std::int64_t last() const { return first + static_cast<std::int64_t>(values.size()) - 1; }
  [[nodiscard]] const double* at(std::int64_t i) const { return values.data() + (i - first); }
};

// Largest whole number not above n / 2, also for negative n.
std::int64_t Half(std::int64_t n) { return n >> 1; }

/// Range of coefficients of every level that samples [first, last] depend on.
std::pair<std::int64_t, std::int64_t> Range(std::int64_t first, std::int64_t last, int level) {
  std::int64_t lo = first - 1, hi = last + 1;  // a sample sees three coefficients of level 0
  for (int j = 0; j < level; ++j) {
    lo = Half(lo - 1);
    hi = Half(hi + 2);
  }
  return {lo, hi};
}

/// Two-scale relation of cubic B-splines: coefficients of half the spacing that make the same curve.
Knots Refine(const Knots& coarse, std::int64_t lo, std::int64_t hi) {
  Knots fine{lo, std::vector<double>(static_cast<std::size_t>(hi - lo + 1))};
  for (std::int64_t i = lo + (lo & 1); i <= hi; i += 2) {
    const double* const c = coarse.at(Half(i));
    fine.values[static_cast<std::size_t>(i - lo)] = (c[-1] + 6 * c[0] + c[1]) / 8;
  }
  for (std::int64_t i = lo + 1 - (lo & 1); i <= hi; i += 2) {
    const double* const c = coarse.at(Half(i));
    fine.values[static_cast<std::size_t>(i - lo)] = (c[0] + c[1]) / 2;
  }
  return fine;
}

void AddNormals(Knots& knots, double sigma, random::StreamKey key) {
  constexpr auto kGroup = static_cast<std::int64_t>(random::kNormalGroup);
  const std::int64_t lo = (knots.first + kKnotOrigin) / kGroup * kGroup;
  const std::int64_t hi = (knots.last() + kKnotOrigin) / kGroup * kGroup + kGroup;
  std::vector<double> normals(static_cast<std::size_t>(hi - lo));
  random::FillNormals(key, static_cast<std::uint64_t>(lo), normals);
  const double* const own = normals.data() + (knots.first + kKnotOrigin - lo);
  for (std::size_t i = 0; i < knots.values.size(); ++i) knots.values[i] += sigma * own[i];
}

}  // namespace

FlickerNoise::FlickerNoise(double coefficient, double sample_period, int finest, random::StreamKey key)
    : finest_(finest) {
  assert(finest >= 0 && finest <= kNoiseBlockLevels);
  const double kC = 151.0 / (630 * std::numbers::ln2);
  sigma_ = coefficient / std::sqrt(2 * std::numbers::pi * kC);
  coarsest_ = std::max(finest, static_cast<int>(std::ceil(std::log2(kLongestPeriod / sample_period))));
  for (int j = 0; j <= coarsest_; ++j) keys_.push_back(key.Derive(static_cast<std::uint64_t>(j)));
}

void FlickerNoise::Add(std::uint64_t block, std::span<double, kNoiseBlock> out) const {
  if (sigma_ == 0) return;
  const auto first = static_cast<std::int64_t>(block * kNoiseBlock);
  const std::int64_t last = first + static_cast<std::int64_t>(kNoiseBlock) - 1;
  const auto [lo, hi] = Range(first, last, coarsest_);
  Knots knots{lo, std::vector<double>(static_cast<std::size_t>(hi - lo + 1), 0.0)};
  AddNormals(knots, sigma_, keys_[static_cast<std::size_t>(coarsest_)]);
  for (int j = coarsest_ - 1; j >= 0; --j) {
    const auto [from, to] = Range(first, last, j);
    knots = Refine(knots, from, to);
    if (j >= finest_) AddNormals(knots, sigma_, keys_[static_cast<std::size_t>(j)]);
  }
  const double* const c = knots.at(first - 1);
  for (std::size_t i = 0; i < kNoiseBlock; ++i) out[i] += (c[i] + 4 * c[i + 1] + c[i + 2]) / 6;
}

RandomWalk::RandomWalk(const std::array<double, 3>& coefficient, double sample_period, int finest,
                       random::StreamKey key)
    : finest_(finest), key_(key) {
  assert(finest >= 0 && finest <= kNoiseBlockLevels);
  for (std::size_t axis = 0; axis < 3; ++axis) step_[axis] = coefficient[axis] * std::sqrt(sample_period);
}

// One group of normals a midpoint; each axis takes its own.
std::pair<double, double> RandomWalk::Ends(std::uint64_t block, int axis) const {
  const double step = step_[static_cast<std::size_t>(axis)];
  std::array<double, random::kNormalGroup> normals;
  const auto draw = [&](int level, std::uint64_t span) {
    random::FillNormals(key_.Derive(static_cast<std::uint64_t>(level)), span * random::kNormalGroup, normals);
    return normals[static_cast<std::size_t>(axis)];
  };
  const auto deviation = [&](int level) {
    return step * std::ldexp(1.0, level / 2) * (level % 2 != 0 ? std::sqrt(2.0) : 1);
  };
  double start = 0;
  double end = deviation(kWalkLevels) * draw(kWalkLevels, 0);
  for (int level = kWalkLevels; level > kNoiseBlockLevels; --level) {
    const std::uint64_t position = block >> (level - kNoiseBlockLevels);
    // Level numbers the spans that are halved; the undivided span itself has kWalkLevels, so these begin one below.
    const double middle = 0.5 * (start + end) + 0.5 * deviation(level) * draw(level - 1, position);
    const bool upper = (block >> (level - 1 - kNoiseBlockLevels) & 1) != 0;
    (upper ? start : end) = middle;
  }
  return {start, end};
}

void RandomWalk::Add(std::uint64_t block, int axis, std::span<double, kNoiseBlock> out) const {
  if (step_[static_cast<std::size_t>(axis)] == 0) return;
  const auto [start, end] = Ends(block, axis);
  const std::size_t stride = std::size_t{1} << finest_;  // samples between knots
  const std::size_t knots = kNoiseBlock / stride;
  std::array<double, kNoiseBlock> normals;
  const std::size_t padded = (knots + random::kNormalGroup - 1) / random::kNormalGroup * random::kNormalGroup;
  random::FillNormals(key_.Derive("within").Derive(static_cast<std::uint64_t>(axis)), block * padded,
                      std::span(normals).first(padded));
  const double deviation = step_[static_cast<std::size_t>(axis)] * std::sqrt(static_cast<double>(stride));
  double sum = 0;
  for (std::size_t k = 0; k < knots; ++k) sum += deviation * normals[k];
  const double slope = (end - start - sum) / static_cast<double>(knots);  // what the bridge lacks, spread evenly
  double from = start;
  for (std::size_t k = 0; k < knots; ++k) {
    const double to = from + (deviation * normals[k] + slope);
    for (std::size_t i = 0; i < stride; ++i) {
      out[k * stride + i] += from + (to - from) * (static_cast<double>(i) / static_cast<double>(stride));
    }
    from = to;
  }
}

}  // namespace stunt::sim::internal
