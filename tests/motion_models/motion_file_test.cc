#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "refusal.h"
#include "stunt/motion_models/motion.h"

namespace stunt::motion_models {
namespace {

using test::Refusal;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

/// A folder of motion files, gone with the test.
class MotionFiles {
 public:
  MotionFiles()
      : folder_(std::filesystem::path(::testing::TempDir()) /
                ("stunt_motion_" + std::string(::testing::UnitTest::GetInstance()->current_test_info()->name()) + "_" +
                 std::to_string(getpid()))) {
    std::filesystem::create_directories(folder_);
  }
  ~MotionFiles() { std::filesystem::remove_all(folder_); }
  MotionFiles(const MotionFiles&) = delete;
  MotionFiles& operator=(const MotionFiles&) = delete;

  std::filesystem::path Write(const std::string& id, const std::string& text) const {
    std::ofstream(folder_ / (id + ".yaml")) << text;
    return folder_ / (id + ".yaml");
  }

 private:
  std::filesystem::path folder_;
};

std::string Head(const std::string& id) {
  return "schema: stunt.motion/v1\nid: " + id + "\ndescription: a test\nsources: [EST]\n";  // four lines
}

const std::string kStance = "duration_s: 3\nstance: {crouch_m: 0.01}\n";  // lines 5 and 6

std::string RefusalOf(const std::string& body) {
  const MotionFiles files;
  const auto file = files.Write("m", Head("m") + body);
  return Refusal([&] { static_cast<void>(LoadMotion(file)); });
}

Motion Loaded(const std::string& body) {
  const MotionFiles files;
  return LoadMotion(files.Write("m", Head("m") + body));
}

TEST(MotionFile, TheSmallestOneStands) {
  const Motion motion = Loaded(kStance);
  EXPECT_EQ(motion.id, "m");
  EXPECT_EQ(motion.duration.Evaluate({}), 3);
  EXPECT_FALSE(motion.event_at);
  EXPECT_TRUE(motion.gait.empty());
  EXPECT_EQ(motion.stance.at("crouch_m").Evaluate({}), 0.01);
  EXPECT_EQ(motion.stance.at("width_m").Evaluate({}), 0);
}

TEST(MotionFile, WhatItDoesNotKnowIsRefusedWithItsPlace) {
  EXPECT_THAT(RefusalOf(kStance + "tracks:\n  - {move: {elbow.flx_deg: 20}, at_s: 1, over_s: 1}\n"),
              AllOf(HasSubstr("m.yaml:8:"), HasSubstr("elbow.flx_deg"), HasSubstr("did you mean 'elbow.flex_deg'")));
  EXPECT_THAT(RefusalOf(kStance + "tracks:\n  - {move: {elbow.flex_deg: 20}, at_s: 1, over_s: 1, fade_s: 3}\n"),
              AllOf(HasSubstr("m.yaml:8:"), HasSubstr("fade_s")));
  EXPECT_THAT(RefusalOf(kStance + "durations: 3\n"), AllOf(HasSubstr("m.yaml:7:"), HasSubstr("durations")));
  EXPECT_THAT(RefusalOf("duration_s: 3\nstance: {crouch: 0.01}\n"),
              AllOf(HasSubstr("m.yaml:6:"), HasSubstr("crouch"), HasSubstr("crouch_m")));
  EXPECT_THAT(RefusalOf(kStance + "surfaces:\n  - {name: floor, height_m: 0, touches: nose}\n"),
              AllOf(HasSubstr("m.yaml:8:"), HasSubstr("nose"), HasSubstr("hands")));
  EXPECT_THAT(RefusalOf(kStance + "perturbations:\n  - {kind: impulse, segment: elbow, at_s: 1, for_s: 1}\n"),
              AllOf(HasSubstr("m.yaml:8:"), HasSubstr("elbow"), HasSubstr("thorax")));
  EXPECT_THAT(RefusalOf(kStance + "assist: {stifness_npm: 4}\n"), AllOf(HasSubstr("m.yaml:7:"), HasSubstr("stifness")));
}

TEST(MotionFile, WhatIsMissingIsNamed) {
  EXPECT_THAT(RefusalOf("stance: {crouch_m: 0.01}\n"), AllOf(HasSubstr("m.yaml:"), HasSubstr("duration_s")));
  EXPECT_THAT(RefusalOf("duration_s: 3\n"), HasSubstr("needs either a gait or a stance"));
  EXPECT_THAT(RefusalOf(kStance + "gait: {speed_mps: 1, period_s: 1}\n"), HasSubstr("needs either a gait or a stance"));
  EXPECT_THAT(RefusalOf("duration_s: 3\ngait: {speed_mps: 1}\n"), AllOf(HasSubstr("m.yaml:6"), HasSubstr("period_s")));
  EXPECT_THAT(RefusalOf(kStance + "tracks:\n  - {move: {elbow.flex_deg: 20}, at_s: 1}\n"),
              AllOf(HasSubstr("m.yaml:8"), HasSubstr("over_s")));
  EXPECT_THAT(RefusalOf(kStance + "tracks:\n  - {at_s: 1, over_s: 1}\n"),
              HasSubstr("needs one of move, swing, oscillate, wobble, push"));
  EXPECT_THAT(RefusalOf(kStance + "perturbations:\n  - {kind: servo, segment: foot, at_s: 1, for_s: 1}\n"),
              AllOf(HasSubstr("m.yaml:8"), HasSubstr("damping_nspm")));
}

TEST(MotionFile, ATrackIsOfOneKind) {
  EXPECT_THAT(RefusalOf(kStance + "tracks:\n  - {move: {elbow.flex_deg: 20}, swing: {elbow.flex_deg: 2}, at_s: 1, "
                                  "over_s: 1}\n"),
              AllOf(HasSubstr("m.yaml:8"), HasSubstr("two kinds of track at once")));
}

TEST(MotionFile, NumbersOutOfRangeAreRefused) {
  EXPECT_THAT(RefusalOf(kStance + "tracks:\n  - {move: {elbow.flex_deg: 20}, at_s: 1, over_s: 0}\n"),
              AllOf(HasSubstr("m.yaml:8"), HasSubstr("over_s")));
  EXPECT_THAT(RefusalOf("duration_s: 3\ngait: {speed_mps: 99, period_s: 1}\n"), HasSubstr("speed_mps"));
  EXPECT_THAT(RefusalOf("duration_s: -3\nstance: {crouch_m: 0}\n"), HasSubstr("duration_s"));
  EXPECT_THAT(RefusalOf("duration_s: \"=1 +\"\nstance: {crouch_m: 0}\n"),
              AllOf(HasSubstr("m.yaml:5"), HasSubstr("1 +")));
}

// ---- extends ----

TEST(Extends, AMissingFileIsNamed) {
  EXPECT_THAT(RefusalOf("extends: nowhere\n" + kStance), HasSubstr("nowhere.yaml"));
}

TEST(Extends, ACircleIsRefused) {
  const MotionFiles files;
  files.Write("a", Head("a") + "extends: b\n" + kStance);
  const auto b = files.Write("b", Head("b") + "extends: a\n" + kStance);
  const std::string complaint = Refusal([&] { static_cast<void>(LoadMotion(b)); });
  EXPECT_THAT(complaint, AllOf(HasSubstr(".yaml:5:"), HasSubstr("extends too many files, or itself")));
  EXPECT_EQ(Refusal([&] { static_cast<void>(ReadParameterBlock(b)); }), complaint);
}

const std::string kBase = R"(
parameters:
  speed_mps: {uniform: [1, 2]}
  pace: 2
  period_s: {expr: "pace/speed_mps"}
duration_s: "=4*period_s"
event_at_s: 2
gait: {speed_mps: "=speed_mps", period_s: "=period_s", duty: 0.6}
surfaces:
  - {name: floor, height_m: 0, ground: true}
activities:
  - {label: walking, from_s: 0, to_s: 4}
tracks:
  - {move: {neck.flex_deg: 1}, at_s: 1, over_s: 1}
perturbations:
  - {kind: friction, at_s: 1, for_s: 1, scale: 0.5}
)";

std::vector<std::string> Names(const std::vector<ParameterDecl>& parameters) {
  std::vector<std::string> names;
  for (const ParameterDecl& p : parameters) names.push_back(p.name);
  return names;
}

TEST(Extends, AddsTracksAndPerturbationsAndReplacesTheRest) {
  const MotionFiles files;
  files.Write("base", Head("base") + kBase);
  const Motion motion = LoadMotion(files.Write("m", Head("m") + R"(extends: base
gait: {duty: 0.5}
surfaces:
  - {name: mat, height_m: 0.2}
activities:
  - {label: falling, from_s: 0, to_s: 4}
tracks:
  - {move: {neck.flex_deg: 2}, at_s: 1, over_s: 1}
perturbations:
  - {kind: friction, at_s: 2, for_s: 1, scale: 0.5}
)"));
  EXPECT_EQ(motion.id, "m");
  EXPECT_EQ(motion.duration.Evaluate({{"period_s", 2}}), 8);
  EXPECT_EQ(motion.event_at->Evaluate({}), 2);
  EXPECT_EQ(motion.gait.at("duty").Evaluate({}), 0.5);
  EXPECT_EQ(motion.gait.at("speed_mps").Evaluate({{"speed_mps", 7}}), 7);  // the base's, still a formula
  ASSERT_EQ(motion.surfaces.size(), 1u);
  EXPECT_EQ(motion.surfaces[0].name, "mat");
  ASSERT_EQ(motion.activities.size(), 1u);
  EXPECT_EQ(motion.activities[0].label, "falling");
  ASSERT_EQ(motion.tracks.size(), 2u);
  EXPECT_EQ(motion.tracks[0].channels[0].second.Evaluate({}), 1);  // the base's stand above
  EXPECT_EQ(motion.tracks[1].channels[0].second.Evaluate({}), 2);
  ASSERT_EQ(motion.perturbations.size(), 2u);
  EXPECT_THAT(motion.tracks[1].where, HasSubstr("m.yaml:12"));
}

TEST(Extends, SeveralBasesLieOverOneAnotherInOrder) {
  const MotionFiles files;
  files.Write("a", Head("a") + "parameters: {x: 1, y: 1}\n" + kStance);
  files.Write("b", Head("b") + "parameters: {y: 2, z: 2}\n");
  const Motion motion = LoadMotion(files.Write("m", Head("m") + "extends: [a, b]\nparameters: {z: 3}\n"));
  EXPECT_EQ(Names(motion.parameters), (std::vector<std::string>{"x", "y", "z"}));
  const ResolvedParameters r = Resolve(motion.parameters, {}, sim::Subject(), random::StreamKey{1, 2});
  EXPECT_EQ(r.Number("y"), 2);
  EXPECT_EQ(r.Number("z"), 3);
}

// `pace` of the base becomes a formula of a parameter that stands below it.
TEST(Extends, ParametersAreSortedSoThatFormulasSeeWhatTheyUse) {
  const MotionFiles files;
  files.Write("base", Head("base") + kBase);
  const auto file = files.Write("m", Head("m") + R"(extends: base
parameters:
  pace: {expr: "2*haste"}
  haste: 3
  speed_mps: {expr: "0.5*haste"}
)");
  const Motion motion = LoadMotion(file);
  const auto parameters = Resolve(motion.parameters, {}, sim::Subject(), random::StreamKey{1, 2});
  EXPECT_DOUBLE_EQ(parameters.Number("period_s"), 6 / 1.5);
  EXPECT_EQ(Names(motion.parameters), Names(ReadParameterBlock(file)));
}

TEST(Extends, FormulasThatUseEachOtherAreRefused) {
  const MotionFiles files;
  const auto file = files.Write("m", Head("m") + "parameters: {a: {expr: b}, b: {expr: a}}\n" + kStance);
  const Motion motion = LoadMotion(file);
  EXPECT_THAT(Refusal([&] {
                static_cast<void>(Resolve(motion.parameters, {}, sim::Subject(), random::StreamKey{1, 2}));
              }),
              AllOf(HasSubstr("m.yaml:5"), HasSubstr("unknown name")));
}

}  // namespace
}  // namespace stunt::motion_models
