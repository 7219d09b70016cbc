#include "stunt/metrics/gates.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "stunt/trace/input_error.h"

namespace stunt::metrics {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

bool WantsLarge(GateOp op) { return op == GateOp::kAtLeast || op == GateOp::kGreater; }

bool Holds(double value, GateOp op, double limit) {
  switch (op) {
    case GateOp::kAtLeast:
      return value >= limit;
    case GateOp::kGreater:
      return value > limit;
    case GateOp::kAtMost:
      return value <= limit;
    case GateOp::kLess:
      return value < limit;
  }
  return false;
}

std::optional<double> IfFinite(double value) { return std::isfinite(value) ? std::optional(value) : std::nullopt; }

/// Both bounds that a gate compares: two-sided, or each one-sided for its own question.
std::optional<Interval> BoundsFor(const Gate& gate, const Metric& metric) {
  if (gate.side == Side::kTwoSided) return IntervalOf(metric, {*gate.confidence, Side::kTwoSided}, gate.ci);
  const auto lower = IntervalOf(metric, {*gate.confidence, Side::kLower}, gate.ci);
  const auto upper = IntervalOf(metric, {*gate.confidence, Side::kUpper}, gate.ci);
  if (!lower || !upper) return std::nullopt;
  return Interval{lower->lo, upper->hi};
}

GateResult With(GateResult result, GateStatus status, std::string reason) {
  result.status = status;
  result.reason = std::move(reason);
  return result;
}

/// The value alone decides.
GateResult ComparePoint(GateResult result, double value) {
  const bool holds = Holds(value, result.gate.op, result.gate.value);
  const std::string shown = std::isinf(value) ? "infinite" : fmt::format("{:.6g}", value);
  return With(std::move(result), holds ? GateStatus::kPass : GateStatus::kFail,
              fmt::format("the value is {}, without regard to its uncertainty", shown));
}

GateResult CompareBounds(GateResult result, Interval bounds) {
  const Gate& gate = result.gate;
  result.lo = IfFinite(bounds.lo);
  result.hi = IfFinite(bounds.hi);
  const bool surely_holds = Holds(WantsLarge(gate.op) ? bounds.lo : bounds.hi, gate.op, gate.value);
  const bool may_hold = Holds(WantsLarge(gate.op) ? bounds.hi : bounds.lo, gate.op, gate.value);
  const std::string interval =
      fmt::format("{:g} % bounds [{:.6g}, {:.6g}]", 100 * *gate.confidence, bounds.lo, bounds.hi);
  if (surely_holds) return With(std::move(result), GateStatus::kPass, interval + " lie on the good side");
  if (!may_hold) return With(std::move(result), GateStatus::kFail, interval + " lie on the bad side");
  return With(std::move(result), GateStatus::kInconclusive, interval + " straddle the limit");
}

}  // namespace

GateOp ParseGateOp(std::string_view text) {
  for (const GateOp op : {GateOp::kAtLeast, GateOp::kGreater, GateOp::kAtMost, GateOp::kLess}) {
    if (ToString(op) == text) return op;
  }
  throw trace::InputError(fmt::format("op '{}' is not one of >=, >, <=, <", text));
}

std::string_view ToString(GateOp op) {
  switch (op) {
    case GateOp::kAtLeast:
      return ">=";
    case GateOp::kGreater:
      return ">";
    case GateOp::kAtMost:
      return "<=";
    case GateOp::kLess:
      return "<";
  }
  return "";
}

std::string_view ToString(GateStatus status) {
  switch (status) {
    case GateStatus::kPass:
      return "PASS";
    case GateStatus::kFail:
      return "FAIL";
    case GateStatus::kInconclusive:
      return "INCONCLUSIVE";
    case GateStatus::kError:
      return "ERROR";
  }
  return "";
}

std::string Describe(const Gate& gate) {
  const std::string slice = gate.slice.empty() ? "" : fmt::format("[{}]", SliceText(gate.slice));
  const std::string confidence = gate.confidence ? fmt::format("{:g}", *gate.confidence) : "none";
  return fmt::format("{}{} {} {:g} (confidence {})", gate.metric, slice, ToString(gate.op), gate.value, confidence);
}

