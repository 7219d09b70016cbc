#include "stunt/sim/free_body.h"

#include <gtest/gtest.h>

#include <cmath>

#include "stunt/sim/body.h"

// Dropped devices against closed forms.
namespace stunt::sim {
namespace {

using Eigen::Isometry3d;
using Eigen::Vector3d;

const Vector3d kGravity(0, 0, -kStandardGravity);
constexpr double kDt = 1e-3;

Isometry3d At(const Vector3d& p) { return Isometry3d(Eigen::Translation3d(p)); }

std::vector<Surface> Floor(double foundation = 1e12) {
  Surface floor;
  floor.foundation = foundation;
  return {floor};
}

TEST(FreeBody, InTheAirReadsNothingAndFallsAsGalileoHasIt) {
  FreeBody watch(FreeBodySpec{}, At({0, 0, 5}), {1, 0, 2}, Vector3d::Zero());
  for (int i = 0; i < 500; ++i) EXPECT_LT(watch.Step(kDt, kGravity, Floor()).specific_force.norm(), 1e-12);
  EXPECT_NEAR(watch.X_WS().translation().z(), 5 + 2 * 0.5 - 0.5 * kStandardGravity * 0.25, 1e-4);
  EXPECT_NEAR(watch.X_WS().translation().x(), 0.5, 1e-9);
}

TEST(FreeBody, KeepsEnergyAndAngularMomentumWhileItTumbles) {
  FreeBodySpec phone;
  phone.mass = 0.19;
  phone.size = {0.072, 0.15, 0.008};
  const Vector3d squared = phone.size.cwiseAbs2();
  const Vector3d inertia =
      phone.mass / 12 * Vector3d(squared.y() + squared.z(), squared.z() + squared.x(), squared.x() + squared.y());
  FreeBody body(phone, At({0, 0, 0}), Vector3d::Zero(), {3, 8, 0.5});  // near the middle axis: it turns over
  const auto momentum = [&] { return Vector3d(body.X_WS().linear() * inertia.cwiseProduct(body.w_S())); };
  const Vector3d before = momentum();
  const double energy = body.KineticEnergy();
  for (int i = 0; i < 1000; ++i) body.Step(kDt, Vector3d::Zero(), {});
  EXPECT_LT((momentum() - before).norm(), 2e-3 * before.norm());
  EXPECT_NEAR(body.KineticEnergy(), energy, 2e-3 * energy);
}

// All four corners of the face land at once: a spring of four times their stiffness.
TEST(FreeBody, FlatLandingIsAHalfSineOfItsSpringAndReturnsLess) {
  FreeBodySpec watch;
  watch.restitution = 0.999;
  const double v = 1;
  FreeBody body(watch, At({0, 0, 0.5 * watch.size.z() + 1e-6}), {0, 0, -v}, Vector3d::Zero());
  double peak = 0;
  for (int i = 0; i < 2000; ++i) {
    peak = std::max(peak, body.Step(1e-5, Vector3d::Zero(), Floor(1e15)).specific_force.norm());
  }
  EXPECT_NEAR(peak, v * std::sqrt(4 * watch.stiffness / watch.mass), 0.01 * peak);
  EXPECT_NEAR(body.v_W().z(), v, 0.01);

  watch.restitution = 0.4;
  FreeBody soft(watch, At({0, 0, 0.5 * watch.size.z() + 1e-6}), {0, 0, -v}, Vector3d::Zero());
  for (int i = 0; i < 2000; ++i) soft.Step(1e-5, Vector3d::Zero(), Floor(1e15));
  EXPECT_GT(soft.v_W().z(), 0.05);  // four corners share the mass, so that each is damped twice as much
  EXPECT_LT(soft.v_W().z(), 0.4);
}

TEST(FreeBody, ComesToRestAndReadsGravity) {
  FreeBody body(FreeBodySpec{}, At({0, 0, 0.8}) * Eigen::AngleAxisd(0.7, Vector3d(1, 2, 3).normalized()), {0.2, 0, 0},
                {2, 3, 1});
  SiteMotion motion;
  for (int i = 0; i < 5000; ++i) motion = body.Step(kDt, kGravity, Floor());
  EXPECT_NEAR(motion.specific_force.norm(), kStandardGravity, 1e-3);
  EXPECT_LT(motion.angular_rate.norm(), 1e-2);
  EXPECT_LT(body.KineticEnergy(), 1e-8);
}

TEST(FreeBody, LandsSoftlyOnAMattress) {
  const auto peak_on = [](double foundation) {
    FreeBody body(FreeBodySpec{}, At({0, 0, 0.5}), Vector3d::Zero(), Vector3d::Zero());
    double peak = 0;
    for (int i = 0; i < 1500; ++i) {
      peak = std::max(peak, body.Step(kDt, kGravity, Floor(foundation)).specific_force.norm());
    }
    return peak;
  };
  EXPECT_LT(peak_on(3e5), 0.2 * peak_on(1e12));
}

TEST(FreeBody, RefusesWhatHasNoMassOrSize) {
  FreeBodySpec spec;
  spec.mass = 0;
  EXPECT_THROW(FreeBody(spec, At({0, 0, 1}), Vector3d::Zero(), Vector3d::Zero()), std::invalid_argument);
  spec = FreeBodySpec{};
  spec.size.y() = std::nan("");
  EXPECT_THROW(FreeBody(spec, At({0, 0, 1}), Vector3d::Zero(), Vector3d::Zero()), std::invalid_argument);
}

// A patch is open at its sides: whoever comes in there 3 cm under the top is not shot out with the energy of a spring
// that nobody has pressed.
TEST(FreeBody, NoEnergyComesFromTheSideOfAPatch) {
  Surface table;
  table.height = 0.75;
  table.x_lo = 0;
  table.depth = 0.06;
  const FreeBodySpec spec;
  Eigen::Isometry3d X_WS = Eigen::Isometry3d::Identity();
  X_WS.translation() << -0.1, 0, 0.73;
  FreeBody watch(spec, X_WS, {1.5, 0, 0}, {0, 2, 0});
  const double before = watch.KineticEnergy();
  for (int k = 0; k < 150; ++k) (void)watch.Step(1e-3, {0, 0, -kStandardGravity}, {table});
  EXPECT_GT(watch.X_WS().translation().x(), 0.1);
  EXPECT_LT(watch.KineticEnergy(), before + spec.mass * kStandardGravity * 0.2);
}

}  // namespace
}  // namespace stunt::sim
