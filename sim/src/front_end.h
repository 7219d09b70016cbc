#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "stunt/sim/error_model.h"

namespace stunt::sim::internal {

/// Deviation of the temperature from the reference over a stretch of samples.
class Thermometer {
 public:
  explicit Thermometer(TemperatureProfile profile) : profile_(std::move(profile)) {}

  [[nodiscard]] bool constant() const { return profile_.points.empty() && profile_.start_c == profile_.end_c; }
  /// K above kReferenceTemperature at start, start + step, … [s].
  void Fill(double start, double step, std::span<double> out) const;

 private:
  TemperatureProfile profile_;
};

/// The analogue part of one sensor: unit errors (see InertialUnit) and saturation, over whole blocks.
class FrontEnd {
 public:
  FrontEnd(const InertialSensorSpec& spec, const InertialUnit& unit, const Eigen::Vector3d& turn_on_bias, double dt);

  [[nodiscard]] bool needs_temperature() const;

  /// Errors in place. @param warmth  K above the reference, one per sample. @param force  empty for an accelerometer.
  void AddErrors(AxisBlock& x, const AxisBlock* force, std::span<const double> warmth);
  /// Saturates at the range and stays there for the recovery time.
  void Clip(AxisBlock& x);

 private:
  struct Axis {
    std::array<double, 3> row;      // of (1 + scale) M
    std::array<double, 3> aligned;  // of M
    double bias, asymmetry, nonlinearity, rectification, g2, bias_per_k, scale_per_k;
    std::array<double, 3> g;
    bool any_g;
  };
  void AddAxis(Axis axis, std::size_t own, const AxisBlock& in, const AxisBlock* force, std::span<const double> warmth,
               std::vector<double>& out) const;

  std::array<Axis, 3> axes_;
  double range_;                            // infinite without one
  long recovery_;                           // steps
  std::array<long, 3> held_ = {0, 0, 0};    // steps that an axis still stays clipped
  std::array<double, 3> sign_ = {0, 0, 0};  // … at this end
  AxisBlock work_;
};

/// Rounds to a grid and clips to the outermost grid points within the range.
class Converter {
 public:
  Converter(double resolution, double range);
  void Convert(std::span<double> values) const;

 private:
  double resolution_;
  double largest_;  // infinite without a range
};

}  // namespace stunt::sim::internal
