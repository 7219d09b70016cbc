#pragma once

#include <cmath>

#include "stunt/random/random.h"
#include "stunt/sim/body.h"

// States of a body for tests that must hold in every state.
namespace stunt::sim::testing {

inline Eigen::Vector3d RandomVector(random::Stream& stream, double scale) {
  const double x = stream.Normal(), y = stream.Normal();
  return scale * Eigen::Vector3d(x, y, stream.Normal());
}

inline Eigen::Quaterniond RandomRotation(random::Stream& stream) {
  const Eigen::Vector3d v = RandomVector(stream, 1);
  return Eigen::Quaterniond(stream.Normal(), v.x(), v.y(), v.z()).normalized();
}

/// A pose within the joint limits, anywhere in space, with joint rates of about `rate` rad/s; the pelvis 3 m up.
inline BodyReference RandomState(const Skeleton& skeleton, random::Stream& stream, double rate) {
  BodyReference state;
  state.p_WB = {stream.Normal(), stream.Normal(), 3};
  state.q_WB = RandomRotation(stream);
  state.v_WB_W = RandomVector(stream, 1);
  state.w_WB_W = RandomVector(stream, rate);
  for (std::size_t j = 0; j < kJoints; ++j) {
    const Link& link = skeleton.links[j + 1];
    JointReference& joint = state.joints[j];
    if (link.type == JointType::kRevolute) {
      joint.angle = stream.Uniform(std::max(link.limit_lo, -2.0), std::min(link.limit_hi, 2.0));
      joint.rate.x() = rate * stream.Normal();
    } else {
      const Eigen::Vector3d axis = RandomVector(stream, 1).normalized();
      joint.q = Eigen::AngleAxisd(stream.Uniform(0, std::min(link.limit_hi, 2.0)), axis);
      joint.rate = RandomVector(stream, rate);
    }
  }
  return state;
}

/// Arms and legs that pass through the own body.
inline Skeleton WithoutSelfContact(Skeleton skeleton) {
  for (BodyCapsule& capsule : skeleton.capsules) capsule.meets = 0;
  return skeleton;
}

/// Joints that turn freely for ever, through the own body too.
inline Skeleton WithoutLimits(Skeleton skeleton) {
  skeleton = WithoutSelfContact(skeleton);
  for (Link& link : skeleton.links) {
    link.limit_lo = -1e6;
    link.limit_hi = 1e6;
  }
  return skeleton;
}

/// Nothing but gravity and the surroundings.
inline StepInput Limp() {
  StepInput input;
  input.tone.fill(0);
  input.feed_forward.fill(0);
  return input;
}

}  // namespace stunt::sim::testing
