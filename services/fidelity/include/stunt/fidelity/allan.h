#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "stunt/metrics/allan.h"
#include "stunt/sim/sensor_spec.h"
#include "stunt/trace/recording.h"

/// Allan deviations of sensors at rest, recorded and simulated.
namespace stunt::fidelity {

/// Of the six axes of an IMU: accelerometer x, y, z [m/s²], gyroscope x, y, z [rad/s].
struct StaticCurves {
  std::string name;
  double rate_hz = 0;
  std::size_t samples = 0;  // of each axis
  std::array<std::vector<metrics::AllanPoint>, 6> curves;
  std::array<metrics::AllanCoefficients, 6> fits;
};

/// @throws trace::InputError without an accelerometer and a gyroscope of one rate, or with fewer than 100 samples.
[[nodiscard]] StaticCurves CurvesOf(const trace::Recording& recording);

struct StaticSettings {
  double seconds = 3600;
  std::uint64_t units = 8;  // the curves are root mean squares over so many
  std::uint64_t seed = 0;
};

/// Of units of a device at rest with z up.
[[nodiscard]] StaticCurves SimulateStatic(const sim::DeviceSpec& device, const StaticSettings& settings);

/// Both in one picture: six panels, log over log; the recording with its 95 % band.
[[nodiscard]] std::string AllanSvg(const StaticCurves& simulated, const std::optional<StaticCurves>& recorded);

}  // namespace stunt::fidelity
