#include <gtest/gtest.h>

#include <cmath>

#include "random_state.h"
#include "stunt/sim/body.h"

// What holds the body and pushes it: feed-forward, root assist, point loads.
namespace stunt::sim {
namespace {

using Eigen::Vector3d;
using testing::Limp;

// A change of momentum needs a force: assist, loads, ground and gravity explain all of it. The assist pulls the body to
// a point 30 cm away, so its spring is at its bound first and its damping matters afterwards.
TEST(Control, ImpulsesOfAssistAndLoadsGiveTheMomentum) {
  const Skeleton skeleton = BuildSkeleton(Subject());
  const auto unexplained = [&](double dt) {
    Body body(skeleton, dt);
    BodyReference start;
    body.SetState(start);
    StepInput input;
    input.reference = start;
    input.reference.p_WB = {0.3, -0.1, 1.05};
    input.assist.position_share = 0.8;
    input.assist.rotation_share = 1;
    input.assist.weight_share = 0.7;
    input.AddLoad({.segment = Segment::kThorax,
                   .p_B = {0, 0, 0.1},
                   .force_W = {40, 0, 10},
                   .servo_damping = 120,
                   .servo_velocity_W = {0.5, 0.2, 0}});
    const Vector3d p0 = body.Momentum();
    Vector3d impulse = Vector3d::Zero();
    double largest = 0, error = 0;
    while (body.time() < 1) {
      body.Step(input);
      const StepForces& forces = body.forces();
      impulse += (forces.assist + forces.loads + skeleton.mass * input.gravity) * dt;
      largest = std::max(largest, (body.Momentum() - p0).norm());
      error = std::max(error, (body.Momentum() - p0 - impulse).norm());
    }
    return error / largest;
  };
  const double at_1ms = unexplained(1e-3);
  EXPECT_LT(at_1ms, 2e-4);  // measured 3e-5
  EXPECT_LT(unexplained(2.5e-4), 0.4 * at_1ms);
}

// A hold's impulse explains the momentum as every load's does, at its limit and below.
TEST(Control, ImpulseOfAHoldGivesTheMomentum) {
  const Skeleton skeleton = BuildSkeleton(Subject());
  for (const double limit : {200.0, 1e5}) {
    Body body(skeleton, 5e-4);
    body.SetState(BodyReference());
    StepInput input;  // awake: a limp arm would whip, and the integrator's error with it
    input.gravity.setZero();
    const Vector3d hand = body.Position(Segment::kHandL, Vector3d::Zero());
    input.AddLoad({.segment = Segment::kHandL,
                   .hold_stiffness = 4000,
                   .hold_damping = 100,
                   .hold_max_force = limit,
                   .hold_point_W = hand + Vector3d(0.2, 0, 0.1)});
    Vector3d impulse = Vector3d::Zero();
    double largest_force = 0, largest = 0, error = 0;
    while (body.time() < 0.6) {
      body.Step(input);
      largest_force = std::max(largest_force, body.forces().loads.norm());
      impulse += body.forces().loads * body.dt();
      largest = std::max(largest, body.Momentum().norm());
      error = std::max(error, (body.Momentum() - impulse).norm());
    }
    EXPECT_LT(error / largest, 2e-3) << limit;
    if (limit == 200.0) {
      EXPECT_NEAR(largest_force, 200, 4);
    } else {
      EXPECT_GT(largest_force, 400);
    }
  }
}

// Statics: a limp body that hangs by one hand pulls with its weight, and the spring stretches by weight over stiffness.
TEST(Control, HoldCarriesAHangingBody) {
  const Skeleton skeleton = BuildSkeleton(Subject());
  Body body(skeleton, 1e-3);
  BodyReference start;
  start.p_WB.z() = 5;
  body.SetState(start);
  StepInput input = Limp();
  input.tone.fill(0.3);
  const Vector3d point = body.Position(Segment::kThorax, {0, 0, 0.1});
  input.AddLoad({.segment = Segment::kThorax,
                 .p_B = {0, 0, 0.1},
                 .hold_stiffness = 20000,
                 .hold_damping = 800,
                 .hold_max_force = 5000,
                 .hold_point_W = point});
  while (body.time() < 12) body.Step(input);
  const double weight = skeleton.mass * kStandardGravity;
  EXPECT_NEAR(body.forces().loads.z() / weight, 1, 0.02);
  EXPECT_NEAR(point.z() - body.Position(Segment::kThorax, {0, 0, 0.1}).z(), weight / 20000, 1e-3);
}

// Held at the pelvis, muscles without any stiffness keep the pose as long as feed-forward carries the limbs; without it
// the body hangs down.
TEST(Control, FeedForwardAloneCarriesThePose) {
  const Skeleton skeleton = BuildSkeleton(Subject());
  const auto hip_after = [&](double feed_forward) {
    Body body(skeleton, 1e-3);
    StepInput input = Limp();
    input.feed_forward.fill(feed_forward);
    input.reference.joints[static_cast<std::size_t>(Index(Segment::kThighL) - 1)].q =
        Eigen::AngleAxisd(-0.6, Vector3d::UnitY());  // left thigh forward
    input.assist = {.stiffness = 1e7,
                    .damping = 1e5,
                    .max_force = 1e9,
                    .position_share = 1,
                    .rotation_stiffness = 1e7,
                    .rotation_damping = 1e5,
                    .max_torque = 1e9,
                    .rotation_share = 1};
    body.SetState(input.reference);
    for (int k = 0; k < 300; ++k) body.Step(input);
    return body.JointAngle(Index(Segment::kThighL) - 1);
  };
  EXPECT_NEAR(hip_after(1), 0.6, 0.01);
  EXPECT_LT(hip_after(0), 0.4);
}

// Oracle: kinematics. Feed-forward with the reference's acceleration alone makes the elbow follow it.
TEST(Control, FeedForwardFollowsAReferenceAcceleration) {
  const Skeleton skeleton = testing::WithoutSelfContact(BuildSkeleton(Subject()));  // straight arms graze the hips
  const std::size_t elbow = static_cast<std::size_t>(Index(Segment::kForearmL)) - 1;
  Body body(skeleton, 1e-3);
  StepInput input = Limp();
  input.feed_forward.fill(1);
  input.gravity.setZero();
  input.reference.joints[elbow].acceleration.x() = 4;
  input.assist = {.stiffness = 1e7,
                  .damping = 1e5,
                  .max_force = 1e9,
                  .position_share = 1,
                  .rotation_stiffness = 1e7,
                  .rotation_damping = 1e5,
                  .max_torque = 1e9,
                  .rotation_share = 1};
  body.SetState(input.reference);
  for (int k = 0; k < 500; ++k) body.Step(input);
  EXPECT_NEAR(body.JointAngle(static_cast<int>(elbow)), 0.5 * 4 * 0.25, 0.01);
}

// Oracle: statics of a foot. Half of the weight asked of each foot: the ground carries it and nothing pulls from
// outside.
TEST(Control, FeetCarryWhatTheAssistAsksOfThem) {
  const Skeleton skeleton = BuildSkeleton(Subject());
  Body body(skeleton, 1e-3);
  StepInput input;
  input.reference.p_WB = {0, 0, skeleton.StandingPelvisHeight() - 0.002};
  input.assist.position_share = input.assist.rotation_share = input.assist.weight_share = 1;
  input.feet.share = 1;
  input.feet.weight = {0.5, 0.5};
  body.SetState(input.reference);
  body.AddSurface(Surface());
  for (int k = 0; k < 3000; ++k) body.Step(input);
  const double weight = skeleton.mass * kStandardGravity;
  const StepForces& forces = body.forces();
  const double left = forces.contact[static_cast<std::size_t>(Index(Segment::kFootL))].z();
  const double right = forces.contact[static_cast<std::size_t>(Index(Segment::kFootR))].z();
  EXPECT_NEAR((left + right) / weight, 1, 0.01);
  EXPECT_NEAR(left / right, 1, 0.01);
  EXPECT_NEAR(forces.assist.norm() / weight, 0, 0.01);
}

TEST(Control, MomentsOfTheAssistAreBounded) {
  const Skeleton skeleton = BuildSkeleton(Subject());
  Body body(skeleton, 1e-3);
  StepInput input;
  input.assist.position_share = input.assist.rotation_share = 1;
  input.reference.p_WB = {5, 0, 1};
  input.reference.q_WB = Eigen::AngleAxisd(2, Vector3d::UnitX());
  body.SetState(BodyReference());
  body.Step(input);
  EXPECT_LE(body.forces().assist.norm(), input.assist.max_force * (1 + 1e-12));
  EXPECT_LE(body.forces().assist_torque.norm(), input.assist.max_torque * (1 + 1e-12));
}

// Muscles that want to go 30° beyond the limits of a hinge and a spherical joint come to rest against them.
TEST(Limits, MusclesThatPushAgainstALimitRestThere) {
  const Skeleton skeleton = BuildSkeleton(Subject());
  for (const double dt : {2e-3, 1e-3, 2.5e-4}) {
    Body body(skeleton, dt);
    StepInput input;
    input.gravity = {0, 0, 0};
    body.SetState(input.reference);
    const int elbow = Index(Segment::kForearmL) - 1;
    const int neck = Index(Segment::kHead) - 1;
    input.reference.joints[static_cast<std::size_t>(elbow)].angle = skeleton.link(Segment::kForearmL).limit_hi + 0.5;
    const double far = skeleton.link(Segment::kHead).limit_hi + 0.5;
    input.reference.joints[static_cast<std::size_t>(neck)].q = Eigen::AngleAxisd(far, Vector3d(0.6, 0.8, 0));
    while (body.time() < 2) body.Step(input);
    // 0.5 rad of muscle against 60 times its stiffness: 0.5°.
    for (const int joint : {elbow, neck}) {
      EXPECT_GT(body.BeyondLimit(joint), 0.005) << joint;
      EXPECT_LT(body.BeyondLimit(joint), 0.009) << joint;
    }
    double fastest = 0;
    for (int k = 0; k < 200; ++k) {
      body.Step(input);
      for (const Segment s : {Segment::kForearmL, Segment::kHead}) {
        fastest = std::max(fastest, (body.AngularVelocity(s) - body.AngularVelocity(Segment::kPelvis)).norm());
      }
    }
    EXPECT_LT(fastest, 1e-3) << "rad/s at a step of " << dt;
    EXPECT_EQ(body.BeyondLimit(Index(Segment::kShankL) - 1), 0);
  }
}

TEST(Limits, ADivergedSegmentIsNamed) {
  Body body(BuildSkeleton(Subject()), 1e-3);
  EXPECT_EQ(body.Diverged(), std::nullopt);
  BodyReference state;
  state.joints[static_cast<std::size_t>(Index(Segment::kHandR)) - 1].rate = {0, 4000, 0};
  body.SetState(state);
  EXPECT_EQ(body.Diverged(), Segment::kHandR);
  state.v_WB_W.x() = std::nan("");
  body.SetState(state);
  EXPECT_EQ(body.Diverged(), Segment::kPelvis);
}

}  // namespace
}  // namespace stunt::sim
