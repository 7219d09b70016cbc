#include <algorithm>
#include <cmath>

#include "body_internals.h"

namespace stunt::sim::internal {
namespace {

// Scale that bounds a vector's length; the implicit damping shrinks with it.
double Bounded(double length, double limit) { return length > limit ? limit / length : 1; }

Vec3 DemandedForce(Body::Internals& s, const StepInput& input) {
  const RootAssist& assist = input.assist;
  Vec3 force = Vec3::Zero();
  if (assist.position_share > 0) {
    const BodyReference& reference = input.reference;
    const Vec3 error = reference.p_WB - s.multibody.origin;
    const Vec3 rate_error = reference.v_WB_W - s.multibody.v[0].lin;
    force = assist.stiffness * (error + s.dt * rate_error) + assist.damping * rate_error +
            s.skeleton.mass * reference.a_WB_W;
    const double share = assist.position_share * Bounded(force.norm(), assist.max_force);
    force *= share;
    // What the feet carry is internal to the body: only the external rest may act on the pelvis' rows.
    const double external = share * (1 - input.feet.share);
    for (std::size_t i = 3; i < 6; ++i) s.diagonal[i] += external * s.dt * (assist.damping + s.dt * assist.stiffness);
  }
  force.z() -= assist.descent_damping * std::min(0.0, s.multibody.v[0].lin.z());
  return force - assist.weight_share * s.skeleton.mass * input.gravity;
}

Vec3 DemandedTorque(Body::Internals& s, const StepInput& input) {
  const RootAssist& assist = input.assist;
  if (assist.rotation_share <= 0) return Vec3::Zero();
  const BodyReference& reference = input.reference;
  const Eigen::Quaterniond q(s.multibody.R[0]);
  const Vec3 error = q * RotationVector(q.conjugate() * reference.q_WB);
  const Vec3 rate_error = reference.w_WB_W - s.multibody.v[0].ang;
  Vec3 torque = assist.rotation_stiffness * (error + s.dt * rate_error) + assist.rotation_damping * rate_error;
  const double share = assist.rotation_share * Bounded(torque.norm(), assist.max_torque);
  torque *= share;
  for (std::size_t i = 0; i < 3; ++i) {
    s.diagonal[i] += share * s.dt * (assist.rotation_damping + s.dt * assist.rotation_stiffness);
  }
  return torque;
}

// A foot can only push, and not more sideways than friction holds.
Vec3 Admissible(Vec3 force, double friction) {
  force.z() = std::max(0.0, force.z());
  const double horizontal = std::hypot(force.x(), force.y());
  const double most = friction * force.z();
  if (horizontal > most) {
    force.x() *= most / horizontal;
    force.y() *= most / horizontal;
  }
  return force;
}

// Leg torques −Jᵀ f: the leg pushes the foot down with f, the ground pushes back. People's ground force points close to
// the centre of mass; a force that does not would have to be balanced by a moment from nowhere.
void PushThroughLeg(Body::Internals& s, std::size_t side, Vec3 force, const Vec3& centre, const FootSupport& feet) {
  const Multibody& body = s.multibody;
  auto k = static_cast<std::size_t>(Index(side == 0 ? Segment::kFootL : Segment::kFootR));
  const Vec3 r = body.c[k] + body.R[k] * feet.centre_of_pressure[side];
  const Vec3 arm = centre - r;
  if (arm.z() > 0.2) force.head<2>() += feet.toward_centre * std::max(0.0, force.z()) / arm.z() * arm.head<2>();
  const Wrench wrench = WrenchAt(r, Admissible(force, feet.friction));
  while (body.parent[k] >= 0) {
    for (int d = body.first_dof[k]; d < body.first_dof[k] + body.dof_count[k]; ++d) {
      const auto dof = static_cast<std::size_t>(d);
      s.b[dof] -= Dot(body.S[dof], wrench);
    }
    k = static_cast<std::size_t>(body.parent[k]);
  }
}

}  // namespace

void AddRootAssist(Body::Internals& s, const StepInput& input) {
  const Vec3 force = DemandedForce(s, input);
  const Vec3 torque = DemandedTorque(s, input);
  const FootSupport& feet = input.feet;
  if (feet.share > 0) {
    const Vec3 centre = s.multibody.CentreOfMass();
    for (std::size_t side = 0; side < 2; ++side) {
      if (feet.weight[side] <= 0) continue;
      PushThroughLeg(s, side, feet.share * feet.weight[side] * force, centre, feet);
    }
  }
  s.forces.assist = (1 - feet.share) * force;
  s.forces.assist_torque = torque;
  for (std::size_t i = 0; i < 3; ++i) {
    s.b[i] += s.forces.assist_torque[static_cast<Eigen::Index>(i)];
    s.b[3 + i] += s.forces.assist[static_cast<Eigen::Index>(i)];
  }
}

}  // namespace stunt::sim::internal
