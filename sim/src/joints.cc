#include <algorithm>
#include <cmath>
#include <numbers>

#include "body_internals.h"

namespace stunt::sim::internal {
namespace {

// A limit's damping sets in over this angle: a step in damping is a step in force.
constexpr double kLimitRamp = 5 * std::numbers::pi / 180;
// Ligaments stiffen as they are stretched: at this angle beyond the limit the torque is twice that of a linear spring.
constexpr double kLimitStiffening = 4 * std::numbers::pi / 180;

struct LimitSpring {
  double torque;   // of the spring at this angle, towards the limit
  double slope;    // of that torque
  double damping;  // of the rate
};

LimitSpring Limit(const Link& link, double beyond) {
  const double stretch = beyond / kLimitStiffening;
  return {link.limit_stiffness * beyond * (1 + stretch * stretch), link.limit_stiffness * (1 + 3 * stretch * stretch),
          link.limit_damping * std::min(1.0, beyond / kLimitRamp)};
}

void AddRevolute(Body::Internals& s, int joint, const Link& link, const JointReference& reference, double kp,
                 double kd) {
  const auto dof = static_cast<std::size_t>(s.multibody.first_dof[static_cast<std::size_t>(joint + 1)]);
  const double q = s.multibody.RevolutePosition(joint);
  const double rate = s.multibody.JointRates(joint)[0];
  const double rate_error = reference.rate.x() - rate;
  s.b[dof] += kp * (reference.angle - q + s.dt * rate_error) + kd * rate_error;
  s.diagonal[dof] += s.dt * (kd + s.dt * kp);
  const double beyond = q < link.limit_lo ? link.limit_lo - q : q > link.limit_hi ? link.limit_hi - q : 0;
  s.beyond_limit[static_cast<std::size_t>(joint)] = std::abs(beyond);
  if (beyond == 0) return;
  const LimitSpring limit = Limit(link, std::abs(beyond));
  const double damping = limit.damping + s.dt * limit.slope;
  s.b[dof] += std::copysign(limit.torque, beyond) - damping * rate;
  s.diagonal[dof] += s.dt * damping;
}

void AddSpherical(Body::Internals& s, int joint, const Link& link, const JointReference& reference, double kp,
                  double kd) {
  const auto dof = static_cast<std::size_t>(s.multibody.first_dof[static_cast<std::size_t>(joint + 1)]);
  const Eigen::Quaterniond q = s.multibody.SphericalPosition(joint);
  const Eigen::Map<const Vec3> rate(s.multibody.JointRates(joint));
  const Vec3 error = RotationVector(q.conjugate() * reference.q);  // in the child
  const Vec3 rate_error = reference.rate - rate;
  for (std::size_t i = 0; i < 3; ++i) {
    const auto e = static_cast<Eigen::Index>(i);
    s.b[dof + i] += kp * (error[e] + s.dt * rate_error[e]) + kd * rate_error[e];
    s.diagonal[dof + i] += s.dt * (kd + s.dt * kp);
  }
  double& beyond = s.beyond_limit[static_cast<std::size_t>(joint)];
  beyond = 0;
  if (std::abs(q.w()) > s.cos_half_limit[static_cast<std::size_t>(joint)]) return;
  const Vec3 rotation = RotationVector(q);
  const double angle = rotation.norm();
  if (angle <= link.limit_hi) return;
  beyond = angle - link.limit_hi;
  const Vec3 axis = rotation / angle;
  const double rate_along = axis.dot(rate);
  const LimitSpring limit = Limit(link, beyond);
  const double damping = limit.damping + s.dt * limit.slope;
  s.limited[s.limited_count++] = {dof, axis, s.dt * damping};
  const double torque = -limit.torque - damping * rate_along;
  for (std::size_t i = 0; i < 3; ++i) s.b[dof + i] += torque * axis[static_cast<Eigen::Index>(i)];
}

// Accelerations of the reference, as far as the root follows it.
DofVector ReferenceAcceleration(const Body::Internals& s, const StepInput& input) {
  DofVector acceleration;
  for (std::size_t i = 0; i < 3; ++i) {
    const auto e = static_cast<Eigen::Index>(i);
    acceleration[i] = input.reference.alpha_WB_W[e] * input.assist.rotation_share;
    acceleration[3 + i] = input.reference.a_WB_W[e] * input.assist.position_share;
  }
  for (std::size_t k = 1; k < kSegments; ++k) {
    const JointReference& joint = input.reference.joints[k - 1];
    for (int d = 0; d < s.multibody.dof_count[k]; ++d) {
      acceleration[static_cast<std::size_t>(s.multibody.first_dof[k] + d)] = joint.acceleration[d];
    }
  }
  return acceleration;
}

}  // namespace

Vec3 RotationVector(const Eigen::Quaterniond& q) {
  const double sign = q.w() < 0 ? -1 : 1;
  const Vec3 v = sign * q.vec();
  const double s2 = v.squaredNorm();
  if (s2 < 0.01) {
    // Errors of muscles are small: the series of 2 asin(s) / s, exact to 2e-14 here.
    return v * (2 + s2 * (1.0 / 3 + s2 * (3.0 / 20 + s2 * (5.0 / 56 + s2 * (35.0 / 576 + s2 * (63.0 / 1408))))));
  }
  const double sine = std::sqrt(s2);
  return v * (2 * std::atan2(sine, sign * q.w()) / sine);
}

void SetMotionTorques(Body::Internals& s, const StepInput& input) {
  DofVector needed;
  s.dynamics.InverseDynamics(s.multibody, input.gravity, ReferenceAcceleration(s, input), s.loads.wrench, s.b, needed);
  // Torque that the reference's accelerations need at the present state, with true gravity and without external forces:
  // muscles do not foresee a crash.
  for (std::size_t k = 1; k < kSegments; ++k) {
    for (int d = 0; d < s.multibody.dof_count[k]; ++d) {
      const auto dof = static_cast<std::size_t>(s.multibody.first_dof[k] + d);
      s.b[dof] += input.feed_forward[k - 1] * needed[dof];
    }
  }
}

void AddJointTorques(Body::Internals& s, const StepInput& input) {
  s.limited_count = 0;
  for (int joint = 0; joint < kJoints; ++joint) {
    const auto j = static_cast<std::size_t>(joint);
    const Link& link = s.skeleton.links[j + 1];
    const double kp = link.stiffness * input.tone[j];
    const double kd = link.damping * std::sqrt(input.tone[j]);
    if (link.type == JointType::kRevolute) {
      AddRevolute(s, joint, link, input.reference.joints[j], kp, kd);
    } else {
      AddSpherical(s, joint, link, input.reference.joints[j], kp, kd);
    }
  }
}

namespace {

// Three doubles of a joint in the basis whose axes are the columns of Q.
void Turn(const Mat3& Q, double* values) {
  Eigen::Map<Vec3> v(values);
  v = (Q.transpose() * v).eval();
}

}  // namespace

void SolveForAcceleration(Body::Internals& s) {
  std::array<Mat3, kJoints> bases;
  for (std::size_t i = 0; i < s.limited_count; ++i) {
    const Body::Internals::LimitedJoint& joint = s.limited[i];
    Mat3& Q = bases[i];
    Q.col(0) = joint.axis;
    Q.col(1) = joint.axis.unitOrthogonal();
    Q.col(2) = Q.col(0).cross(Q.col(1));
    Turn(Q, &s.b[joint.first_dof]);
    std::array<Motion, 3> turned;
    for (std::size_t k = 0; k < 3; ++k) {
      const auto column = static_cast<Eigen::Index>(k);
      turned[k] = Q(0, column) * s.multibody.S[joint.first_dof];
      turned[k] += Q(1, column) * s.multibody.S[joint.first_dof + 1];
      turned[k] += Q(2, column) * s.multibody.S[joint.first_dof + 2];
    }
    for (std::size_t k = 0; k < 3; ++k) s.multibody.S[joint.first_dof + k] = turned[k];
    s.diagonal[joint.first_dof] += joint.damping;
  }
  s.dynamics.Solve(s.multibody, s.loads, s.diagonal, s.b, s.solution);
  for (std::size_t i = 0; i < s.limited_count; ++i) {
    Turn(bases[i].transpose(), &s.solution.x[s.limited[i].first_dof]);
  }
}

}  // namespace stunt::sim::internal
