#include "stunt/metrics/matching.h"

#include <gtest/gtest.h>

#include "cases.h"
#include "stunt/trace/input_error.h"

namespace stunt::metrics {
namespace {

using enum DetectionRole;

std::vector<DetectionRole> Roles(const MatchResult& result) {
  std::vector<DetectionRole> roles;
  for (const DetectionOutcome& outcome : result.detections) roles.push_back(outcome.role);
  return roles;
}

int Found(const MatchResult& result) {
  int found = 0;
  for (const EventOutcome& event : result.events) found += event.detection.has_value();
  return found;
}

MatchRule FallRule(double pre_s, double post_s, double refractory_s) {
  MatchRule rule;
  rule.classes["fall"] = {Ns(pre_s), Ns(post_s), Ns(refractory_s)};
  return rule;
}

TEST(Match, DefaultsAreThoseOfTheDesign) {
  const auto rules = DefaultClassRules();
  EXPECT_EQ(rules.at("fall").post_ns, Ns(30));
  EXPECT_EQ(rules.at("fall").refractory_ns, Ns(10));
  EXPECT_EQ(rules.at("crash").post_ns, Ns(20));
  EXPECT_EQ(rules.at("crash").refractory_ns, Ns(30));
  EXPECT_EQ(rules.at("fall").pre_ns + rules.at("crash").pre_ns, 0);
}

TEST(Match, WindowRunsFromOnsetToPostAfterTheImpactBothIncluded) {
  const trace::CaseInfo info = Case("c", 100, {Event("e", 9, 10)});
  for (const double t : {9.0, 10.0, 40.0}) EXPECT_EQ(Found(Match(info, {Alarm(t)}, MatchRule{})), 1) << t;
  for (const double t : {8.999, 40.001})
    EXPECT_EQ(Roles(Match(info, {Alarm(t)}, MatchRule{})), std::vector{kFalseAlarm});
}

TEST(Match, PreOpensTheWindowBeforeTheOnset) {
  const trace::CaseInfo info = Case("c", 100, {Event("e", 9, 10)});
  EXPECT_EQ(Found(Match(info, {Alarm(7.5)}, FallRule(1.5, 30, 10))), 1);
  EXPECT_EQ(Found(Match(info, {Alarm(7.4)}, FallRule(1.5, 30, 10))), 0);
}

TEST(Match, LatencyKeepsItsSign) {
  const trace::CaseInfo info = Case("c", 100, {Event("e", 9, 10)});
  EXPECT_NEAR(*Match(info, {Alarm(9.25)}, MatchRule{}).events[0].latency_s, -0.75, 1e-12);
  EXPECT_NEAR(*Match(info, {Alarm(12.5)}, MatchRule{}).events[0].latency_s, 2.5, 1e-12);
}

// Alarms every 4 s: groups start at 0, 12 and 24 s. Counted from the previous alarm there would be one group for ever.
TEST(Match, DebounceCountsFromTheFirstOfAGroup) {
  const auto result = Match(Case("c", 100), Alarms({0, 4, 8, 12, 16, 20, 24}), MatchRule{});
  EXPECT_EQ(Roles(result), (std::vector{kFalseAlarm, kFolded, kFolded, kFalseAlarm, kFolded, kFolded, kFalseAlarm}));
}

TEST(Match, RefractoryTimeItselfStartsANewGroup) {
  EXPECT_EQ(Roles(Match(Case("c", 100), Alarms({1, 10.999, 11}), MatchRule{})),
            (std::vector{kFalseAlarm, kFolded, kFalseAlarm}));
}

TEST(Match, SecondAlarmForOneEventIsADuplicate) {
  const auto result = Match(Case("c", 100, {Event("e", 9, 10)}), Alarms({12, 25}), MatchRule{});
  EXPECT_EQ(Roles(result), (std::vector{kMatched, kDuplicate}));
  EXPECT_EQ(result.detections[1].event_id, "e");
}

TEST(Match, AlarmInTheWindowOfAnotherClassIsACrossTrigger) {
  const trace::CaseInfo info = Case("c", 100, {Event("k", 49, 50, "crash")});
  const auto result = Match(info, Alarms({20, 55, 71}), MatchRule{});  // crash window ends at 70 s
  EXPECT_EQ(Roles(result), (std::vector{kFalseAlarm, kCross, kFalseAlarm}));
  EXPECT_EQ(result.detections[1].event_id, "k");
  EXPECT_TRUE(result.events.empty());
}

TEST(Match, IgnoredEventsAreNeitherHitNorMissNorFalseAlarm) {
  trace::CaseInfo info = Case("c", 100, {Event("e", 20, 21)});
  info.truth.events[0].ignore = true;
  info.truth.events[0].end_ns = Ns(30);
  const auto result = Match(info, Alarms({19.9, 29.95, 40}), MatchRule{});
  EXPECT_TRUE(result.events.empty());
  EXPECT_EQ(Roles(result), (std::vector{kFalseAlarm, kIgnored, kFalseAlarm}));
}

TEST(Match, OtherLabelsAndLowScoresAreNotAlarms) {
  const trace::CaseInfo info = Case("c", 100, {Event("e", 9, 10)});
  MatchRule rule;
  rule.threshold = 0.5;
  EXPECT_EQ(Found(Match(info, {Alarm(12, 0.4)}, rule)), 0);
  EXPECT_EQ(Found(Match(info, {Alarm(12, 0.5)}, rule)), 1);
  EXPECT_EQ(Found(Match(info, {Alarm(12, 1, "crash")}, rule)), 0);
  trace::Detection candidate = Alarm(12, 0.9);
  candidate.above_threshold = false;
  EXPECT_EQ(Found(Match(info, {candidate}, MatchRule{})), 0);  // the detector's own threshold
  EXPECT_EQ(Found(Match(info, {candidate}, rule)), 1);         // ours
}

// A candidate below the threshold must not start a group that swallows the real alarm.
TEST(Match, ThresholdComesBeforeDebounce) {
  MatchRule rule;
  rule.threshold = 0.5;
  EXPECT_EQ(Found(Match(Case("c", 100, {Event("e", 9, 10)}), {Alarm(5, 0.1), Alarm(12, 0.9)}, rule)), 1);
}

// Windows of e1 = [10, 40] and e2 = [15, 50] overlap. The alarm at 38 s is nearer to e2's impact, but at 48 s only e2
// can be meant, so both are found when the first goes to e1.
TEST(Match, MorePairsBeatNearerPairs) {
  trace::CaseInfo info = Case("c", 100, {Event("e1", 10, 10), Event("e2", 15, 20)});
  const auto result = Match(info, Alarms({38, 48}), MatchRule{});
  EXPECT_EQ(Found(result), 2);
  EXPECT_EQ(result.events[0].detection, 0U);
  EXPECT_EQ(result.events[1].detection, 1U);
}

TEST(Match, AmongEqualCountsTheNearestPairingWins) {
  // One alarm, two open windows: impacts at 10 and 20 s, alarm at 18 s.
  trace::CaseInfo info = Case("c", 100, {Event("a", 10, 10), Event("b", 15, 20)});
  const auto result = Match(info, Alarms({18}), MatchRule{});
  EXPECT_FALSE(result.events[0].detection);
  EXPECT_TRUE(result.events[1].detection);
}

// Nearness is to the impact, not to the onset: 21 s is 1 s after a's impact and 3 s after b's onset.
TEST(Match, DistanceIsMeasuredFromTheReference) {
  const auto result = Match(Case("c", 100, {Event("a", 10, 20), Event("b", 18, 30)}), Alarms({21}), MatchRule{});
  EXPECT_TRUE(result.events[0].detection);
}

TEST(Match, AmongEqualDistancesTheLowestIdWins) {
  trace::CaseInfo info = Case("c", 100, {Event("b", 10, 10), Event("a", 12, 20)});
  const auto result = Match(info, Alarms({15}), MatchRule{});
  EXPECT_EQ(result.events[0].event_id, "a");
  EXPECT_TRUE(result.events[0].detection);
  EXPECT_FALSE(result.events[1].detection);
}

// sed_eval's own test of optimal against greedy matching (onset collar 0.25 s; MIT, numbers only): whatever the order
// in which truth and detections are listed, both are found. A greedy matcher finds one in two of the four orders.
TEST(Match, FindsBothEventsInEveryOrderOfTheSedEvalVector) {
  const double collar = 0.25;
  for (const auto& refs : {std::pair{1.0, 1.5}, {1.5, 1.0}}) {
    for (const auto& dets : {std::pair{1.25, 1.75}, {1.75, 1.25}}) {
      const trace::CaseInfo info =
          Case("c", 10, {Event("e1", refs.first, refs.first), Event("e2", refs.second, refs.second)});
      EXPECT_EQ(Found(Match(info, Alarms({dets.first, dets.second}), FallRule(collar, collar, 0))), 2);
    }
  }
}

// MLPerf Tiny streaming wake word: occurrences [1.0, 1.647625] and [7.0, 7.358625], accepted until 1 s after their end,
// false positives debounced over 1 s: 2.60 s is a true positive and 2.80 s a false one. Here the reference is the end.
TEST(Match, AgreesWithTheMlperfTinyStreamingWindow) {
  const trace::CaseInfo info = Case("c", 20, {Event("w1", 1.0, 1.647625), Event("w2", 7.0, 7.358625)});
  EXPECT_EQ(Roles(Match(info, {Alarm(2.60)}, FallRule(0, 1, 1))), std::vector{kMatched});
  EXPECT_EQ(Roles(Match(info, {Alarm(2.80)}, FallRule(0, 1, 1))), std::vector{kFalseAlarm});
}

TEST(Match, TraceEndCutsTheWindowAndIsKept) {
  trace::CaseInfo info = Case("c", 15, {Event("e", 9, 10)});
  info.scope = trace::Scope::kRecordedHuman;
  const auto result = Match(info, {}, MatchRule{});
  EXPECT_NEAR(*result.events[0].censored_at_s, 5, 1e-12);
  EXPECT_EQ(Found(Match(info, {Alarm(15)}, MatchRule{})), 1);
  EXPECT_FALSE(Match(Case("c", 40, {Event("e", 9, 10)}), {}, MatchRule{}).events[0].censored_at_s);
}

TEST(FindTruthFault, SimulatedTracesMustOutlastTheWindow) {
  EXPECT_TRUE(FindTruthFault(Case("c", 39.9, {Event("e", 9, 10)}), MatchRule{}));
  EXPECT_FALSE(FindTruthFault(Case("c", 40, {Event("e", 9, 10)}), MatchRule{}));
  trace::CaseInfo recorded = Case("c", 12, {Event("e", 9, 10)});
  recorded.scope = trace::Scope::kRecordedHuman;
  EXPECT_FALSE(FindTruthFault(recorded, MatchRule{}));
}

TEST(FindTruthFault, OverlappingWindowsNeedPermission) {
  trace::CaseInfo info = Case("c", 200, {Event("e1", 9, 10), Event("e2", 39, 40)});
  EXPECT_TRUE(FindTruthFault(info, MatchRule{}));
  info.allow_overlap = true;
  EXPECT_FALSE(FindTruthFault(info, MatchRule{}));
  EXPECT_FALSE(FindTruthFault(Case("c", 200, {Event("e1", 9, 10), Event("e2", 41, 42)}), MatchRule{}));
}

TEST(FindTruthFault, ImpossibleTruthIsNamed) {
  const MatchRule rule;
  trace::CaseInfo info = Case("c", 100, {Event("e", 11, 10)});
  EXPECT_NE(FindTruthFault(info, rule)->find("before it begins"), std::string::npos);
  EXPECT_NE(FindTruthFault(Case("c", 100, {Event("e", 120, 121)}), rule)->find("outside"), std::string::npos);
  info = Case("c", 200, {Event("e", 9, 10), Event("e", 99, 100)});
  EXPECT_NE(FindTruthFault(info, rule)->find("two truth events"), std::string::npos);
  info = Case("c", 100);
  info.label = "fall";
  EXPECT_NE(FindTruthFault(info, rule)->find("holds no fall"), std::string::npos);
  EXPECT_NE(FindTruthFault(Case("c", 0), rule)->find("empty"), std::string::npos);
}

TEST(Match, RefusesAClassWithoutARule) {
  MatchRule rule;
  rule.event_class = "swoon";
  EXPECT_THROW((void)Match(Case("c", 10), {}, rule), trace::InputError);
  EXPECT_THROW((void)Match(Case("c", 10), {}, FallRule(-1, 30, 10)), trace::InputError);
}

// 100 s less [9, 40] (fall), [30, 70] (crash, ref 50) and the ignored [80, 85]: 9 + 10 + 15 s are left.
TEST(ExposureNs, LeavesOutTheUnionOfWindowsAndIgnoredIntervals) {
  trace::CaseInfo info = Case("c", 100, {Event("e", 9, 10), Event("k", 30, 50, "crash"), Event("i", 80, 82)});
  info.truth.events[2].ignore = true;
  info.truth.events[2].end_ns = Ns(85);
  EXPECT_EQ(ExposureNs(info, MatchRule{}), Ns(9 + 10 + 15));
  EXPECT_EQ(ExposureNs(Case("c", 100), MatchRule{}), Ns(100));
}

TEST(ExposureNs, WindowsBeyondTheTraceTakeNothingMore) {
  EXPECT_EQ(ExposureNs(Case("c", 20, {Event("e", 5, 10)}), MatchRule{}), Ns(5));
  EXPECT_EQ(ExposureNs(Case("c", 50, {Event("e", 1, 10)}), FallRule(5, 30, 10)), Ns(10));
}

}  // namespace
}  // namespace stunt::metrics
