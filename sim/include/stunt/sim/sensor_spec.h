#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "stunt/sim/slow_sensor_spec.h"

namespace stunt::sim {

/// One number per axis; a single number stands for all three.
struct PerAxis {
  double x = 0, y = 0, z = 0;

  PerAxis() = default;
  PerAxis(double all) : x(all), y(all), z(all) {}  // NOLINT: as plain as a double where axes are alike
  PerAxis(double on_x, double on_y, double on_z) : x(on_x), y(on_y), z(on_z) {}

  [[nodiscard]] double operator[](std::size_t axis) const { return axis == 0 ? x : axis == 1 ? y : z; }
  bool operator==(const PerAxis&) const = default;
};

/// One three-axis inertial sensor in SI: m/s² for an accelerometer, rad/s for a gyroscope; "unit" below. What ends in
/// _sd is drawn for every virtual unit from a normal distribution about 0 with that standard deviation, each axis (pair
/// of axes) alone; datasheets' "typical" is read as one standard deviation.
struct InertialSensorSpec {
  // Range, resolution, dynamics
  double rate_hz = 100;         // output data rate
  double bandwidth_hz = 40;     // −3 dB of the Butterworth anti-alias filter
  int filter_order = 2;         // even
  double range = 0;             // ± full scale; 0 = unlimited
  double resolution = 0;        // step of the output (quantisation); 0 = continuous
  double clip_recovery_s = 0;   // the front end stays at the end of its range so long after an overload
  double pipeline_delay_s = 0;  // between the filter and the output register; not in the stamp

  // Stochastic
  PerAxis noise_density = {};     // white, one-sided, unit/√Hz: Allan deviation noise_density / √(2τ)
  PerAxis bias_instability = {};  // B of IEEE 952: flicker of Allan deviation 0.664 B
  PerAxis random_walk = {};       // K of IEEE 952, unit/√s: Allan deviation K √(τ/3)

  // Deterministic, by unit
  PerAxis bias = {};                // of every unit: a known offset
  PerAxis bias_sd = {};             // constant bias: the same whenever the unit is switched on
  PerAxis turn_on_bias_sd = {};     // drawn anew whenever it is switched on
  PerAxis scale_sd = {};            // sensitivity error, 1
  PerAxis scale_asymmetry_sd = {};  // sensitivity for positive minus that for negative input, 1
  PerAxis nonlinearity_sd = {};     // largest deviation from the line through the ends of the range, share of the range
  PerAxis misalignment_sd = {};     // share of another axis that an axis reads (cross-axis), 1
  PerAxis bias_per_k_sd = {};       // unit/K about the reference temperature
  PerAxis scale_per_k_sd = {};      // 1/K
  PerAxis rectification_sd = {};   // accelerometer: offset per squared input, unit per unit² (vibration rectification)
  PerAxis g_sensitivity_sd = {};   // gyroscope: rad/s per m/s², from each axis of specific force
  PerAxis g2_sensitivity_sd = {};  // gyroscope: rad/s per (m/s²)², from the same axis of specific force
};

/// Accelerometer and gyroscope on one chip and one clock.
struct ImuSpec {
  InertialSensorSpec accelerometer;
  InertialSensorSpec gyroscope;
};

/// Temperature of the sensors. A profile of points (linear between, constant outside) or, without one, the warm-up on
/// skin: end + (start − end) · exp(−t / time_constant).
struct TemperatureProfile {
  double start_c = 25;
  double end_c = 25;
  double time_constant_s = 600;
  std::vector<std::pair<double, double>> points = {};  // s since the start of the recording, °C

  /// °C. Evaluated at whole seconds and linear between them, so that no two readers round differently.
  [[nodiscard]] double At(double time_s) const;
};

/// Temperature at which bias and scale are those of the datasheet.
inline constexpr double kReferenceTemperature = 25;  // °C

/// When samples are taken and what their stamps say. Sample n is taken at
///   t_n = t_0 + n / rate · (1 + e + d n / (2 rate)) + jitter,
/// and stamped (t_n + data_ready_delay) · (1 + c) + stamp jitter, on the device's clock. e, d and c are drawn by unit.
struct ClockSpec {
  double period_error_sd = 0;     // e, 1: the oscillator on the chip; both its sensors share it
  double period_drift_sd = 0;     // d, 1/s
  double sample_jitter_s = 0;     // standard deviation; cut at 0.2 of a period
  double stamp_error_sd = 0;      // c, 1: the device's crystal
  double stamp_jitter_s = 0;      // standard deviation; cut at 0.2 of a period
  double data_ready_delay_s = 0;  // from taking a sample to its stamp
};

/// From the sensor's queue to whoever reads it.
struct TransportSpec {
  int fifo_depth = 0;      // samples; 0 = no queue, every sample goes out at once
  int fifo_watermark = 0;  // samples that a read waits for
  double latency_s = 0;    // of one read, mean
  double latency_sd_s = 0;
  double loss = 0;         // share of samples that never arrive
  double stall_share = 0;  // share of reads that come late by stall_s; what overflows the queue is lost
  double stall_s = 0;
};

/// What the sensors draw in one way of running.
struct PowerMode {
  std::string name;      // "high_performance", "low_power", "accelerometer_only", "sleep"
  double current_a = 0;  // the part's, not its regulator's
  double rate_hz = 0;    // 0 = any
  std::string source;
};

/// The device on a spring and damper against the limb, axis by axis; where it is loose, free within a play and able to
/// tilt. Without play and tilt it acts on specific force alone.
struct StrapSpec {
  double frequency_hz = 20;      // undamped natural frequency
  double damping_ratio = 0.7;    // of critical
  PerAxis play = {};             // m to either side before the spring pulls
  double tilt_frequency_hz = 0;  // of its rocking about each axis; 0: it does not rock
  double tilt_damping_ratio = 0.5;
  PerAxis tilt_play = {};     // rad to either side
  double lever_m = 0.006;     // of the device's centre of mass above what carries it, along z of S
  double gyration_m = 0.012;  // the device's radius of gyration

  [[nodiscard]] bool Loose() const { return play.x > 0 || play.y > 0 || play.z > 0 || tilt_frequency_hz > 0; }
};

/// A strap that is less tight: 1 as it is, 0 hardly closed. Springs go down to 0.4 of their frequency and half of their
/// damping; 3 mm and 4° of play come in, and rocking from 20 Hz down (all EST).
[[nodiscard]] StrapSpec Loosened(const StrapSpec& strap, double tightness);

/// When readings of the wide-range accelerometer replace those of the fine one.
struct HandOverSpec {
  double enter = 0;   // m/s²: any axis of the fine one reaches this
  double leave = 0;   // m/s²: all axes of the wide one are below it …
  double hold_s = 0;  // … for so long
};

struct DeviceSpec {
  std::string name;
  ImuSpec imu;
  std::optional<StrapSpec> strap;
  std::string source;                             // where the numbers come from
  std::optional<InertialSensorSpec> high_g = {};  // accelerometer of the wide range
  HandOverSpec hand_over = {};                    // with high_g
  ClockSpec clock = {};
  TransportSpec transport = {};
  TemperatureProfile temperature = {};
  SlowSensorSpecs slow = {};          // barometer, magnetometer, GNSS, heart rate, microphone
  double supply_v = 0;                // of the sensors; 0 = not known
  std::vector<PowerMode> power = {};  // by mode
};

}  // namespace stunt::sim
