#pragma once

#include <cstdint>
#include <optional>

/// Sensors that are read a few times a second (docs/devices.md says where the numbers come from). SI units.
namespace stunt::sim {

/// Pressure sensor. Output = low-pass of the true pressure + bias + drift with temperature + noise, rounded and
/// clipped.
struct BarometerSpec {
  double rate_hz = 25;
  double bandwidth_hz = 6;     // −3 dB of its first-order low-pass
  double noise_rms = 1;        // Pa, of one sample
  double bias_sd = 50;         // Pa, by unit: absolute accuracy
  double bias_per_k_sd = 0.6;  // Pa/K about 25 °C, by unit
  double resolution = 0.024;   // Pa
  double range_lo = 26e3, range_hi = 126e3;
};

/// Output = soft iron · field in S + hard iron + noise, µT.
struct MagnetometerSpec {
  double rate_hz = 50;
  double noise_rms = 0.4;      // µT, of one sample and axis
  double hard_iron_sd = 3;     // µT, what calibration leaves, by case and axis
  double soft_iron_sd = 0.02;  // 1, of each element, by unit
  double disturbance_sd = 8;   // µT by axis, of iron in a building; indoors only
  double resolution = 0.15;    // µT
  double range = 4900;         // µT
};

/// One fix a second: latitude and longitude [deg], altitude [m], speed [m/s], course [deg], horizontal accuracy [m];
/// without a fix the accuracy is −1 and the rest 0. Position errors are a first-order Gauss–Markov process; speed
/// is that of the second before, so that an arm's swing averages out, with white errors of its own (Doppler).
struct GnssSpec {
  double rate_hz = 1;
  double position_sd_open = 2.5, position_sd_urban = 8;  // m, east and north each; up 1.7 times
  double correlation_s = 60;
  double speed_sd_open = 0.08, speed_sd_urban = 0.4;  // m/s, east and north each
  double outages_per_min_urban = 0.5, outage_s = 8;   // mean length
};

/// Heart rate as the device reports it, beats per minute; 0 = none. Optical: averaged over `window_s`; errors grow with
/// the motion at the site, and while it is rhythmic the reading can lock on to its cadence. Electrical: hardly
/// disturbed.
struct HeartRateSpec {
  bool optical = true;
  double rate_hz = 1;
  double window_s = 8;          // time constant of its averaging
  double noise_rest_bpm = 2.5;  // standard deviation, slow (correlated over 10 s)
  double noise_motion_bpm = 5;  // in addition where |a| varies by 1 g rms at the site
  double lock_per_min = 0.03;   // rate of locking on to the cadence, while there is one
  double lock_s = 20;           // mean time that it stays locked
  double dropout_per_min = 0.05;
  double dropout_s = 10;  // mean
};

/// Sound level with the time weighting F (125 ms), dB re 20 µPa.
struct MicrophoneSpec {
  double rate_hz = 8;
  double floor_db = 30;  // own noise
  double overload_db = 120;
  double error_sd_db = 1.5;  // sensitivity, by unit
  double resolution_db = 0.1;
};

struct SlowSensorSpecs {
  std::optional<BarometerSpec> barometer = {};
  std::optional<MagnetometerSpec> magnetometer = {};
  std::optional<GnssSpec> gnss = {};
  std::optional<HeartRateSpec> heart_rate = {};
  std::optional<MicrophoneSpec> microphone = {};

  [[nodiscard]] std::uint32_t Count() const;
};

}  // namespace stunt::sim
