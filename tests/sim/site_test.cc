#include "stunt/sim/site.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

namespace stunt::sim {
namespace {

using Eigen::AngleAxisd;
using Eigen::Isometry3d;
using Eigen::Vector3d;

constexpr double kG = kStandardGravity;
const Vector3d g_W(0, 0, -kG);

Isometry3d At(double x, double y, double z) {
  Isometry3d X = Isometry3d::Identity();
  X.translation() << x, y, z;
  return X;
}

// Oracle: only the rod touches a frictionless bob, so an accelerometer there feels the tension L ω² + g cos θ along the
// rod and nothing across it.
TEST(SpecificForce, PendulumBobFeelsOnlyTheRod) {
  const double length = 0.7;  // m
  for (const double theta : {-2.5, -0.3, 0.0, 0.9, 3.0}) {
    for (const double omega : {-4.0, 0.0, 1.5}) {
      SegmentMotion rod;  // swings about W's y axis; θ = 0 hangs down
      rod.X_WB.linear() = AngleAxisd(theta, Vector3d::UnitY()).toRotationMatrix();
      rod.w_WB_W << 0, omega, 0;
      rod.alpha_WB_W << 0, -kG / length * std::sin(theta), 0;
      const double tension = length * omega * omega + kG * std::cos(theta);
      EXPECT_NEAR((SpecificForce(rod, At(0, 0, -length), g_W) - Vector3d(0, 0, tension)).norm(), 0, 1e-13);
    }
  }
}

TEST(SpecificForce, IsZeroInFreeFallInAnyAttitude) {
  SegmentMotion falling;
  falling.a_WB_W = g_W;
  falling.X_WB.linear() = AngleAxisd(1.1, Vector3d(1, 2, 3).normalized()).toRotationMatrix();
  EXPECT_NEAR(SpecificForce(falling, At(0.1, 0.2, 0.3), g_W).norm(), 0, 1e-14);
}

TEST(SpecificForce, IsGravityUpwardsAtRest) {
  EXPECT_EQ(SpecificForce(SegmentMotion(), Isometry3d::Identity(), g_W), Vector3d(0, 0, kG));
}

// Oracle: a turned mount sees the same vector in its own axes. Sensor turned by 90° about x: its y axis points to W's
// z.
TEST(SpecificForce, IsGivenInTheAxesOfATurnedMount) {
  Isometry3d X_BS = Isometry3d::Identity();
  X_BS.linear().col(1) = Vector3d(0, 0, 1);
  X_BS.linear().col(2) = Vector3d(0, -1, 0);
  EXPECT_NEAR((SpecificForce(SegmentMotion(), X_BS, g_W) - Vector3d(0, kG, 0)).norm(), 0, 1e-15);
}

// Oracle: body that spins about z at ω and gains α; at r along x: −ω² r inwards and α r along y.
TEST(SpecificForce, OfASpinningBodyIsCentripetalAndTangential) {
  SegmentMotion spinning;
  spinning.w_WB_W << 0, 0, 5;
  spinning.alpha_WB_W << 0, 0, 3;
  EXPECT_NEAR((SpecificForce(spinning, At(0.4, 0, 0), g_W) - Vector3d(-10, 1.2, kG)).norm(), 0, 1e-14);
}

// The lever arm turns with the body: at 90° about z the same mount lies along W's y.
TEST(SpecificForce, LeverArmTurnsWithTheBody) {
  SegmentMotion spinning;
  spinning.X_WB.linear() = AngleAxisd(std::numbers::pi / 2, Vector3d::UnitZ()).toRotationMatrix();
  spinning.a_WB_W << 0, 2, 0;  // along the body's x
  spinning.w_WB_W << 0, 0, 5;
  EXPECT_NEAR((SpecificForce(spinning, At(0.4, 0, 0), g_W) - Vector3d(2 - 10, 0, kG)).norm(), 0, 1e-14);
}

// A watch: x along the text, y to 12 o'clock, z out of the face. Arms hang in the neutral pose, thumbs forward, so 12
// o'clock points back, the text of a left watch runs down and that of a right one up.
TEST(Site, WatchesReadGravityAlongTheTextOfAHangingArm) {
  const Skeleton skeleton = BuildSkeleton(Subject());
  const auto gravity_at = [&](std::string_view name) {
    return SpecificForce(SegmentMotion(), FindSite(skeleton, name).X_BS, g_W);
  };
  EXPECT_NEAR((gravity_at("left_wrist") - Vector3d(-kG, 0, 0)).norm(), 0, 1e-14);
  EXPECT_NEAR((gravity_at("right_wrist") - Vector3d(kG, 0, 0)).norm(), 0, 1e-14);
  EXPECT_NEAR((gravity_at("waist") - Vector3d(0, 0, kG)).norm(), 0, 1e-14);
  EXPECT_NEAR((gravity_at("chest") - Vector3d(0, kG, 0)).norm(), 0, 1e-14);
  for (const char* wrist : {"left_wrist", "right_wrist"}) {
    const Site site = FindSite(skeleton, wrist);
    EXPECT_GT(site.X_BS.linear().col(2).dot(site.X_BS.translation().cwiseProduct(Vector3d(1, 1, 0))), 0.02) << wrist;
  }
}

TEST(Site, EveryPoseIsARotationAndUnknownNamesAreRefusedInWords) {
  const Skeleton skeleton = BuildSkeleton(Subject());
  for (const std::string& name : SiteNames()) {
    const Eigen::Matrix3d R = FindSite(skeleton, name).X_BS.linear();
    EXPECT_NEAR((R.transpose() * R - Eigen::Matrix3d::Identity()).norm(), 0, 1e-15) << name;
    EXPECT_GT(R.determinant(), 0) << name;
  }
  EXPECT_THROW((void)FindSite(skeleton, "tail"), std::invalid_argument);
}

// Neutral pose: the left forearm hangs down at the left side, so x of the segment is forward, y left, z up.
TEST(Wear, TurnsShiftsAndFlipsOnTheLimb) {
  const Skeleton skeleton = BuildSkeleton(Subject());
  const Site site = FindSite(skeleton, "left_wrist");
  const Site inside = Wear(site, {.inside_out = true});
  // The face looks to the body instead of away from it, and the watch lies on the other side of the forearm.
  EXPECT_NEAR((inside.X_BS.linear().col(2) + site.X_BS.linear().col(2)).norm(), 0, 1e-12);
  EXPECT_NEAR(inside.X_BS.translation().y(), -site.X_BS.translation().y(), 1e-12);
  EXPECT_NEAR(inside.X_BS.translation().z(), site.X_BS.translation().z(), 1e-12);
  // 12 mm nearer to the hand, which is below.
  EXPECT_NEAR(Wear(site, {.shift = 0.012}).X_BS.translation().z(), site.X_BS.translation().z() - 0.012, 1e-12);
  const Site flipped = Wear(site, {.flipped = true});
  EXPECT_NEAR((flipped.X_BS.linear().col(0) + site.X_BS.linear().col(0)).norm(), 0, 1e-12);
  EXPECT_NEAR((flipped.X_BS.linear().col(2) - site.X_BS.linear().col(2)).norm(), 0, 1e-12);
  // A quarter turn by the right hand about the way to the hand (down): from the left to the front.
  const Site quarter = Wear(site, {.turn = std::numbers::pi / 2});
  EXPECT_NEAR(quarter.X_BS.translation().x(), site.X_BS.translation().y(), 1e-12);
  EXPECT_THROW(static_cast<void>(Wear(FindSite(skeleton, "chest"), {.turn = 0.1})), std::invalid_argument);
}

TEST(FindSite, RingArmBandAndLacesSitWhereTheyAreWorn) {
  const Skeleton skeleton = BuildSkeleton(Subject());
  EXPECT_EQ(FindSite(skeleton, "right_finger").segment, Segment::kHandR);
  EXPECT_EQ(FindSite(skeleton, "left_upper_arm").segment, Segment::kUpperArmL);
  EXPECT_EQ(FindSite(skeleton, "left_foot").segment, Segment::kFootL);
  for (const std::string& name : SiteNames()) {
    const Eigen::Matrix3d R = FindSite(skeleton, name).X_BS.linear();
    EXPECT_NEAR((R.transpose() * R - Eigen::Matrix3d::Identity()).norm(), 0, 1e-12) << name;
    EXPECT_NEAR(R.determinant(), 1, 1e-12) << name;
  }
}

}  // namespace
}  // namespace stunt::sim
