#pragma once

#include "pose.h"
#include "stunt/motion_models/channels.h"

namespace stunt::motion_models {

/// Someone who lay where physics left them takes up a motion of their own again. The new motion is laid where the body
/// lies, turned about the vertical as near to it as can be, and the reference goes from the body's own pose into it.
class Resume {
 public:
  /// @param at, over  s; the blend is a quintic, C².
  Resume(double at, double over) : at_(at), over_(over) {}

  [[nodiscard]] double at() const { return at_; }

  /// @param lying      the pose that the body has now.
  /// @param reference  the pose with which the new motion begins.
  /// @param values     channels at this instant.
  void Begin(const Pose& lying, const Pose& reference, const ChannelValues& values);

  /// The reference at a time, of the new motion's pose and channels. Tones, drives and assist go over as the pose does.
  void Apply(double t, Pose& pose, ChannelValues& values) const;

 private:
  double at_, over_;
  Pose from_;
  ChannelValues from_values_{};
  Eigen::Quaterniond turn_ = Eigen::Quaterniond::Identity();  // about the vertical
  Eigen::Vector3d shift_ = {0, 0, 0};                         // horizontal [m]
};

/// The pose that a body has.
[[nodiscard]] Pose PoseOf(const sim::Body& body);

}  // namespace stunt::motion_models
