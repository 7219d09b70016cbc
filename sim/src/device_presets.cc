#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <numbers>
#include <stdexcept>

#include "stunt/sim/device.h"

namespace stunt::sim {
namespace {

// Datasheet units.
constexpr double G(double g) { return g * kStandardGravity; }
constexpr double MilliG(double mg) { return G(mg * 1e-3); }
constexpr double MicroG(double ug) { return G(ug * 1e-6); }
constexpr double DegreesPerSecond(double dps) { return dps * std::numbers::pi / 180; }
constexpr double MilliDegreesPerSecond(double mdps) { return DegreesPerSecond(mdps * 1e-3); }

// No error of its own, but band-limited like any sampled signal.
DeviceSpec Ideal() {
  const InertialSensorSpec sensor = {
      .rate_hz = 200,      // twice what watches offer
      .bandwidth_hz = 80,  // a tone that folds onto 80 Hz is 120 Hz and comes through at 0.19
      .filter_order = 4,
  };
  return {
      .name = "ideal", .imu = {sensor, sensor}, .strap = std::nullopt, .source = "no part: limits of sampling alone"};
}

// LSM6DSO class: catalogue row LSM6DSO.
DeviceSpec Watch() {
  const InertialSensorSpec accelerometer = {
      .rate_hz = 100,                // the part's 104 Hz at the rate that watch software offers
      .bandwidth_hz = 40,            // EST: below Nyquist; the part offers rate/2 and rate/4
      .filter_order = 4,             // EST
      .range = G(16),                // datasheet
      .resolution = MilliG(0.488),   // datasheet, at ±16 g
      .noise_density = MicroG(110),  // datasheet, at ±16 g (70 at ±4 g)
      .bias_sd = MilliG(20),         // zero-g level offset, typical; read as one standard deviation
  };
  const InertialSensorSpec gyroscope = {
      .rate_hz = 100,
      .bandwidth_hz = 33,  // the part's second low-pass at 104 Hz
      .filter_order = 4,   // EST
      .range = DegreesPerSecond(2000),
      .resolution = MilliDegreesPerSecond(70),  // datasheet, at ±2000 dps
      .noise_density = MilliDegreesPerSecond(3.8),
      .bias_sd = DegreesPerSecond(1),  // zero-rate level, typical; read as one standard deviation
  };
  return {.name = "watch",
          .imu = {accelerometer, gyroscope},
          .strap = StrapSpec{20, 0.7},  // middle of 15–25 Hz and 0.5–0.9 (docs/physics.md)
          .source = "ST LSM6DSO datasheet; filter orders and strap are estimates"};
}

// What the WEDA-FALL recordings (Marques & Moreno 2023, Fitbit Sense) show of their watch.
DeviceSpec FitnessWatch() {
  const InertialSensorSpec accelerometer = {
      .rate_hz = 50,       // rate of the published files
      .bandwidth_hz = 18,  // EST: not published. Falls were sampled at 39.8 Hz (Nyquist 19.9) and re-timed to 50
      .filter_order = 2,   // EST: simulated falls matched best with second order, 14–22 Hz
      .range = G(4),       // largest |axis| in 969 trials: 39.2 m/s²
      .resolution = 0.1,   // m/s², rounding in the files
      .noise_density = MicroG(160),  // EST: BMI270 class; far below the rounding
      .bias_sd = MilliG(20),         // EST: as above
  };
  const InertialSensorSpec gyroscope = {
      .rate_hz = 50,
      .bandwidth_hz = 18,  // EST: as the accelerometer
      .filter_order = 2,   // EST
      .range = DegreesPerSecond(2000),
      .resolution = 0.1,                          // rad/s, rounding in the files
      .noise_density = MilliDegreesPerSecond(7),  // EST: BMI270 class
      .bias_sd = DegreesPerSecond(0.5),           // EST: as above
  };
  return {.name = "fitness_watch",
          .imu = {accelerometer, gyroscope},
          .strap = StrapSpec{20, 0.7},
          .source = "range, rate and rounding of the WEDA-FALL recordings (Fitbit Sense); the rest is estimated"};
}

// SisFall's recorder (Sucerquia et al. 2017) on a belt: ADXL345 and ITG3200.
DeviceSpec Belt() {
  const InertialSensorSpec accelerometer = {
      .rate_hz = 200,                // paper
      .bandwidth_hz = 80,            // EST: the ADXL345 halves its rate (100 Hz at −3 dB); kept clear of Nyquist
      .filter_order = 2,             // EST
      .range = G(16),                // paper
      .resolution = MilliG(3.9),     // paper: 13 bit over ±16 g
      .noise_density = MicroG(290),  // recalled from the ADXL345 datasheet (0.75 to 1.1 LSB rms at 100 Hz)
      .bias_sd = MilliG(40),         // recalled from the ADXL345 datasheet
  };
  const InertialSensorSpec gyroscope = {
      .rate_hz = 200,
      .bandwidth_hz = 42,  // EST: a low-pass setting of the ITG3200 that suits 200 Hz
      .filter_order = 2,   // EST
      .range = DegreesPerSecond(2000),
      .resolution = DegreesPerSecond(4000.0 / 65536),  // paper: 16 bit over ±2000 dps
      .noise_density = MilliDegreesPerSecond(30),      // recalled from the ITG3200 datasheet
      .bias_sd = DegreesPerSecond(2),                  // EST: after a calibration; the part alone is worse
  };
  return {.name = "belt",
          .imu = {accelerometer, gyroscope},
          .strap = std::nullopt,  // tight on the pelvis
          .source = "ranges, rate and bits of the SisFall paper; noise recalled from ADXL345 and ITG3200 datasheets"};
}

const std::array<DeviceSpec, 4>& Presets() {
  static const std::array<DeviceSpec, 4> kPresets = {Belt(), FitnessWatch(), Ideal(), Watch()};
  return kPresets;
}

}  // namespace

std::vector<std::string> DeviceNames() {
  std::vector<std::string> names;
  for (const DeviceSpec& device : Presets()) names.push_back(device.name);
  return names;
}

const DeviceSpec& FindDevice(std::string_view name) {
  const auto found = std::ranges::find(Presets(), name, &DeviceSpec::name);
  if (found == Presets().end()) {
    throw std::invalid_argument(fmt::format("unknown device '{}' (known: {})", name, fmt::join(DeviceNames(), ", ")));
  }
  return *found;
}

}  // namespace stunt::sim
