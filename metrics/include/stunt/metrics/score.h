#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "stunt/metrics/matching.h"
#include "stunt/metrics/metric.h"
#include "stunt/trace/run_record.h"

namespace stunt::metrics {

/// Hours a day that a person spends in each activity while wearing the device. Without one, false alarms of a test set
/// say nothing about a day: half of it may be burpees.
struct ExposureProfile {
  std::string name;                             // with its version: "office_day_v1"
  std::map<std::string, double> hours_per_day;  // scenario_id → h; at most 24 in all
};

struct ScoreConfig {
  MatchRule match;
  std::vector<std::string> slice_tags;  // keys of CaseInfo::tags by which sensitivity and specificity are also given
  std::optional<ExposureProfile> exposure;
  double confidence = 0.95;  // of the two-sided intervals
};

enum class Outcome {
  kCorrect,  // every event found and nothing else claimed
  kWrong,    // a miss, or an alarm that matches no event
  kError,    // harness, device or truth at fault: never a miss
  kSkipped,
};
[[nodiscard]] std::string_view ToString(Outcome outcome);

/// How one case ended.
struct CaseOutcome {
  std::string case_id;
  std::string scenario_id;
  std::string label;
  Outcome outcome = Outcome::kSkipped;
  std::string reason;  // of a wrong, an error or a skip
  MatchResult match;   // empty unless correct or wrong
};

/// One step of the detection curve: the share of events detected within latency_s of their reference time.
/// Kaplan-Meier, since a recorded trace may end while a detection could still come; band by Greenwood's formula.
struct CurvePoint {
  double latency_s = 0;
  double share = 0;
  double lo = 0;
  double hi = 0;
};

/// The score of a set of cases. Deterministic: depends neither on the order of the records nor on any clock.
struct Score {
  std::vector<CaseOutcome> cases;  // by case_id
  std::vector<Metric> metrics;
  std::vector<CurvePoint> detection_curve;  // by latency

  [[nodiscard]] std::int64_t Count(Outcome outcome) const;
};

/// Scores what a detector said against what happened, for one class of rare events. Metrics, with C = event class:
///
///   cases.{total,correct,wrong,error,skipped}, cases.subjects
///   C.sensitivity                 found / events; also by scenario and by every slice tag
///   C.sensitivity_at_{x}s         the same, matched anew with post = x, for x = 1, 2, 5, 10, 30, 60
///   C.precision, C.events_per_24h found / (found + false positives), and the prevalence that it depends on
///   C.f1                          2 TP / (2 TP + FP + FN)
///   C.specificity_trials          trials without an event and without an alarm / trials without an event; also by
///   label
///                                 and by every slice tag
///   C.alarm_rate                  trials with an alarm / trials, by scenario
///   C.false_alarms_per_24h        Σ hours a day · alarms per hour, over the exposure profile; null without one
///   C.false_alarms_per_hour       outside every event window, by scenario
///   C.{false_alarms,duplicates,cross_alarms,exposure_hours}
///   C.latency_algorithmic_{p50,p90,p95,max}  decision sample − ref, hits only, signed
///   C.latency_p95_all             the same over all events, a miss counting as infinite
///
/// @throws trace::InputError for records of different scopes, or a rule or profile that makes no sense.
[[nodiscard]] Score ScoreRuns(const std::vector<trace::RunRecord>& records, const ScoreConfig& config);

}  // namespace stunt::metrics
