#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "stunt/random/random.h"
#include "stunt/sim/error_model.h"
#include "stunt/sim/sample_clock.h"
#include "stunt/sim/sensor_spec.h"
#include "stunt/sim/site.h"
#include "stunt/trace/channel.h"

namespace stunt::sim {

/// Delay of slow signals through a sensor's anti-alias filter and pipeline [s]: how far a sample lags behind the
/// instant at which it is taken.
[[nodiscard]] double GroupDelay(const InertialSensorSpec& sensor, double physics_dt);

/// Errors of one virtual device.
struct DeviceUnit {
  InertialUnit accelerometer;
  InertialUnit gyroscope;
  std::optional<InertialUnit> high_g;
  ClockUnit clock;
};

/// One device as it comes from the factory.
[[nodiscard]] DeviceUnit DrawDevice(const DeviceSpec& spec, random::StreamKey key);

/// Turns the ideal motion at one site into what a device there puts out.
///
/// Order: strap mount (specific force) → unit errors (InertialUnit, turn-on bias) → saturation of the front end, with
/// its recovery → Butterworth low-pass at the physics rate → sample at the clock's instants → + noise (SensorNoise) →
/// quantise → clip. The filters start in the steady state of the first motion.
///
/// Time: sample n is taken as SampleClock says, the first at dt/2; between two steps the filtered signal is
/// interpolated by the cubic through four of them. The stamp is not corrected for the filter: slow motion shows
/// GroupDelay() late. The strap delays slow motion by nothing (its spring and damper both pull).
///
/// Noise: its density below the bandwidth is noise_density, whatever the rate; above, it falls off as the filter does.
/// Everything random is drawn from streams below `key`, the device, the site and the sensor: one key serves a whole
/// case, and another device or sensor leaves these draws as they are.
///
/// Works on blocks of steps: Push() only collects.
class DeviceRecorder {
 public:
  /// @param physics_dt        step of the motion that is pushed [s].
  /// @param first_channel_id  of the accelerometer; gyroscope and wide-range accelerometer have the next ones.
  /// @param unit              the unit that is worn; without it, one is drawn below `key`.
  /// @throws std::invalid_argument if a sensor is impossible (CheckSensor), faster than the physics, or its bandwidth
  ///         above 0.4 / physics_dt.
  DeviceRecorder(const DeviceSpec& spec, std::string_view site, double physics_dt, random::StreamKey key,
                 std::uint32_t first_channel_id, const std::optional<DeviceUnit>& unit = {});
  ~DeviceRecorder();
  DeviceRecorder(DeviceRecorder&&) noexcept;
  DeviceRecorder& operator=(DeviceRecorder&&) noexcept;

  /// Nobody wears it from the next step on: no strap any more.
  void TakeOff();

  /// Motion of the next step; the first one is that of t = dt/2.
  void Push(const SiteMotion& motion);
  /// Motion of the next steps.
  void PushBlock(const MotionBlock& motion);

  /// Accelerometer, gyroscope and, where there is one, wide-range accelerometer with all samples since the last call;
  /// time and sequence run on. A sample between two steps comes once two steps after it are there.
  [[nodiscard]] std::vector<trace::ChannelTrace> Take();

  /// Clock of a channel, in the order of Take(): true times and stamps of all samples, past and to come.
  [[nodiscard]] const SampleClock& clock(std::size_t channel) const;
  /// Errors of the unit that is worn.
  [[nodiscard]] const DeviceUnit& unit() const { return unit_; }

 private:
  class Sensor;
  struct Mount;
  void Work();

  DeviceUnit unit_;
  std::unique_ptr<Mount> mount_;  // null without a strap
  std::vector<std::unique_ptr<Sensor>> sensors_;
  std::unique_ptr<MotionBlock> pending_;
};

/// Number of channels that a device records.
[[nodiscard]] std::uint32_t ChannelCount(const DeviceSpec& spec);

}  // namespace stunt::sim
