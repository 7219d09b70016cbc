#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "stunt/metrics/metric.h"

namespace stunt::metrics {

enum class GateOp { kAtLeast, kGreater, kAtMost, kLess };  // ">=", ">", "<=", "<"

/// A limit that a suite sets on one metric.
struct Gate {
  std::string metric;
  Slice slice;
  GateOp op = GateOp::kAtLeast;
  double value = 0;                  // unit of the metric
  std::optional<double> confidence;  // nothing: the value itself is compared ("confidence: none")
  std::optional<Side> side;          // nothing: one-sided, on the side that the op needs
  std::string ci;                    // "clopper_pearson" or "wilson"; empty = the metric's own
  Evidence min_evidence = Evidence::kModelled;
};

enum class GateStatus {
  kPass,
  kFail,
  kInconclusive,  // the interval straddles the limit, the metric is undefined, or its evidence too weak
  kError,         // no such metric
};

struct GateResult {
  Gate gate;
  GateStatus status = GateStatus::kError;
  std::optional<double> value;  // of the metric
  std::optional<double> lo;     // bounds that were compared; nothing without a confidence or where infinite
  std::optional<double> hi;
  std::int64_t n = 0;
  std::string reason;  // in words, for every status
};

/// ">=" … of a suite file. @throws trace::InputError for anything else.
[[nodiscard]] GateOp ParseGateOp(std::string_view text);
[[nodiscard]] std::string_view ToString(GateOp op);
[[nodiscard]] std::string_view ToString(GateStatus status);  // "PASS", "FAIL", "INCONCLUSIVE", "ERROR"

/// "fall.sensitivity[sex=f] >= 0.9 (confidence 0.95)"
[[nodiscard]] std::string Describe(const Gate& gate);

/// Why a gate makes no sense (confidence outside (0, 1), a side that its op does not use, an unknown method), or
/// nothing.
[[nodiscard]] std::optional<std::string> FindGateFault(const Gate& gate);

/// Compares a metric with its limit. At a confidence c, ">= v" passes when the lower bound is ≥ v and fails when the
/// upper bound is < v; in between it is inconclusive. A one-sided gate takes both bounds one-sided at c, each for its
/// own question. A metric that is infinite (latency with too many misses) counts as larger than any limit.
/// @throws trace::InputError with FindGateFault's text.
[[nodiscard]] GateResult EvaluateGate(const Gate& gate, const std::vector<Metric>& metrics);
[[nodiscard]] std::vector<GateResult> EvaluateGates(const std::vector<Gate>& gates, const std::vector<Metric>& metrics);

/// How the cases of a run ended, for its verdict and exit code.
struct RunSummary {
  std::int64_t selected = 0;
  std::int64_t errors = 0;
  std::int64_t skipped = 0;
  double max_error_fraction = 0;  // of the cases that were not skipped
  bool interrupted = false;       // and can be resumed
  bool bad_input = false;
};

/// Whether more cases than allowed ended in an error.
[[nodiscard]] bool TooManyErrors(const RunSummary& summary);

/// Worst first: ERROR (a gate's, or too many errors), FAIL, INCONCLUSIVE, PASS. A suite without gates passes.
[[nodiscard]] GateStatus Verdict(const std::vector<GateResult>& gates, const RunSummary& summary);

enum class InconclusivePolicy { kFail, kWarn, kPass };  // --inconclusive

/// First that applies: 130 interrupted, 2 bad input, 3 too many errors or a gate in error, 1 gate failed, 4
/// inconclusive (policy kFail only), 5 nothing selected, 0. Gates are not asked when nothing was selected: they have
/// nothing to judge.
[[nodiscard]] int ExitCode(const std::vector<GateResult>& gates, const RunSummary& summary,
                           InconclusivePolicy policy = InconclusivePolicy::kFail);

}  // namespace stunt::metrics
