#include "stunt/sim/site.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <functional>
#include <map>
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
