#pragma once

#include <Eigen/Core>
#include <Eigen/Geometry>
#include <array>
#include <vector>

#include "stunt/sim/site.h"
#include "stunt/sim/surface.h"

namespace stunt::sim {

/// A rigid box with mass that nobody wears any more: a dropped watch, a thrown phone, an earbud. Its sensor is in the
/// middle.
struct FreeBodySpec {
  double mass = 0.05;                          // kg
  Eigen::Vector3d size = {0.04, 0.04, 0.011};  // m, along the axes of the sensor's frame
  double stiffness = 1e6;                      // N/m of a corner on something rigid: a contact of about a millisecond
  double restitution = 0.4;                    // of one corner's normal velocity on something rigid, 0 … 1
  double friction = 0.4;                       // times the surface's own
};

/// Flies, hits surfaces with its eight corners, tumbles and comes to rest. Gyroscopic terms are inside.
class FreeBody {
 public:
  /// @param X_WS  pose of the sensor's frame, v_W [m/s] and w_S [rad/s] at the start.
  /// @throws std::invalid_argument unless mass, size and stiffness are positive and finite.
  FreeBody(const FreeBodySpec& spec, const Eigen::Isometry3d& X_WS, const Eigen::Vector3d& v_W,
           const Eigen::Vector3d& w_S);

  /// Moves on by dt in steps of at most 10 µs; surfaces are met whichever segments they are meant for.
  /// @returns what an ideal sensor in the middle reads: the mean specific force of the step, the angular rate in its
  /// middle.
  SiteMotion Step(double dt, const Eigen::Vector3d& gravity, const std::vector<Surface>& surfaces);

  [[nodiscard]] const Eigen::Isometry3d& X_WS() const { return X_WS_; }
  [[nodiscard]] const Eigen::Vector3d& v_W() const { return v_W_; }
  [[nodiscard]] const Eigen::Vector3d& w_S() const { return w_S_; }
  [[nodiscard]] double KineticEnergy() const;  // J

 private:
  struct Load {
    Eigen::Vector3d force_W = {0, 0, 0};
    Eigen::Vector3d torque_S = {0, 0, 0};
  };
  [[nodiscard]] Load Touch(const std::vector<Surface>& surfaces) const;

  FreeBodySpec spec_;
  Eigen::Vector3d inertia_;  // kg m², principal
  double damping_;           // Ns/m of a corner
  double most_energy_;       // J that it can have
  std::array<Eigen::Vector3d, 8> corners_;
  Eigen::Isometry3d X_WS_;
  Eigen::Vector3d v_W_;
  Eigen::Vector3d w_S_;
};

}  // namespace stunt::sim
