#include "dynamics.h"

#include <BulletDynamics/Featherstone/btMultiBody.h>
#include <gtest/gtest.h>

#include <Eigen/Cholesky>
#include <cmath>

#include "body_internals.h"
#include "bullet_conversion.h"
#include "random_state.h"

// The O(n) dynamics against Bullet's articulated-body algorithm and against dense matrices.
namespace stunt::sim::internal {
namespace {

using DenseVector = Eigen::Matrix<double, kDofs, 1>;
using DenseMatrix = Eigen::Matrix<double, kDofs, kDofs>;

const Vec3 kGravity(0, 0, -kStandardGravity);

DofVector RandomDofs(random::Stream& stream, double scale) {
  DofVector out;
  for (double& x : out) x = scale * stream.Normal();
  return out;
}

DenseVector Dense(const DofVector& v) { return Eigen::Map<const DenseVector>(v.data()); }

double RelativeError(const DenseVector& a, const DenseVector& b) { return (a - b).norm() / b.norm(); }

/// A body in a random state with its inertias up to date.
class DynamicsTest : public ::testing::TestWithParam<int> {
 protected:
  DynamicsTest()
      : stream_(random::StreamKey{static_cast<std::uint64_t>(GetParam()), 4}),
        skeleton_(BuildSkeleton(Subject())),
        body_(skeleton_, 1e-3) {
    body_.SetState(testing::RandomState(skeleton_, stream_, 5));
    dynamics().UpdateInertias(multibody());
  }

  Multibody& multibody() { return body_.internals().multibody; }
  Dynamics& dynamics() { return body_.internals().dynamics; }

  DenseMatrix MassMatrix() {
    DenseMatrix M;
    for (std::size_t i = 0; i < kDofs; ++i) {
      DofVector unit{}, column;
      unit[i] = 1;
      dynamics().MassTimes(multibody(), unit, column);
      M.col(static_cast<Eigen::Index>(i)) = Dense(column);
    }
    return M;
  }

  DenseVector Rates() {
    DenseVector rates;
    rates << multibody().v[0].ang, multibody().v[0].lin, Eigen::VectorXd::Zero(kDofs - 6);
    for (std::size_t k = 1; k < kSegments; ++k) {
      for (int d = 0; d < multibody().dof_count[k]; ++d) {
        rates[multibody().first_dof[k] + d] = multibody().JointRates(static_cast<int>(k) - 1)[d];
      }
    }
    return rates;
  }

