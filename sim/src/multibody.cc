#include "multibody.h"

#include <BulletDynamics/Featherstone/btMultiBody.h>

#include "bullet_conversion.h"

namespace stunt::sim::internal {

static_assert(sizeof(btScalar) == 8, "link bullet-float64: Debian's CMake package for Bullet is single precision");

Multibody::Multibody(const Skeleton& skeleton) : total_mass(skeleton.mass) {
  const Link& pelvis = skeleton.link(Segment::kPelvis);
  body_ = std::make_unique<btMultiBody>(kJoints, pelvis.mass, ToBullet(pelvis.inertia), false, false);
  // Bullet's defaults for games: drag of 0.04, clamped speeds and impulses, sleeping.
  body_->setLinearDamping(0);
  body_->setAngularDamping(0);
  body_->setMaxCoordinateVelocity(1e6);
  body_->setMaxAppliedImpulse(1e6);
  body_->setCanSleep(false);
  body_->setUseGyroTerm(true);
  for (int joint = 0; joint < kJoints; ++joint) {
    const Link& link = skeleton.links[static_cast<std::size_t>(joint + 1)];
    const int parent_link = Index(link.parent) - 1;  // Bullet counts the base as −1
    const btQuaternion aligned(0, 0, 0, 1);
    if (link.type == JointType::kSpherical) {
      body_->setupSpherical(joint, link.mass, ToBullet(link.inertia), parent_link, aligned,
                            ToBullet(link.p_parent_joint), ToBullet(link.p_joint_com), true);
    } else {
      body_->setupRevolute(joint, link.mass, ToBullet(link.inertia), parent_link, aligned, ToBullet(link.axis),
                           ToBullet(link.p_parent_joint), ToBullet(link.p_joint_com), true);
    }
  }
  body_->finalizeMultiDof();
  for (std::size_t k = 0; k < kSegments; ++k) {
    const Link& link = skeleton.links[k];
    parent[k] = k == 0 ? -1 : Index(link.parent);
    mass[k] = link.mass;
    inertia[k] = link.inertia;
    if (k == 0) continue;
    const btMultibodyLink& bullet_link = body_->getLink(static_cast<int>(k) - 1);
    first_dof[k] = 6 + bullet_link.m_dofOffset;
    dof_count[k] = bullet_link.m_dofCount;
  }
  UpdateKinematics();
}

Multibody::~Multibody() = default;

void Multibody::SetPelvis(const Vec3& p_WB, const Eigen::Quaterniond& q_WB, const Vec3& v_WB_W, const Vec3& w_WB_W) {
  body_->setBasePos(ToBullet(p_WB));
  body_->setWorldToBaseRot(ToBullet(q_WB).inverse());
  body_->setBaseVel(ToBullet(v_WB_W));
  body_->setBaseOmega(ToBullet(w_WB_W));
}

void Multibody::SetSpherical(int joint, const Eigen::Quaterniond& q, const Vec3& rate) {
  const std::array<double, 4> position = {q.x(), q.y(), q.z(), q.w()};
  body_->setJointPosMultiDof(joint, position.data());
  body_->setJointVelMultiDof(joint, rate.data());
}

void Multibody::SetRevolute(int joint, double angle, double rate) {
  body_->setJointPos(joint, angle);
  body_->setJointVel(joint, rate);
}

Eigen::Quaterniond Multibody::SphericalPosition(int joint) const {
  const btScalar* q = body_->getJointPosMultiDof(joint);
  return {q[3], q[0], q[1], q[2]};
}

double Multibody::RevolutePosition(int joint) const { return body_->getJointPos(joint); }

const double* Multibody::JointRates(int joint) const { return body_->getJointVelMultiDof(joint); }

void Multibody::UpdateKinematics() {
  origin = FromBullet(body_->getBasePos());
  R[0] = FromBullet(btMatrix3x3(body_->getWorldToBaseRot().inverse()));
  c[0].setZero();
  v[0] = {FromBullet(body_->getBaseOmega()), FromBullet(body_->getBaseVel())};
  for (const Segment segment : kFromPelvis) {
    const auto k = static_cast<std::size_t>(Index(segment));
    const int joint = Index(segment) - 1;
    const btMultibodyLink& link = body_->getLink(joint);
    const auto p = static_cast<std::size_t>(parent[k]);
    R[k].noalias() = R[p] * FromBullet(btMatrix3x3(link.m_cachedRotParentToThis)).transpose();
    c[k] = c[p] + R[k] * FromBullet(link.m_cachedRVector);
    v[k] = v[p];
    const btScalar* rates = body_->getJointVelMultiDof(joint);
    for (int d = 0; d < dof_count[k]; ++d) {
      Motion& axis = S[static_cast<std::size_t>(first_dof[k] + d)];
      axis.ang.noalias() = R[k] * FromBullet(link.m_axes[d].m_topVec);
      axis.lin = R[k] * FromBullet(link.m_axes[d].m_bottomVec) + c[k].cross(axis.ang);
      v[k] += rates[d] * axis;
    }
  }
}

Vec3 Multibody::CentreOfMass() const {
  Vec3 sum = Vec3::Zero();
  for (std::size_t k = 0; k < kSegments; ++k) sum += mass[k] * c[k];
  return sum / total_mass;
}

void Multibody::Integrate(const std::array<double, kDofs>& acceleration, double dt) {
  body_->applyDeltaVeeMultiDof(acceleration.data(), dt);
  body_->stepPositionsMultiDof(dt);
}

}  // namespace stunt::sim::internal
