#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <vector>

#include "stunt/sim/device.h"

/// The device once more, sample by sample with textbook formulas and libm: slow, simple, and sharing with the
/// vectorised one only the specification, the unit's errors and the counter-based bits.
namespace stunt::sim::testing {

/// Normal deviate number n of a stream: Box–Muller on the Philox word that FillNormals documents.
[[nodiscard]] double NormalAt(random::StreamKey key, std::uint64_t n);

/// Flicker noise of one axis at sample n: Σ over octaves of cubic B-splines through independent normals, summed
/// directly.
[[nodiscard]] double FlickerAt(double coefficient, double period, int finest, random::StreamKey key, std::uint64_t n);

/// Random walk of one axis at sample n.
[[nodiscard]] double WalkAt(double coefficient, double period, int finest, random::StreamKey key, int axis,
                            std::uint64_t n);

struct ScalarSamples {
  std::vector<Eigen::Vector3d> values;
  std::vector<std::int64_t> stamps_ns;
};

/// What one sensor of a device puts out. @param force  specific force at the sensor, after the strap; `input` the same
/// or the angular rate. @param key  of the sensor. Noise levels are those of `flicker_level` and `walk_level`.
struct ScalarSensor {
  InertialSensorSpec spec;
  InertialUnit unit;
  ClockSpec clock_spec;
  ClockUnit clock;
  TemperatureProfile temperature;
  random::StreamKey key;
  random::StreamKey jitter;
  double dt = 1e-3;
  bool gyroscope = false;
  std::array<int, 3> flicker_level = {0, 0, 0};
  int walk_level = 0;

  [[nodiscard]] ScalarSamples Run(const std::vector<Eigen::Vector3d>& input,
                                  const std::vector<Eigen::Vector3d>& force) const;
};

/// Mass on a spring and damper whose support moves, sample by sample.
[[nodiscard]] std::vector<Eigen::Vector3d> ScalarStrap(const std::vector<Eigen::Vector3d>& input,
                                                       const StrapSpec& strap, double dt);

}  // namespace stunt::sim::testing
