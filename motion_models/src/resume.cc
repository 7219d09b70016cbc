#include "resume.h"

#include <algorithm>
#include <cmath>

#include "smooth.h"

namespace stunt::motion_models {
namespace {

using Eigen::Quaterniond;
using Eigen::Vector3d;

// The part of a rotation that is about the vertical: what is left is as small as can be.
Quaterniond AboutVertical(const Quaterniond& q) {
  const double norm = std::hypot(q.w(), q.z());
  return norm < 1e-9 ? Quaterniond::Identity() : Quaterniond(q.w() / norm, 0, 0, q.z() / norm);
}

constexpr auto kControls = {Channel::kTrunkTone,      Channel::kTrunkDrive,     Channel::kNeckTone,
                            Channel::kAssistPosition, Channel::kAssistRotation, Channel::kAssistWeight,
                            Channel::kFeetShare,      Channel::kFeetByContact,  Channel::kDescentDamping};
constexpr auto kSidedControls = {Channel::kArmTone, Channel::kArmDrive, Channel::kLegTone, Channel::kLegDrive};

}  // namespace

void Resume::Begin(const Pose& lying, const Pose& reference, const ChannelValues& values) {
  from_ = lying;
  from_values_ = values;
  turn_ = AboutVertical(lying.q_WB * reference.q_WB.conjugate());
  shift_ = lying.p_WB - turn_ * reference.p_WB;
  shift_.z() = 0;
}

void Resume::Apply(double t, Pose& pose, ChannelValues& values) const {
  const double share = Smooth((t - at_) / over_);
  pose.p_WB = (1 - share) * from_.p_WB + share * (turn_ * pose.p_WB + shift_);
  pose.q_WB = from_.q_WB.slerp(share, turn_ * pose.q_WB);
  for (std::size_t j = 0; j < sim::kJoints; ++j) {
    pose.q[j] = from_.q[j].slerp(share, pose.q[j]);
    pose.angle[j] = (1 - share) * from_.angle[j] + share * pose.angle[j];
  }
  const auto blend = [&](std::size_t slot) { values[slot] = (1 - share) * from_values_[slot] + share * values[slot]; };
  for (const Channel channel : kControls) blend(Slot(channel));
  for (const Channel channel : kSidedControls) {
    blend(Slot(channel, sim::Side::kLeft));
    blend(Slot(channel, sim::Side::kRight));
  }
}

Pose PoseOf(const sim::Body& body) {
  Pose pose;
  const Eigen::Isometry3d pelvis = body.X_WB(sim::Segment::kPelvis);
  pose.p_WB = pelvis.translation();
  pose.q_WB = Quaterniond(pelvis.linear());
  for (std::size_t j = 0; j < sim::kJoints; ++j) {
    pose.q[j] = body.JointRotation(static_cast<int>(j));
    pose.angle[j] = body.JointAngle(static_cast<int>(j));
  }
  return pose;
}

}  // namespace stunt::motion_models
