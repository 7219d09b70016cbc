#include "stunt/sim/surface.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "random_state.h"

// Spheres against patches and boxes.
namespace stunt::sim {
namespace {

using Eigen::Vector3d;

Surface BoxAt(const Vector3d& centre, const Vector3d& half) {
  Surface surface;
  surface.box = Box{.centre = centre, .half = half};
  return surface;
}

TEST(Meet, PatchEndsAtItsBoundsAndItsDepth) {
  Surface patch;
  patch.height = 0.5;
  patch.x_lo = 0;
  patch.x_hi = 1;
  patch.depth = 0.2;
  ASSERT_TRUE(Meet(patch, {0.5, 9, 0.55}, 0.1));
  EXPECT_NEAR(Meet(patch, {0.5, 9, 0.55}, 0.1)->penetration, 0.05, 1e-15);
  EXPECT_FALSE(Meet(patch, {-0.01, 0, 0.55}, 0.1));
  EXPECT_FALSE(Meet(patch, {1.01, 0, 0.55}, 0.1));
  EXPECT_FALSE(Meet(patch, {0.5, 0, 0.61}, 0.1));
  EXPECT_FALSE(Meet(patch, {0.5, 0, 0.39}, 0.1));
}

TEST(Meet, BoxHasFacesEdgesAndCorners) {
  const Surface box = BoxAt({0, 0, 0}, {1, 2, 3});
  struct {
    Vector3d centre;
    double penetration;
    Vector3d normal;
  } const kCases[] = {
      {{1.06, 0, 0}, 0.04, {1, 0, 0}},        {{0, -2.06, 0}, 0.04, {0, -1, 0}},
      {{1.03, 2.04, 0}, 0.05, {0.6, 0.8, 0}}, {{1.03, 0, -3.04}, 0.05, {0.6, 0, -0.8}},
      {{0.9, 0, 0}, 0.2, {1, 0, 0}},  // inside: out by the nearest face
      {{0, 0, -2.95}, 0.15, {0, 0, -1}},
  };
  for (const auto& c : kCases) {
    const auto meeting = Meet(box, c.centre, 0.1);
    ASSERT_TRUE(meeting) << c.centre.transpose();
    EXPECT_NEAR(meeting->penetration, c.penetration, 1e-12) << c.centre.transpose();
    EXPECT_NEAR((meeting->normal - c.normal).norm(), 0, 1e-12) << c.centre.transpose();
  }
  EXPECT_FALSE(Meet(box, {1.11, 0, 0}, 0.1));
  EXPECT_FALSE(Meet(box, {1.08, 2.08, 0}, 0.1));  // 0.113 from the edge
}

// A turned and moved world gives the turned and moved answer.
TEST(Meet, BoxTurnsWithItsFrame) {
  random::Stream stream(random::StreamKey{3, 1});
  const Surface plain = BoxAt({0, 0, 0}, {0.3, 0.2, 0.1});
  int touching = 0;
  for (int i = 0; i < 300; ++i) {
    const Eigen::Matrix3d R = testing::RandomRotation(stream).toRotationMatrix();
    const Vector3d shift = testing::RandomVector(stream, 1), centre = testing::RandomVector(stream, 0.25);
    Surface turned = BoxAt(shift, plain.box->half);
    turned.box->R_WS = R;
    const auto expected = Meet(plain, centre, 0.08);
    const auto meeting = Meet(turned, R * centre + shift, 0.08);
    ASSERT_EQ(meeting.has_value(), expected.has_value());
    if (!meeting) continue;
    ++touching;
    EXPECT_NEAR(meeting->penetration, expected->penetration, 1e-12);
    EXPECT_NEAR((meeting->normal - R * expected->normal).norm(), 0, 1e-9);
  }
  EXPECT_GT(touching, 50);
}

BodyReference Supine(double height) {
  BodyReference state;
  state.q_WB = Eigen::AngleAxisd(-std::numbers::pi / 2, Vector3d::UnitY());
  state.p_WB.z() = height;
  return state;
}

StepInput Stiff() {
  StepInput input;
  input.feed_forward.fill(0);
  input.reference = Supine(0);
  return input;
}

// A floor that is the top of a box is a floor: the same body comes to the same rest on either.
TEST(BoxContact, TopOfABoxCarriesAsAPatchDoes) {
  const Skeleton skeleton = BuildSkeleton(Subject());
  const auto rest = [&](const Surface& floor) {
    Body body(skeleton, 1e-3);
    body.SetState(Supine(0.2));
    body.AddSurface(floor);
    for (int k = 0; k < 4000; ++k) body.Step(Stiff());
    double weight = 0;
    for (const Vector3d& force : body.forces().contact) weight += force.z();
    EXPECT_NEAR(weight / (skeleton.mass * kStandardGravity), 1, 2e-3);
    return body.Position(Segment::kPelvis, Vector3d::Zero());
  };
  EXPECT_NEAR((rest(BoxAt({0, 0, -0.5}, {3, 3, 0.5})) - rest(Surface())).norm(), 0, 1e-6);
}

// Oracle: a body that slides into a wall loses its momentum to it and stays on its side.
TEST(BoxContact, WallStopsASlidingBodyAndGivesItsMomentum) {
  const Skeleton skeleton = BuildSkeleton(Subject());
  Body body(skeleton, 1e-3);
  BodyReference start = Supine(0.1);
  start.v_WB_W = {-2, 0, 0};  // head first
  body.SetState(start);
  Surface floor;
  floor.friction = 0;
  body.AddSurface(floor);
  Surface wall = BoxAt({-2, 0, 1}, {0.5, 3, 1});  // its face at x = −1.5
  wall.friction = 0;
  body.AddSurface(wall);
  const double before = body.Momentum().x();
  double impulse = 0;
  for (int k = 0; k < 1500; ++k) {
    body.Step(Stiff());
    for (const Vector3d& force : body.forces().contact) impulse += force.x() * body.dt();
    EXPECT_GT(body.Position(Segment::kHead, Vector3d::Zero()).x(), -1.5);
  }
  EXPECT_GT(impulse, -before);
  EXPECT_NEAR((body.Momentum().x() - before) / impulse, 1, 0.01);
}

}  // namespace
}  // namespace stunt::sim
