#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "stunt/metrics/interval.h"
#include "stunt/trace/recording.h"

namespace stunt::metrics {

/// Which part of the cases a number is about: tag → value. Empty = all of them.
using Slice = std::map<std::string, std::string>;

/// Where a number comes from, weakest first.
enum class Evidence { kModelled, kDeviceReported, kMeasured };

/// What an interval rests on, so that a gate can ask for another confidence or side.
struct ProportionBasis {
  std::int64_t successes = 0;
  std::int64_t trials = 0;
};
struct RateBasis {
  std::vector<RateTerm> terms;
};
struct QuantileBasis {
  std::vector<double> sorted;  // +infinity: an event that was never detected
  double p = 0;
};
using Basis = std::variant<std::monostate, ProportionBasis, RateBasis, QuantileBasis>;

/// One number of a score, with what is needed to judge it. Undefined is std::nullopt with a reason, never 0.
struct Metric {
  std::string name;  // "fall.sensitivity"
  Slice slice;
  std::optional<double> value;
  std::int64_t n = 0;  // events, trials, alarms or cases that the value rests on
  std::optional<double> ci_lo;
  std::optional<double> ci_hi;
  std::string ci_method;  // "clopper_pearson", "garwood", …; "none" where there is no interval
  std::string unit;       // "1" for shares
  Evidence evidence = Evidence::kMeasured;
  trace::Scope scope = trace::Scope::kSimulatedPopulation;
  std::string reason;        // why there is no value or no interval, or what qualifies them
  bool beyond_post = false;  // no value because it is +infinity: a gate counts it as too large
  Basis basis;               // for IntervalOf; not part of results.json
};

/// The interval of `metric` at another level. `method` picks "clopper_pearson" or "wilson" for shares; empty = the
/// metric's own. std::nullopt where the metric has no interval or the method does not fit it.
[[nodiscard]] std::optional<Interval> IntervalOf(const Metric& metric, Level level, std::string_view method = {});

/// Names as in results.json: "measured", "simulated_population", "sex=f,site=left_wrist" ("all" for an empty slice).
[[nodiscard]] std::string_view ToString(Evidence evidence);
[[nodiscard]] std::string_view ToString(trace::Scope scope);
[[nodiscard]] std::string SliceText(const Slice& slice);

/// The metric of this name and slice, or null.
[[nodiscard]] const Metric* FindMetric(const std::vector<Metric>& metrics, std::string_view name,
                                       const Slice& slice = {});

}  // namespace stunt::metrics
