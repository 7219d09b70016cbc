#pragma once

#include <Eigen/Core>
#include <Eigen/Geometry>
#include <string>
#include <string_view>
#include <vector>

#include "stunt/sim/body.h"

namespace stunt::sim {

/// Where a device sits on the body.
struct Site {
  std::string name;
  Segment segment = Segment::kPelvis;
  Eigen::Isometry3d X_BS = Eigen::Isometry3d::Identity();  // pose of the device's sensor frame S in the segment
};

/// Names that FindSite knows.
[[nodiscard]] std::vector<std::string> SiteNames();

/// A named site on this body. Watches: x along the text, y to 12 o'clock, z out of the face (docs/physics.md).
/// @throws std::invalid_argument for an unknown name.
[[nodiscard]] Site FindSite(const Skeleton& skeleton, std::string_view name);

/// How a device is worn at a site on a limb (wrists, fingers, arms, ankles).
struct Wearing {
  double turn = 0;   // rad about the limb's long axis, away from the site, by the right hand towards the hand or foot
  double shift = 0;  // m along it, towards the hand or foot
  bool inside_out = false;  // on the other side of the limb: half a turn more
  bool flipped = false;     // turned by half about its own z: crown on the other side
  bool operator==(const Wearing&) const = default;
};

/// The site as it is worn.
/// @throws std::invalid_argument for a turn or a shift at a site that is not on a limb.
[[nodiscard]] Site Wear(const Site& site, const Wearing& wearing);

/// Ideal readings at a site.
struct SiteMotion {
  Eigen::Vector3d specific_force = {0, 0, 0};  // f_S [m/s²]: at rest +9.81 on the up axis
  Eigen::Vector3d angular_rate = {0, 0, 0};    // w_WS_S [rad/s]
};

/// Specific force and angular rate at one site, exact for the body's step: contact impulses, tangential and centripetal
/// terms are all inside. A sample belongs to the middle of the step.
class SiteProbe {
 public:
  SiteProbe(Site site, const Body& body);

  /// Call once after every step.
  [[nodiscard]] SiteMotion Sample(const Body& body, const Eigen::Vector3d& gravity);
  [[nodiscard]] const Site& site() const { return site_; }

 private:
  Site site_;
  Eigen::Vector3d velocity_;  // at the last sample, world
};

/// Motion of a segment at an instant, for the closed form below.
struct SegmentMotion {
  Eigen::Isometry3d X_WB = Eigen::Isometry3d::Identity();
  Eigen::Vector3d a_WB_W = {0, 0, 0};      // m/s²
  Eigen::Vector3d w_WB_W = {0, 0, 0};      // rad/s
  Eigen::Vector3d alpha_WB_W = {0, 0, 0};  // rad/s²
};

/// Specific force at sensor S: the reading of an ideal accelerometer there.
///
///   f_S = R_SW · (a_WS_W − g_W),  a_WS_W = a_WB_W + α × p + ω × (ω × p),  p = R_WB p_BS
///
/// At rest with Sz up the result is (0, 0, +9.81), not zero.
///
/// @param motion  segment carrying the sensor.
/// @param X_BS    constant mounting pose of S in B [m].
/// @param g_W     gravity [m/s²].
/// @returns       f_S [m/s²]. No noise, no range limit.
/// @pre           rotations are orthonormal; inputs are finite.
[[nodiscard]] Eigen::Vector3d SpecificForce(const SegmentMotion& motion, const Eigen::Isometry3d& X_BS,
                                            const Eigen::Vector3d& g_W);

}  // namespace stunt::sim