  random::Stream stream_;
  Skeleton skeleton_;
  Body body_;
};

// Oracle: Bullet's articulated-body algorithm. The torques that our inverse dynamics ask for a random acceleration must
// give that acceleration there.
TEST_P(DynamicsTest, InverseDynamicsAgreesWithBulletsArticulatedBody) {
  const DofVector acceleration = RandomDofs(stream_, 50);
  DofVector torque, bias;
  dynamics().MassTimes(multibody(), acceleration, torque);
  dynamics().Bias(multibody(), kGravity, bias);
  for (std::size_t i = 0; i < kDofs; ++i) torque[i] += bias[i];

  btMultiBody& bullet = multibody().bullet();
  bullet.clearForcesAndTorques();
  bullet.addBaseTorque({torque[0], torque[1], torque[2]});
  bullet.addBaseForce(ToBullet(Vec3(torque[3], torque[4], torque[5]) + skeleton_.links[0].mass * kGravity));
  for (std::size_t k = 1; k < kSegments; ++k) {
    const int joint = static_cast<int>(k) - 1;
    bullet.addLinkForce(joint, ToBullet(skeleton_.links[k].mass * kGravity));
    for (int d = 0; d < multibody().dof_count[k]; ++d) {
      bullet.addJointTorqueMultiDof(joint, d, torque[static_cast<std::size_t>(multibody().first_dof[k] + d)]);
    }
  }
  const DenseVector before = Rates();
  btAlignedObjectArray<btScalar> scratch_r;
  btAlignedObjectArray<btVector3> scratch_v;
  btAlignedObjectArray<btMatrix3x3> scratch_m;
  bullet.computeAccelerationsArticulatedBodyAlgorithmMultiDof(1, scratch_r, scratch_v, scratch_m, false, false, false);
  multibody().UpdateKinematics();
  EXPECT_LT(RelativeError(Rates() - before, Dense(acceleration)), 1e-11);  // measured 2e-13
}

// Oracle: kinetic energy of the segments, summed one by one.
TEST_P(DynamicsTest, MassMatrixIsSymmetricPositiveAndGivesTheKineticEnergy) {
  const DenseMatrix M = MassMatrix();
  EXPECT_LT((M - M.transpose()).norm(), 1e-13 * M.norm());
  EXPECT_EQ(M.llt().info(), Eigen::Success);
  EXPECT_NEAR(0.5 * Rates().dot(M * Rates()) / body_.KineticEnergy(), 1, 1e-13);
}

// Oracle: Eigen's dense LDLT of M + Σ Jᵀ C J dt + diag, with Jᵀ taken from unit forces and C written out.
TEST_P(DynamicsTest, EliminationAgreesWithDenseFactorisationWithContactDamping) {
  const double dt = 1e-3;
  ExternalLoads loads;
  loads.Clear();
  DenseMatrix A = MassMatrix();
  for (const Segment segment : {Segment::kFootL, Segment::kFootL, Segment::kHandR, Segment::kHead, Segment::kPelvis}) {
    const auto k = static_cast<std::size_t>(Index(segment));
    const Vec3 r = multibody().c[k] + testing::RandomVector(stream_, 0.1);
    const Vec3 n = testing::RandomVector(stream_, 1).normalized();
    const double c_n = stream_.Uniform(100, 5000), c_t = stream_.Uniform(0, 1500);
    loads.AddForce(segment, r, testing::RandomVector(stream_, 500), n, c_n, c_t, dt);
    Eigen::Matrix<double, kDofs, 3> Jt;
    for (int axis = 0; axis < 3; ++axis) {
      std::array<Wrench, kSegments> unit;
      unit.fill({Vec3::Zero(), Vec3::Zero()});
      unit[k] = WrenchAt(r, Vec3::Unit(axis));
      DofVector column;
      Dynamics::Project(multibody(), unit, column);
      Jt.col(axis) = Dense(column);
    }
    const Mat3 C = c_n * n * n.transpose() + c_t * (Mat3::Identity() - n * n.transpose());
    A += dt * Jt * C * Jt.transpose();
  }
  DofVector diagonal, b = RandomDofs(stream_, 100);
  for (double& d : diagonal) d = stream_.Uniform(0, 0.5);
  A.diagonal() += Dense(diagonal);

  Dynamics::Solution solution;
  dynamics().Solve(multibody(), loads, diagonal, b, solution);
  EXPECT_LT(RelativeError(Dense(solution.x), A.ldlt().solve(Dense(b))), 1e-12);  // measured 6e-15
  EXPECT_LT((A * Dense(solution.x) - Dense(b)).norm() / Dense(b).norm(), 1e-12);
}

// Oracle: virtual work. A force's generalised force times the rates is its power at the point.
TEST_P(DynamicsTest, GeneralisedForceHasThePowerOfTheForce) {
  const Vec3 p_B(0.05, -0.02, 0.1), force(30, -20, 50);
  for (const Segment segment : {Segment::kFootR, Segment::kWristL, Segment::kHead}) {
    const auto k = static_cast<std::size_t>(Index(segment));
    std::array<Wrench, kSegments> wrench;
    wrench.fill({Vec3::Zero(), Vec3::Zero()});
    wrench[k] = WrenchAt(multibody().c[k] + multibody().R[k] * p_B, force);
    DofVector generalised;
    Dynamics::Project(multibody(), wrench, generalised);
    EXPECT_NEAR(Dense(generalised).dot(Rates()), force.dot(body_.Velocity(segment, p_B)), 1e-10);
  }
}

INSTANTIATE_TEST_SUITE_P(RandomStates, DynamicsTest, ::testing::Range(1, 21));

}  // namespace
}  // namespace stunt::sim::internal
