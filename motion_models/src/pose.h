#pragma once

#include <array>

#include "stunt/motion_models/channels.h"
#include "stunt/sim/body.h"

namespace stunt::motion_models {

/// Where the base motion has the pelvis and the ankles, in the world [m].
struct BasePlacement {
  Eigen::Vector3d pelvis = {0, 0, 1};
  std::array<Eigen::Vector3d, 2> ankle = {Eigen::Vector3d::Zero(), Eigen::Vector3d::Zero()};
};

/// Angles of a leg that put the ankle at a place.
struct LegAngles {
  double hip_flex = 0;
  double hip_abduct = 0;
  double hip_rotate = 0;
  double knee_flex = 0;
};

/// Two-bone inverse kinematics. The reach is limited softly: clamping it makes a spike of 15 g at every step.
/// @param ankle  from the hip joint, pelvis frame [m].
/// @param left   +1 for the left leg, −1 for the right one.
[[nodiscard]] LegAngles SolveLeg(const sim::Skeleton& skeleton, const Eigen::Vector3d& ankle, double left);

/// Sets the leg channels so that the feet are where the base placement and the foot channels want them.
void PlaceFeet(const sim::Skeleton& skeleton, const BasePlacement& base, ChannelValues& values);

/// A pose without rates.
struct Pose {
  Eigen::Vector3d p_WB = {0, 0, 1};
  Eigen::Quaterniond q_WB = Eigen::Quaterniond::Identity();
  std::array<Eigen::Quaterniond, sim::kJoints> q;  // spherical joints
  std::array<double, sim::kJoints> angle;          // revolute joints
};

/// The pose that the channels describe.
[[nodiscard]] Pose MakePose(const BasePlacement& base, const ChannelValues& values);

/// Reference at the middle one of three poses that are dt apart: central differences.
[[nodiscard]] sim::BodyReference MakeReference(const sim::Skeleton& skeleton, const Pose& before, const Pose& now,
                                               const Pose& after, double dt);

}  // namespace stunt::motion_models
