#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace stunt::trace {

/// Physical quantity that one channel carries. Values match SensorKind of proto/stunt/v1/types.proto.
enum class SensorKind : int {
  kUnspecified = 0,
  kAccelerometer = 1,       // specific force, m/s², 3 axes, sensor frame; at rest +9.81 on the up axis
  kGyroscope = 2,           // angular rate, rad/s, 3 axes, sensor frame
  kMagnetometer = 3,        // µT, 3 axes, sensor frame
  kBarometer = 4,           // Pa
  kHeartRate = 5,           // beats per minute
  kGnss = 6,                // latitude deg, longitude deg, altitude m, speed m/s, course deg, horizontal accuracy m
  kSoundLevel = 7,          // dB re 20 µPa
  kPpg = 8,                 // raw optical intensity, relative
  kHighGAccelerometer = 9,  // as kAccelerometer, from the wide range part
  kTemperature = 10,        // °C
};

/// One stream of samples of one sensor of one device.
struct ChannelSpec {
  std::uint32_t channel_id = 0;  // unique within a recording
  SensorKind kind = SensorKind::kUnspecified;
  std::string device;      // "watch@left_wrist": one set of sensors with one clock
  std::string clock;       // clock id; channels of a device share it
  std::string site;        // "left_wrist"
  std::string unit;        // as SensorKind says; for reports
  int axes = 3;            // values per sample
  double rate_hz = 0;      // nominal output data rate
  double range = 0;        // ± full scale, channel unit; 0 = unlimited
  double resolution = 0;   // step of the digital output, channel unit; 0 = continuous
  int fifo_watermark = 0;  // samples delivered together; 0 = each at once
};

/// A contiguous run of samples of ONE channel.
///
/// Sample i has sequence first_sequence + i and sensor time first_time_ns + i · period_ns, unless time_offsets_ns is
/// given; then its time is first_time_ns + time_offsets_ns[i].
struct SampleBlock {
  std::uint32_t channel_id = 0;
  std::uint64_t first_sequence = 0;
  std::int64_t first_time_ns = 0;  // on the channel's clock
  std::int64_t period_ns = 0;
  std::vector<std::int64_t> time_offsets_ns;  // empty, or one per sample, not decreasing
  int axes = 3;
  std::vector<float> values;  // samples × axes, interleaved, channel unit

  [[nodiscard]] std::size_t size() const { return values.size() / static_cast<std::size_t>(axes); }
  [[nodiscard]] std::int64_t TimeNs(std::size_t i) const {
    return first_time_ns + (time_offsets_ns.empty() ? static_cast<std::int64_t>(i) * period_ns : time_offsets_ns[i]);
  }
};

/// A channel with everything that was recorded on it.
struct ChannelTrace {
  ChannelSpec spec;
  SampleBlock samples;
};

}  // namespace stunt::trace
