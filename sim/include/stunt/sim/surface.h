#pragma once

#include <Eigen/Core>
#include <limits>
#include <optional>
#include <string>

#include "stunt/sim/skeleton.h"

namespace stunt::sim {

/// A solid box: wall, chair, table with its edge, kerb, railing.
struct Box {
  Eigen::Vector3d centre = {0, 0, 0};                  // world [m]
  Eigen::Vector3d half = {0.5, 0.5, 0.5};              // half of each edge [m]
  Eigen::Matrix3d R_WS = Eigen::Matrix3d::Identity();  // world from the box's axes
};

/// What contact spheres meet: the top of a horizontal patch (floor, mat, stair tread) or, where it is given, a box.
struct Surface {
  std::string name;
  bool ground = false;  // counts as the ground that a faller reaches
  double height = 0;    // of a patch above the world's origin [m]
  // Elastic foundation [N/m³]: a sphere's cross-section times this is in series with its own stiffness. Infinite:
  // rigid.
  double foundation = std::numeric_limits<double>::infinity();
  double stiffness_scale = 1;  // of the sphere's own stiffness and damping
  double damping_scale = 1;
  double friction = 0.8;
  double ramp = 0.01;                     // penetration over which damping sets in [m]: 0.01 hard, 0.05 soft
  std::uint32_t segments = kAllSegments;  // segments that it can touch
  // Bounds of a patch.
  double x_lo = -std::numeric_limits<double>::infinity();
  double x_hi = std::numeric_limits<double>::infinity();
  double y_lo = -std::numeric_limits<double>::infinity();
  double y_hi = std::numeric_limits<double>::infinity();
  double depth = std::numeric_limits<double>::infinity();  // a sphere that is deeper does not touch
  std::optional<Box> box;                                  // in place of the patch
};

/// How a sphere meets a surface.
struct Meeting {
  double penetration = 0;              // m; above 0
  Eigen::Vector3d normal = {0, 0, 1};  // out of the surface, world
};

/// None where the sphere does not touch. A sphere whose centre is inside a box leaves it by the nearest face.
[[nodiscard]] std::optional<Meeting> Meet(const Surface& surface, const Eigen::Vector3d& centre_W, double radius);

}  // namespace stunt::sim
