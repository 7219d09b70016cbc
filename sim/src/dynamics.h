#pragma once

#include <array>

#include "multibody.h"

namespace stunt::sim::internal {

using DofVector = std::array<double, kDofs>;

/// What acts on the segments from outside during one step: forces, and damping that is taken implicitly.
struct ExternalLoads {
  std::array<Wrench, kSegments> wrench;
  std::array<SpatialInertia, kSegments> damping;  // times dt; valid where has_damping
  std::array<bool, kSegments> has_damping{};

  void Clear();
  /// Force at r from O on a segment; c_n and c_t are implicit damping coefficients along and across n [Ns/m].
  void AddForce(Segment segment, const Vec3& r, const Vec3& force, const Vec3& n, double c_n, double c_t, double dt) {
    const auto k = static_cast<std::size_t>(Index(segment));
    wrench[k] += WrenchAt(r, force);
    if (c_n == 0 && c_t == 0) return;
    const SpatialInertia added = PointDamping(r, n, c_n * dt, c_t * dt);
    if (has_damping[k]) {
      damping[k] += added;
    } else {
      damping[k] = added;
      has_damping[k] = true;
    }
  }
};

/// Equations of motion M q̈ + bias = τ + Jᵀ f of the multibody's present kinematics, without ever forming M.
class Dynamics {
 public:
  /// Spatial inertias of the segments about O.
  void UpdateInertias(const Multibody& body);

  /// Generalised force that holds the present motion against gravity: Coriolis, centrifugal and gravity terms (RNEA
  /// with q̈ = 0). Featherstone 2008, table 5.1.
  void Bias(const Multibody& body, const Vec3& gravity, DofVector& bias) const;
  /// M · acceleration, without velocity terms.
  void MassTimes(const Multibody& body, const DofVector& acceleration, DofVector& out) const;
  /// Both of the above in one pass, and the loads: `free` = Jᵀ wrench − bias, `needed` = bias + M acceleration.
  void InverseDynamics(const Multibody& body, const Vec3& gravity, const DofVector& acceleration,
                       const std::array<Wrench, kSegments>& wrench, DofVector& free, DofVector& needed) const;
  /// Generalised force Jᵀ f of the external wrenches.
  static void Project(const Multibody& body, const std::array<Wrench, kSegments>& wrench, DofVector& out);

  struct Solution {
    DofVector x;                      // generalised acceleration
    std::array<Motion, kSegments> a;  // Σ S x of each segment: its acceleration without velocity terms
  };
  /// Solves (M + Σ Jᵀ C J dt + diag) x = b by articulated elimination, leaf to root, in O(n).
  void Solve(const Multibody& body, const ExternalLoads& loads, const DofVector& diagonal, const DofVector& b,
             Solution& solution) const;

 private:
  std::array<SpatialInertia, kSegments> inertia_;
};

}  // namespace stunt::sim::internal
