#pragma once

#include <Eigen/Core>
#include <string>
#include <vector>

#include "stunt/sim/body.h"
#include "stunt/sim/skeleton.h"

namespace stunt::sim {

struct MjcfOptions {
  std::string model = "stuntdouble";
  double timestep = 1e-3;  // s
  Eigen::Vector3d gravity = {0, 0, -kStandardGravity};
  double tone = 0;                 // joint springs towards the neutral pose, as StepInput::tone
  bool joint_limits = true;        // MuJoCo's own, at the same angles
  bool floor = true;               // and the contact spheres; friction 0.8, MuJoCo's own contact
  std::vector<std::string> sites;  // names for FindSite; each gets an accelerometer and a gyroscope, in this order
};

/// The same segment tree as a MuJoCo model (MJCF): masses, moments, joints, contact spheres and sites.
///
/// Bodies are named as Name() says, their joints "<segment>_joint", the pelvis hangs on the free joint "root". A body's
/// frame has its origin in its joint (the pelvis: its centre of mass) and the axes of the segment. Spherical joints
/// become ball joints: MuJoCo, too, stores the rotation from child to parent (w first) and the rate in the child.
///
/// Not carried over: the material of contacts, ramps of joint limits, damping of joint limits.
///
/// @throws std::invalid_argument for an unknown site.
[[nodiscard]] std::string ToMjcf(const Skeleton& skeleton, const MjcfOptions& options);

}  // namespace stunt::sim
