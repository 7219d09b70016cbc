#pragma once

#include <vector>

#include "metric_makers.h"
#include "stunt/metrics/score.h"

namespace stunt::metrics {

/// A case that was correct or wrong, with what the metrics count.
struct ScoredCase {
  const trace::RunRecord* record = nullptr;
  const MatchResult* match = nullptr;
  double exposure_h = 0;
  bool has_truth_event = false;  // of any class of the rule, ignored ones included

  [[nodiscard]] const trace::CaseInfo& info() const { return record->info; }
  [[nodiscard]] std::int64_t CountRole(DetectionRole role) const;
  [[nodiscard]] std::int64_t Events() const { return static_cast<std::int64_t>(match->events.size()); }
  [[nodiscard]] std::int64_t Found() const { return CountRole(DetectionRole::kMatched); }
  /// Those of the headline: outside every window, repeated, or set off by another class.
  [[nodiscard]] std::int64_t FalsePositives() const;
  [[nodiscard]] bool HasAlarm() const { return Found() + FalsePositives() > 0; }
};

using ScoredCases = std::vector<ScoredCase>;

/// The same records matched anew with post = `post_s`, or null where a simulated trace ends before.
[[nodiscard]] Metric SensitivityAt(const ScoredCases& cases, const MatchRule& rule, int post_s,
                                   const MetricMaker& make);

[[nodiscard]] std::vector<Metric> LatencyMetrics(const ScoredCases& cases, const MatchRule& rule,
                                                 const MetricMaker& make);

[[nodiscard]] std::vector<CurvePoint> DetectionCurve(const ScoredCases& cases, const MatchRule& rule,
                                                     double confidence);

[[nodiscard]] std::vector<Metric> FalseAlarmMetrics(const ScoredCases& cases, const ScoreConfig& config,
                                                    const MetricMaker& make);

}  // namespace stunt::metrics
