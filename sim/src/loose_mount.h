#pragma once

#include <Eigen/Core>

#include "stunt/sim/error_model.h"
#include "stunt/sim/sensor_spec.h"

namespace stunt::sim::internal {

/// A device that moves against its site: free within its play, then on spring and damper, in translation and rotation.
///
/// Axes of S. x is the device's displacement, θ its small rotation vector; f and w are specific force and angular rate
/// of the site:
///   x″ = −f − ω² d(x) − 2ζω x′,              f_device = f + x″,
///   θ″ = −w′ + (−h e_z × f_device) / k² − ω_t² d(θ) − 2ζ_t ω_t θ′,   w_device = w + θ′,
/// both then turned by −θ; d(x) is what of x exceeds the play. Within it only friction acts (a twentieth of the
/// damping). Dampers and stiff springs are taken implicitly: it is stable at any stiffness.
class LooseMount {
 public:
  LooseMount(const StrapSpec& spec, double dt);

  /// In place. The first step begins at rest against the spring.
  void Apply(MotionBlock& motion);

 private:
  using Vec = Eigen::Array3d;

  /// Three axes of a spring and damper behind a gap.
  struct Suspension {
    double stiffness = 0;  // ω²
    double damping = 0;    // 2ζω
    Vec play = {0, 0, 0};
    Vec x = {0, 0, 0}, v = {0, 0, 0};

    [[nodiscard]] Vec Stretch() const;  // d(x)
    void Settle(const Vec& push);
    /// One step under the acceleration `push`. @returns x″.
    Vec Step(const Vec& push, double dt);
  };

  [[nodiscard]] Vec Moment(const Vec& force) const;

  double dt_;
  bool turns_;
  double lever_;  // h / k², 1/m
  Suspension slide_, turn_;
  Vec last_rate_ = {0, 0, 0};
  bool started_ = false;
};

}  // namespace stunt::sim::internal
