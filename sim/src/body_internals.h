#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <vector>

#include "dynamics.h"
#include "multibody.h"
#include "stunt/sim/body.h"

namespace stunt::sim {

/// State and scratch memory of a body; sized once, so that a step does not allocate.
struct Body::Internals {
  Internals(const Skeleton& s, double step) : skeleton(s), dt(step), multibody(s) {
    for (std::size_t j = 0; j < kJoints; ++j) {
      cos_half_limit[j] = std::cos(0.5 * std::min(s.links[j + 1].limit_hi, 2 * std::numbers::pi));
    }
  }

  Skeleton skeleton;
  double dt;
  double begin = 0;  // s: time at which steps of this length began
  long steps = 0;    // since then
  internal::Multibody multibody;
  internal::Dynamics dynamics;
  internal::ExternalLoads loads;
  std::vector<Surface> surfaces;
  // Spherical joints beyond their limits in this step: damped about one axis of the child, where muscles damp equally
  // about all.
  struct LimitedJoint {
    std::size_t first_dof;
    internal::Vec3 axis;
    double damping;  // times dt
  };
  std::array<LimitedJoint, kJoints> limited;
  std::size_t limited_count = 0;
  std::array<double, kJoints> cos_half_limit;  // |w| of a spherical joint's quaternion at its limit
  std::array<double, kJoints> beyond_limit{};  // of each joint at the start of the last step [rad]; 0 within its limits
  StepForces forces;
  std::array<internal::Vec3, kSegments> self_force;  // of other segments on each [N]; part of `loads`

  internal::DofVector b{};         // right-hand side
  internal::DofVector diagonal{};  // joint and root damping of the left-hand side
  internal::Dynamics::Solution solution{};
};

namespace internal {

/// Rotation vector of a unit quaternion, the short way round.
[[nodiscard]] Vec3 RotationVector(const Eigen::Quaterniond& q);

/// Adds the contact of every sphere with every surface to the loads.
void AddContacts(Body::Internals& s, const StepInput& input);
/// Adds what keeps arms and knees out of the own body.
void AddSelfContact(Body::Internals& s);
/// A point load at the start of the step, and what of it is taken implicitly [Ns/m].
struct PointForce {
  Vec3 r;      // from O
  Vec3 force;  // N
  double vertical_damping = 0;
  double horizontal_damping = 0;
};
[[nodiscard]] PointForce EvaluatePointLoad(const Body::Internals& s, const PointLoad& load);
/// Adds the point loads to the loads.
void AddPointLoads(Body::Internals& s, const StepInput& input);
/// Sets the right-hand side to what gravity, the present motion, the loads and the feed-forward do.
void SetMotionTorques(Body::Internals& s, const StepInput& input);
/// Adds muscles and joint limits to the right-hand side and the diagonal.
void AddJointTorques(Body::Internals& s, const StepInput& input);
/// Solves for the generalised acceleration. The joints that are beyond their limits are turned so that one of their
/// degrees of freedom is about the limit's axis; their motion subspaces stay so until the kinematics are next updated.
void SolveForAcceleration(Body::Internals& s);
/// Adds the root assist, through the feet and from outside.
void AddRootAssist(Body::Internals& s, const StepInput& input);

}  // namespace internal
}  // namespace stunt::sim
