#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "cases.h"
#include "stunt/metrics/score.h"

namespace stunt::metrics {
namespace {

/// A case of 300 s with up to three falls and up to twelve detections, some of them of another class or too weak.
trace::RunRecord ArbitraryRun(int index) {
  std::vector<trace::TruthEvent> events;
  const int count = *rc::gen::inRange(0, 4);
  for (int i = 0; i < count; ++i) {
    const double onset = 0.1 * *rc::gen::inRange(0, 2500);
    const double ref = onset + 0.1 * *rc::gen::inRange(0, 50);
    const bool is_crash = *rc::gen::weightedElement<bool>({{5, false}, {1, true}});
    events.push_back(Event("e" + std::to_string(i), onset, ref, is_crash ? "crash" : "fall"));
    events.back().ignore = *rc::gen::weightedElement<bool>({{7, false}, {1, true}});
  }
  std::vector<trace::Detection> detections;
  for (const int tenths : *rc::gen::resize(12, rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 3000)))) {
    detections.push_back(Alarm(0.1 * tenths, 1, *rc::gen::weightedElement<std::string>({{8, "fall"}, {1, "crash"}})));
    detections.back().above_threshold = *rc::gen::weightedElement<bool>({{8, true}, {1, false}});
  }
  trace::RunRecord record = Record(Case("c" + std::to_string(index), 300, events), detections);
  record.info.label = "mixed";
  record.info.scope = trace::Scope::kRecordedHuman;  // takes any truth
  record.info.scenario_id = *rc::gen::element<std::string>("walk", "trip", "sit");
  record.status = *rc::gen::weightedElement<trace::RunStatus>(
      {{8, trace::RunStatus::kCompleted}, {1, trace::RunStatus::kError}, {1, trace::RunStatus::kSkipped}});
  return record;
}

std::vector<trace::RunRecord> ArbitraryRuns() {
  std::vector<trace::RunRecord> runs;
  const int count = *rc::gen::inRange(1, 8);
  for (int i = 0; i < count; ++i) runs.push_back(ArbitraryRun(i));
  return runs;
}

double Value(const Score& score, const std::string& name) { return *FindMetric(score.metrics, name)->value; }

RC_GTEST_PROP(ScoreRuns, EveryCaseAndEveryAlarmIsCountedOnce, ()) {
  const auto runs = ArbitraryRuns();
  const Score score = ScoreRuns(runs, {});
  RC_ASSERT(Value(score, "cases.correct") + Value(score, "cases.wrong") + Value(score, "cases.error") +
                Value(score, "cases.skipped") ==
            static_cast<double>(runs.size()));
  for (std::size_t i = 0; i < score.cases.size(); ++i) {
    const CaseOutcome& outcome = score.cases[i];
    const trace::RunRecord& run = runs[i];  // case ids c0 … c7 are in order
    if (outcome.outcome == Outcome::kError || outcome.outcome == Outcome::kSkipped) {
      RC_ASSERT(outcome.match.detections.empty());
      continue;
    }
    const auto alarms = std::count_if(run.detections.begin(), run.detections.end(),
                                      [](const trace::Detection& d) { return d.label == "fall" && d.above_threshold; });
    RC_ASSERT(outcome.match.detections.size() == static_cast<std::size_t>(alarms));
    std::vector<std::size_t> claimed, used;
    for (const EventOutcome& event : outcome.match.events) {
      if (event.detection) claimed.push_back(*event.detection);
    }
    for (const DetectionOutcome& detection : outcome.match.detections) {
      if (detection.role == DetectionRole::kMatched) used.push_back(detection.detection);
    }
    std::sort(claimed.begin(), claimed.end());
    std::sort(used.begin(), used.end());
    RC_ASSERT(claimed == used);  // one to one, and both lists tell the same story
    RC_ASSERT(std::adjacent_find(used.begin(), used.end()) == used.end());
  }
}

RC_GTEST_PROP(ScoreRuns, OrderOfCasesAndDetectionsDoesNotMatter, ()) {
  const auto runs = ArbitraryRuns();
  auto shuffled = runs;
  std::reverse(shuffled.begin(), shuffled.end());
  const int turn = *rc::gen::inRange(0, static_cast<int>(runs.size()));
  std::rotate(shuffled.begin(), shuffled.begin() + turn, shuffled.end());
  for (trace::RunRecord& run : shuffled) {
    std::reverse(run.detections.begin(), run.detections.end());
    std::reverse(run.info.truth.events.begin(), run.info.truth.events.end());
  }
  const Score a = ScoreRuns(runs, {}), b = ScoreRuns(shuffled, {});
  RC_ASSERT(a.metrics.size() == b.metrics.size());
  for (std::size_t i = 0; i < a.metrics.size(); ++i) {
    RC_ASSERT(a.metrics[i].name == b.metrics[i].name);
    RC_ASSERT(a.metrics[i].slice == b.metrics[i].slice);
    RC_ASSERT(a.metrics[i].value == b.metrics[i].value);
    RC_ASSERT(a.metrics[i].ci_lo == b.metrics[i].ci_lo);
    RC_ASSERT(a.metrics[i].reason == b.metrics[i].reason);
  }
  RC_ASSERT(a.detection_curve.size() == b.detection_curve.size());
}

RC_GTEST_PROP(ScoreRuns, ShiftingAllTimesChangesNothing, ()) {
  const trace::RunRecord run = ArbitraryRun(0);
  trace::RunRecord later = run;
  const std::int64_t shift = Ns(*rc::gen::inRange(-100000, 100000));
  later.info.start_ns += shift;
  later.info.end_ns += shift;
  for (trace::TruthEvent& event : later.info.truth.events) {
    event.onset_ns += shift;
    event.ref_ns += shift;
    event.end_ns += shift;
  }
  for (trace::Detection& detection : later.detections) detection.decision_sample_time_ns += shift;
  const Score a = ScoreRuns({run}, {}), b = ScoreRuns({later}, {});
  for (std::size_t i = 0; i < a.metrics.size(); ++i) RC_ASSERT(a.metrics[i].value == b.metrics[i].value);
}

RC_GTEST_PROP(ScoreRuns, ValuesLieInTheirIntervalsAndUndefinedOnesHaveReasons, ()) {
  for (const Metric& metric : ScoreRuns(ArbitraryRuns(), {}).metrics) {
    RC_ASSERT(metric.value || !metric.reason.empty());
    if (metric.value && metric.ci_lo) RC_ASSERT(*metric.ci_lo <= *metric.value);
    if (metric.value && metric.ci_hi) RC_ASSERT(*metric.value <= *metric.ci_hi);
  }
}

RC_GTEST_PROP(ScoreRuns, MoreTimeNeverFindsFewer, ()) {
  const Score score = ScoreRuns(ArbitraryRuns(), {});
  double last = 0;
  for (const int post_s : {1, 2, 5, 10, 30, 60}) {
    const Metric* metric = FindMetric(score.metrics, "fall.sensitivity_at_" + std::to_string(post_s) + "s");
    if (!metric->value) continue;
    RC_ASSERT(*metric->value >= last);
    last = *metric->value;
  }
}

}  // namespace
}  // namespace stunt::metrics
