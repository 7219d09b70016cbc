#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "../../motion_models/refusal.h"
#include "scratch.h"
#include "stunt/calibration/calibrate.h"
#include "stunt/calibration/report.h"
#include "stunt/datasets/csv_recording.h"
#include "stunt/scenarios/simulator.h"

// "People" whose parameters are known, because they are simulated too, have to be found again.
namespace stunt::calibration {
namespace {

using stunt::test::Refusal;
using test::Scratch;
using ::testing::HasSubstr;

constexpr double kTrueSwing = 40, kTruePace = 1.6;  // degree, Hz

constexpr const char* kMotion = R"(schema: stunt.motion/v1
id: swings
extends: stand
description: swings both arms
sources: [EST]
parameters:
  still_s: 3
  swing_deg: {lognormal: {median: 22, sigma: 0.3}, source: EST}
  pace_hz: {uniform: [1.0, 1.4], source: EST}
tracks:
  - {oscillate: {shoulder.flex_deg: "=swing_deg"}, hz: "=pace_hz"}
)";
constexpr const char* kScenario = R"(schema: stunt.scenario/v1
id: adl_swings
label: adl
group: adl
description: swings both arms
source: [EST]
codes: {weda: D01}
motion: swings
truth: {event: none}
devices: [watch@wrist]
)";
constexpr const char* kMapping = R"(schema: stunt.mapping/v1
name: swingers
source: a test
scope: recorded_human
codes: weda
files: {pattern: '(D\d\d)_(U\d\d)_(R\d\d)\.csv', code: 1, subject: 2, trial: 3}
device: {name: watch, site: wrist, rate_hz: 50, bandwidth_hz: 18}
subjects:
  - {pattern: 'U\d\d', tags: {age_group: young}}
activities:
  D01: {label: adl, activity: swing}
)";
constexpr const char* kPlan = R"(schema: stunt.calibration/v1
id: swings
description: finds again what is known
objective: {distance: wasserstein, step_s: 0.002}
sets:
  - {suite: swings, recordings: swingers, variants: 6}
parameters:
  - {motion: swings, parameter: swing_deg, field: median, lo: 10, hi: 80, scale: log}
  - {motion: swings, parameter: pace_hz, field: mid, lo: 0.8, hi: 2.2}
)";

std::string SuiteText(const std::string& id, int seed, int variants, const std::string& more) {
  return "schema: stunt.suite/v1\nid: " + id + "\nseed: " + std::to_string(seed) +
         "\npopulation: adults\nsubjects: 8\ndevices: [watch@wrist]\nentries:\n  - {scenario: adl_swings, variants: " +
         std::to_string(variants) + more + "}\n";
}

/// A data folder with one motion, and a folder of "recordings" of eight people, four of each, who swing farther and
/// faster than it says.
class Swingers {
 public:
  Swingers() {
    const std::filesystem::path source = STUNT_SOURCE_DIR;
    for (const char* file : {"motion_models/data/stand.yaml", "scenarios/populations/adults.yaml"}) {
      std::filesystem::create_directories((scratch_.path() / file).parent_path());
      std::filesystem::copy_file(source / file, scratch_.path() / file);
    }
    scratch_.Put("motion_models/data/swings.yaml", kMotion);
    scratch_.Put("scenarios/catalog/adl_swings.yaml", kScenario);
    scratch_.Put("scenarios/suites/swings.yaml", SuiteText("swings", 1, 12, ""));
    scratch_.Put(
        "scenarios/suites/people.yaml",
        SuiteText("people", 2, 32,
                  ", set: {swing_deg: {lognormal: {median: 40, sigma: 0.3}}, pace_hz: {uniform: [1.4, 1.8]}}"));
    scratch_.Put("people/mapping.yaml", kMapping);
    plan_ = LoadPlan(scratch_.Put("plan.yaml", kPlan));
    Record();
  }

  [[nodiscard]] Bench MakeBench(int jobs) const { return {plan_, {people()}, data(), {.seed = 3, .jobs = jobs}}; }
  [[nodiscard]] const Plan& plan() const { return plan_; }
  [[nodiscard]] const Scratch& scratch() const { return scratch_; }

 private:
  [[nodiscard]] std::filesystem::path people() const { return scratch_.path() / "people"; }
  [[nodiscard]] scenarios::DataFolders data() const { return scenarios::DataFolders({scratch_.path()}); }

  void Record() const {
    const datasets::Mapping mapping = datasets::LoadMapping(people() / "mapping.yaml");
    const scenarios::Simulator simulator({.device = fidelity::DeviceLike(mapping.device)});
    int trial = 0;
    for (const scenarios::Case& one : Expand(scenarios::LoadSuite(data().Suite("people"), data()))) {
      const std::string name = "D01_U" + std::to_string(10 + trial % 8) + "_R" + std::to_string(10 + trial / 8);
      ++trial;
      ASSERT_TRUE(datasets::WriteCsvRecording(simulator.Run(one).recording, people() / (name + ".csv")).ok());
      std::filesystem::remove(people() / (name + ".truth.json"));  // as if it were foreign
    }
  }

