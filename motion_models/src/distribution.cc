#include "stunt/motion_models/distribution.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <boost/math/special_functions/erf.hpp>
#include <cmath>
#include <numbers>
#include <numeric>

namespace stunt::motion_models {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kMaxPoissonMean = 50;
// Draws stay finite, and so do the differences and products that they are made of.
constexpr NumberRange kModerate{-1e100, 1e100};
constexpr NumberRange kSpread{0, kModerate.hi};

// In double throughout: long double differs between machines.
using Policy = boost::math::policies::policy<boost::math::policies::promote_double<false>>;

// P(Z <= z) of the standard normal distribution.
double NormalCdf(double z) {
  if (std::isinf(z)) return z > 0 ? 1 : 0;
  return 0.5 * boost::math::erfc(-z / std::numbers::sqrt2, Policy());
}

double NormalQuantile(double p) { return -std::numbers::sqrt2 * boost::math::erfc_inv(2 * p, Policy()); }

// Quantile of the standard normal distribution given that lo <= z <= hi. Above 0 the mirror image is used, because
// 1 − cdf loses its digits there.
double TruncatedQuantile(double u, double lo, double hi) {
  if (lo > 0) return -TruncatedQuantile(1 - u, -hi, -lo);
  const double at_lo = NormalCdf(lo);
  const double p = at_lo + u * (NormalCdf(hi) - at_lo);
  if (p <= 0 || p >= 1) return hi;  // so far out that only the end has weight left
  return std::clamp(NormalQuantile(p), lo, hi);
}

struct Quantile {
  double u;

