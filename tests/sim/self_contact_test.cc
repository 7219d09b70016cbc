#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "random_state.h"
#include "stunt/sim/body.h"

// Arms and knees against the own body.
namespace stunt::sim {
namespace {

using Eigen::Vector3d;
using testing::WithoutSelfContact;

constexpr double kPi = std::numbers::pi;

// In free flight, both arms swing across the chest by the muscles.
StepInput ArmsAcross() {
  StepInput input;
  input.feed_forward.fill(0);
  input.gravity.setZero();
  const auto joint = [&](Segment s) -> JointReference& {
    return input.reference.joints[static_cast<std::size_t>(Index(s)) - 1];
  };
  for (const Side side : {Side::kLeft, Side::kRight}) {
    const double left = side == Side::kLeft ? 1 : -1;
    joint(OnSide(Segment::kUpperArmL, side)).q = Eigen::AngleAxisd(-left * 0.9, Vector3d::UnitX());  // adducted
  }
  return input;
}

double LeastDistanceToThePelvisAxis(const Body& body, Segment hand) {
  const Vector3d p = body.X_WB(Segment::kPelvis).inverse() * body.Position(hand, Vector3d::Zero());
  return std::hypot(p.x(), p.y() - std::clamp(p.y(), -0.07, 0.07));
}

struct Flight {
  double least_distance = 1e9;  // of a hand to the pelvis' axis [m]
  Vector3d momentum, angular_momentum;
  double surroundings = 0;  // largest force that was booked as contact with them [N]
};

Flight FlyWithArmsAcross(const Skeleton& skeleton, double dt) {
  Body body(skeleton, dt);
  body.SetState(BodyReference());
  Flight flight;
  while (body.time() < 1) {
    body.Step(ArmsAcross());
    for (const Segment hand : {Segment::kHandL, Segment::kHandR}) {
      flight.least_distance = std::min(flight.least_distance, LeastDistanceToThePelvisAxis(body, hand));
    }
    for (const Vector3d& force : body.forces().contact) {
      flight.surroundings = std::max(flight.surroundings, force.norm());
    }
  }
  flight.momentum = body.Momentum();
  flight.angular_momentum = body.AngularMomentum();
  return flight;
}

TEST(SelfContact, ArmsStayOutsideTheTrunkAndWithoutItTheyDoNot) {
  const Skeleton skeleton = BuildSkeleton(Subject());
  EXPECT_GT(FlyWithArmsAcross(skeleton, 1e-3).least_distance, 0.09);
  EXPECT_LT(FlyWithArmsAcross(WithoutSelfContact(skeleton), 1e-3).least_distance, 0.05);
}

// Action and reaction: nothing outside moved the body, and nothing is booked as contact with the surroundings.
TEST(SelfContact, KeepsMomentum) {
  const Skeleton skeleton = BuildSkeleton(Subject());
  const Flight touched = FlyWithArmsAcross(skeleton, 1e-3);
  EXPECT_LT(touched.momentum.norm(), 0.05);          // kg m/s; arms move at some 10 kg m/s
  EXPECT_LT(touched.angular_momentum.norm(), 0.05);  // kg m²/s
  EXPECT_LT(touched.surroundings, 1e-9);
}

// Energy: a passive body whose limbs fly into one another never gains any.
TEST(SelfContact, NeverAddsEnergy) {
  const Skeleton skeleton = BuildSkeleton(Subject());
  for (const std::uint64_t seed : {1, 2, 3, 4}) {
    random::Stream stream(random::StreamKey{seed, 9});
    Body body(skeleton, 5e-4);
    BodyReference start;
    start.p_WB.z() = 3;
    for (const Segment arm : {Segment::kUpperArmL, Segment::kUpperArmR}) {
      start.joints[static_cast<std::size_t>(Index(arm)) - 1].rate = testing::RandomVector(stream, 6);
    }
    body.SetState(start);
    StepInput input = testing::Limp();
    input.gravity.setZero();
    const double before = body.KineticEnergy();
    while (body.time() < 0.5) {
      body.Step(input);
      ASSERT_LT(body.KineticEnergy(), 1.03 * before) << seed << " at " << body.time();
    }
  }
}

// Left and right are alike.
TEST(SelfContact, IsMirrorSymmetric) {
  const Skeleton skeleton = BuildSkeleton(Subject());
  Body body(skeleton, 1e-3);
  body.SetState(BodyReference());
  for (int k = 0; k < 400; ++k) body.Step(ArmsAcross());
  const Vector3d left = body.Position(Segment::kHandL, Vector3d::Zero());
  const Vector3d right = body.Position(Segment::kHandR, Vector3d::Zero());
  EXPECT_NEAR((left - Vector3d(right.x(), -right.y(), right.z())).norm(), 0, 1e-6);
}

}  // namespace
}  // namespace stunt::sim
