#pragma once

#include <cmath>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "stunt/hil/system_under_test.h"
#include "stunt/trace/recording.h"

namespace stunt::testing {

constexpr std::int64_t kSecond = 1'000'000'000;

/// Fires once for every stretch of accelerometer samples that exceed 30 m/s² in norm. Keeps what it was pushed.
class ThresholdDouble : public hil::SystemUnderTest {
 public:
  absl::StatusOr<hil::DetectorInfo> Describe() override { return info; }

  absl::Status Open(const std::vector<trace::ChannelSpec>& specs, const hil::SessionOptions&) override {
    channels = specs;
    blocks.clear();
    pending.clear();
    summary = {};
    above_ = false;
    return absl::OkStatus();
  }

  absl::Status Push(const trace::SampleBlock& block) override {
    blocks.push_back(block);
    for (std::size_t i = 0; IsAccelerometer(block.channel_id) && i < block.size(); ++i) Look(block, i);
    summary.consumed_through_ns = block.TimeNs(block.size() - 1);
    ++summary.inference_count;
    return absl::OkStatus();
  }

  absl::StatusOr<std::vector<trace::Detection>> Poll() override { return std::exchange(pending, {}); }
  absl::StatusOr<hil::SessionSummary> Flush() override { return summary; }

  hil::DetectorInfo info{"threshold", "1.0", "none", {"fall"}, {}};
  std::vector<trace::ChannelSpec> channels;
  std::vector<trace::SampleBlock> blocks;
  std::vector<trace::Detection> pending;
  hil::SessionSummary summary;
  bool alarms = true;  // false: what it says are candidates only

 private:
  bool IsAccelerometer(std::uint32_t channel_id) const {
    for (const trace::ChannelSpec& spec : channels) {
      if (spec.channel_id == channel_id) return spec.kind == trace::SensorKind::kAccelerometer;
    }
    return false;
  }

  void Look(const trace::SampleBlock& block, std::size_t i) {
    const float* const v = block.values.data() + i * static_cast<std::size_t>(block.axes);
    const float norm = std::sqrt(v[0] * v[0] + v[1] * v[1] + v[2] * v[2]);
    if (norm > 30.F && !above_) {
      trace::Detection detection;
      detection.detection_id = std::to_string(block.first_sequence + i);
      detection.label = "fall";
      detection.score = static_cast<double>(norm) / 3;
      detection.decision_sample_time_ns = block.TimeNs(i);
      detection.first_input_device_ns = block.TimeNs(i) + 7;
      detection.decision_device_ns = block.TimeNs(i) + 11;
      detection.claimed_start_ns = block.TimeNs(i) - kSecond / 3;
      detection.above_threshold = alarms;
      detection.quantity = 1.25;
      detection.quantity_unit = "m/s";
      pending.push_back(detection);
    }
    above_ = norm > 30.F;
  }

  bool above_ = false;
};

/// One channel of `axes` values a sample; value(t in s, axis).
inline trace::ChannelTrace MakeChannel(std::uint32_t id, trace::SensorKind kind, double rate_hz, double duration_s,
                                       const std::function<double(double, int)>& value, int axes = 3) {
  trace::ChannelTrace channel;
  channel.spec.channel_id = id;
  channel.spec.kind = kind;
  channel.spec.device = "watch@left_wrist";
  channel.spec.clock = "watch";
  channel.spec.site = "left_wrist";
  channel.spec.axes = axes;
  channel.spec.rate_hz = rate_hz;
  channel.samples.channel_id = id;
  channel.samples.axes = axes;
  channel.samples.period_ns = std::llround(1e9 / rate_hz);
  for (int i = 0; i < std::lround(duration_s * rate_hz); ++i) {
    for (int axis = 0; axis < axes; ++axis) {
      channel.samples.values.push_back(static_cast<float>(value(i / rate_hz, axis)));
    }
  }
  return channel;
}

/// Ten seconds of a watch: accelerometer at 100 Hz with bumps above 30 m/s² at 3.2 s and 7.51 s, gyroscope at 50 Hz.
inline trace::Recording TwoBumps() {
  trace::Recording recording;
  recording.info.case_id = "two_bumps";
  recording.info.end_ns = 10 * kSecond;
  const auto bump = [](double t, double at) { return 40 * std::exp(-std::pow((t - at) / 0.03, 2)); };
  const auto acceleration = [bump](double t, int axis) {
    return axis == 2 ? 9.81 + 0.3 * std::sin(11 * t) + bump(t, 3.2) + bump(t, 7.51) : 0.7 * std::cos(3 * t + axis);
  };
  recording.channels.push_back(MakeChannel(1, trace::SensorKind::kAccelerometer, 100, 10, acceleration));
  recording.channels.push_back(MakeChannel(2, trace::SensorKind::kGyroscope, 50, 10,
                                           [](double t, int axis) { return 0.2 * std::sin(5 * t + axis); }));
  return recording;
}

}  // namespace stunt::testing
