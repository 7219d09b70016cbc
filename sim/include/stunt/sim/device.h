#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "stunt/random/random.h"
#include "stunt/sim/site.h"
#include "stunt/trace/channel.h"

namespace stunt::sim {

/// One three-axis inertial sensor, in SI: m/s² for an accelerometer, rad/s for a gyroscope.
struct InertialSensorSpec {
  double rate_hz = 100;      // output data rate
  double bandwidth_hz = 40;  // −3 dB of the Butterworth anti-alias filter
  int filter_order = 2;      // even
  double range = 0;          // ± full scale; 0 = unlimited
  double resolution = 0;     // step of the output; 0 = continuous
  double noise_density = 0;  // white, one-sided, unit/√Hz
  double bias_sd = 0;        // turn-on bias of one unit: standard deviation over units, each axis
};

/// Accelerometer and gyroscope on one chip and one clock.
struct ImuSpec {
  InertialSensorSpec accelerometer;
  InertialSensorSpec gyroscope;
};

/// The device on a spring and damper against the limb; acts on specific force, axis by axis.
struct StrapSpec {
  double frequency_hz = 20;    // undamped natural frequency
  double damping_ratio = 0.7;  // of critical
};

struct DeviceSpec {
  std::string name;
  ImuSpec imu;
  std::optional<StrapSpec> strap;
  std::string source;  // where the numbers come from
};

/// Names that FindDevice knows.
[[nodiscard]] std::vector<std::string> DeviceNames();

/// @throws std::invalid_argument for an unknown name; the message lists the known ones.
[[nodiscard]] const DeviceSpec& FindDevice(std::string_view name);

/// Delay of slow signals through a sensor's anti-alias filter [s]: how far a sample lags behind its time stamp.
[[nodiscard]] double GroupDelay(const InertialSensorSpec& sensor, double physics_dt);

/// Turns the ideal motion at one site into what a device there puts out.
///
/// Order: strap mount (accelerometer) → + turn-on bias → saturation of the front end → Butterworth low-pass at the
/// physics rate → sample → + noise → quantise → clip. The filters start in the steady state of the first motion.
///
/// Time: sample n is taken at dt/2 + n / rate_hz on the device's clock, which is the simulated clock; between two steps
/// the filtered signal is interpolated linearly. The stamp is the instant at which the sample left the filter. It is
/// not corrected for the filter: slow motion shows GroupDelay() late. The strap delays slow motion by nothing (its
/// spring and damper both pull).
///
/// Noise: its density below the bandwidth is noise_density, whatever the rate; above, it falls off as the filter does.
/// Bias and noise are drawn from streams below `key`, the device, the site and the sensor: one key serves a whole case,
/// and another device or sensor leaves these draws as they are.
class DeviceRecorder {
 public:
  /// @param physics_dt        step of the motion that is pushed [s].
  /// @param first_channel_id  of the accelerometer; the gyroscope has the next one.
  /// @throws std::invalid_argument if a sensor is faster than the physics, or its bandwidth above 0.4 / physics_dt.
  DeviceRecorder(const DeviceSpec& spec, std::string_view site, double physics_dt, random::StreamKey key,
                 std::uint32_t first_channel_id);
  ~DeviceRecorder();
  DeviceRecorder(DeviceRecorder&&) noexcept;
  DeviceRecorder& operator=(DeviceRecorder&&) noexcept;

  /// Nobody wears it from the next step on: no strap any more.
  void TakeOff();

  /// Motion of the next step; the first one is that of t = dt/2.
  void Push(const SiteMotion& motion);

  /// The accelerometer and the gyroscope with all samples since the last call; time and sequence run on.
  [[nodiscard]] std::vector<trace::ChannelTrace> Take();

 private:
  class Sensor;
  struct Mount;
  std::unique_ptr<Mount> mount_;  // null without a strap
  std::unique_ptr<Sensor> accelerometer_;
  std::unique_ptr<Sensor> gyroscope_;
};

}  // namespace stunt::sim