  double operator()(const Constant& d) const { return d.value; }
  double operator()(const Uniform& d) const { return std::clamp(d.lo + u * (d.hi - d.lo), d.lo, d.hi); }
  double operator()(const Normal& d) const { return d.mean + d.sd * NormalQuantile(u); }
  double operator()(const TruncatedNormal& d) const {
    if (d.sd == 0) return d.mean;
    const double z = TruncatedQuantile(u, (d.lo - d.mean) / d.sd, (d.hi - d.mean) / d.sd);
    return std::clamp(d.mean + d.sd * z, d.lo, d.hi);
  }
  double operator()(const LogNormal& d) const {
    if (d.sigma == 0) return d.median;
    const double z = TruncatedQuantile(u, std::log(d.lo / d.median) / d.sigma, std::log(d.hi / d.median) / d.sigma);
    return std::clamp(d.median * std::exp(d.sigma * z), d.lo, d.hi);
  }
  double operator()(const Choice& d) const {
    double left = u * std::accumulate(d.weights.begin(), d.weights.end(), 0.0);
    std::size_t last = 0;
    for (std::size_t i = 0; i < d.values.size(); ++i) {
      if (d.weights[i] <= 0) continue;
      last = i;
      left -= d.weights[i];
      if (left < 0) break;
    }
    return d.values[last];
  }
  double operator()(const Bernoulli& d) const { return u > 1 - d.p ? 1 : 0; }
  double operator()(const IntegerUniform& d) const {
    const double count = static_cast<double>(d.hi - d.lo) + 1;
    return std::min(static_cast<double>(d.lo) + std::floor(u * count), static_cast<double>(d.hi));
  }
  double operator()(const Poisson& d) const {
    double probability = std::exp(-d.mean);
    double cumulative = probability;
    int k = 0;
    while (u > cumulative && probability > 0) {
      probability *= d.mean / ++k;
      cumulative += probability;
    }
    return k;
  }
};

struct SupportOf {
  NumberRange operator()(const Constant& d) const { return {d.value, d.value}; }
  NumberRange operator()(const Uniform& d) const { return {d.lo, d.hi}; }
  NumberRange operator()(const Normal& d) const { return d.sd == 0 ? NumberRange{d.mean, d.mean} : NumberRange{}; }
  NumberRange operator()(const TruncatedNormal& d) const {
    return d.sd == 0 ? NumberRange{d.mean, d.mean} : NumberRange{d.lo, d.hi};
  }
  NumberRange operator()(const LogNormal& d) const {
    return d.sigma == 0 ? NumberRange{d.median, d.median} : NumberRange{d.lo, d.hi};
  }
  NumberRange operator()(const Choice& d) const {
    NumberRange range{kInfinity, -kInfinity};
    for (std::size_t i = 0; i < d.values.size(); ++i) {
      if (d.weights[i] > 0) range = {std::min(range.lo, d.values[i]), std::max(range.hi, d.values[i])};
    }
    return range;
  }
  NumberRange operator()(const Bernoulli& d) const { return {d.p >= 1 ? 1.0 : 0.0, d.p <= 0 ? 0.0 : 1.0}; }
  NumberRange operator()(const IntegerUniform& d) const {
    return {static_cast<double>(d.lo), static_cast<double>(d.hi)};
  }
  NumberRange operator()(const Poisson& d) const { return {0, d.mean == 0 ? 0 : kInfinity}; }
};

// ---- YAML ----

Distribution ReadUniform(const YamlValue& value) {
  const auto ends = value.Numbers({2, 2}, kModerate);
  if (ends[0] > ends[1]) value.Refuse(fmt::format("is [{}, {}]; accepted: [lo, hi] with lo <= hi", ends[0], ends[1]));
  return Uniform{ends[0], ends[1]};
}

Distribution ReadIntegerUniform(const YamlValue& value) {
  constexpr IntegerRange kExact{-(1LL << 52), 1LL << 52};  // exact in a double
  const auto ends = value.List({2, 2});
  const IntegerUniform d{ends[0].Integer(kExact), ends[1].Integer(kExact)};
  if (d.lo > d.hi) value.Refuse(fmt::format("is [{}, {}]; accepted: [lo, hi] with lo <= hi", d.lo, d.hi));
  return d;
}

Distribution ReadNormal(const YamlValue& value) {
  YamlSection section = value.Section();
  const Normal d{.mean = section.Number("mean", kModerate), .sd = section.Number("sd", kSpread)};
  section.Finish();
  return d;
}

Distribution ReadTruncatedNormal(const YamlValue& value) {
  YamlSection section = value.Section();
  const TruncatedNormal d{.mean = section.Number("mean", kModerate),
                          .sd = section.Number("sd", kSpread),
                          .lo = section.Number("lo", kModerate),
                          .hi = section.Number("hi", kModerate)};
  section.Finish();
  if (d.lo > d.hi) value.Refuse(fmt::format("has lo {} above hi {}", d.lo, d.hi));
  if (d.sd == 0 && (d.mean < d.lo || d.mean > d.hi)) value.Refuse("has sd 0 and its mean outside lo … hi");
  return d;
}

Distribution ReadLogNormal(const YamlValue& value) {
  YamlSection section = value.Section();
  const LogNormal d{.median = section.Number("median", {1 / kModerate.hi, kModerate.hi}),
                    .sigma = section.Number("sigma", {0, 10}),
                    .lo = section.NumberOr("lo", 0, kSpread),
                    .hi = section.NumberOr("hi", kInfinity, {0, kInfinity})};
  section.Finish();
  if (d.lo > d.hi) value.Refuse(fmt::format("has lo {} above hi {}", d.lo, d.hi));
  if (d.sigma == 0 && (d.median < d.lo || d.median > d.hi)) value.Refuse("has sigma 0 and its median outside lo … hi");
  return d;
}

Distribution ReadChoice(const YamlValue& value, const std::optional<YamlValue>& weights) {
  Choice d;
  const auto items = value.List({1, 1000});
  const bool numbers = std::all_of(items.begin(), items.end(), [](const YamlValue& item) { return item.IsNumber(); });
  for (const YamlValue& item : items) {
    d.values.push_back(numbers ? item.Number() : static_cast<double>(d.values.size()));
    if (numbers) continue;
    if (item.IsNumber()) item.Refuse("mixes numbers and words; accepted: only numbers or only words");
    d.labels.push_back(item.Text());
    if (std::count(d.labels.begin(), d.labels.end(), d.labels.back()) > 1) item.Refuse("is in the list already");
  }
  d.weights = weights ? weights->Numbers({items.size(), items.size()}, {0, 1e9}) : std::vector<double>(items.size(), 1);
  if (std::accumulate(d.weights.begin(), d.weights.end(), 0.0) <= 0) weights->Refuse("are all 0");
  return d;
}

}  // namespace

