#include <gtest/gtest.h>

#include <algorithm>

#include "performing.h"

// From the first imbalance to the first contact only gravity, contacts and named perturbations act on a falling body.
namespace stunt::motion_models {
namespace {

using Eigen::Vector3d;
using test::Draw;
using test::GroundForce;

constexpr std::uint64_t kDraws = 4;

class EveryFall : public ::testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(Library, EveryFall,
                         ::testing::Values("trip_forward", "slip_forward", "slip_backward", "slip_sideways",
                                           "missed_chair", "faint_forward", "faint_backward", "faint_sideways"),
                         [](const auto& motion) { return motion.param; });

struct Falling {
  Vector3d impulse = Vector3d::Zero();   // Ns, of gravity, contacts and perturbations
  Vector3d momentum = Vector3d::Zero();  // Ns, its change
  double assist_force = 0;               // N, largest
  double torque_impulse = 0;             // Nms, of the assist's torque
  double torque_after_control = 0;       // Nm, largest once the assist has faded
  double duration = 0;                   // s
};

// The first step that may differ is the one after onset; the last one is that of the first contact.
Falling UntilContact(const Draw& draw) {
  Falling fall;
  Performer performer = draw.Perform();
  const double dt = performer.body().dt();
  const double onset = performer.happening().onset.value();
  const double control = onset + draw.parameters.Number("assist_fade_s") + 2 * dt;
  while (performer.time() < onset) performer.Step();
  const Vector3d before = performer.body().Momentum();
  while (!performer.happening().first_contact && !performer.Done()) {
    performer.Step();
    const sim::StepForces& forces = performer.body().forces();
    fall.impulse +=
        dt * (GroundForce(performer.body()) + forces.loads + draw.subject.mass_kg * performer.input().gravity);
    fall.assist_force = std::max(fall.assist_force, forces.assist.norm());
    fall.torque_impulse += dt * forces.assist_torque.norm();
    if (performer.time() > control) {
      fall.torque_after_control = std::max(fall.torque_after_control, forces.assist_torque.norm());
    }
  }
  fall.momentum = performer.body().Momentum() - before;
  fall.duration = performer.time() - onset;
  return fall;
}

// Measured: at most 0.5 %, the explicit part of friction and Bullet's integration.
TEST_P(EveryFall, TheImpulseEqualsTheChangeOfMomentum) {
  for (std::uint64_t i = 0; i < kDraws; ++i) {
    const Falling fall = UntilContact(Draw(GetParam(), i));
    EXPECT_LT((fall.impulse - fall.momentum).norm(), 0.01 * fall.momentum.norm()) << "draw " << i;
    EXPECT_EQ(fall.assist_force, 0) << "draw " << i;
    EXPECT_GT(fall.duration, 0.2) << "draw " << i;
    EXPECT_LT(fall.duration, 2.5) << "draw " << i;
  }
}

// A torque on the pelvis remains from the control over the motion before: 4 to 39 Nms while it fades, nothing after.
TEST_P(EveryFall, TheTorqueOnThePelvisFadesWithControl) {
  for (std::uint64_t i = 0; i < kDraws; ++i) {
    const Falling fall = UntilContact(Draw(GetParam(), i));
    EXPECT_LT(fall.torque_impulse, 45) << "draw " << i;
    EXPECT_EQ(fall.torque_after_control, 0) << "draw " << i;
  }
}

TEST_P(EveryFall, MusclesGiveWayAfterContact) {
  const Draw draw(GetParam(), 1);
  Performer performer = draw.Perform(5);
  while (!performer.Done()) performer.Step();
  ASSERT_TRUE(performer.happening().first_contact.has_value());
  const double rest = draw.parameters.Number("rest_tone");
  const auto knee = static_cast<std::size_t>(sim::Index(sim::Segment::kShankL)) - 1;
  EXPECT_NEAR(performer.input().tone[knee], rest, 1e-12);
  EXPECT_EQ(performer.input().assist.weight_share, 0);
}

TEST_P(EveryFall, ItsEventsAreInOrderAndItsImpactIsThatOfAPerson) {
  for (std::uint64_t i = 0; i < kDraws; ++i) {
    const Draw draw(GetParam(), i);
    Performer performer = draw.Perform(2);
    while (!performer.Done()) performer.Step();
    const Happening& h = performer.happening();
    ASSERT_TRUE(h.first_contact.has_value()) << "draw " << i;
    ASSERT_TRUE(h.impact_peak.has_value()) << "draw " << i;
    EXPECT_EQ(*h.onset, draw.parameters.Number("t_fall_s"));
    EXPECT_GT(*h.first_contact, *h.onset);
    EXPECT_GE(*h.impact_peak, *h.first_contact);
    EXPECT_LE(*h.impact_peak, *h.first_contact + 1.5);
    // Nobody falls faster than from standing height without drag.
    EXPECT_LT(h.impact_speed, std::sqrt(2 * sim::kStandardGravity * draw.subject.stature_m)) << "draw " << i;
    const double weight = draw.subject.mass_kg * sim::kStandardGravity;
    EXPECT_GT(h.impact_force, weight) << "draw " << i;
    EXPECT_LT(h.impact_force, 30 * weight) << "draw " << i;
    EXPECT_GE(performer.time(), *h.impact_peak + 2);
  }
}

}  // namespace
}  // namespace stunt::motion_models
