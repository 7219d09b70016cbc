#pragma once

#include <Eigen/Core>
#include <Eigen/Geometry>
#include <cstddef>
#include <vector>

#include "stunt/sim/error_model.h"
#include "stunt/sim/site.h"

namespace stunt::sim {

/// Path of a body B that is given, not simulated: kinematic synthesis. Position and orientation are cubic B-splines
/// over equally spaced knots, so position, velocity, acceleration, angular rate and its derivative are continuous (C²)
/// and come in closed form: nothing is differenced.
///
///   p(t) = Σ β(t/h − i) c_i,   R(t) = rotation of r/|r|, r(t) = Σ β(t/h − i) q_i
///   ω = 2 vec(r* ṙ) / |r|²,    α = 2 vec(r* r̈) / |r|² − 2 ω (r · ṙ) / |r|²          (both in B)
///
/// Neighbouring quaternions of a path that is sampled finely enough differ by far less than a right angle; their sum is
/// then far from 0. Signs are made to agree when the path is made.
///
/// @source de Boor 1978; quaternion derivatives: Diebel 2006, eqs. 106–111.
class PosePath {
 public:
  struct Knot {
    Eigen::Vector3d p_WB = {0, 0, 0};                          // control point, m
    Eigen::Quaterniond q_WB = Eigen::Quaterniond::Identity();  // control rotation
  };

  /// @param knot_s  spacing h [s] > 0.
  /// @param knots   at −h, 0, h, …: the path is defined from 0 to Duration().
  /// @throws std::invalid_argument for fewer than four knots, or neighbours more than 90° apart.
  PosePath(double knot_s, std::vector<Knot> knots);

  [[nodiscard]] double Duration() const { return knot_s_ * static_cast<double>(knots_.size() - 3); }

  /// Motion of B at one time, by the formulas above.
  [[nodiscard]] SegmentMotion At(double time_s) const;

  /// Ideal readings at X_BS at times start, start + step, … appended to nothing: `out` holds them alone.
  /// @pre 0 ≤ start, and start + (count − 1) · step < Duration().
  void Sense(const Eigen::Isometry3d& X_BS, const Eigen::Vector3d& g_W, double start, double step, std::size_t count,
             MotionBlock& out) const;

 private:
  double knot_s_;
  std::vector<Knot> knots_;
};

}  // namespace stunt::sim
