#include "stunt/metrics/score.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "cases.h"
#include "stunt/metrics/timing.h"
#include "stunt/trace/input_error.h"

namespace stunt::metrics {
namespace {

const Metric& Get(const Score& score, const std::string& name, const Slice& slice = {}) {
  const Metric* metric = FindMetric(score.metrics, name, slice);
  if (metric == nullptr) throw std::logic_error("no metric " + name);
  return *metric;
}

trace::RunRecord Fall(const std::string& id, const std::vector<double>& alarms_s, const std::string& sex = "f") {
  trace::RunRecord record = Record(Case(id, 100, {Event("e", 9, 10)}), Alarms(alarms_s));
  record.info.tags["sex"] = sex;
  return record;
}

trace::RunRecord Quiet(const std::string& id, const std::string& scenario, const std::vector<double>& alarms_s = {}) {
  trace::RunRecord record = Record(Case(id, 360, {}), Alarms(alarms_s));
  record.info.scenario_id = scenario;
  record.info.subject_id = "s2";
  if (scenario == "stumble") record.info.label = "near_fall";
  return record;
}

/// Five falls and five quiet trials, countable by hand:
///   f1 found after 2 s; f2 found after 0.5 s, then again 14.5 s later; f3 missed; f4 false alarm before, found after 5
///   s; f5 error; walk quiet, walk with one alarm; stumble quiet, stumble with two alarms; one skipped.
std::vector<trace::RunRecord> TenCases() {
  std::vector<trace::RunRecord> runs{Fall("f1", {12}),
                                     Fall("f2", {10.5, 25}, "m"),
                                     Fall("f3", {}),
                                     Fall("f4", {2, 15}),
                                     Fall("f5", {12}),
                                     Quiet("w1", "walk"),
                                     Quiet("w2", "walk", {50}),
                                     Quiet("n1", "stumble"),
                                     Quiet("n2", "stumble", {50, 55, 90}),
                                     Quiet("x", "walk")};
  runs[4].status = trace::RunStatus::kError;
  runs[4].reason = "link lost";
  runs[9].status = trace::RunStatus::kSkipped;
  runs[9].reason = "nobody walked";
  return runs;
}

TEST(ScoreRuns, CountsWhatAPersonCounts) {
  const Score score = ScoreRuns(TenCases(), {});
  EXPECT_EQ(Get(score, "cases.total").value.value(), 10);
  EXPECT_EQ(Get(score, "cases.correct").value.value(), 3);  // f1, w1, n1
  EXPECT_EQ(Get(score, "cases.wrong").value.value(), 5);    // f2 (repeat), f3, f4, w2, n2
  EXPECT_EQ(Get(score, "cases.error").value.value(), 1);
  EXPECT_EQ(Get(score, "cases.skipped").value.value(), 1);
  EXPECT_EQ(Get(score, "cases.subjects").value.value(), 2);
  EXPECT_EQ(Get(score, "fall.false_alarms").value.value(), 4);  // f4, w2, n2 twice (50 and 90 s; 55 s is folded)
  EXPECT_EQ(Get(score, "fall.duplicates").value.value(), 1);    // f2
  EXPECT_EQ(Get(score, "fall.cross_alarms").value.value(), 0);
}

TEST(ScoreRuns, SharesHaveTheirCountsAndExactIntervals) {
  const Score score = ScoreRuns(TenCases(), {});
  const Metric& sensitivity = Get(score, "fall.sensitivity");
  EXPECT_DOUBLE_EQ(*sensitivity.value, 3.0 / 4);  // f1, f2, f4 of f1 … f4: the error is not a miss
  EXPECT_EQ(sensitivity.n, 4);
  EXPECT_EQ(sensitivity.ci_method, "clopper_pearson");
  // 3 of 4: P(3 or more | lo) = 4 lo³ − 3 lo⁴ and P(3 or fewer | hi) = 1 − hi⁴ are both 2.5 %.
  const double lo = *sensitivity.ci_lo;
  EXPECT_NEAR(4 * std::pow(lo, 3) - 3 * std::pow(lo, 4), 0.025, 1e-12);
  EXPECT_NEAR(*sensitivity.ci_hi, std::pow(0.975, 0.25), 1e-12);
  EXPECT_EQ(sensitivity.unit, "1");
  EXPECT_EQ(sensitivity.evidence, Evidence::kMeasured);
  EXPECT_EQ(sensitivity.scope, trace::Scope::kSimulatedPopulation);
  EXPECT_DOUBLE_EQ(Get(score, "fall.precision").value.value(), 3.0 / 8);  // 4 false alarms and a repeat
  EXPECT_EQ(Get(score, "fall.precision").n, 8);
  EXPECT_DOUBLE_EQ(Get(score, "fall.specificity_trials").value.value(), 2.0 / 4);
  EXPECT_DOUBLE_EQ(Get(score, "fall.f1").value.value(), 2 * 3.0 / (2 * 3 + 5 + 1));
  EXPECT_FALSE(Get(score, "fall.f1").ci_lo);
  EXPECT_NE(Get(score, "fall.f1").reason.find("bootstrap"), std::string::npos);
}

TEST(ScoreRuns, PrevalenceStandsBesidePrecision) {
  const Score score = ScoreRuns(TenCases(), {});
  const double hours = (4 * 100 + 4 * 360) / 3600.0;
  EXPECT_NEAR(Get(score, "fall.events_per_24h").value.value(), 24 * 4 / hours, 1e-9);
  EXPECT_NE(Get(score, "fall.precision").reason.find("events per 24 h"), std::string::npos);
}

TEST(ScoreRuns, SlicesAreScoredApart) {
  ScoreConfig config;
  config.slice_tags = {"sex"};
  const Score score = ScoreRuns(TenCases(), config);
  EXPECT_DOUBLE_EQ(Get(score, "fall.specificity_trials", {{"label", "near_fall"}}).value.value(), 0.5);
  EXPECT_EQ(Get(score, "fall.specificity_trials", {{"label", "adl"}}).n, 2);
  EXPECT_DOUBLE_EQ(Get(score, "fall.alarm_rate", {{"scenario", "trip"}}).value.value(), 3.0 / 4);
  EXPECT_DOUBLE_EQ(Get(score, "fall.alarm_rate", {{"scenario", "walk"}}).value.value(), 1.0 / 2);
  EXPECT_DOUBLE_EQ(Get(score, "fall.sensitivity", {{"scenario", "trip"}}).value.value(), 3.0 / 4);
  EXPECT_DOUBLE_EQ(Get(score, "fall.sensitivity", {{"sex", "f"}}).value.value(), 2.0 / 3);
  EXPECT_DOUBLE_EQ(Get(score, "fall.sensitivity", {{"sex", "m"}}).value.value(), 1);
  EXPECT_EQ(FindMetric(score.metrics, "fall.sensitivity", {{"scenario", "walk"}}), nullptr);
  EXPECT_EQ(FindMetric(score.metrics, "fall.specificity_trials", {{"label", "fall"}}), nullptr);
}

TEST(ScoreRuns, SensitivityGrowsWithTheTimeAllowed) {
  const Score score = ScoreRuns(TenCases(), {});
  const std::pair<int, double> expected[] = {{1, 1}, {2, 2}, {5, 3}, {10, 3}, {30, 3}, {60, 3}};
  for (const auto& [post_s, found] : expected) {
    EXPECT_DOUBLE_EQ(Get(score, "fall.sensitivity_at_" + std::to_string(post_s) + "s").value.value(), found / 4)
        << post_s;
  }
}

TEST(ScoreRuns, SensitivityIsUndefinedWhereNobodyWatchedLongEnough) {
  const Score score = ScoreRuns({Record(Case("a", 50, {Event("e", 9, 10)})), Fall("b", {12})}, {});
  EXPECT_TRUE(Get(score, "fall.sensitivity_at_30s").value);
  EXPECT_FALSE(Get(score, "fall.sensitivity_at_60s").value);  // a ends 40 s after its impact
  EXPECT_NE(Get(score, "fall.sensitivity_at_60s").reason.find("1 of 2"), std::string::npos);
}

TEST(ScoreRuns, RecordedPeopleAreJudgedUpToTheEndOfTheTrace) {
  auto recorded = [](std::string id, double end_s, const std::vector<double>& alarms_s) {
    trace::RunRecord record = Record(Case(std::move(id), end_s, {Event("e", 9, 10)}), Alarms(alarms_s));
    record.info.scope = trace::Scope::kRecordedHuman;
    return record;
  };
  const Score score = ScoreRuns({recorded("a", 15, {12}), recorded("b", 15, {})}, {});
  EXPECT_DOUBLE_EQ(Get(score, "fall.sensitivity").value.value(), 0.5);
  EXPECT_EQ(Get(score, "fall.sensitivity").scope, trace::Scope::kRecordedHuman);
  EXPECT_NE(Get(score, "fall.sensitivity").reason.find("1 of 2"), std::string::npos);
  EXPECT_DOUBLE_EQ(Get(score, "fall.sensitivity_at_60s").value.value(), 0.5);
}

TEST(ScoreRuns, ScopesDoNotMix) {
  auto runs = TenCases();
  runs[0].info.scope = trace::Scope::kRecordedHuman;
  EXPECT_THROW((void)ScoreRuns(runs, {}), trace::InputError);
}

TEST(ScoreRuns, FaultsAreErrorsAndNeverMisses) {
  std::vector<trace::RunRecord> runs{Record(Case("short", 20, {Event("e", 9, 10)})), Fall("future", {101}),
                                     Fall("nan", {12})};
  runs[2].detections[0].score = std::numeric_limits<double>::quiet_NaN();
  const Score score = ScoreRuns(runs, {});
  for (const CaseOutcome& outcome : score.cases) {
    EXPECT_EQ(outcome.outcome, Outcome::kError) << outcome.case_id;
    EXPECT_FALSE(outcome.reason.empty());
  }
  EXPECT_FALSE(Get(score, "fall.sensitivity").value);
  EXPECT_EQ(Get(score, "fall.sensitivity").reason, "no events");
}

TEST(ScoreRuns, OfNothingIsUndefinedWithReasons) {
  const Score score = ScoreRuns({}, {});
  for (const Metric& metric : score.metrics) {
    EXPECT_TRUE(metric.value || !metric.reason.empty()) << metric.name;
  }
  for (const char* name : {"fall.sensitivity", "fall.precision", "fall.f1", "fall.specificity_trials",
                           "fall.false_alarms_per_24h", "fall.latency_p95_all"}) {
    EXPECT_FALSE(Get(score, name).value) << name;
  }
  EXPECT_TRUE(score.detection_curve.empty());
}

TEST(ScoreRuns, NamesFollowTheEventClass) {
  trace::RunRecord run = Record(Case("c", 100, {Event("k", 9, 10, "crash")}), {Alarm(12, 1, "crash")});
  run.info.label = "crash";
  ScoreConfig config;
  config.match.event_class = "crash";
  EXPECT_EQ(Get(ScoreRuns({run}, config), "crash.sensitivity").value.value(), 1);
  // For the fall class the same case holds no event, but it is no daily-living trial either.
  const Score falls = ScoreRuns({run}, {});
  EXPECT_FALSE(Get(falls, "fall.specificity_trials").value);
  EXPECT_EQ(falls.cases[0].outcome, Outcome::kCorrect);
}

TEST(ScoreRuns, FallAlarmInACrashIsAFalsePositiveButLeavesTheExposure) {
  trace::RunRecord run = Record(Case("c", 3610, {Event("k", 5, 10, "crash")}), Alarms({12}));
  run.info.label = "crash";
  const Score score = ScoreRuns({run}, {});
  EXPECT_EQ(score.cases[0].outcome, Outcome::kWrong);
  EXPECT_EQ(Get(score, "fall.cross_alarms").value.value(), 1);
  EXPECT_EQ(Get(score, "fall.false_alarms").value.value(), 0);
  EXPECT_EQ(Get(score, "fall.precision").value.value(), 0);
  EXPECT_NEAR(Get(score, "fall.exposure_hours").value.value(), (3610 - 25) / 3600.0, 1e-12);
}

/// Onsets only, each allowed to be off by the collar on both sides, as in sed_eval.
trace::RunRecord Onsets(const std::string& id, const std::vector<double>& truth_s, const std::vector<double>& found_s) {
  std::vector<trace::TruthEvent> events;
  for (const double t : truth_s) events.push_back(Event(std::to_string(events.size()), t, t));
  return Record(Case(id, 20, events), Alarms(found_s));
}

// sed_eval's event-based tests (t_collar 0.2 s; MIT, numbers only). In the first the onset of a detection lies exactly
// on the collar and counts; in the second the truth of one of two files is empty.
TEST(ScoreRuns, AgreesWithSedEvalOnF1) {
  ScoreConfig config;
  config.match.classes["fall"] = {Ns(0.2), Ns(0.2), 0};
  EXPECT_NEAR(Get(ScoreRuns({Onsets("a", {0, 2.8, 6}, {0.2, 6})}, config), "fall.f1").value.value(), 0.8, 1e-12);
  const Score binary = ScoreRuns({Onsets("a", {1.2}, {1.3}), Onsets("b", {}, {1.3})}, config);
  EXPECT_NEAR(Get(binary, "fall.f1").value.value(), 2.0 / 3, 1e-12);
}

TEST(FalseAlarms, PerDayNeedANamedDay) {
  const Metric metric = Get(ScoreRuns(TenCases(), {}), "fall.false_alarms_per_24h");
  EXPECT_FALSE(metric.value);
  EXPECT_NE(metric.reason.find("no exposure profile"), std::string::npos);
}

// Walking: 1 alarm in 2 · 0.1 h = 5/h, two hours a day. Stumbling: 2 alarms in 0.2 h = 10/h, half an hour a day.
TEST(FalseAlarms, PerDayAreTheRatesWeightedByTheHoursOfADay) {
  ScoreConfig config;
  config.exposure = ExposureProfile{"odd_day_v1", {{"walk", 2}, {"stumble", 0.5}}};
  const Score score = ScoreRuns(TenCases(), config);
  const Metric& metric = Get(score, "fall.false_alarms_per_24h");
  EXPECT_NEAR(*metric.value, 2 * 5 + 0.5 * 10, 1e-9);
  EXPECT_EQ(metric.n, 3);
  EXPECT_EQ(metric.ci_method, "fay_feuer");
  EXPECT_LT(*metric.ci_lo, 15);
  EXPECT_GT(*metric.ci_hi, 15);
  EXPECT_NE(metric.reason.find("odd_day_v1"), std::string::npos);
  const Metric& walking = Get(score, "fall.false_alarms_per_hour", {{"scenario", "walk"}});
  EXPECT_NEAR(*walking.value, 5, 1e-9);
  EXPECT_NEAR(*walking.ci_hi, 5.571643390938898 / 0.2, 1e-9);  // Garwood, k = 1
}

TEST(FalseAlarms, PerDayAreUndefinedWhereTheDayIsNotCovered) {
  ScoreConfig config;
  config.exposure = ExposureProfile{"office_day_v1", {{"walk", 2}, {"typing", 6}}};
  const Metric metric = Get(ScoreRuns(TenCases(), config), "fall.false_alarms_per_24h");
  EXPECT_FALSE(metric.value);
  EXPECT_NE(metric.reason.find("typing"), std::string::npos);
}

TEST(FalseAlarms, DaysOfMoreThan24HoursAreRefused) {
  ScoreConfig config;
  for (const double hours : {25.0, 0.0, -1.0}) {
    config.exposure = ExposureProfile{"x", {{"walk", hours}}};
    EXPECT_THROW((void)ScoreRuns(TenCases(), config), trace::InputError) << hours;
  }
}

TEST(ScoreTimingAsap, KnowsTheDetectorsOwnTimeAndNothingElse) {
  std::vector<trace::RunRecord> runs{Fall("a", {12})};
  runs[0].detector_compute_ns = 8000;
  runs[0].inference_count = 4;
  const std::vector<Metric> metrics = ScoreTimingAsap(runs);
  EXPECT_DOUBLE_EQ(FindMetric(metrics, "compute_us_per_inference")->value.value(), 2);
  EXPECT_FALSE(FindMetric(metrics, "latency_e2e")->value);
  EXPECT_FALSE(FindMetric(metrics, "latency_compute_p50")->value);  // not stamped
  EXPECT_EQ(FindMetric(metrics, "latency_compute_p50")->reason, "needs 20 values, has 0");
}

}  // namespace
}  // namespace stunt::metrics
