#include "instantiate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <fstream>
#include <numbers>
#include <set>

#include "refusal.h"

namespace stunt::motion_models {
namespace {

using sim::Segment;
using sim::Side;
using test::Refusal;
using ::testing::HasSubstr;

constexpr double kDegree = std::numbers::pi / 180;
constexpr random::StreamKey kKey{3, 4};

Motion Parsed(const std::string& body) {
  const auto path = std::filesystem::path(::testing::TempDir()) / ("stunt_inst_" + std::to_string(getpid()) + ".yaml");
  std::ofstream(path) << "schema: stunt.motion/v1\nid: m\ndescription: a test\nsources: [EST]\n"
                         "duration_s: 3\nstance: {crouch_m: 0}\n" +
                             body;
  const Motion motion = LoadMotion(path);
  std::filesystem::remove(path);
  return motion;
}

// Of one parameter per side and one of the whole body.
const ParameterScope kScope = {{"lift_left", 10}, {"lift_right", 20}, {"turn", 5}};

Tracks Made(const std::string& tracks, Side watch = Side::kLeft, random::StreamKey key = kKey) {
  Tracks made;
  AppendTracks(Parsed("tracks:\n" + tracks).tracks, kScope, watch, key, made);
  return made;
}

std::map<std::size_t, double> Targets(const TrackList& list) {
  std::map<std::size_t, double> targets;
  for (const Blend& blend : list.blends) targets[blend.slot] = blend.target;
  return targets;
}

TEST(AppendTracks, FormulasSeeTheirOwnSide) {
  const Tracks made =
      Made("  - {move: {elbow.flex_deg: \"=lift\", wrist.flex_deg: \"=side*turn\"}, at_s: 1, over_s: 1}\n");
  const auto targets = Targets(made.placing);
  EXPECT_NEAR(targets.at(Slot(Channel::kElbowFlex, Side::kLeft)), 10 * kDegree, 1e-15);
  EXPECT_NEAR(targets.at(Slot(Channel::kElbowFlex, Side::kRight)), 20 * kDegree, 1e-15);
  EXPECT_NEAR(targets.at(Slot(Channel::kWristFlex, Side::kLeft)), 5 * kDegree, 1e-15);
  EXPECT_NEAR(targets.at(Slot(Channel::kWristFlex, Side::kRight)), -5 * kDegree, 1e-15);
}

TEST(AppendTracks, ARepeatAddsItsTracksOnceARepetitionTheLaterOneBelow) {
  const Tracks made = Made(
      "  - repeat:\n"
      "      - {move: {elbow.flex_deg: \"=10*repetition\"}, side: left, at_s: \"=t_repeat_s\", over_s: 0.5}\n"
      "      - {push: {pelvis.x_m: 1}, from_s: \"=t_repeat_s + 0.5\", to_s: \"=t_repeat_s + 1\"}\n"
      "    at_s: 2\n    times: 3\n    every_s: 1.5\n");
  ASSERT_EQ(made.placing.blends.size(), 3u);
  ASSERT_EQ(made.placing.pushes.size(), 3u);
  for (std::size_t k = 0; k < 3; ++k) {
    const double at = 2 + 1.5 * static_cast<double>(k);
    EXPECT_DOUBLE_EQ(made.placing.blends[k].at, at);
    EXPECT_DOUBLE_EQ(made.placing.blends[k].target, 10 * kDegree * static_cast<double>(k));
    EXPECT_DOUBLE_EQ(made.placing.pushes[k].from, at + 0.5);
  }
  EXPECT_TRUE(
      Made("  - {repeat: [{move: {neck.flex_deg: 1}, at_s: 0, over_s: 1}], when: 0, at_s: 0, times: 9, every_s: 1}\n")
          .placing.blends.empty());
}

TEST(AppendTracks, WatchAndOtherFollowTheSubject) {
  const std::string tracks =
      "  - {move: {elbow.flex_deg: 1}, side: watch, at_s: 1, over_s: 1}\n"
      "  - {move: {elbow.flex_deg: 2}, side: other, at_s: 1, over_s: 1}\n";
  const auto left = Targets(Made(tracks, Side::kLeft).placing);
  const auto right = Targets(Made(tracks, Side::kRight).placing);
  EXPECT_NEAR(left.at(Slot(Channel::kElbowFlex, Side::kLeft)), 1 * kDegree, 1e-15);
  EXPECT_NEAR(left.at(Slot(Channel::kElbowFlex, Side::kRight)), 2 * kDegree, 1e-15);
  EXPECT_NEAR(right.at(Slot(Channel::kElbowFlex, Side::kRight)), 1 * kDegree, 1e-15);
  EXPECT_NEAR(right.at(Slot(Channel::kElbowFlex, Side::kLeft)), 2 * kDegree, 1e-15);
}

TEST(AppendTracks, WhenIsAskedPerSide) {
  const auto targets =
      Targets(Made("  - {move: {elbow.flex_deg: 1}, when: \"=lift > 15\", at_s: 1, over_s: 1}\n").placing);
  EXPECT_EQ(targets.size(), 1u);
  EXPECT_TRUE(targets.contains(Slot(Channel::kElbowFlex, Side::kRight)));
}

TEST(AppendTracks, TheTrunkInASidedEntryMovesOnceWithItsFirstActiveSide) {
  const Tracks both = Made("  - {move: {elbow.flex_deg: 1, neck.twist_deg: \"=lift\"}, at_s: 1, over_s: 1}\n");
  EXPECT_EQ(both.placing.blends.size(), 3u);
  EXPECT_NEAR(Targets(both.placing).at(Slot(Channel::kNeckTwist)), 10 * kDegree, 1e-15);
  const Tracks right =
      Made("  - {move: {elbow.flex_deg: 1, neck.twist_deg: \"=lift\"}, when: \"=side < 0\", at_s: 1, over_s: 1}\n");
  EXPECT_NEAR(Targets(right.placing).at(Slot(Channel::kNeckTwist)), 20 * kDegree, 1e-15);
}

TEST(AppendTracks, JointsOfTheLegsActAfterTheLegsAreSolvedAndFeetBefore) {
  const Tracks made =
      Made("  - {move: {hip.flex_deg: 1, knee.flex_deg: 1, foot.z_m: 0.1, leg.tone: 0.5}, at_s: 1, over_s: 1}\n");
  EXPECT_EQ(made.legs.blends.size(), 4u);
  EXPECT_EQ(made.placing.blends.size(), 4u);
  EXPECT_TRUE(Targets(made.legs).contains(Slot(Channel::kKneeFlex, Side::kRight)));
  EXPECT_TRUE(Targets(made.placing).contains(Slot(Channel::kFootZ, Side::kRight)));
}

TEST(AppendTracks, HarmonicsFollowTheirOwnFoot) {
  const Tracks made = Made("  - {swing: {shoulder.flex_deg: 20, lumbar.twist_deg: 3}, harmonic: 2, phase_deg: 90}\n");
  ASSERT_EQ(made.placing.harmonics.size(), 3u);
  for (const StrideHarmonic& h : made.placing.harmonics) {
    EXPECT_EQ(h.side, h.slot == Slot(Channel::kShoulderFlex, Side::kRight) ? 1 : 0);
    EXPECT_EQ(h.harmonic, 2);
    EXPECT_NEAR(h.phase, std::numbers::pi / 2, 1e-15);
  }
}

TEST(AppendTracks, FormulasOutOfRangeAreRefusedWithTheirPlace) {
  const auto refusal = [](const std::string& track) { return Refusal([&] { static_cast<void>(Made(track)); }); };
  EXPECT_THAT(
      refusal("  - {move: {elbow.flex_deg: 1}, at_s: 1, over_s: \"=turn - 5\"}\n"),
      ::testing::AllOf(HasSubstr(".yaml:8"), HasSubstr("turn - 5"), HasSubstr("gives 0; accepted: from 1e-06")));
  EXPECT_THAT(refusal("  - {oscillate: {elbow.flex_deg: 1}, hz: \"=-turn\"}\n"), HasSubstr("gives -5"));
  EXPECT_THAT(refusal("  - {swing: {elbow.flex_deg: 1}, harmonic: 1.5}\n"),
              ::testing::AllOf(HasSubstr(".yaml:8"), HasSubstr("'harmonic' is 1.5; accepted: a whole number")));
}

TEST(Wobble, HasItsAmplitudeAsRmsAndItsFrequenciesInTheBand) {
  double square = 0;
  int n = 0;
  std::set<double> phases;
  for (std::uint64_t i = 0; i < 300; ++i) {
    const Tracks made = Made("  - {wobble: {pelvis.x_m: 0.02}, hz_lo: 0.5, hz_hi: 2}\n", Side::kLeft, kKey.Derive(i));
    ASSERT_EQ(made.placing.oscillations.size(), 3u);
    for (const Oscillation& o : made.placing.oscillations) {
      EXPECT_GE(o.omega, 2 * std::numbers::pi * 0.5);
      EXPECT_LE(o.omega, 2 * std::numbers::pi * 2);
      phases.insert(o.phase);
    }
    for (double t = 1; t < 11; t += 0.1, ++n) {
      ChannelValues values{};
      made.placing.Apply(t, {0, 0}, 1, values);
      square += values[Slot(Channel::kPelvisX)] * values[Slot(Channel::kPelvisX)];
    }
  }
  EXPECT_EQ(phases.size(), 900u);
  EXPECT_NEAR(std::sqrt(square / n), 0.02, 0.0006);
}

TEST(Wobble, ChannelsAndSidesDiffer) {
  const Tracks made = Made("  - {wobble: {elbow.flex_deg: 1, wrist.flex_deg: 1}}\n  - {wobble: {elbow.flex_deg: 1}}\n");
  std::set<double> omegas;
  for (const Oscillation& o : made.placing.oscillations) omegas.insert(o.omega);
  EXPECT_EQ(omegas.size(), 18u);
}

// ---- perturbations ----

std::vector<Perturbation> Disturbed(const std::string& text, Side watch = Side::kLeft) {
  return MakePerturbations(Parsed("perturbations:\n" + text).perturbations, kScope, watch);
}

TEST(MakePerturbations, RepeatAtTheirIntervalOnTheirSides) {
  const auto all = Disturbed(
      "  - {kind: impulse, segment: hand, side: both, at_s: 1, for_s: 0.1, times: 3, every_s: 0.5, z_m: -0.03, "
      "impulse_y_ns: \"=side*lift\"}\n");
  ASSERT_EQ(all.size(), 6u);
  for (std::size_t i = 0; i < 6; ++i) {
    EXPECT_NEAR(all[i].at, 1 + 0.5 * static_cast<double>(i % 3), 1e-15);
    EXPECT_EQ(all[i].segment, i < 3 ? Segment::kHandL : Segment::kHandR);
    EXPECT_EQ(all[i].impulse.y(), i < 3 ? 10 : -20);
    EXPECT_EQ(all[i].p_B.z(), -0.03);
  }
}

TEST(MakePerturbations, TheTrunkHasNoSide) {
  const auto all = Disturbed(
      "  - {kind: impulse, segment: thorax, at_s: 1, for_s: 0.1, impulse_x_ns: \"=turn\"}\n"
      "  - {kind: servo, segment: foot, side: watch, at_s: 1, for_s: 0.1, damping_nspm: 400, velocity_x_mps: 2}\n"
      "  - {kind: friction, side: other, at_s: 1, for_s: 0.1, scale: 0.2}\n"
      "  - {kind: friction, when: 0, at_s: 1, for_s: 0.1, scale: 0.2}\n",
      Side::kRight);
  ASSERT_EQ(all.size(), 3u);
  EXPECT_EQ(all[0].segment, Segment::kThorax);
  EXPECT_EQ(all[0].impulse.x(), 5);
  EXPECT_EQ(all[1].segment, Segment::kFootR);
  EXPECT_EQ(all[1].velocity.x(), 2);
  EXPECT_EQ(all[1].damping, 400);
  EXPECT_EQ(all[2].segment, Segment::kFootL);
  EXPECT_EQ(all[2].scale, 0.2);
}

TEST(MakePerturbations, MoreThanTheBodyTakesAtOnceAreRefused) {
  const auto refusal = [](const std::string& every) {
    return Refusal([&] {
      static_cast<void>(Disturbed("  - {kind: impulse, segment: hand, at_s: 1, for_s: 0.1, times: 9, every_s: " +
                                  every + "}\n  - {kind: friction, at_s: 0, for_s: 9, scale: 0.5}\n"));
    });
  };
  EXPECT_EQ(refusal("0.03"), "");  // two hands, four at a time
  EXPECT_THAT(refusal("0.024"), ::testing::AllOf(HasSubstr(".yaml:8"), HasSubstr("10 forces at once")));
}

TEST(MakePerturbations, AHoldHasAPlaceOrTakesHoldOfWhereItIs) {
  const auto holds = Disturbed(
      "  - {kind: hold, segment: hand, side: watch, at_s: 1, for_s: 2, max_force_n: 300, to_x_m: 0.1, to_y_m: 0.2, "
      "to_z_m: 0.9, velocity_x_mps: 5}\n"
      "  - {kind: hold, segment: shank, side: left, at_s: 1, for_s: 2, max_force_n: 50, stiffness_npm: 100}\n",
      Side::kRight);
  ASSERT_EQ(holds.size(), 2u);
  EXPECT_EQ(holds[0].segment, Segment::kHandR);
  EXPECT_EQ(holds[0].max_force, 300);
  ASSERT_TRUE(holds[0].to);
  EXPECT_EQ(*holds[0].to, Eigen::Vector3d(0.1, 0.2, 0.9));
  EXPECT_EQ(holds[0].velocity.x(), 5);
  EXPECT_EQ(holds[1].segment, Segment::kShankL);
  EXPECT_EQ(holds[1].stiffness, 100);
  EXPECT_FALSE(holds[1].to);
  EXPECT_THAT(
      Refusal([] {
        static_cast<void>(Disturbed("  - {kind: hold, segment: hand, at_s: 1, for_s: 2, max_force_n: 9, to_x_m: 0}\n"));
      }),
      HasSubstr("to_y_m"));
}

// ---- surfaces ----

TEST(MakeSurfaces, BoxesAreTurnedAndCounted) {
  const auto boxes = MakeSurfaces(
      Parsed(
          "surfaces:\n  - {name: step, count: 2, step_x_m: 0.3, step_z_m: 0.2, friction: 0.4, box: {x_m: 1, y_m: -2, "
          "z_m: 0.5, size_x_m: 0.4, size_y_m: 2, size_z_m: 1, yaw_deg: 90}}\n")
          .surfaces,
      kScope);
  ASSERT_EQ(boxes.size(), 2u);
  ASSERT_TRUE(boxes[1].box);
  EXPECT_NEAR((boxes[1].box->centre - Eigen::Vector3d(1.3, -2, 0.7)).norm(), 0, 1e-12);
  EXPECT_NEAR((boxes[1].box->half - Eigen::Vector3d(0.2, 1, 0.5)).norm(), 0, 1e-12);
  EXPECT_NEAR((boxes[1].box->R_WS * Eigen::Vector3d::UnitX() - Eigen::Vector3d::UnitY()).norm(), 0, 1e-12);
  EXPECT_EQ(boxes[1].friction, 0.4);
  EXPECT_THAT(Refusal([] {
                static_cast<void>(
                    Parsed("surfaces:\n  - {name: a, height_m: 0, box: {z_m: 0, size_x_m: 1, size_y_m: 1, "
                           "size_z_m: 1}}\n"));
              }),
              HasSubstr("height_m"));
}

TEST(MakeSurfaces, CountThemselvesUpAStair) {
  const auto stair = MakeSurfaces(
      Parsed("surfaces:\n  - {name: tread, height_m: -0.1, step_z_m: 0.17, x_lo_m: 0, x_hi_m: 0.3, step_x_m: 0.3, "
             "count: 4, touches: feet}\n  - {name: never, height_m: 9, when: \"=turn > 5\"}\n")
          .surfaces,
      kScope);
  ASSERT_EQ(stair.size(), 4u);
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_NEAR(stair[i].height, -0.1 + 0.17 * static_cast<double>(i), 1e-15);
    EXPECT_NEAR(stair[i].x_lo, 0.3 * static_cast<double>(i), 1e-15);
    EXPECT_NEAR(stair[i].x_hi, 0.3 * static_cast<double>(i + 1), 1e-15);
    EXPECT_EQ(stair[i].segments, sim::kFeet);
  }
}

TEST(MakeSurfaces, WithoutAnyThereIsAFloor) {
  const auto floor = MakeSurfaces({}, kScope);
  ASSERT_EQ(floor.size(), 1u);
  EXPECT_TRUE(floor[0].ground);
  EXPECT_EQ(floor[0].height, 0);
}

TEST(MakeSurfaces, MasksAreWhatTheirWordsSay) {
  const auto masks = MakeSurfaces(Parsed("surfaces:\n"
                                         "  - {name: a, height_m: 0, touches: all}\n"
                                         "  - {name: b, height_m: 0, touches: feet}\n"
                                         "  - {name: c, height_m: 0, touches: body}\n"
                                         "  - {name: d, height_m: 0, touches: hands}\n"
                                         "  - {name: e, height_m: 0, touches: seat}\n")
                                      .surfaces,
                                  kScope);
  const auto touches = [&](std::size_t i, Segment s) { return (masks[i].segments & sim::Bit(s)) != 0; };
  EXPECT_EQ(masks[0].segments, sim::kAllSegments);
  EXPECT_EQ(masks[1].segments | masks[2].segments, sim::kAllSegments);
  EXPECT_EQ(masks[1].segments & masks[2].segments, 0u);
  EXPECT_TRUE(touches(3, Segment::kHandR) && touches(3, Segment::kForearmL) && !touches(3, Segment::kUpperArmL));
  EXPECT_TRUE(touches(4, Segment::kThighR) && touches(4, Segment::kPelvis) && !touches(4, Segment::kShankR));
}

}  // namespace
}  // namespace stunt::motion_models