double FromUniform(const Distribution& distribution, double u) {
  return std::visit(Quantile{std::clamp(u, 0x1p-54, 1 - 0x1p-53)}, distribution);
}

double Draw(const Distribution& distribution, random::Stream& stream) {
  return FromUniform(distribution, stream.Uniform());
}

NumberRange Support(const Distribution& distribution) { return std::visit(SupportOf{}, distribution); }

bool IsConstant(const Distribution& distribution) {
  const NumberRange support = Support(distribution);
  return support.lo == support.hi;
}

std::optional<Distribution> FindDistribution(YamlSection& section) {
  std::vector<std::pair<std::string, Distribution>> found;
  const auto take = [&](std::string_view key, auto read) {
    if (const auto value = section.Find(key)) found.emplace_back(key, read(*value));
  };
  take("value", [](const YamlValue& v) -> Distribution { return Constant{v.Number()}; });
  take("uniform", ReadUniform);
  take("normal", ReadNormal);
  take("truncnorm", ReadTruncatedNormal);
  take("lognormal", ReadLogNormal);
  take("bernoulli", [](const YamlValue& v) -> Distribution { return Bernoulli{v.Number({0, 1})}; });
  take("integer", ReadIntegerUniform);
  take("poisson", [](const YamlValue& v) -> Distribution { return Poisson{v.Number({0, kMaxPoissonMean})}; });
  if (const auto choice = section.Find("choice")) {
    found.emplace_back("choice", ReadChoice(*choice, section.Find("weights")));
  }
  if (found.size() > 1) {
    section.Refuse(
        fmt::format("names two distributions, '{}' and '{}'; accepted: one", found[0].first, found[1].first));
  }
  if (found.empty()) return std::nullopt;
  return found.front().second;
}

Distribution ReadDistribution(const YamlValue& value) {
  if (!value.IsMap()) return Constant{value.Number()};
  YamlSection section = value.Section();
  auto distribution = FindDistribution(section);
  section.Finish();
  if (!distribution) {
    value.Refuse(
        "names no distribution (accepted: a number, value, uniform, normal, truncnorm, lognormal, choice, bernoulli, "
        "integer, poisson)");
  }
  return *distribution;
}

// fmt prints the shortest digits that read back to the same double.
std::string ToText(const Distribution& distribution) {
  struct Printer {
    std::string operator()(const Constant& d) const { return fmt::format("{}", d.value); }
    std::string operator()(const Uniform& d) const { return fmt::format("{{uniform: [{}, {}]}}", d.lo, d.hi); }
    std::string operator()(const Normal& d) const {
      return fmt::format("{{normal: {{mean: {}, sd: {}}}}}", d.mean, d.sd);
    }
    std::string operator()(const TruncatedNormal& d) const {
      return fmt::format("{{truncnorm: {{mean: {}, sd: {}, lo: {}, hi: {}}}}}", d.mean, d.sd, d.lo, d.hi);
    }
    std::string operator()(const LogNormal& d) const {
      const std::string hi = std::isinf(d.hi) ? "" : fmt::format(", hi: {}", d.hi);
      return fmt::format("{{lognormal: {{median: {}, sigma: {}, lo: {}{}}}}}", d.median, d.sigma, d.lo, hi);
    }
    std::string operator()(const Choice& d) const {
      const std::string items = d.labels.empty() ? fmt::format("{}", fmt::join(d.values, ", "))
                                                 : fmt::format("{}", fmt::join(d.labels, ", "));
      return fmt::format("{{choice: [{}], weights: [{}]}}", items, fmt::join(d.weights, ", "));
    }
    std::string operator()(const Bernoulli& d) const { return fmt::format("{{bernoulli: {}}}", d.p); }
    std::string operator()(const IntegerUniform& d) const { return fmt::format("{{integer: [{}, {}]}}", d.lo, d.hi); }
    std::string operator()(const Poisson& d) const { return fmt::format("{{poisson: {}}}", d.mean); }
  };
  return std::visit(Printer{}, distribution);
}

}  // namespace stunt::motion_models
