#include <gtest/gtest.h>

#include <limits>

#include "cases.h"
#include "stunt/metrics/gates.h"
#include "stunt/metrics/score.h"

namespace stunt::metrics {
namespace {

/// Falls found after these seconds, and so many that were missed.
std::vector<trace::RunRecord> Falls(const std::vector<double>& latencies_s, int missed = 0) {
  std::vector<trace::RunRecord> runs;
  for (const double latency : latencies_s) {
    runs.push_back(Record(Case("f" + std::to_string(runs.size()), 100, {Event("e", 5, 10)}), Alarms({10 + latency})));
  }
  for (int i = 0; i < missed; ++i) runs.push_back(Record(Case("m" + std::to_string(i), 100, {Event("e", 5, 10)})));
  return runs;
}

/// 0.1, 0.2, … n/10 s.
std::vector<double> Tenths(int n) {
  std::vector<double> values;
  for (int i = 1; i <= n; ++i) values.push_back(0.1 * i);
  return values;
}

Metric Get(const std::vector<trace::RunRecord>& runs, const std::string& name) {
  return *FindMetric(ScoreRuns(runs, {}).metrics, name);
}

TEST(Latency, QuantilesAreSortedValuesAtTheirRank) {
  const auto runs = Falls(Tenths(200));
  EXPECT_NEAR(Get(runs, "fall.latency_algorithmic_p50").value.value(), 10.0, 1e-9);
  EXPECT_NEAR(Get(runs, "fall.latency_algorithmic_p90").value.value(), 18.0, 1e-9);
  EXPECT_NEAR(Get(runs, "fall.latency_algorithmic_p95").value.value(), 19.0, 1e-9);
  EXPECT_NEAR(Get(runs, "fall.latency_p95_all").value.value(), 19.0, 1e-9);
  EXPECT_NEAR(Get(runs, "fall.latency_algorithmic_max").value.value(), 20.0, 1e-9);
  // B binomial(200, 1/2), summed exactly: P(B ≤ 85) = 0.0200 and P(B ≤ 86) = 0.0280, so ranks 86 and 115.
  const Metric median = Get(runs, "fall.latency_algorithmic_p50");
  EXPECT_NEAR(*median.ci_lo, 8.6, 1e-9);
  EXPECT_NEAR(*median.ci_hi, 11.5, 1e-9);
  EXPECT_EQ(median.ci_method, "order_statistics");
}

TEST(Latency, QuantilesNeedEnoughValues) {
  EXPECT_FALSE(Get(Falls(Tenths(19)), "fall.latency_algorithmic_p50").value);
  EXPECT_EQ(Get(Falls(Tenths(19)), "fall.latency_algorithmic_p50").reason, "needs 20 values, has 19");
  EXPECT_TRUE(Get(Falls(Tenths(20)), "fall.latency_algorithmic_p50").value);
  EXPECT_FALSE(Get(Falls(Tenths(99)), "fall.latency_algorithmic_p90").value);
  EXPECT_TRUE(Get(Falls(Tenths(100)), "fall.latency_algorithmic_p90").value);
}

TEST(Latency, MissesAreInfiniteAndNotAbsent) {
  const auto few = Falls(Tenths(190), 10);  // 5 %: the 190th of 200 is still a hit
  EXPECT_NEAR(Get(few, "fall.latency_p95_all").value.value(), 19.0, 1e-9);
  EXPECT_FALSE(Get(few, "fall.latency_p95_all").ci_hi);  // infinite
  const Metric many = Get(Falls(Tenths(189), 11), "fall.latency_p95_all");
  EXPECT_FALSE(many.value);
  EXPECT_TRUE(many.beyond_post);
  EXPECT_EQ(many.reason, ">post: 11 of 200 events were not found within 30 s");
}

TEST(Latency, AGateTakesInfiniteForTooLargeAndNotForUnknown) {
  Gate gate;
  gate.metric = "fall.latency_p95_all";
  gate.op = GateOp::kAtMost;
  gate.value = 25;
  EXPECT_EQ(EvaluateGate(gate, ScoreRuns(Falls(Tenths(189), 11), {}).metrics).status, GateStatus::kFail);
  EXPECT_EQ(EvaluateGate(gate, ScoreRuns(Falls(Tenths(195), 5), {}).metrics).status, GateStatus::kPass);
  EXPECT_EQ(EvaluateGate(gate, ScoreRuns(Falls(Tenths(50)), {}).metrics).status, GateStatus::kInconclusive);
  gate.confidence = 0.95;
  EXPECT_EQ(EvaluateGate(gate, ScoreRuns(Falls(Tenths(189), 11), {}).metrics).status, GateStatus::kInconclusive);
  EXPECT_EQ(EvaluateGate(gate, ScoreRuns(Falls(Tenths(100), 100), {}).metrics).status, GateStatus::kFail);
}

TEST(Latency, PreImpactDetectionsStayNegative) {
  const auto runs = Falls(std::vector<double>(20, -0.4));
  EXPECT_NEAR(Get(runs, "fall.latency_algorithmic_p50").value.value(), -0.4, 1e-9);
}

TEST(DetectionCurve, IsTheShareFoundByEachTime) {
  const auto curve = ScoreRuns(Falls({3, 1, 1}, 1), {}).detection_curve;
  ASSERT_EQ(curve.size(), 2U);
  EXPECT_NEAR(curve[0].latency_s, 1, 1e-9);
  EXPECT_NEAR(curve[0].share, 0.5, 1e-12);
  EXPECT_NEAR(curve[1].latency_s, 3, 1e-9);
  EXPECT_NEAR(curve[1].share, 0.75, 1e-12);
  EXPECT_NEAR(curve[1].lo, 0.19412044968324, 1e-12);  // exact, since nobody was lost from sight
}

// Recorded traces that end early: at 2 s one of four leaves unfound, so the one found at 3 s is one of two at risk.
// Kaplan-Meier: undetected 3/4 after 1 s, then 3/4 · 1/2. Greenwood at 3 s: (3/8)² (1/(4·3) + 1/(2·1)).
TEST(DetectionCurve, CountsPeopleOnlyWhileTheyAreWatched) {
  auto recorded = [](std::string id, double end_s, const std::vector<double>& alarms_s) {
    trace::RunRecord record = Record(Case(std::move(id), end_s, {Event("e", 5, 10)}), Alarms(alarms_s));
    record.info.scope = trace::Scope::kRecordedHuman;
    return record;
  };
  const auto curve =
      ScoreRuns({recorded("a", 60, {11}), recorded("b", 12, {}), recorded("c", 60, {13}), recorded("d", 60, {})}, {})
          .detection_curve;
  ASSERT_EQ(curve.size(), 2U);
  EXPECT_NEAR(curve[0].share, 0.25, 1e-12);
  EXPECT_NEAR(curve[1].share, 1 - 0.375, 1e-12);
  const double half = 1.959963984540054 * 0.375 * std::sqrt(1.0 / 12 + 1.0 / 2);
  EXPECT_NEAR(curve[1].lo, std::max(0.0, 0.625 - half), 1e-9);
  EXPECT_NEAR(curve[1].hi, std::min(1.0, 0.625 + half), 1e-9);
}

}  // namespace
}  // namespace stunt::metrics