  Scratch scratch_;
  Plan plan_;
};

Record Settings(const Bench& bench, std::size_t budget) {
  Record settings;
  settings.run = bench.digest();
  settings.seed = 5;
  settings.budget = budget;
  settings.people = bench.people();
  return settings;
}

TEST(Calibrate, FindsKnownParametersAgain) {
  const Swingers swingers;
  const Bench bench = swingers.MakeBench(0);
  const Record record = Calibrate(swingers.plan(), bench, Settings(bench, 45), {}, {});
  ASSERT_TRUE(record.Finished());
  EXPECT_NEAR(record.fitted[0], kTrueSwing, 0.2 * kTrueSwing);  // from 22
  EXPECT_NEAR(record.fitted[1], kTruePace, 0.1 * kTruePace);    // from 1.2
  for (const Who who : {kFitted, kHeldOut, kEveryone}) {
    EXPECT_LT(record.after->objective[who], 0.8 * record.before->objective[who]) << who;
  }
  EXPECT_EQ(record.people[0].fitted.size(), 4u);
  EXPECT_EQ(record.people[0].held_out.size(), 4u);
}

TEST(Bench, JudgesTheSameWhateverTheNumberOfThreads) {
  const Swingers swingers;
  const Bench one = swingers.MakeBench(1), three = swingers.MakeBench(3);
  EXPECT_EQ(one.digest(), three.digest());
  const auto a = one.Evaluate({30, 1.2}, Draws::Search(4), {}), b = three.Evaluate({30, 1.2}, Draws::Search(4), {});
  ASSERT_TRUE(a && b);
  EXPECT_EQ(a->objective, b->objective);
  EXPECT_NE(a->objective, one.Evaluate({30, 1.2}, Draws::Report(), {})->objective);
}

TEST(Calibrate, GoesOnFromWhatAnEarlierRunTried) {
  const Swingers swingers;
  const Bench bench = swingers.MakeBench(0);
  const Record whole = Calibrate(swingers.plan(), bench, Settings(bench, 6), {}, {});
  int asked = 0;
  const Record broken =
      Calibrate(swingers.plan(), bench, Settings(bench, 6), {}, {.stop = [&] { return ++asked > 14; }});
  ASSERT_FALSE(broken.Finished());
  ASSERT_LT(broken.tried.size(), 6u);
  ASSERT_GT(broken.tried.size(), 0u);

  swingers.scratch().Put("out/calibrated.yaml", CalibratedYaml(swingers.plan(), bench.space(), broken));
  swingers.scratch().Put("out/trajectory.csv", TrajectoryCsv(swingers.plan(), broken.tried));
  const auto out = swingers.scratch().path() / "out";
  const std::vector<Tried> known = ReadTrajectory(out, swingers.plan(), bench.digest());
  const Record resumed = Calibrate(swingers.plan(), bench, Settings(bench, 6), known, {});
  EXPECT_EQ(CalibratedYaml(swingers.plan(), bench.space(), resumed),
            CalibratedYaml(swingers.plan(), bench.space(), whole));
  EXPECT_EQ(TrajectoryCsv(swingers.plan(), resumed.tried), TrajectoryCsv(swingers.plan(), whole.tried));

  EXPECT_THAT(Refusal([&] { static_cast<void>(ReadTrajectory(out, swingers.plan(), "another")); }),
              HasSubstr("is of another plan"));
  swingers.scratch().Put("out/trajectory.csv", "evaluation,fitted\n1,2\n");
  EXPECT_THAT(Refusal([&] { static_cast<void>(ReadTrajectory(out, swingers.plan(), bench.digest())); }),
              HasSubstr("trajectory.csv:1"));
}

TEST(CalibratedYaml, HoldsDistributionsThatCanBeRead) {
  const Swingers swingers;
  const Bench bench = swingers.MakeBench(0);
  const Record record = Calibrate(swingers.plan(), bench, Settings(bench, 1), {}, {});
  const auto file = motion_models::YamlFile::Parse(CalibratedYaml(swingers.plan(), bench.space(), record), "record");
  motion_models::YamlSection root = file.Root();
  EXPECT_EQ(root.Text("schema"), "stunt.calibrated/v1");
  EXPECT_TRUE(root.FlagOr("finished", false));
  motion_models::YamlSection motion = root.Child("distributions").Child("swings");
  EXPECT_EQ(motion_models::ReadDistribution(motion.Get("pace_hz")),
            motion_models::Distribution(motion_models::Uniform{1.0, 1.4}));
  EXPECT_TRUE(root.Child("objective").Has("held_out"));
}

}  // namespace
}  // namespace stunt::calibration
