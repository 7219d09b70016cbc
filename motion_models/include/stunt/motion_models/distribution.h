#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "stunt/motion_models/strict_yaml.h"
#include "stunt/random/random.h"

namespace stunt::motion_models {

struct Constant {
  double value = 0;
  bool operator==(const Constant&) const = default;
};
struct Uniform {
  double lo = 0, hi = 1;
  bool operator==(const Uniform&) const = default;
};
struct Normal {
  double mean = 0, sd = 1;
  bool operator==(const Normal&) const = default;
};
/// A normal distribution given that lo <= x <= hi.
struct TruncatedNormal {
  double mean = 0, sd = 1, lo = 0, hi = 0;
  bool operator==(const TruncatedNormal&) const = default;
};
/// ln(x / median) is normal with standard deviation sigma, given that lo <= x <= hi.
struct LogNormal {
  double median = 1, sigma = 1;
  double lo = 0, hi = std::numeric_limits<double>::infinity();
  bool operator==(const LogNormal&) const = default;
};
/// One of the values. When there are labels, value i is i and means labels[i].
struct Choice {
  std::vector<double> values;
  std::vector<std::string> labels;  // empty, or one a value
  std::vector<double> weights;      // one a value, not all 0
  bool operator==(const Choice&) const = default;
};
/// 1 with probability p, else 0.
struct Bernoulli {
  double p = 0.5;
  bool operator==(const Bernoulli&) const = default;
};
/// lo, lo + 1, …, hi.
struct IntegerUniform {
  std::int64_t lo = 0, hi = 1;
  bool operator==(const IntegerUniform&) const = default;
};
struct Poisson {
  double mean = 1;
  bool operator==(const Poisson&) const = default;
};

/// How a parameter varies. In YAML: 1.3 (constant), {value: 1.3}, {uniform: [lo, hi]}, {normal: {mean, sd}},
/// {truncnorm: {mean, sd, lo, hi}}, {lognormal: {median, sigma}} with optional lo and hi, {choice: [a, b], weights: [1,
/// 3]} of numbers or of words, {bernoulli: p}, {integer: [lo, hi]}, {poisson: mean}.
using Distribution =
    std::variant<Constant, Uniform, Normal, TruncatedNormal, LogNormal, Choice, Bernoulli, IntegerUniform, Poisson>;

/// Quantile function: the x with P(X <= x) = u.
/// @param u  in [0, 1]; 0 and 1 are moved inwards by 2^-54, so that the result is finite. A choice is
///           ordered as it is written.
[[nodiscard]] double FromUniform(const Distribution& distribution, double u);

/// FromUniform of exactly one uniform of the stream.
[[nodiscard]] double Draw(const Distribution& distribution, random::Stream& stream);

[[nodiscard]] bool IsConstant(const Distribution& distribution);

/// The smallest and the largest value that can be drawn; infinite where there is none.
[[nodiscard]] NumberRange Support(const Distribution& distribution);

/// @throws trace::InputError for numbers that make no distribution (lo > hi, sd < 0, weights all 0, …).
[[nodiscard]] Distribution ReadDistribution(const YamlValue& value);

/// As above from a map that may have further keys: takes its own and leaves the others to the caller. Empty when the
/// map has none of the keys that name a distribution.
[[nodiscard]] std::optional<Distribution> FindDistribution(YamlSection& section);

/// The notation above, on one line, with numbers that read back to the same bits; canonical, for hashes and reports.
[[nodiscard]] std::string ToText(const Distribution& distribution);

}  // namespace stunt::motion_models
