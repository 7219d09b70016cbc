#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "stunt/random/random.h"
#include "stunt/sim/sample_clock.h"
#include "stunt/sim/slow_sensor_spec.h"
#include "stunt/sim/surroundings.h"
#include "stunt/trace/channel.h"

namespace stunt::sim {

/// What is true at a device's site after a step.
struct SiteState {
  double time_s = 0;                       // end of the step
  double dt_s = 0;                         // its length
  Eigen::Vector3d position_W = {0, 0, 0};  // m
  Eigen::Vector3d velocity_W = {0, 0, 0};  // m/s
  Eigen::Matrix3d R_WS = Eigen::Matrix3d::Identity();
  double specific_force = 0;   // |f| [m/s²]
  double temperature_c = 25;   // of the device
  double heart_bpm = 0;        // 0: on nobody
  double body_sound_pa = 0;    // sound pressure that the body's impacts make at 1 m
  double body_distance_m = 1;  // from there to the device
};

/// The slow sensors of one device at one site. Samples are taken at the end of the step in which they are due: up to
/// one step later than the clock says.
///
/// Everything random comes from streams below `key`, the device, the site and the sensor.
class SlowRecorder {
 public:
  /// @param clock  the device's; its unit's errors are those of the inertial sensors of the same device.
  /// @throws std::invalid_argument for a rate that is not above 0 and at most 1/physics_dt.
  SlowRecorder(const SlowSensorSpecs& specs, const ClockSpec& clock, const ClockUnit& unit,
               const Surroundings& surroundings, std::string_view device, std::string_view site, double physics_dt,
               random::StreamKey key, std::uint32_t first_channel_id);
  ~SlowRecorder();
  SlowRecorder(SlowRecorder&&) noexcept;
  SlowRecorder& operator=(SlowRecorder&&) noexcept;

  /// Call once after every step.
  void Step(const SiteState& state);

  /// What the device put out since the last call, a channel a sensor.
  [[nodiscard]] std::vector<trace::ChannelTrace> Take();
  /// The same instants without errors: the truth of every channel, stamped with the simulated time. Call with Take().
  [[nodiscard]] std::vector<trace::ChannelTrace> TakeTruth();

 private:
  class Channel;
  std::vector<std::unique_ptr<Channel>> channels_;
};

}  // namespace stunt::sim
