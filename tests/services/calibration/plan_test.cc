#include "stunt/calibration/plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "../../motion_models/refusal.h"
#include "scratch.h"
#include "stunt/calibration/report.h"

// What a plan may say, and what it is told when it may not.
namespace stunt::calibration {
namespace {

using stunt::test::Refusal;
using test::Scratch;
using ::testing::HasSubstr;

std::string PlanText(const std::string& parameter, const std::string& objective = "distance: ks") {
  return "schema: stunt.calibration/v1\nid: some\ndescription: a plan\nobjective: {" + objective +
         "}\nsets:\n  - {suite: fidelity_weda, recordings: weda_fall, labels: [fall]}\nparameters:\n  - {" + parameter +
         "}\n";
}

const char* const kMat =
    "motion: fall_reaction, parameter: mat_foundation, field: median, lo: 1e5, hi: 1e7, scale: log";

std::string RefusalOfText(const std::string& text) {
  const Scratch scratch;
  const auto file = scratch.Put("plan.yaml", text);
  return Refusal([&] { static_cast<void>(LoadPlan(file)); });
}

TEST(Plan, IsReadAsWritten) {
  const Scratch scratch;
  const Plan plan =
      LoadPlan(scratch.Put("plan.yaml", PlanText(kMat, "distance: wasserstein, features: {peak_g: 3}, alarms: 2")));
  EXPECT_EQ(plan.distance, Distance::kWasserstein);
  EXPECT_EQ(plan.weights[static_cast<std::size_t>(metrics::Feature::kPeak)], 3);
  EXPECT_EQ(plan.weights[static_cast<std::size_t>(metrics::Feature::kTilt)], 1);
  EXPECT_EQ(plan.alarms, 2);
  ASSERT_EQ(plan.parameters.size(), 1u);
  EXPECT_EQ(plan.parameters[0].Name(), "fall_reaction.mat_foundation.median");
  EXPECT_TRUE(plan.parameters[0].logarithmic);
}

TEST(Plan, RefusesWhatItDoesNotKnow) {
  EXPECT_THAT(RefusalOfText(PlanText(std::string(kMat) + ", colour: red")),
              HasSubstr("plan.yaml:8: unknown key 'colour'"));
  EXPECT_THAT(RefusalOfText(PlanText(kMat, "distance: far")), HasSubstr("accepted: ks, cramer, wasserstein"));
  EXPECT_THAT(RefusalOfText(PlanText(kMat, "features: {peek_g: 1}")), HasSubstr("did you mean 'peak_g'"));
  EXPECT_THAT(RefusalOfText(PlanText("mount: glue, field: frequency_hz, lo: 1, hi: 2")), HasSubstr("accepted: strap"));
}

TEST(Plan, RefusesARangeThatIsNone) {
  EXPECT_THAT(RefusalOfText(PlanText("motion: a, parameter: b, field: p, lo: 1, hi: 1")),
              HasSubstr("lo at or above hi"));
  EXPECT_THAT(RefusalOfText(PlanText("motion: a, parameter: b, field: p, lo: 0, hi: 1, scale: log")),
              HasSubstr("accepted: above 0"));
}

TEST(Plan, RefusesTheSameTwice) {
  EXPECT_THAT(RefusalOfText(PlanText(std::string(kMat) + "}\n  - {" + kMat)), HasSubstr("once more"));
}

TEST(Plan, RefusesAnObjectiveThatLooksAtNothing) {
  std::string nothing = "features: {";
  for (std::size_t i = 0; i < metrics::kFeatures; ++i) {
    nothing += (i == 0 ? "" : ", ") + std::string(metrics::Name(static_cast<metrics::Feature>(i))) + ": 0";
  }
  EXPECT_THAT(RefusalOfText(PlanText(kMat, nothing + "}")), HasSubstr("weight 0"));
}

TEST(Plan, OfTheDocumentationIsOne) {
  std::ifstream stream(std::filesystem::path(STUNT_SOURCE_DIR) / "docs/calibration.md");
  const std::string page((std::istreambuf_iterator<char>(stream)), std::istreambuf_iterator<char>());
  const std::string begin = "```yaml\n";
  const std::size_t from = page.find(begin) + begin.size();
  EXPECT_EQ(RefusalOfText(page.substr(from, page.find("```", from) - from)), "");
}

TEST(Plan, ShippedOnesFitTheirMotionFiles) {
  const scenarios::DataFolders folders({STUNT_SOURCE_DIR});
  int plans = 0;
  for (const auto& file :
       std::filesystem::directory_iterator(std::filesystem::path(STUNT_SOURCE_DIR) / "scenarios/calibration")) {
    const Plan plan = LoadPlan(file.path());
    std::vector<scenarios::Suite> suites;
    for (const PlanSet& set : plan.sets) suites.push_back(scenarios::LoadSuite(folders.Suite(set.suite), folders));
    const FitSpace space(plan, folders, suites, true);
    // A record of such a fit can be read back, whichever way the plan goes from motion to motion.
    Record record;
    record.fitted = space.start();
    const std::string text = CalibratedYaml(plan, space, record);
    EXPECT_EQ(Refusal([&] { static_cast<void>(motion_models::YamlFile::Parse(text, "record")); }), "") << text;
    ++plans;
  }
  EXPECT_GT(plans, 0);
}

// ---- what a plan names, in the motion files ----

FitSpace SpaceOf(const std::string& parameter) {
  const Scratch scratch;
  const scenarios::DataFolders folders({STUNT_SOURCE_DIR});
  const Plan plan = LoadPlan(scratch.Put("plan.yaml", PlanText(parameter)));
  return {plan, folders, {scenarios::LoadSuite(folders.Suite("fidelity_weda"), folders)}, true};
}

std::string RefusalOfParameter(const std::string& parameter) {
  return Refusal([&] { static_cast<void>(SpaceOf(parameter)); });
}

TEST(FitSpace, TakesTheBoxThereAndBack) {
  const FitSpace space = SpaceOf(kMat);
  EXPECT_NEAR(space.FromUnit({0})[0], 1e5, 1e-6);
  EXPECT_NEAR(space.FromUnit({0.5})[0], 1e6, 1e-3);
  EXPECT_NEAR(space.FromUnit(space.ToUnit({3e5}))[0], 3e5, 1e-3);
}

TEST(FitSpace, RefusesWhatIsNotThere) {
  EXPECT_THAT(RefusalOfParameter("motion: fall_reactions, parameter: limp, field: p, lo: 0, hi: 1"),
              HasSubstr("did you mean 'fall_reaction'"));
  EXPECT_THAT(RefusalOfParameter("motion: fall_reaction, parameter: limpp, field: p, lo: 0, hi: 1"),
              HasSubstr("did you mean 'limp'"));
  EXPECT_THAT(RefusalOfParameter("motion: fall_reaction, parameter: limp, field: median, lo: 0, hi: 1"),
              HasSubstr("has no 'median' (accepted: p)"));
  // Inherited from fall_reaction, where it is to be named.
  EXPECT_THAT(RefusalOfParameter("motion: fall_from_walk, parameter: limp, field: p, lo: 0, hi: 1"),
              HasSubstr("no parameter 'limp' of its own"));
}

TEST(FitSpace, RefusesWhatCannotBeFitted) {
  EXPECT_THAT(RefusalOfParameter("motion: fall_reaction, parameter: limp, field: p, lo: 0.9, hi: 1"),
              HasSubstr("accepted: lo and hi around it"));
  EXPECT_THAT(RefusalOfParameter("motion: fall_reaction, parameter: limp, field: p, lo: 0, hi: 2"),
              HasSubstr("plan.yaml:8"));
  EXPECT_THAT(RefusalOfParameter("motion: fall_reaction, parameter: react_s, field: lo, lo: 0, hi: 0.5"),
              HasSubstr("plan.yaml:8"));
  EXPECT_THAT(RefusalOfParameter("motion: elder_trip, parameter: speed_mps, field: mid, lo: 0.1, hi: 2"),
              HasSubstr("moves nothing"));
}

TEST(FitSpace, LeavesAloneWhoDeclaresTheParameterItself) {
  const scenarios::DataFolders folders({STUNT_SOURCE_DIR});
  scenarios::Suite suite = scenarios::LoadSuite(folders.Suite("fidelity_weda"), folders);
  const FitSpace space = SpaceOf("motion: fall_reaction, parameter: limp, field: p, lo: 0, hi: 1");
  space.Apply({0.5}, suite);
  int fitted = 0, untouched = 0;
  for (const scenarios::SuiteEntry& entry : suite.entries) {
    if (entry.scenario.label != "fall") continue;
    // Who falls off a chair is limp by fall_from_chair's own rule.
    const bool own = entry.scenario.id.find("seated_faint") != std::string::npos;
    EXPECT_EQ(entry.scenario.set.empty(), own) << entry.scenario.id;
    ++(own ? untouched : fitted);
  }
  EXPECT_GT(fitted, 0);
  EXPECT_GT(untouched, 0);
}

}  // namespace
}  // namespace stunt::calibration
