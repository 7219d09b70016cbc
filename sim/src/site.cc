#include "stunt/sim/site.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <functional>
#include <map>
#include <numbers>
#include <stdexcept>

namespace stunt::sim {
namespace {

using Eigen::Isometry3d;
using Eigen::Matrix3d;
using Eigen::Vector3d;

Isometry3d Pose(const Vector3d& x_axis, const Vector3d& y_axis, const Vector3d& origin) {
  Isometry3d X = Isometry3d::Identity();
  X.linear().col(0) = x_axis;
  X.linear().col(1) = y_axis;
  X.linear().col(2) = x_axis.cross(y_axis);
  X.translation() = origin;
  return X;
}

// A watch is read with the text's top (12 o'clock) away from the body, so y points to the little finger's side on
// either wrist, x to the hand on the left one and to the elbow on the right one. Neutral pose: thumbs forward, hands
// down.
Site Wrist(const Skeleton& skeleton, Side side) {
  const double left = side == Side::kLeft ? 1 : -1;
  // 12 % of the forearm above the wrist joint (catalogue: 8–16 %), on the skin 3 cm off the axis (EST).
  const double along = -0.25 * skeleton.forearm + 0.12 * skeleton.forearm;
  return {side == Side::kLeft ? "left_wrist" : "right_wrist", OnSide(Segment::kWristL, side),
          Pose({0, 0, -left}, {-1, 0, 0}, {0, left * 0.03, along})};
}

// A ring on the ring finger's first phalanx: 0.7 of the way from the wrist to the fingertips' half hand (EST), x along
// the finger to its tip, z away from the back of the hand.
Site Finger(const Skeleton& skeleton, Side side) {
  const double left = side == Side::kLeft ? 1 : -1;
  const Link& hand = skeleton.link(OnSide(Segment::kHandL, side));
  return {side == Side::kLeft ? "left_finger" : "right_finger", OnSide(Segment::kHandL, side),
          Pose({0, 0, -1}, {-left, 0, 0}, {0, left * 0.008, 0.6 * hand.p_joint_com.z()})};
}

// On the outside of the middle of the upper arm, as an arm band: x forward, z outward.
Site UpperArm(const Skeleton& skeleton, Side side) {
  const double left = side == Side::kLeft ? 1 : -1;
  return {side == Side::kLeft ? "left_upper_arm" : "right_upper_arm", OnSide(Segment::kUpperArmL, side),
          Pose({left, 0, 0}, {0, 0, 1}, {0, left * 0.045, -0.05 * skeleton.upper_arm})};
}

// On the laces: x forward, z up.
Site Foot(const Skeleton& skeleton, Side side) {
  return {side == Side::kLeft ? "left_foot" : "right_foot", OnSide(Segment::kFootL, side),
          Pose({1, 0, 0}, {0, 1, 0}, {0.1 * skeleton.foot_length, 0, 0.03})};
}

Site Ear(const Skeleton& skeleton, Side side) {
  const double left = side == Side::kLeft ? 1 : -1;
  return {side == Side::kLeft ? "left_ear" : "right_ear", Segment::kHead,
          Pose({1, 0, 0}, {0, 1, 0}, {0, left * 0.0435 * skeleton.stature, 0})};  // half a head's breadth (EST)
}

Site Pocket(const Skeleton& skeleton, Side side) {
  const double left = side == Side::kLeft ? 1 : -1;
  return {side == Side::kLeft ? "left_pocket" : "right_pocket", OnSide(Segment::kThighL, side),
          Pose({0, -1, 0}, {0, 0, 1}, {0.03, left * 0.07, 0.15 * skeleton.thigh})};
}

Site Ankle(const Skeleton& skeleton, Side side) {
  const double left = side == Side::kLeft ? 1 : -1;
  return {side == Side::kLeft ? "left_ankle" : "right_ankle", OnSide(Segment::kShankL, side),
          Pose({1, 0, 0}, {0, 1, 0}, {0, left * 0.04, -0.45 * skeleton.shank})};
}

using Maker = std::function<Site(const Skeleton&)>;

const std::map<std::string, Maker, std::less<>>& Makers() {
  static const std::map<std::string, Maker, std::less<>> kMakers = {
      {"left_wrist", [](const Skeleton& s) { return Wrist(s, Side::kLeft); }},
      {"right_wrist", [](const Skeleton& s) { return Wrist(s, Side::kRight); }},
      {"left_finger", [](const Skeleton& s) { return Finger(s, Side::kLeft); }},
      {"right_finger", [](const Skeleton& s) { return Finger(s, Side::kRight); }},
      {"left_upper_arm", [](const Skeleton& s) { return UpperArm(s, Side::kLeft); }},
      {"right_upper_arm", [](const Skeleton& s) { return UpperArm(s, Side::kRight); }},
      {"left_foot", [](const Skeleton& s) { return Foot(s, Side::kLeft); }},
      {"right_foot", [](const Skeleton& s) { return Foot(s, Side::kRight); }},
      {"left_ear", [](const Skeleton& s) { return Ear(s, Side::kLeft); }},
      {"right_ear", [](const Skeleton& s) { return Ear(s, Side::kRight); }},
      {"left_pocket", [](const Skeleton& s) { return Pocket(s, Side::kLeft); }},
      {"right_pocket", [](const Skeleton& s) { return Pocket(s, Side::kRight); }},
      {"left_ankle", [](const Skeleton& s) { return Ankle(s, Side::kLeft); }},
      {"right_ankle", [](const Skeleton& s) { return Ankle(s, Side::kRight); }},
      // Belt at the side of the pelvis, as SisFall wore it (x up, z forward is the wearer's business; here x forward).
      {"waist",
       [](const Skeleton&) {
         return Site{"waist", Segment::kPelvis, Pose({1, 0, 0}, {0, 1, 0}, {0.1, 0, 0.05})};
       }},
      {"chest",
       [](const Skeleton&) {
         return Site{"chest", Segment::kThorax, Pose({0, -1, 0}, {0, 0, 1}, {0.11, 0, 0})};
       }},
  };
  return kMakers;
}

}  // namespace

std::vector<std::string> SiteNames() {
  std::vector<std::string> names;
  for (const auto& [name, maker] : Makers()) names.push_back(name);
  return names;
}

Site FindSite(const Skeleton& skeleton, std::string_view name) {
  const auto found = Makers().find(name);
  if (found == Makers().end()) {
    throw std::invalid_argument(fmt::format("unknown site '{}' (known: {})", name, fmt::join(SiteNames(), ", ")));
  }
  return found->second(skeleton);
}

Site Wear(const Site& site, const Wearing& wearing) {
  constexpr std::uint32_t kLimbs = Bit(Segment::kWristL) | Bit(Segment::kWristR) | Bit(Segment::kHandL) |
                                   Bit(Segment::kHandR) | Bit(Segment::kUpperArmL) | Bit(Segment::kUpperArmR) |
                                   Bit(Segment::kShankL) | Bit(Segment::kShankR);
  const double turn = wearing.turn + (wearing.inside_out ? std::numbers::pi : 0);
  Site worn = site;
  if (turn != 0 || wearing.shift != 0) {
    if ((kLimbs & Bit(site.segment)) == 0) {
      throw std::invalid_argument(
          fmt::format("the {} is not on a limb: nothing can be turned about it or shifted along it there", site.name));
    }
    // In the neutral pose arms and legs hang down: their long axis is z of the segment, the hand or foot at −z.
    const Eigen::AngleAxisd about(turn, -Vector3d::UnitZ());
    worn.X_BS = Isometry3d(Eigen::Translation3d(0, 0, -wearing.shift)) * about * site.X_BS;
  }
  if (wearing.flipped) worn.X_BS.rotate(Eigen::AngleAxisd(std::numbers::pi, Vector3d::UnitZ()));
  return worn;
}

SiteProbe::SiteProbe(Site site, const Body& body)
    : site_(std::move(site)), velocity_(body.Velocity(site_.segment, site_.X_BS.translation())) {}

SiteMotion SiteProbe::Sample(const Body& body, const Vector3d& gravity) {
  const Vector3d velocity = body.Velocity(site_.segment, site_.X_BS.translation());
  const Matrix3d R_SW = (body.R_WB(site_.segment) * site_.X_BS.linear()).transpose();
  const SiteMotion motion = {R_SW * ((velocity - velocity_) / body.dt() - gravity),
                             R_SW * body.AngularVelocity(site_.segment)};
  velocity_ = velocity;
  return motion;
}

Vector3d SpecificForce(const SegmentMotion& motion, const Isometry3d& X_BS, const Vector3d& g_W) {
  const Matrix3d& R_WB = motion.X_WB.linear();
  const Vector3d p = R_WB * X_BS.translation();
  const Vector3d a_WS_W = motion.a_WB_W + motion.alpha_WB_W.cross(p) + motion.w_WB_W.cross(motion.w_WB_W.cross(p));
  return (R_WB * X_BS.linear()).transpose() * (a_WS_W - g_W);
}

}  // namespace stunt::sim
