#include "stunt/hil/convert.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "test_doubles.h"

namespace stunt {
namespace {

using hil::ChannelNeed;
using hil::PrepareChannels;
using hil::Resample;
using testing::kSecond;
using testing::MakeChannel;
using trace::SensorKind;

trace::ChannelTrace Tone(double rate_hz, double frequency_hz, double duration_s = 20) {
  const double w = 2 * std::numbers::pi * frequency_hz;
  return MakeChannel(3, SensorKind::kAccelerometer, rate_hz, duration_s,
                     [w](double t, int axis) { return (axis + 1) * std::sin(w * t + 0.4 * axis); });
}

// Largest distance of a resampled tone from the tone itself, on axis 2 (amplitude 3), a kernel's length from the ends.
double WorstError(const trace::ChannelTrace& output, double frequency_hz) {
  const double w = 2 * std::numbers::pi * frequency_hz;
  double worst = 0;
  for (std::size_t j = 0; j < output.samples.size(); ++j) {
    const double t = static_cast<double>(output.samples.TimeNs(j)) * 1e-9;
    if (t < 2 || t > 18) continue;
    const double truth = 3 * std::sin(w * t + 0.8);
    worst = std::max(worst, std::abs(static_cast<double>(output.samples.values[3 * j + 2]) - truth));
  }
  return worst;
}

// Oracle: the tone itself at the new times. A delay of 0.1 ms at 3 Hz would already make an error of 0.006.
TEST(Resample, KeepsATonesAmplitudeAndPhase) {
  EXPECT_LT(WorstError(Resample(Tone(100, 3), 50), 3), 3 * 2e-3);
  EXPECT_LT(WorstError(Resample(Tone(100, 17), 50), 17), 3 * 2e-3);    // just inside the flat band
  EXPECT_LT(WorstError(Resample(Tone(50, 3), 128), 3), 3 * 2e-3);      // up
  EXPECT_LT(WorstError(Resample(Tone(100, 3), 31.25), 3), 3 * 2e-3);   // not a whole ratio
  EXPECT_LT(WorstError(Resample(Tone(119.7, 3), 52.3), 3), 3 * 2e-3);  // a broken period
}

TEST(Resample, RemovesWhatWouldAlias) {
  for (const double frequency_hz : {25.5, 33.0, 41.0, 49.0}) {
    const trace::ChannelTrace output = Resample(Tone(100, frequency_hz), 50);
    float largest = 0;
    for (std::size_t j = 100; j + 100 < output.samples.size(); ++j) {
      largest = std::max(largest, std::abs(output.samples.values[3 * j + 2]));
    }
    EXPECT_LT(largest, 3 * 1.8e-3F) << frequency_hz;
  }
}

TEST(Resample, KeepsAConstantToTheLastSample) {
  const auto constant =
      MakeChannel(1, SensorKind::kAccelerometer, 100, 3, [](double, int axis) { return 9.81 - axis; });
  const trace::ChannelTrace output = Resample(constant, 40);
  ASSERT_EQ(output.samples.size(), 120u);  // 0 … 2.975 s
  for (std::size_t j = 0; j < output.samples.size(); ++j) {
    for (int axis : {0, 1, 2}) EXPECT_FLOAT_EQ(output.samples.values[3 * j + axis], static_cast<float>(9.81 - axis));
  }
}

TEST(Resample, TimesAreEvenAndDoNotDrift) {
  const trace::ChannelTrace whole = Resample(Tone(100, 1), 50);
  EXPECT_EQ(whole.samples.period_ns, 20'000'000);
  EXPECT_TRUE(whole.samples.time_offsets_ns.empty());
  const trace::ChannelTrace broken = Resample(Tone(100, 1), 30);
  EXPECT_EQ(broken.samples.TimeNs(300), 10 * kSecond);
  EXPECT_EQ(broken.samples.TimeNs(301), 10 * kSecond + 33'333'333);
  EXPECT_LE(broken.samples.TimeNs(broken.samples.size() - 1), 19'990'000'000);
}

TEST(Resample, ReadsUnevenTimes) {
  trace::ChannelTrace input = Tone(100, 3);
  const double w = 2 * std::numbers::pi * 3;
  for (std::size_t i = 0; i < input.samples.size(); ++i) {
    const auto t_ns = static_cast<std::int64_t>(i) * 10'000'000 + static_cast<std::int64_t>(i % 5) * 1'000'000;
    input.samples.time_offsets_ns.push_back(t_ns);
    for (int axis : {0, 1, 2}) {
      input.samples.values[3 * i + axis] =
          static_cast<float>((axis + 1) * std::sin(w * static_cast<double>(t_ns) * 1e-9 + 0.4 * axis));
    }
  }
  // A weighted mean of uneven samples is not exact.
  EXPECT_LT(WorstError(Resample(input, 50), 3), 3 * 0.02);
}

TEST(Resample, BridgesAGapWithALine) {
  trace::ChannelTrace input = MakeChannel(1, SensorKind::kAccelerometer, 100, 20, [](double t, int) { return t; });
  trace::SampleBlock& samples = input.samples;
  for (std::size_t i = 0; i < samples.size(); ++i)
    samples.time_offsets_ns.push_back(samples.period_ns * static_cast<std::int64_t>(i));
  samples.time_offsets_ns.erase(samples.time_offsets_ns.begin() + 800, samples.time_offsets_ns.begin() + 1200);
  samples.values.erase(samples.values.begin() + 2400, samples.values.begin() + 3600);
  const trace::ChannelTrace output = Resample(input, 50);
  for (std::size_t j = 0; j < output.samples.size(); ++j) {
    EXPECT_NEAR(output.samples.values[3 * j], static_cast<double>(output.samples.TimeNs(j)) * 1e-9, 0.12);
  }
}

TEST(Resample, FifoHoldsTheSameTime) {
  trace::ChannelTrace input = Tone(100, 1);
  input.spec.fifo_watermark = 32;
  input.spec.resolution = 0.01;
  const trace::ChannelTrace output = Resample(input, 25);
  EXPECT_EQ(output.spec.fifo_watermark, 8);
  EXPECT_EQ(output.spec.resolution, 0);
  EXPECT_EQ(output.spec.rate_hz, 25);
}

trace::Recording Watch() {
  trace::Recording recording;
  recording.channels.push_back(Tone(100, 2));
  recording.channels.back().spec.range = 8 * 9.80665;
  return recording;
}

TEST(PrepareChannels, PassesTheRecordingItselfWhenNothingIsAsked) {
  const trace::Recording recording = Watch();
  for (const std::vector<ChannelNeed>& needs : {std::vector<ChannelNeed>{},
                                                {{SensorKind::kAccelerometer, 0, true}},
                                                {{SensorKind::kAccelerometer, 100.9, true}}}) {
    const auto prepared = PrepareChannels(recording, needs, {});
    ASSERT_TRUE(prepared.ok()) << prepared.status();
    ASSERT_EQ(prepared->channels.size(), 1u);
    EXPECT_EQ(prepared->channels[0], &recording.channels[0]);
    EXPECT_TRUE(prepared->conversions.empty());
  }
}

TEST(PrepareChannels, ConvertsRateAndUnitAndSaysSo) {
  const trace::Recording recording = Watch();
  auto prepared = PrepareChannels(recording, {{SensorKind::kAccelerometer, 50, true, "g"}}, {});
  ASSERT_TRUE(prepared.ok()) << prepared.status();
  const auto moved = std::move(*prepared);
  ASSERT_EQ(moved.channels.size(), 1u);
  EXPECT_EQ(moved.channels[0]->spec.unit, "g");
  EXPECT_NEAR(moved.channels[0]->spec.range, 8, 1e-12);
  const double t = static_cast<double>(moved.channels[0]->samples.TimeNs(400)) * 1e-9;
  EXPECT_NEAR(moved.channels[0]->samples.values[1200], std::sin(4 * std::numbers::pi * t) / 9.80665, 1e-3);
  EXPECT_EQ(moved.conversions,
            (std::vector<std::string>{
                "watch@left_wrist accelerometer at 100 Hz resampled to 50 Hz: flat to 17.5 Hz, 55 dB down at 25 Hz, no "
                "delay, uses up to 0.242 s of later samples",
                "watch@left_wrist accelerometer at 100 Hz converted to g"}));
}

TEST(PrepareChannels, RefusesWhatItCannotConvert) {
  trace::Recording recording = Watch();
  EXPECT_FALSE(PrepareChannels(recording, {{SensorKind::kAccelerometer, 0, true, "furlong"}}, {}).ok());
  EXPECT_FALSE(PrepareChannels(recording, {{SensorKind::kAccelerometer, 0, true, "", {"head"}}}, {}).ok());
  EXPECT_TRUE(PrepareChannels(recording, {{SensorKind::kAccelerometer, 0, true, "", {"head", "left_wrist"}}}, {}).ok());
  recording.channels[0].spec.kind = SensorKind::kGnss;
  EXPECT_FALSE(PrepareChannels(recording, {{SensorKind::kGnss, 1, true}}, {}).ok());
}

TEST(PrepareChannels, OptionalChannelsMayBeMissing) {
  const std::vector<ChannelNeed> needs = {{SensorKind::kAccelerometer, 0, true}, {SensorKind::kGyroscope, 0, false}};
  EXPECT_TRUE(PrepareChannels(Watch(), needs, {}).ok());
}

}  // namespace
}  // namespace stunt
