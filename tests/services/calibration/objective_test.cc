#include "stunt/calibration/objective.h"

#include <gtest/gtest.h>

#include <cmath>

#include "stunt/fidelity/detector_bank.h"

// The objective on people that are made up, so that it can be counted by hand.
namespace stunt::calibration {
namespace {

fidelity::Trial MakeUp(const std::string& code, double value, bool alarm) {
  fidelity::Trial trial;
  trial.code = code;
  trial.features.fill(value);
  trial.alarms.assign(fidelity::DetectorBank().size(), alarm ? 1 : 0);
  return trial;
}

using Trials = std::vector<fidelity::Trial>;

std::vector<const fidelity::Trial*> PointersTo(const Trials& trials) {
  std::vector<const fidelity::Trial*> pointers;
  for (const fidelity::Trial& trial : trials) pointers.push_back(&trial);
  return pointers;
}

Plan PlanOf(Distance distance, double alarms = 0) {
  Plan plan;
  plan.distance = distance;
  plan.weights.fill(1);
  plan.alarms = alarms;
  return plan;
}

const Trials kRecorded = {MakeUp("F1", 1, true), MakeUp("F1", 2, false), MakeUp("F2", 5, true)};
const std::vector<std::size_t> kDetectors = {0, 3};

TEST(Judge, OfPeopleWithThemselvesIsZero) {
  for (const Distance distance : {Distance::kKs, Distance::kCramer, Distance::kWasserstein}) {
    const Figures same = Judge(PlanOf(distance, 1), PointersTo(kRecorded), PointersTo(kRecorded), 0, kDetectors);
    EXPECT_EQ(same.objective, 0);
    EXPECT_EQ(same.mean_ks, 0);
    EXPECT_EQ(same.alarms, 0);
  }
}

TEST(Judge, CountsAsByHand) {
  // F1: 1 2 against 2 2: KS ½, rates ½ against 0. F2: 5 against 5, 1 against 1.
  const Trials simulated = {MakeUp("F1", 2, false), MakeUp("F1", 2, false), MakeUp("F2", 5, true),
                            MakeUp("F9", 0, true)};
  const Figures ks = Judge(PlanOf(Distance::kKs, 2), PointersTo(kRecorded), PointersTo(simulated), 0.1, kDetectors);
  EXPECT_NEAR(ks.mean_ks, 0.25, 1e-12);
  EXPECT_NEAR(ks.alarms, 0.25, 1e-12);
  EXPECT_NEAR(ks.objective, 0.25 + 2 * 0.25 + 0.1, 1e-12);
  // Differences ½ at the one value 1 and 0 at the three values 2.
  const Figures cramer = Judge(PlanOf(Distance::kCramer), PointersTo(kRecorded), PointersTo(simulated), 0, kDetectors);
  EXPECT_NEAR(cramer.objective, std::sqrt(0.25 / 4) / 2, 1e-12);
  // An area of ½ over the spread from 1.1 to 1.9.
  const Figures area =
      Judge(PlanOf(Distance::kWasserstein), PointersTo(kRecorded), PointersTo(simulated), 0, kDetectors);
  EXPECT_NEAR(area.objective, 0.5 / (0.5 + 0.8) / 2, 1e-12);
}

TEST(Judge, LooksAtFeaturesByTheirWeight) {
  Trials simulated = kRecorded;
  for (fidelity::Trial& trial : simulated) trial.features[4] += 100;  // KS 1
  Plan plan = PlanOf(Distance::kKs);
  plan.weights[4] = 3;
  const auto n = static_cast<double>(metrics::kFeatures);
  EXPECT_NEAR(Judge(plan, PointersTo(kRecorded), PointersTo(simulated), 0, kDetectors).objective, 3 / (n + 2), 1e-12);
  plan.weights[4] = 0;
  const Figures blind = Judge(plan, PointersTo(kRecorded), PointersTo(simulated), 0, kDetectors);
  EXPECT_EQ(blind.objective, 0);
  EXPECT_NEAR(blind.mean_ks, 1 / n, 1e-12);  // the report looks at all of them
}

TEST(Judge, PutsAnActivityThatNeverWentWellFarAway) {
  const Trials simulated = {MakeUp("F1", 1, true), MakeUp("F1", 2, false)};
  const Figures figures = Judge(PlanOf(Distance::kCramer), PointersTo(kRecorded), PointersTo(simulated), 0, kDetectors);
  EXPECT_NEAR(figures.objective, 0.5, 1e-12);
}

}  // namespace
}  // namespace stunt::calibration
