#pragma once

#include <Eigen/Core>
#include <cmath>
#include <vector>

#include "stunt/sim/error_model.h"

namespace stunt::sim::internal {

/// Second-order section H(z) = (b0 + b1 z⁻¹ + b2 z⁻²) / (1 + a1 z⁻¹ + a2 z⁻²) of unit gain at zero frequency, applied
/// to three axes (transposed direct form II).
class Section {
 public:
  /// Bilinear transform of (ω² + 2ζω s · lead) / (s² + 2ζω s + ω²), prewarped at ω.
  /// @param lead  0: low-pass. 1: what a mass on a spring and damper does when its support moves.
  Section(double frequency_hz, double damping_ratio, double lead, double dt);

  /// Puts the section into the state of having seen `input` for ever.
  void Settle(const Eigen::Vector3d& input);
  [[nodiscard]] Eigen::Vector3d Step(const Eigen::Vector3d& input) {
    const Eigen::Vector3d output = b0_ * input + z1_;
    z1_ = (b1_ * input + z2_) - a1_ * output;
    z2_ = b2_ * input - a2_ * output;
    return output;
  }
  /// Steps over whole axes, in place.
  void Filter(AxisBlock& x);
  /// … and another section behind this one: two waits at once.
  void Filter(Section& next, AxisBlock& x);
  /// Delay of slow signals [s].
  [[nodiscard]] double GroupDelay() const { return group_delay_; }
  /// What a sample leaves of the section's past: radius of its complex pair of poles.
  [[nodiscard]] double Decay() const { return std::sqrt(a2_); }

 private:
  double b0_, b1_, b2_, a1_, a2_;
  double group_delay_;
  Eigen::Vector3d z1_ = {0, 0, 0};
  Eigen::Vector3d z2_ = {0, 0, 0};
};

/// Butterworth low-pass of even order: |H|² = 1 / (1 + (tan(π f dt) / tan(π f_c dt))^(2 order)).
class Butterworth {
 public:
  /// @pre order even and positive, 0 < bandwidth_hz < 1 / (2 dt).
  Butterworth(double bandwidth_hz, int order, double dt);

  void Settle(const Eigen::Vector3d& input);
  [[nodiscard]] Eigen::Vector3d Step(const Eigen::Vector3d& input) {
    Eigen::Vector3d signal = input;
    for (Section& section : sections_) signal = section.Step(signal);
    return signal;
  }
  void Filter(AxisBlock& x);
  [[nodiscard]] double GroupDelay() const;
  /// Decay of the section that forgets last.
  [[nodiscard]] double SlowestDecay() const;

 private:
  std::vector<Section> sections_;
};

}  // namespace stunt::sim::internal
