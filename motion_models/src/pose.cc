#include "pose.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "smooth.h"

namespace stunt::motion_models {
namespace {

using Eigen::Quaterniond;
using Eigen::Vector3d;
using sim::Segment;
using sim::Side;

Quaterniond About(const Vector3d& axis, double angle) {
  return angle == 0 ? Quaterniond::Identity() : Quaterniond(Eigen::AngleAxisd(angle, axis));
}
Quaterniond AboutX(double angle) { return About(Vector3d::UnitX(), angle); }
Quaterniond AboutY(double angle) { return About(Vector3d::UnitY(), angle); }
Quaterniond AboutZ(double angle) { return About(Vector3d::UnitZ(), angle); }

std::size_t Joint(Segment s) { return static_cast<std::size_t>(sim::Index(s)) - 1; }

Quaterniond PelvisRotation(const ChannelValues& v) {
  return AboutZ(v[Slot(Channel::kPelvisYaw)]) * AboutY(v[Slot(Channel::kPelvisPitch)]) *
         AboutX(v[Slot(Channel::kPelvisRoll)]) * AboutZ(v[Slot(Channel::kPelvisTurn)]);
}

Vector3d PelvisPosition(const BasePlacement& base, const ChannelValues& v) {
  return base.pelvis + Vector3d(v[Slot(Channel::kPelvisX)], v[Slot(Channel::kPelvisY)], v[Slot(Channel::kPelvisZ)]);
}

// A trunk joint: twist, then bend forward, then sideways.
Quaterniond Bend(const ChannelValues& v, Channel flex, Channel side, Channel twist) {
  return AboutZ(v[Slot(twist)]) * AboutY(v[Slot(flex)]) * AboutX(v[Slot(side)]);
}

// Flex about the pelvis' own axis, then abduct, then rotate about the thigh (Grood and Suntay 1983). Singular only
// where a leg points straight sideways. Angles of a left leg.
Quaterniond Hip(double flex, double abduct, double rotate) { return AboutY(-flex) * AboutX(abduct) * AboutZ(-rotate); }

// Across the plane in which a leg bends, to the left, when its ankle lies in direction `down` from the hip. Below the
// pelvis the plane holds the pelvis' forward axis; in a deep squat or on a saddle, where the ankle comes level with the
// hip, that would turn the knee outward in no time, and the plane stands upright instead.
Vector3d LegPlane(const Vector3d& down) {
  const Vector3d upright = Vector3d::UnitY() - down.y() * down;
  const Vector3d forward(0, -down.z(), down.y());
  const double share = Smooth((-down.z() - 0.2) / 0.4);
  return (share * forward.normalized() + (1 - share) * upright.normalized()).normalized();
}

struct AnkleAngles {
  double flex = 0;
  double invert = 0;  // of a left foot
};

// What a foot needs at a shank so that its sole is level sideways and its toes point down by `pitch`.
AnkleAngles LevelFoot(const Quaterniond& shank, double pitch) {
  const Vector3d up = shank.conjugate() * Vector3d::UnitZ();
  const double upright = std::max(std::hypot(up.x(), up.z()), 0.1);  // less: the shank lies on its side
  AnkleAngles angles;
  angles.flex = std::atan2(up.z(), up.x()) - std::acos(std::clamp(-std::sin(pitch) / upright, -1.0, 1.0));
  angles.invert = std::atan2(-up.y(), -up.x() * std::sin(angles.flex) + up.z() * std::cos(angles.flex));
  return angles;
}

// Shoulder: abduct, then flex, then rotate about the limb's axis.
Quaterniond Shoulder(const ChannelValues& v, Side side) {
  const double left = side == Side::kLeft ? 1 : -1;
  return AboutX(left * v[Slot(Channel::kShoulderAbduct, side)]) * AboutY(-v[Slot(Channel::kShoulderFlex, side)]) *
         AboutZ(-left * v[Slot(Channel::kShoulderRotate, side)]);
}

// Rotation vector of a small rotation; exact to 1e-12 below 0.05 rad, where references a step apart always are.
Vector3d SmallRotation(const Quaterniond& q) {
  const Vector3d v = (q.w() < 0 ? -2.0 : 2.0) * q.vec();
  const double s = v.squaredNorm();
  return v * (1 + s / 24 + 3 * s * s / 640);
}

struct RotationRates {
  Vector3d rate;
  Vector3d acceleration;
};

// In the frame of the middle rotation.
RotationRates Rates(const Quaterniond& before, const Quaterniond& now, const Quaterniond& after, double dt) {
  const Vector3d first = SmallRotation(before.conjugate() * now) / dt;
  const Vector3d second = SmallRotation(now.conjugate() * after) / dt;
  return {0.5 * (first + second), (second - first) / dt};
}

}  // namespace

LegAngles SolveLeg(const sim::Skeleton& skeleton, const Vector3d& ankle, double left) {
  constexpr double kSoftness = 0.02;  // m
  const double thigh = skeleton.thigh;
  const double shank = skeleton.shank;
  const double distance = ankle.norm();
  const double longest = thigh + shank - 0.004;
  const double excess = (longest - distance) / kSoftness;
  const double reach = longest - kSoftness * (excess > 30 ? excess : std::log1p(std::exp(excess)));
  const double cos_inner = (thigh * thigh + shank * shank - reach * reach) / (2 * thigh * shank);
  const double cos_thigh = (thigh * thigh + reach * reach - shank * shank) / (2 * thigh * reach);
  const Vector3d down = ankle / std::max(distance, 1e-9);
  const Vector3d across = LegPlane(down);
  // The thigh, turned forward from the line to the ankle.
  const Vector3d along = About(across, -std::acos(std::clamp(cos_thigh, -1.0, 1.0))) * down;
  Eigen::Matrix3d hip;
  hip << across.cross(-along), across, -along;
  LegAngles angles;
  angles.knee_flex = std::numbers::pi - std::acos(std::clamp(cos_inner, -1.0, 1.0));
  // R = Ry(−flex) Rx(abduct) Rz(−rotate), of a left leg; of a right one the last two are mirrored.
  angles.hip_flex = std::atan2(-hip(0, 2), hip(2, 2));
  angles.hip_abduct = -left * std::asin(std::clamp(hip(1, 2), -1.0, 1.0));
  angles.hip_rotate = -left * std::atan2(hip(1, 0), hip(1, 1));
  return angles;
}

void PlaceFeet(const sim::Skeleton& skeleton, const BasePlacement& base, ChannelValues& values) {
  const Vector3d pelvis = PelvisPosition(base, values);
  const Quaterniond pelvis_rotation = PelvisRotation(values);
  for (const Side side : {Side::kLeft, Side::kRight}) {
    const double left = side == Side::kLeft ? 1 : -1;
    const Vector3d offset(values[Slot(Channel::kFootX, side)], left * values[Slot(Channel::kFootY, side)],
                          values[Slot(Channel::kFootZ, side)]);
    const Vector3d ankle = base.ankle[side == Side::kLeft ? 0 : 1] + offset;
    const Vector3d hip(0, left * skeleton.hip_half_width, -skeleton.pelvis_to_hip);
    const LegAngles leg = SolveLeg(skeleton, pelvis_rotation.conjugate() * (ankle - pelvis) - hip, left);
    values[Slot(Channel::kHipFlex, side)] = leg.hip_flex;
    values[Slot(Channel::kHipAbduct, side)] = leg.hip_abduct;
    values[Slot(Channel::kHipRotate, side)] = leg.hip_rotate;
    values[Slot(Channel::kKneeFlex, side)] = leg.knee_flex;
    const Quaterniond shank =
        pelvis_rotation * Hip(leg.hip_flex, left * leg.hip_abduct, left * leg.hip_rotate) * AboutY(leg.knee_flex);
    const AnkleAngles foot = LevelFoot(shank, values[Slot(Channel::kFootPitch, side)]);
    values[Slot(Channel::kAnkleFlex, side)] = foot.flex;
    values[Slot(Channel::kAnkleInvert, side)] = left * foot.invert;
  }
}

Pose MakePose(const BasePlacement& base, const ChannelValues& v) {
  Pose pose;
  pose.p_WB = PelvisPosition(base, v);
  pose.q_WB = PelvisRotation(v);
  pose.angle.fill(0);
  pose.q.fill(Quaterniond::Identity());
  pose.q[Joint(Segment::kAbdomen)] = Bend(v, Channel::kLumbarFlex, Channel::kLumbarSide, Channel::kLumbarTwist);
  pose.q[Joint(Segment::kThorax)] = Bend(v, Channel::kThoracicFlex, Channel::kThoracicSide, Channel::kThoracicTwist);
  pose.q[Joint(Segment::kHead)] = Bend(v, Channel::kNeckFlex, Channel::kNeckSide, Channel::kNeckTwist);
  for (const Side side : {Side::kLeft, Side::kRight}) {
    const double left = side == Side::kLeft ? 1 : -1;
    const auto joint = [&](Segment s) { return Joint(sim::OnSide(s, side)); };
    const auto value = [&](Channel c) { return v[Slot(c, side)]; };
    pose.q[joint(Segment::kUpperArmL)] = Shoulder(v, side);
    pose.angle[joint(Segment::kForearmL)] = value(Channel::kElbowFlex);
    pose.angle[joint(Segment::kWristL)] = value(Channel::kForearmPronate);
    pose.q[joint(Segment::kHandL)] =
        AboutX(-left * value(Channel::kWristFlex)) * AboutY(-value(Channel::kWristDeviate));
    pose.q[joint(Segment::kThighL)] =
        Hip(value(Channel::kHipFlex), left * value(Channel::kHipAbduct), left * value(Channel::kHipRotate));
    pose.angle[joint(Segment::kShankL)] = value(Channel::kKneeFlex);
    pose.q[joint(Segment::kFootL)] = AboutY(-value(Channel::kAnkleFlex)) * AboutX(left * value(Channel::kAnkleInvert));
  }
  return pose;
}

sim::BodyReference MakeReference(const sim::Skeleton& skeleton, const Pose& before, const Pose& now, const Pose& after,
                                 double dt) {
  sim::BodyReference reference;
  reference.p_WB = now.p_WB;
  reference.q_WB = now.q_WB;
  reference.v_WB_W = (after.p_WB - before.p_WB) / (2 * dt);
  reference.a_WB_W = (after.p_WB - 2 * now.p_WB + before.p_WB) / (dt * dt);
  const RotationRates pelvis = Rates(before.q_WB, now.q_WB, after.q_WB, dt);
  reference.w_WB_W = now.q_WB * pelvis.rate;
  reference.alpha_WB_W = now.q_WB * pelvis.acceleration;
  for (std::size_t j = 0; j < sim::kJoints; ++j) {
    sim::JointReference& joint = reference.joints[j];
    if (skeleton.links[j + 1].type == sim::JointType::kRevolute) {
      joint.angle = now.angle[j];
      joint.rate.x() = (after.angle[j] - before.angle[j]) / (2 * dt);
      joint.acceleration.x() = (after.angle[j] - 2 * now.angle[j] + before.angle[j]) / (dt * dt);
    } else {
      joint.q = now.q[j];
      const RotationRates rates = Rates(before.q[j], now.q[j], after.q[j], dt);
      joint.rate = rates.rate;
      joint.acceleration = rates.acceleration;
    }
  }
  return reference;
}

}  // namespace stunt::motion_models
