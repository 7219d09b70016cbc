#include "stunt/sim/transport.h"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "stunt/sim/device.h"

namespace stunt::sim {
namespace {

constexpr random::StreamKey kKey{77, 1};

DeviceSpec Plain(double rate = 100) {
  DeviceSpec spec = {.name = "plain", .imu = {}, .strap = {}, .source = ""};
  spec.imu.accelerometer = {.rate_hz = rate, .bandwidth_hz = 0.4 * rate, .filter_order = 2};
  spec.imu.gyroscope = spec.imu.accelerometer;
  return spec;
}

struct Recorded {
  DeviceRecorder recorder;
  trace::ChannelTrace channel;
};

// The signal is time itself: a ramp comes out of any filter as a ramp, late by the group delay.
Recorded Ramp(const DeviceSpec& spec, double seconds, const std::optional<DeviceUnit>& unit = {}) {
  DeviceRecorder recorder(spec, "left_wrist", 1e-3, kKey, 1, unit);
  for (int k = 0; k < static_cast<int>(std::lround(seconds * 1000)); ++k)
    recorder.Push({{(k + 0.5) * 1e-3, 0, 0}, {0, 0, 0}});
  trace::ChannelTrace channel = recorder.Take()[0];
  return {std::move(recorder), std::move(channel)};
}

// True time of a sample, read off its value.
double TimeOf(const trace::ChannelTrace& channel, std::size_t i, const InertialSensorSpec& spec) {
  return static_cast<double>(channel.samples.values[3 * i]) + GroupDelay(spec, 1e-3);
}

TEST(SampleClock, RateErrorAndDriftShowInTheSignalAndNotInTheStamps) {
  DeviceSpec spec = Plain();
  DeviceUnit unit;
  unit.clock = {.period_error = 400e-6, .period_drift = 2e-6, .stamp_error = -30e-6};
  const Recorded recorded = Ramp(spec, 100, unit);
  // t = 0.0005 + τ (1 + 400e-6 + 1e-6 τ): after 90 s, 36 ms and 8.1 ms late.
  const std::size_t n = 9000;
  EXPECT_NEAR(TimeOf(recorded.channel, n, spec.imu.accelerometer), 90.0005 + 0.036 + 0.0081, 1e-5);
  EXPECT_NEAR(1e-9 * static_cast<double>(recorded.channel.samples.TimeNs(n)), 90.0446 * (1 - 30e-6), 1e-8);
  EXPECT_NEAR(recorded.recorder.clock(0).Taken(n), 90.0446, 1e-9);
  EXPECT_EQ(recorded.channel.samples.size(), 9996U - 1U);  // 10 000 at the nominal rate; 5 are still to come
}

TEST(SampleClock, DrawsItsErrorsFromTheTolerances) {
  const ClockSpec spec = {.period_error_sd = 3e-3, .period_drift_sd = 1e-7, .stamp_error_sd = 2e-5};
  double e = 0, d = 0, c = 0;
  for (std::uint64_t i = 0; i < 2000; ++i) {
    const ClockUnit unit = DrawClock(spec, kKey.Derive(i));
    e += unit.period_error * unit.period_error / 2000;
    d += unit.period_drift * unit.period_drift / 2000;
    c += unit.stamp_error * unit.stamp_error / 2000;
  }
  EXPECT_NEAR(std::sqrt(e) / 3e-3, 1, 0.08);
  EXPECT_NEAR(std::sqrt(d) / 1e-7, 1, 0.08);
  EXPECT_NEAR(std::sqrt(c) / 2e-5, 1, 0.08);
}

TEST(SampleClock, JitterOfSamplingIsInTheSignalAndThatOfStampingIsNot) {
  DeviceSpec spec = Plain();
  spec.clock = {.sample_jitter_s = 3e-4, .stamp_jitter_s = 5e-4, .data_ready_delay_s = 2e-3};
  const Recorded recorded = Ramp(spec, 60);
  double sampling = 0, stamping = 0;
  std::int64_t before = -1;
  const std::size_t count = recorded.channel.samples.size();
  for (std::size_t i = 50; i < count; ++i) {  // the filter's start is over
    const double taken = TimeOf(recorded.channel, i, spec.imu.accelerometer);
    const std::int64_t stamp = recorded.channel.samples.TimeNs(i);
    const double j = taken - (0.0005 + 0.01 * static_cast<double>(i));
    const double s = 1e-9 * static_cast<double>(stamp) - taken - 2e-3;
    sampling += j * j;
    stamping += s * s;
    EXPECT_GT(stamp, before);
    before = stamp;
    EXPECT_NEAR(recorded.recorder.clock(0).Taken(i), taken, 1e-5);
  }
  EXPECT_NEAR(std::sqrt(sampling / static_cast<double>(count - 50)) / 3e-4, 1, 0.04);
  EXPECT_NEAR(std::sqrt(stamping / static_cast<double>(count - 50)) / 5e-4, 1, 0.04);
}

TEST(SampleClock, AWildJitterKeepsTheOrder) {
  const SampleClock clock({.sample_jitter_s = 1, .stamp_jitter_s = 1}, {}, 100, 0, kKey);
  for (std::uint64_t n = 1; n < 2000; ++n) {
    EXPECT_GT(clock.Taken(n), clock.Taken(n - 1));
    EXPECT_GT(clock.StampNs(n), clock.StampNs(n - 1));
  }
}

TEST(SampleClock, APipelineDelaysTheSignalBehindItsStamp) {
  DeviceSpec spec = Plain();
  spec.imu.accelerometer.pipeline_delay_s = 0.0043;
  const Recorded recorded = Ramp(spec, 2);
  const double bare = GroupDelay(Plain().imu.accelerometer, 1e-3);
  EXPECT_NEAR(static_cast<double>(recorded.channel.samples.values[3 * 150]), 1.5005 - bare - 0.0043, 1e-6);
}

// ---- queue ----

TEST(Deliver, ReadsWhenTheWatermarkIsReached) {
  DeviceSpec spec = Plain();
  spec.clock.data_ready_delay_s = 1e-3;
  const Recorded recorded = Ramp(spec, 10.1);
  const TransportSpec transport = {.fifo_depth = 64, .fifo_watermark = 25, .latency_s = 4e-3};
  const auto deliveries = Deliver(recorded.channel, recorded.recorder.clock(0), transport, kKey);
  ASSERT_EQ(deliveries.size(), 41U);  // 1010 samples: 40 reads of 25 and a rest
  std::uint64_t sequence = 0;
  for (std::size_t k = 0; k < 40; ++k) {
    const Delivery& d = deliveries[k];
    EXPECT_EQ(d.block.size(), 25U);
    EXPECT_EQ(d.block.first_sequence, sequence);
    // The last of 25 is taken at 0.5 ms + (25 k + 24) · 10 ms, ready 1 ms later, read 4 ms after that.
    EXPECT_EQ(d.delivered_ns, 500'000 + static_cast<std::int64_t>(25 * k + 24) * 10'000'000 + 5'000'000);
    for (std::size_t i = 0; i < 25; ++i) {
      EXPECT_EQ(d.block.TimeNs(i), recorded.channel.samples.TimeNs(sequence + i));
      EXPECT_EQ(d.block.values[3 * i], recorded.channel.samples.values[3 * (sequence + i)]);
    }
    sequence += 25;
  }
  EXPECT_EQ(deliveries.back().block.size(), 10U);
}

TEST(Deliver, WithoutAQueueSendsEverySampleAtOnce) {
  const Recorded recorded = Ramp(Plain(), 1);
  const auto deliveries = Deliver(recorded.channel, recorded.recorder.clock(0), {}, kKey);
  ASSERT_EQ(deliveries.size(), 100U);
  for (std::size_t i = 0; i < 100; ++i) {
    EXPECT_EQ(deliveries[i].block.first_sequence, i);
    EXPECT_EQ(deliveries[i].delivered_ns, recorded.channel.samples.TimeNs(i));
  }
}

TEST(Deliver, AStalledReadOverflowsTheQueueAndLosesTheOldest) {
  const Recorded recorded = Ramp(Plain(), 20);
  // Every read comes 495 ms late: 10 samples wait when it begins, 49 more arrive, 32 find room.
  const TransportSpec transport = {.fifo_depth = 32, .fifo_watermark = 10, .stall_share = 1, .stall_s = 0.495};
  const auto deliveries = Deliver(recorded.channel, recorded.recorder.clock(0), transport, kKey);
  ASSERT_GT(deliveries.size(), 10U);
  EXPECT_EQ(deliveries[0].block.first_sequence, 27U);  // 0 … 26 were pushed out
  for (std::size_t k = 0; k + 1 < deliveries.size(); ++k) {
    EXPECT_EQ(deliveries[k].block.size(), 32U);
    if (k == 0) continue;
    EXPECT_EQ(deliveries[k].block.first_sequence - deliveries[k - 1].block.first_sequence, 59U);
  }
}

TEST(Deliver, LosesItsShareAndSaysWhichByTheSequence) {
  const Recorded recorded = Ramp(Plain(), 100);
  const TransportSpec transport = {.fifo_depth = 64, .fifo_watermark = 20, .loss = 0.03};
  const auto deliveries = Deliver(recorded.channel, recorded.recorder.clock(0), transport, kKey);
  std::set<std::uint64_t> seen;
  for (const Delivery& d : deliveries) {
    for (std::size_t i = 0; i < d.block.size(); ++i) {
      EXPECT_TRUE(seen.insert(d.block.first_sequence + i).second);
      EXPECT_EQ(d.block.TimeNs(i), recorded.channel.samples.TimeNs(d.block.first_sequence + i));
    }
  }
  EXPECT_NEAR(static_cast<double>(10000 - seen.size()), 300, 5 * std::sqrt(300));
  // The same samples are lost however reads fall.
  std::set<std::uint64_t> one_by_one;
  for (const Delivery& d : Deliver(recorded.channel, recorded.recorder.clock(0), {.loss = 0.03}, kKey)) {
    one_by_one.insert(d.block.first_sequence);
  }
  EXPECT_EQ(seen, one_by_one);
}

TEST(Deliver, LatencyVariesByItsDeviationAndReadsKeepTheirOrder) {
  const Recorded recorded = Ramp(Plain(), 100);
  const TransportSpec transport = {.fifo_depth = 8, .fifo_watermark = 2, .latency_s = 0.006, .latency_sd_s = 0.001};
  const auto deliveries = Deliver(recorded.channel, recorded.recorder.clock(0), transport, kKey);
  double sum = 0, squares = 0;
  std::int64_t before = 0;
  for (const Delivery& d : deliveries) {
    const double latency = 1e-9 * static_cast<double>(d.delivered_ns - d.block.TimeNs(1));
    sum += latency;
    squares += latency * latency;
    EXPECT_GE(d.delivered_ns, before);
    before = d.delivered_ns;
  }
  const auto n = static_cast<double>(deliveries.size());
  EXPECT_EQ(n, 5000);
  EXPECT_NEAR(sum / n, 0.006, 1e-4);
  EXPECT_NEAR(std::sqrt(squares / n - sum * sum / n / n), 0.001, 5e-5);
}

// ---- second range ----

TEST(HandOver, TakesTheWideRangeWhileTheFineOneClips) {
  DeviceSpec spec = Plain(200);
  spec.imu.accelerometer.range = 156.9;
  InertialSensorSpec wide = spec.imu.accelerometer;
  wide.rate_hz = 1000;
  wide.bandwidth_hz = 400;
  wide.range = 1961;
  spec.high_g = wide;
  DeviceRecorder recorder(spec, "left_wrist", 1e-3, kKey, 1);
  for (int k = 0; k < 1000; ++k) {
    const double t = (k + 0.5) * 1e-3;
    recorder.Push({{900 * std::exp(-std::pow((t - 0.5) / 0.02, 2)), 0, 9.8}, {0, 0, 0}});
  }
  const auto channels = recorder.Take();
  ASSERT_EQ(channels.size(), 3U);
  EXPECT_EQ(channels[2].spec.kind, trace::SensorKind::kHighGAccelerometer);
  EXPECT_EQ(channels[2].spec.channel_id, 3U);
  EXPECT_EQ(ChannelCount(spec), 3U);
  const HandedOver handed =
      HandOver(channels[0].samples, channels[2].samples, {.enter = 0.95 * 156.9, .leave = 120, .hold_s = 0.02});
  double peak = 0;
  std::int64_t first = 0, last = 0;
  for (std::size_t i = 0; i < handed.samples.size(); ++i) {
    peak = std::max(peak, static_cast<double>(handed.samples.values[3 * i]));
    if (!handed.from_wide_range[i]) continue;
    if (first == 0) first = handed.samples.TimeNs(i);
    last = handed.samples.TimeNs(i);
  }
  EXPECT_NEAR(peak, 900, 20);
  // The pulse is above 149 m/s² within ±27 ms, above 120 within ±28.4 ms; the filters delay it by 3 ms, hold adds 20.
  EXPECT_NEAR(1e-9 * static_cast<double>(first), 0.475, 0.006);
  EXPECT_NEAR(1e-9 * static_cast<double>(last), 0.546, 0.006);
}

}  // namespace
}  // namespace stunt::sim