std::optional<std::string> FindGateFault(const Gate& gate) {
  if (gate.metric.empty()) return "a gate names no metric";
  if (!std::isfinite(gate.value)) return fmt::format("{}: the limit must be finite", gate.metric);
  if (gate.confidence && !(*gate.confidence > 0 && *gate.confidence < 1)) {
    return fmt::format("{}: confidence {:g} is not between 0 and 1 (or 'none')", gate.metric, *gate.confidence);
  }
  const Side useless = WantsLarge(gate.op) ? Side::kUpper : Side::kLower;
  if (gate.side == useless) {
    return fmt::format("{}: '{}' is proven by the {} bound, so side must be '{}' or 'two_sided'", gate.metric,
                       ToString(gate.op), WantsLarge(gate.op) ? "lower" : "upper",
                       WantsLarge(gate.op) ? "lower" : "upper");
  }
  static constexpr std::string_view kMethods[] = {"",        "clopper_pearson", "wilson",
                                                  "garwood", "fay_feuer",       "order_statistics"};
  if (std::find(std::begin(kMethods), std::end(kMethods), gate.ci) == std::end(kMethods)) {
    return fmt::format("{}: ci '{}' is not one of clopper_pearson, wilson, garwood, fay_feuer, order_statistics",
                       gate.metric, gate.ci);
  }
  return std::nullopt;
}

GateResult EvaluateGate(const Gate& gate, const std::vector<Metric>& metrics) {
  if (const auto fault = FindGateFault(gate)) throw trace::InputError(*fault);
  GateResult result;
  result.gate = gate;
  const Metric* metric = FindMetric(metrics, gate.metric, gate.slice);
  if (metric == nullptr) {
    return With(std::move(result), GateStatus::kError,
                fmt::format("no metric {} for {}", gate.metric, SliceText(gate.slice)));
  }
  result.value = metric->value;
  result.n = metric->n;
  if (metric->evidence < gate.min_evidence) {
    return With(std::move(result), GateStatus::kInconclusive,
                fmt::format("{} asked for, {} given", ToString(gate.min_evidence), ToString(metric->evidence)));
  }
  if (!metric->value && !metric->beyond_post) {
    return With(std::move(result), GateStatus::kInconclusive, metric->reason);
  }
  if (!gate.confidence) return ComparePoint(std::move(result), metric->value.value_or(kInfinity));
  const auto bounds = BoundsFor(gate, *metric);
  if (!bounds) {
    return With(std::move(result), GateStatus::kInconclusive,
                metric->reason.empty() ? "the metric has no such interval" : metric->reason);
  }
  return CompareBounds(std::move(result), *bounds);
}

std::vector<GateResult> EvaluateGates(const std::vector<Gate>& gates, const std::vector<Metric>& metrics) {
  std::vector<GateResult> results;
  for (const Gate& gate : gates) results.push_back(EvaluateGate(gate, metrics));
  return results;
}

bool TooManyErrors(const RunSummary& summary) {
  const auto run = static_cast<double>(summary.selected - summary.skipped);
  return static_cast<double>(summary.errors) > summary.max_error_fraction * run;
}

GateStatus Verdict(const std::vector<GateResult>& gates, const RunSummary& summary) {
  if (TooManyErrors(summary)) return GateStatus::kError;
  for (const GateStatus status : {GateStatus::kError, GateStatus::kFail, GateStatus::kInconclusive}) {
    const auto is = [&](const GateResult& result) { return result.status == status; };
    if (std::any_of(gates.begin(), gates.end(), is)) return status;
  }
  return GateStatus::kPass;
}

int ExitCode(const std::vector<GateResult>& gates, const RunSummary& summary, InconclusivePolicy policy) {
  if (summary.interrupted) return 130;
  if (summary.bad_input) return 2;
  if (summary.selected == 0) return 5;
  switch (Verdict(gates, summary)) {
    case GateStatus::kError:
      return 3;
    case GateStatus::kFail:
      return 1;
    case GateStatus::kInconclusive:
      return policy == InconclusivePolicy::kFail ? 4 : 0;
    case GateStatus::kPass:
      return 0;
  }
  return 3;
}

}  // namespace stunt::metrics
