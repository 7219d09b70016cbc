#include "stunt/sim/pose_path.h"

#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>

namespace stunt::sim {
namespace {

using Eigen::AngleAxisd;
using Eigen::Isometry3d;
using Eigen::Quaterniond;
using Eigen::Vector3d;

const Vector3d g_W(0, 0, -9.80665);

Isometry3d Mount() {
  Isometry3d X_BS(AngleAxisd(0.7, Vector3d(1, -2, 0.5).normalized()));
  X_BS.translation() << 0.21, -0.13, 0.34;
  return X_BS;
}

PosePath Tumble(double knot = 0.02, double seconds = 3) {
  std::vector<PosePath::Knot> knots;
  for (double t = -knot; t < seconds + 2 * knot; t += knot) {
    const AngleAxisd turn(1.3 * std::sin(4.1 * t), Vector3d(0.3, 0.8, std::cos(t)).normalized());
    knots.push_back({{std::sin(6.2 * t), 1.3 * t, 0.4 * std::cos(7 * t)}, Quaterniond(turn)});
  }
  return {knot, knots};
}

// Oracle: central differences of the pose itself.
TEST(PosePath, DerivativesAreThoseOfItsPose) {
  const PosePath path = Tumble();
  const double e = 1e-4;
  for (const double t : {0.3071, 1.111, 2.5017}) {
    const SegmentMotion m = path.At(t), before = path.At(t - e), after = path.At(t + e);
    const Vector3d a = (before.X_WB.translation() - 2 * m.X_WB.translation() + after.X_WB.translation()) / (e * e);
    EXPECT_LT((m.a_WB_W - a).norm(), 2e-5 * a.norm() + 1e-4) << t;
    const AngleAxisd turn(after.X_WB.linear() * before.X_WB.linear().transpose());
    EXPECT_LT((m.w_WB_W - turn.angle() / (2 * e) * turn.axis()).norm(), 1e-5) << t;
    EXPECT_LT((m.alpha_WB_W - (after.w_WB_W - before.w_WB_W) / (2 * e)).norm(), 1e-4) << t;
  }
}

// Oracle: the closed form of site.h on the motion of At(), which forms the same quantities by other means.
TEST(PosePath, SenseEqualsSpecificForceAndRateAtTheSite) {
  const PosePath path = Tumble();
  MotionBlock block;
  path.Sense(Mount(), g_W, 0.00317, 0.0025, 1190, block);
  ASSERT_EQ(block.size(), 1190U);
  for (std::size_t i = 0; i < block.size(); ++i) {
    const SegmentMotion motion = path.At(0.00317 + static_cast<double>(i) * 0.0025);
    const Vector3d f = SpecificForce(motion, Mount(), g_W);
    const Vector3d w = Mount().linear().transpose() * (motion.X_WB.linear().transpose() * motion.w_WB_W);
    for (std::size_t a = 0; a < 3; ++a) {
      EXPECT_NEAR(block.specific_force.axis[a][i], f[static_cast<Eigen::Index>(a)], 1e-9) << i;  // measured 1e-12
      EXPECT_NEAR(block.angular_rate.axis[a][i], w[static_cast<Eigen::Index>(a)], 1e-11) << i;
    }
  }
}

// Oracle: a turntable of angular rate 2 rad/s reads 2 rad/s about its axis and ω² r towards it, through lever arm and
// turned mount. A B-spline with control points on a circle of radius R makes one of radius R (1 − (ωh)²/6 + …); its own
// radius is used. Fourth order: ripple (ωh)⁴/720·….
TEST(PosePath, TurntableThroughLeverArmAndTurnedMount) {
  const double omega = 2, knot = 0.02;
  std::vector<PosePath::Knot> knots;
  for (int i = -1; i < 160; ++i) {
    const double angle = omega * i * knot;
    knots.push_back({{0, 0, 0}, Quaterniond(AngleAxisd(angle, Vector3d::UnitZ()))});
  }
  const PosePath path(knot, knots);
  MotionBlock block;
  path.Sense(Mount(), g_W, 0.5, 0.0025, 800, block);
  const Vector3d p = Mount().translation();
  const Vector3d expected_f =
      Mount().linear().transpose() * Vector3d(-omega * omega * p.x(), -omega * omega * p.y(), 9.80665);
  const Vector3d expected_w = Mount().linear().transpose() * Vector3d(0, 0, omega);
  for (std::size_t i = 0; i < block.size(); ++i) {
    for (std::size_t a = 0; a < 3; ++a) {
      EXPECT_NEAR(block.specific_force.axis[a][i], expected_f[static_cast<Eigen::Index>(a)], 2e-5);
      EXPECT_NEAR(block.angular_rate.axis[a][i], expected_w[static_cast<Eigen::Index>(a)], 2e-6);
    }
  }
}

// Oracle: free fall reads 0 where nothing turns, wherever the site.
TEST(PosePath, ADropReadsNothing) {
  std::vector<PosePath::Knot> knots;
  for (int i = -1; i < 100; ++i) {
    const double t = 0.02 * i;
    knots.push_back({{0.3 * t, 0, 2 - 0.5 * 9.80665 * t * t}, Quaterniond(AngleAxisd(0.8, Vector3d::UnitY()))});
  }
  MotionBlock block;
  PosePath(0.02, knots).Sense(Mount(), g_W, 0, 0.0025, 700, block);
  for (std::size_t a = 0; a < 3; ++a) {
    for (const double f : block.specific_force.axis[a]) EXPECT_NEAR(f, 0, 1e-9);
  }
}

// Oracle: a rod that swings as a pendulum; its bob feels L ω² + g cos θ along the rod and nothing across (site_test.cc
// says why). The swing is integrated here with small steps.
TEST(PosePath, PendulumBobFeelsOnlyTheRod) {
  const double length = 0.7, knot = 0.005;
  double theta = 1.1, omega = 0;
  std::vector<PosePath::Knot> knots;
  std::vector<std::pair<double, double>> swing;  // θ, ω at the knots
  for (int i = 0; i < 400; ++i) {
    knots.push_back({{0, 0, 0}, Quaterniond(AngleAxisd(theta, Vector3d::UnitY()))});
    swing.emplace_back(theta, omega);
    for (int k = 0; k < 500; ++k) {  // symplectic, 10 µs
      omega += -9.80665 / length * std::sin(theta) * knot / 500;
      theta += omega * knot / 500;
    }
  }
  Isometry3d X_BS = Isometry3d::Identity();
  X_BS.translation() << 0, 0, -length;
  MotionBlock block;
  PosePath(knot, knots).Sense(X_BS, g_W, knot, knot, 390, block);  // at the knots from the third on
  for (std::size_t i = 0; i < block.size(); ++i) {
    const auto& [angle, rate] = swing[i + 2];
    EXPECT_NEAR(block.specific_force.axis[2][i], length * rate * rate + 9.80665 * std::cos(angle), 0.01);
    EXPECT_NEAR(block.specific_force.axis[0][i], 0, 0.01);
    EXPECT_NEAR(block.specific_force.axis[1][i], 0, 1e-9);
  }
}

TEST(PosePath, RefusesTooFewAndTooFarKnots) {
  EXPECT_THROW(PosePath(0.02, std::vector<PosePath::Knot>(3)), std::invalid_argument);
  EXPECT_THROW(PosePath(0, std::vector<PosePath::Knot>(5)), std::invalid_argument);
  std::vector<PosePath::Knot> far(5);
  far[2].q_WB = Quaterniond(AngleAxisd(2, Vector3d::UnitX()));
  EXPECT_THROW(PosePath(0.02, far), std::invalid_argument);
}

TEST(PosePath, TheSignOfAQuaternionDoesNotMatter) {
  std::vector<PosePath::Knot> knots, flipped;
  for (int i = 0; i < 20; ++i) {
    knots.push_back({{0, 0, 0}, Quaterniond(AngleAxisd(0.2 * i, Vector3d::UnitX()))});
    flipped.push_back(knots.back());
    if (i % 3 == 1) flipped.back().q_WB.coeffs() *= -1;
  }
  const SegmentMotion a = PosePath(0.02, knots).At(0.17), b = PosePath(0.02, flipped).At(0.17);
  EXPECT_LT((a.w_WB_W - b.w_WB_W).norm(), 1e-12);
}

}  // namespace
}  // namespace stunt::sim
