#include "stunt/metrics/gates.h"

#include <gtest/gtest.h>

#include "stunt/trace/input_error.h"

namespace stunt::metrics {
namespace {

using enum GateStatus;

Metric Share(std::int64_t successes, std::int64_t trials, Slice slice = {}) {
  Metric metric;
  metric.name = "fall.sensitivity";
  metric.slice = std::move(slice);
  metric.n = trials;
  metric.value = static_cast<double>(successes) / static_cast<double>(trials);
  metric.ci_method = "clopper_pearson";
  metric.basis = ProportionBasis{successes, trials};
  return metric;
}

Gate AtLeast(double value, std::optional<double> confidence) {
  Gate gate;
  gate.metric = "fall.sensitivity";
  gate.value = value;
  gate.confidence = confidence;
  return gate;
}

GateStatus StatusOf(const Gate& gate, const Metric& metric) { return EvaluateGate(gate, {metric}).status; }

TEST(Gate, WithoutConfidenceTheValueDecides) {
  EXPECT_EQ(StatusOf(AtLeast(0.9, std::nullopt), Share(9, 10)), kPass);
  EXPECT_EQ(StatusOf(AtLeast(0.91, std::nullopt), Share(9, 10)), kFail);
}

// 59 of 59 is the least that shows 0.95 one-sided at 95 %, 58 of 58 is not enough: the planning table.
TEST(Gate, PassesWhenTheLowerBoundReachesTheLimit) {
  EXPECT_EQ(StatusOf(AtLeast(0.95, 0.95), Share(59, 59)), kPass);
  EXPECT_EQ(StatusOf(AtLeast(0.95, 0.95), Share(58, 58)), kInconclusive);
  Gate two_sided = AtLeast(0.95, 0.95);
  two_sided.side = Side::kTwoSided;  // 0.9394 for 59 of 59
  EXPECT_EQ(StatusOf(two_sided, Share(59, 59)), kInconclusive);
}

// A one-sided gate still fails: 80 of 100 is below 0.95 beyond doubt (upper bound 0.863).
TEST(Gate, FailsWhenEvenTheUpperBoundMissesTheLimit) {
  EXPECT_EQ(StatusOf(AtLeast(0.95, 0.95), Share(80, 100)), kFail);
  EXPECT_EQ(StatusOf(AtLeast(0.95, 0.95), Share(93, 100)), kInconclusive);
}

TEST(Gate, AtMostMirrorsAtLeast) {
  Metric alarms;
  alarms.name = "fall.false_alarms_per_24h";
  alarms.value = 0;
  alarms.ci_method = "fay_feuer";
  Gate gate;
  gate.metric = alarms.name;
  gate.op = GateOp::kAtMost;
  gate.value = 1;
  gate.confidence = 0.95;
  alarms.basis = RateBasis{{{0, 1 / 3.0}}};  // three quiet days: upper bound 2.9957 / 3
  EXPECT_EQ(StatusOf(gate, alarms), kPass);
  alarms.basis = RateBasis{{{0, 1 / 2.9}}};
  EXPECT_EQ(StatusOf(gate, alarms), kInconclusive);
  alarms.value = 10;
  alarms.basis = RateBasis{{{10, 1.0}}};
  EXPECT_EQ(StatusOf(gate, alarms), kFail);
}

TEST(Gate, StrictAndInclusiveLimitsDiffer) {
  Gate gate = AtLeast(0.9, std::nullopt);
  gate.op = GateOp::kGreater;
  EXPECT_EQ(StatusOf(gate, Share(9, 10)), kFail);
  gate.op = GateOp::kAtMost;
  EXPECT_EQ(StatusOf(gate, Share(9, 10)), kPass);
  gate.op = GateOp::kLess;
  EXPECT_EQ(StatusOf(gate, Share(9, 10)), kFail);
}

TEST(Gate, MethodCanBeChosen) {
  Gate gate = AtLeast(0.7105, 0.95);
  gate.side = Side::kTwoSided;
  EXPECT_EQ(StatusOf(gate, Share(174, 226)), kInconclusive);  // Clopper-Pearson 0.7095
  gate.ci = "wilson";                                         // 0.7108
  EXPECT_EQ(StatusOf(gate, Share(174, 226)), kPass);
  gate.ci = "garwood";  // not for shares
  EXPECT_EQ(StatusOf(gate, Share(174, 226)), kInconclusive);
}

TEST(Gate, SeesOnlyItsSlice) {
  Gate gate = AtLeast(0.9, std::nullopt);
  gate.slice = {{"sex", "f"}};
  EXPECT_EQ(EvaluateGate(gate, {Share(1, 10), Share(10, 10, {{"sex", "f"}})}).status, kPass);
  EXPECT_EQ(EvaluateGate(gate, {Share(10, 10)}).status, kError);
}

TEST(Gate, UndefinedIsInconclusiveAndUnknownAnError) {
  Metric undefined = Share(0, 1);
  undefined.value = std::nullopt;
  undefined.reason = "no events";
  const GateResult result = EvaluateGate(AtLeast(0.9, 0.95), {undefined});
  EXPECT_EQ(result.status, kInconclusive);
  EXPECT_EQ(result.reason, "no events");
  EXPECT_EQ(EvaluateGate(AtLeast(0.9, 0.95), {}).status, kError);
}

TEST(Gate, WeakEvidenceIsInconclusive) {
  Metric modelled = Share(10, 10);
  modelled.evidence = Evidence::kModelled;
  Gate gate = AtLeast(0.5, std::nullopt);
  EXPECT_EQ(StatusOf(gate, modelled), kPass);
  gate.min_evidence = Evidence::kMeasured;
  EXPECT_EQ(StatusOf(gate, modelled), kInconclusive);
}

TEST(Gate, NonsenseIsRefusedInWords) {
  EXPECT_THROW((void)EvaluateGate(AtLeast(0.9, 1.0), {Share(1, 1)}), trace::InputError);
  Gate gate = AtLeast(0.9, 0.95);
  gate.side = Side::kUpper;
  EXPECT_THROW((void)EvaluateGate(gate, {Share(1, 1)}), trace::InputError);
  gate.side = std::nullopt;
  gate.ci = "bayes";
  EXPECT_NE(FindGateFault(gate)->find("clopper_pearson"), std::string::npos);
  EXPECT_THROW((void)ParseGateOp("=="), trace::InputError);
  EXPECT_EQ(ParseGateOp("<="), GateOp::kAtMost);
  EXPECT_EQ(Describe(AtLeast(0.9, std::nullopt)), "fall.sensitivity >= 0.9 (confidence none)");
}

std::vector<GateResult> Results(std::initializer_list<GateStatus> statuses) {
  std::vector<GateResult> results;
  for (const GateStatus status : statuses) {
    results.emplace_back();
    results.back().status = status;
  }
  return results;
}

TEST(Verdict, IsTheWorstOfItsGates) {
  const RunSummary fine{.selected = 10};
  EXPECT_EQ(Verdict({}, fine), kPass);
  EXPECT_EQ(Verdict(Results({kPass, kInconclusive}), fine), kInconclusive);
  EXPECT_EQ(Verdict(Results({kInconclusive, kFail, kPass}), fine), kFail);
  EXPECT_EQ(Verdict(Results({kFail, kError}), fine), kError);
  EXPECT_EQ(Verdict(Results({kPass}), {.selected = 10, .errors = 1}), kError);
}

TEST(TooManyErrors, ComparesWithTheCasesThatRan) {
  EXPECT_FALSE(TooManyErrors({.selected = 10}));
  EXPECT_TRUE(TooManyErrors({.selected = 10, .errors = 1}));
  EXPECT_FALSE(TooManyErrors({.selected = 10, .errors = 1, .max_error_fraction = 0.1}));
  EXPECT_TRUE(TooManyErrors({.selected = 10, .errors = 1, .skipped = 1, .max_error_fraction = 0.1}));
}

TEST(ExitCode, FirstThatAppliesWins) {
  EXPECT_EQ(ExitCode(Results({kFail}), {.selected = 1, .errors = 1, .interrupted = true, .bad_input = true}), 130);
  EXPECT_EQ(ExitCode(Results({kFail}), {.selected = 1, .errors = 1, .bad_input = true}), 2);
  EXPECT_EQ(ExitCode(Results({kFail}), {.selected = 1, .errors = 1}), 3);
  EXPECT_EQ(ExitCode(Results({kFail, kError}), {.selected = 1}), 3);
  EXPECT_EQ(ExitCode(Results({kFail, kInconclusive}), {.selected = 1}), 1);
  EXPECT_EQ(ExitCode(Results({kPass, kInconclusive}), {.selected = 1}), 4);
  EXPECT_EQ(ExitCode(Results({kInconclusive}), {.selected = 1}, InconclusivePolicy::kWarn), 0);
  EXPECT_EQ(ExitCode(Results({kInconclusive}), {.selected = 1}, InconclusivePolicy::kPass), 0);
  EXPECT_EQ(ExitCode({}, {}), 5);
  EXPECT_EQ(ExitCode({}, {.selected = 1}), 0);
  EXPECT_EQ(ExitCode(Results({kPass}), {.selected = 1}), 0);
}

}  // namespace
}  // namespace stunt::metrics
