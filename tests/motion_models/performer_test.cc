#include "stunt/motion_models/performer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <fstream>

#include "performing.h"
#include "refusal.h"

namespace stunt::motion_models {
namespace {

using Eigen::Vector3d;
using sim::Segment;
using sim::Side;
using stunt::test::Refusal;
using test::Draw;
using test::GroundForce;
using test::Library;
using ::testing::HasSubstr;

constexpr random::StreamKey kKey{8, 9};

Motion Parsed(const std::string& body) {
  const auto path = std::filesystem::path(::testing::TempDir()) / ("stunt_perf_" + std::to_string(getpid()) + ".yaml");
  std::ofstream(path) << "schema: stunt.motion/v1\nid: m\ndescription: a test\nsources: [EST]\n" + body;
  Motion motion = LoadMotion(path);
  std::filesystem::remove(path);
  return motion;
}

const std::string kStand = "duration_s: 3\nstance: {crouch_m: 0.014}\nassist: {stiffness_npm: 12000}\n";

// Every number that the body's motion shows.
std::vector<double> Trajectory(Performer performer, double until) {
  std::vector<double> trajectory;
  while (performer.time() < until && !performer.Done()) {
    performer.Step();
    for (const Segment s : {Segment::kPelvis, Segment::kHead, Segment::kHandL, Segment::kHandR, Segment::kFootL}) {
      const Vector3d p = performer.body().Position(s, {0.01, 0.02, 0.03});
      trajectory.insert(trajectory.end(), p.begin(), p.end());
    }
  }
  return trajectory;
}

// ---- randomness ----

TEST(Performer, TheSameKeyMovesTheSameToTheLastBit) {
  const Draw draw("trip_forward", 3);
  const auto first = Trajectory(draw.Perform(), 99);
  EXPECT_GT(first.size(), 100000u);
  EXPECT_EQ(first, Trajectory(draw.Perform(), 99));
}

TEST(Performer, AnotherKeyMovesDifferentlyWithTheSameParameters) {
  Draw draw("walk", 3);
  const auto first = Trajectory(draw.Perform(), 2);
  draw.key = draw.key.Derive("other");
  EXPECT_NE(first, Trajectory(draw.Perform(), 2));  // wobbles
}

// ---- the side of the watch ----

Draw Wearing(const std::string& id, Side side) {
  sim::Subject subject;
  subject.watch_side = side;
  return {Library(id), subject, kKey};
}

TEST(Performer, TheSideOfTheWatchIsNoMatterForMotionsThatDoNotNameIt) {
  for (const char* id : {"walk", "trip_forward", "clap", "sit_stand"}) {
    EXPECT_EQ(Trajectory(Wearing(id, Side::kLeft).Perform(), 6), Trajectory(Wearing(id, Side::kRight).Perform(), 6))
        << id;
  }
}

// Range of a hand's height in the reference of a motion.
double HandTravel(const Draw& draw, Segment hand) {
  Performer performer = draw.Perform();
  double low = 9;
  double high = -9;
  while (!performer.Done()) {
    performer.Step();
    if (performer.time() < draw.parameters.Number("first_s")) continue;
    const double z = performer.body().Position(hand, Vector3d::Zero()).z();
    low = std::min(low, z);
    high = std::max(high, z);
    if (performer.time() > draw.parameters.Number("first_s") + 1) break;
  }
  return high - low;
}

TEST(Performer, TheHandWithTheWatchStrikesTheTable) {
  const Draw left = Wearing("hit_table", Side::kLeft);
  const Draw right = Wearing("hit_table", Side::kRight);
  // The other hand moves with the trunk, by a few centimetres.
  EXPECT_GT(HandTravel(left, Segment::kHandL), 3 * HandTravel(left, Segment::kHandR));
  EXPECT_GT(HandTravel(right, Segment::kHandR), 3 * HandTravel(right, Segment::kHandL));
  EXPECT_GT(HandTravel(left, Segment::kHandL), 0.1);
}

// ---- perturbations ----

// Impulse of the named loads while it runs [Ns].
Vector3d LoadImpulse(const Motion& motion) {
  Performer performer = Draw(motion, sim::Subject(), kKey).Perform();
  Vector3d impulse = Vector3d::Zero();
  while (!performer.Done()) {
    performer.Step();
    impulse += performer.body().forces().loads * performer.body().dt();
  }
  return impulse;
}

TEST(Perturbation, AnImpulseDeliversWhatItSays) {
  const Motion motion = Parsed(kStand +
                               "perturbations:\n"
                               "  - {kind: impulse, segment: thorax, at_s: 1.0003, for_s: 0.2, impulse_x_ns: 3, "
                               "impulse_z_ns: -2}\n"
                               "  - {kind: impulse, segment: hand, side: right, at_s: 1.5, for_s: 0.02, times: 3, "
                               "every_s: 0.1, impulse_y_ns: 0.4}\n");
  // Measured: 5e-5; half a sine sampled at 1 ms.
  EXPECT_NEAR((LoadImpulse(motion) - Vector3d(3, 3 * 0.4, -2)).norm(), 0, 5e-3);
}

TEST(Perturbation, AServoHoldsAFootBack) {
  const std::string text =
      "duration_s: 4\ngait: {speed_mps: 1.1, period_s: 1.1, crouch_m: 0.04}\nperturbations:\n"
      "  - {kind: servo, segment: foot, side: left, at_s: 2.6, for_s: 0.15, damping_nspm: ";
  const auto fastest = [&](const char* damping) {
    const Motion motion = Parsed(text + damping + "}\n");
    Performer performer = Draw(motion, sim::Subject(), kKey).Perform();
    while (performer.time() < 2.65) performer.Step();
    double speed = 0;
    while (performer.time() < 2.74) {
      performer.Step();
      speed = std::max(speed, performer.body().Velocity(Segment::kFootL, Vector3d::Zero()).x());
    }
    return speed;
  };
  const double free = fastest("0");
  EXPECT_GT(free, 1.5);
  EXPECT_LT(fastest("400"), 0.4 * free);
}

TEST(Perturbation, FrictionIsScaledForAWhile) {
  const Motion motion =
      Parsed(kStand + "perturbations:\n  - {kind: friction, side: right, at_s: 1, for_s: 0.5, scale: 0.1}\n");
  Performer performer = Draw(motion, sim::Subject(), kKey).Perform();
  while (performer.time() < 2.5) {
    performer.Step();
    const double middle = performer.time() - 0.5e-3;
    EXPECT_EQ(performer.input().foot_friction[0], 1);
    EXPECT_EQ(performer.input().foot_friction[1], middle > 1 && middle < 1.5 ? 0.1 : 1) << middle;
  }
}

// Without a plan that falls back the walker's stays 0.9 m ahead of the body that was held, for good.
TEST(Perturbation, APlanOfStridesFallsBackToABodyThatWasHeldBack) {
  const Motion motion = Parsed(
      "duration_s: 8\ngait: {speed_mps: 1.2, period_s: 1.1, crouch_m: 0.04}\nassist: {max_torque_nm: "
      "700}\nperturbations:\n"
      "  - {kind: servo, segment: pelvis, at_s: 4, for_s: 1, damping_nspm: 900}\n");
  Performer performer = Draw(motion, sim::Subject(), kKey).Perform();
  double lag = 0;
  while (!performer.Done()) {
    performer.Step();
    const Vector3d pelvis = performer.body().Position(Segment::kPelvis, Vector3d::Zero());
    lag = performer.input().reference.p_WB.x() - pelvis.x();
    EXPECT_LT(std::abs(lag), performer.time() < 4 ? 0.1 : 0.5) << performer.time();
  }
  EXPECT_LT(std::abs(lag), 0.1);
}

// ---- what formulas see ----

TEST(Performer, FormulasSeeTheBodysLengthsAndTheEvent) {
  const sim::Subject subject;
  const sim::Skeleton skeleton = sim::BuildSkeleton(subject);
  const Motion motion = Parsed(
      "duration_s: \"=pelvis_stand_m - (pelvis_to_hip_m + thigh_m + shank_m + ankle_m) + 3 + 0*(hip_half_width_m + "
      "foot_m + shoulder_stand_m + upper_arm_m + forearm_m)\"\n"
      "event_at_s: 1.5\nstance: {crouch_m: 0.014}\nactivities:\n"
      "  - {label: a, from_s: \"=t_event_s\", to_s: \"=10*thigh_m\"}\n");
  Performer performer = Draw(motion, subject, kKey).Perform();
  const auto activities = performer.Activities();
  ASSERT_EQ(activities.size(), 1u);
  EXPECT_EQ(activities[0].start_ns, 1500000000);
  EXPECT_NEAR(static_cast<double>(activities[0].end_ns) * 1e-9, 10 * skeleton.thigh, 1e-9);
  while (!performer.Done()) performer.Step();
  EXPECT_NEAR(performer.time(), 3, 1.5e-3);
}

TEST(Performer, AFormulaThatFailsIsRefusedWithItsPlace) {
  const Motion motion = Parsed(kStand + "tracks:\n  - {move: {neck.flex_deg: \"=chin\"}, at_s: 1, over_s: 1}\n");
  EXPECT_THAT(Refusal([&] { static_cast<void>(Draw(motion, sim::Subject(), kKey).Perform()); }),
              ::testing::AllOf(HasSubstr(".yaml:9"), HasSubstr("unknown name 'chin'")));
}

// ---- the handbook ----

std::string Handbook() {
  std::ifstream stream(std::filesystem::path(STUNT_SOURCE_DIR) / "docs/motions.md");
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

TEST(Handbook, ItsExampleIsPerformed) {
  const std::string text = Handbook();
  const std::size_t begin = text.find("```yaml\n") + 8;
  const auto folder = std::filesystem::path(::testing::TempDir()) / ("stunt_handbook_" + std::to_string(getpid()));
  std::filesystem::create_directory(folder);
  std::filesystem::copy(test::DataFolder() / "stand.yaml", folder);
  std::ofstream(folder / "example.yaml") << text.substr(begin, text.find("```", begin) - begin);
  const Motion motion = LoadMotion(folder / "example.yaml");
  std::filesystem::remove_all(folder);
  EXPECT_EQ(motion.id, "wave_and_stagger");
  Performer performer = Draw(motion, sim::Subject(), kKey).Perform();
  while (!performer.Done()) performer.Step();
  EXPECT_FALSE(performer.happening().ended_down);
}

TEST(Handbook, NamesEveryChannel) {
  const std::string text = Handbook();
  for (const std::string& name : ChannelNames()) EXPECT_THAT(text, HasSubstr("`" + name + "`"));
}

// ---- promises ----

TEST(Performer, SomebodyWhoCollapsesBeforeAnyEventIsAnError) {
  const Motion motion = Parsed(
      kStand + "tracks:\n  - {move: {assist.weight: 0, leg.tone: 0.05, assist.position: 0}, at_s: 1, over_s: 0.2}\n");
  Performer performer = Draw(motion, sim::Subject(), kKey).Perform();
  try {
    while (!performer.Done()) performer.Step();
    FAIL() << "stood on limp legs";
  } catch (const PerformError& error) {
    EXPECT_THAT(error.what(), HasSubstr("lost its balance"));
  }
}

TEST(Performer, AJointFarBeyondItsLimitIsAnErrorThatNamesSegmentAndTime) {
  // Half a kilonewton second on a hand bends any wrist.
  const Motion motion = Parsed(
      kStand +
      "perturbations:\n  - {kind: impulse, segment: hand, side: left, at_s: 1, for_s: 0.05, impulse_z_ns: 500}\n");
  Performer performer = Draw(motion, sim::Subject(), kKey).Perform();
  try {
    while (!performer.Done()) performer.Step();
    FAIL() << "an arm of steel";
  } catch (const PerformError& error) {
    EXPECT_THAT(error.what(),
                ::testing::MatchesRegex("the joint of the [a-z_]+ was [1-9][0-9.]+ degrees beyond its limit at "
                                        "1\\.0[0-9]+ s"));
  }
}

TEST(Performer, OnlyTheGroundUnderThePelvisMakesALyingBody) {
  const auto ends_down = [](const std::string& surfaces) {
    const Motion motion = Parsed(kStand + "surfaces:\n  - {name: floor, height_m: 0, ground: true}\n" + surfaces);
    Performer performer = Draw(motion, sim::Subject(), kKey).Perform();
    while (!performer.Done()) performer.Step();
    return performer.happening().ended_down;
  };
  EXPECT_FALSE(ends_down(""));
  EXPECT_FALSE(ends_down("  - {name: stage, height_m: 1, ground: true, x_lo_m: 3}\n"));
  // A seat at 0.8 m under a pelvis at 1 m counts, where it is ground.
  EXPECT_TRUE(ends_down("  - {name: bench, height_m: 0.8, ground: true, touches: hands}\n"));
}

// ---- getting up again ----

TEST(Resume, WhoFellAndGetsUpStandsInTheEnd) {
  for (std::uint64_t i = 0; i < 4; ++i) {
    const Draw draw("trip_and_up", i);
    Performer performer = draw.Perform();
    while (!performer.Done()) performer.Step();
    EXPECT_TRUE(performer.happening().was_down);
    EXPECT_FALSE(performer.happening().ended_down);
    const double standing = performer.body().skeleton().StandingPelvisHeight();
    EXPECT_NEAR(performer.body().Position(Segment::kPelvis, Vector3d::Zero()).z(), standing, 0.05);
    // On the own feet: what the ground carries is the body's weight.
    EXPECT_NEAR(GroundForce(performer.body()).z(), draw.subject.mass_kg * sim::kStandardGravity, 40);
  }
}

TEST(Resume, TheReferenceBeginsWhereTheBodyLies) {
  const Draw draw("trip_and_up", 1);
  Performer performer = draw.Perform();
  double before = 0;
  while (!performer.Done()) {
    performer.Step();
    const double apart =
        (performer.input().reference.p_WB - performer.body().Position(Segment::kPelvis, {0, 0, 0})).norm();
    const bool resumes = before > 0.3 && apart < 0.01;
    before = apart;
    if (!resumes) continue;
    EXPECT_GT(performer.time(), *performer.happening().first_contact + 0.7);
    EXPECT_LT(performer.input().reference.v_WB_W.norm(), 0.01);
    EXPECT_LT(performer.input().reference.a_WB_W.norm(), 1);
    return;
  }
  ADD_FAILURE() << "it never resumed";
}

TEST(Resume, ComesByTheClockWhereThereIsNoEvent) {
  const Motion motion = Parsed(
      "duration_s: 6\nstance: {crouch_m: 0.014}\ntracks:\n  - {move: {pelvis.x_m: 0.06}, at_s: 1, over_s: 2}\n"
      "resume: {at_s: 2, over_s: 1, tracks: [{move: {elbow.flex_deg: 90}, at_s: \"=t_resume_s\", over_s: 1}]}\n");
  Performer performer = Draw(motion, sim::Subject(), kKey).Perform();
  while (!performer.Done()) performer.Step();
  EXPECT_NEAR(performer.input().reference.p_WB.x(), 0.03, 0.02);  // half way, where it was when the new motion began
  EXPECT_NEAR(performer.body().JointAngle(sim::Index(Segment::kForearmL) - 1), 0.5 * std::numbers::pi, 0.1);
}

TEST(Performer, StandingStillWeighsTheBody) {
  const Draw draw("stand", 2);
  Performer performer = draw.Perform();
  while (performer.time() < 2) performer.Step();
  double sum = 0;
  int n = 0;
  for (; performer.time() < 8; ++n) {
    performer.Step();
    sum += GroundForce(performer.body()).z();
    EXPECT_EQ(performer.body().forces().assist.norm(), 0);
  }
  EXPECT_NEAR(sum / n, draw.subject.mass_kg * sim::kStandardGravity, 1);
}

}  // namespace
}  // namespace stunt::motion_models
