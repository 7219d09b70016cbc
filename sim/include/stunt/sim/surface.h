#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <limits>
#include <string>

#include "stunt/sim/skeleton.h"

namespace stunt::sim {

/// Bit of a segment in a mask.
[[nodiscard]] constexpr std::uint32_t Bit(Segment s) { return 1u << Index(s); }
inline constexpr std::uint32_t kAllSegments = (1u << kSegments) - 1;
inline constexpr std::uint32_t kFeet = Bit(Segment::kFootL) | Bit(Segment::kFootR);

/// A horizontal surface that contact spheres meet: floor, mat, seat, table, stair tread.
struct Surface {
  std::string name;
  bool ground = false;         // counts as the ground that a faller reaches
  double height = 0;           // of the top above the world's origin [m]
  double stiffness_scale = 1;  // of the sphere's own stiffness and damping on a hard floor
  double damping_scale = 1;
  double friction = 0.8;
  double ramp = 0.01;                     // penetration over which damping sets in [m]: 0.01 hard, 0.05 soft
  std::uint32_t segments = kAllSegments;  // segments that it can touch
  // Bounds; a sphere outside them or deeper than `depth` does not touch.
  double x_lo = -std::numeric_limits<double>::infinity();
  double x_hi = std::numeric_limits<double>::infinity();
  double y_lo = -std::numeric_limits<double>::infinity();
  double y_hi = std::numeric_limits<double>::infinity();
  double depth = std::numeric_limits<double>::infinity();
};

}  // namespace stunt::sim
