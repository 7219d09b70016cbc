#include "stunt/sim/slow_sensors.h"

#include <gtest/gtest.h>

#include <Eigen/Geometry>
#include <cmath>
#include <numbers>

#include "stunt/sim/heart.h"
#include "stunt/sim/surroundings.h"

namespace stunt::sim {
namespace {

using Eigen::Vector3d;

constexpr double kDt = 1e-3;
constexpr random::StreamKey kKey = {7, 11};

SlowRecorder Recorder(const SlowSensorSpecs& specs, const Surroundings& surroundings = {},
                      random::StreamKey key = kKey) {
  return {specs, {}, {}, surroundings, "watch", "left_wrist", kDt, key, 0};
}

/// Runs a recorder on what `at` says of every step.
template <typename At>
trace::SampleBlock Read(SlowRecorder& recorder, double seconds, const At& at) {
  const auto steps = std::lround(seconds / kDt);
  for (long i = 1; i <= steps; ++i) {
    SiteState state;
    state.time_s = static_cast<double>(i) * kDt;
    state.dt_s = kDt;
    at(state);
    recorder.Step(state);
  }
  return recorder.Take().front().samples;
}

double Value(const trace::SampleBlock& block, std::size_t i, std::size_t axis) {
  return static_cast<double>(block.values[i * static_cast<std::size_t>(block.axes) + axis]);
}

double Mean(const trace::SampleBlock& block, std::size_t axis, std::size_t from = 0) {
  double sum = 0;
  for (std::size_t i = from; i < block.size(); ++i) sum += Value(block, i, axis);
  return sum / static_cast<double>(block.size() - from);
}

double Deviation(const trace::SampleBlock& block, std::size_t axis) {
  const double mean = Mean(block, axis);
  double sum = 0;
  for (std::size_t i = 0; i < block.size(); ++i) {
    const double x = Value(block, i, axis) - mean;
    sum += x * x;
  }
  return std::sqrt(sum / static_cast<double>(block.size()));
}

TEST(StandardPressure, IsTheTableOfTheStandardAtmosphere) {
  // ISO 2533, by geopotential altitude.
  EXPECT_NEAR(StandardPressure(0, 101325), 101325, 0.5);
  EXPECT_NEAR(StandardPressure(500, 101325), 95460.8, 1);
  EXPECT_NEAR(StandardPressure(1000, 101325), 89874.6, 1);
  EXPECT_NEAR(StandardPressure(3000, 101325), 70108.5, 1);
}

TEST(Barometer, LosesTwelvePascalsAMetreUpAStorey) {
  BarometerSpec spec = {.noise_rms = 0, .bias_sd = 0, .bias_per_k_sd = 0};
  SlowRecorder recorder = Recorder({.barometer = spec}, {.altitude_m = 0});
  const trace::SampleBlock block =
      Read(recorder, 20, [](SiteState& state) { state.position_W.z() = state.time_s < 10 ? 0 : 3; });
  // dp = −ρ g h with ρ = 1.225 kg/m³ at sea level.
  EXPECT_NEAR(block.values.back() - block.values.front(), -1.225 * 9.80665 * 3, 0.1);
}

TEST(Barometer, AnswersAStepWithTheTimeConstantOfItsBandwidth) {
  BarometerSpec spec = {.rate_hz = 200, .bandwidth_hz = 2, .noise_rms = 0, .bias_sd = 0, .bias_per_k_sd = 0};
  spec.resolution = 0;
  Surroundings surroundings;
  surroundings.pressure_events = {{.at_s = 1, .amplitude_pa = 1000, .rise_s = 1e-4, .hold_s = 10}};
  SlowRecorder recorder = Recorder({.barometer = spec}, surroundings);
  const trace::SampleBlock block = Read(recorder, 2, [](SiteState&) {});
  const double before = block.values.front();
  const double constant = 1 / (2 * std::numbers::pi * 2);  // s
  const auto at = [&](double t) { return Value(block, static_cast<std::size_t>(std::lround(t * 200)), 0) - before; };
  EXPECT_NEAR(at(1 + constant), 1000 * (1 - std::exp(-1)), 15);
  EXPECT_NEAR(at(1 + 3 * constant), 1000 * (1 - std::exp(-3)), 10);
}

TEST(Barometer, HasItsNoiseAndTheBiasOfItsUnit) {
  BarometerSpec spec = {.noise_rms = 2, .bias_sd = 50, .bias_per_k_sd = 1};
  double square = 0;
  constexpr int kUnits = 60;
  for (std::uint64_t unit = 0; unit < kUnits; ++unit) {
    SlowRecorder recorder = Recorder({.barometer = spec}, {.altitude_m = 0}, kKey.Derive(unit));
    const trace::SampleBlock block = Read(recorder, 20, [](SiteState& state) { state.temperature_c = 25; });
    EXPECT_NEAR(Deviation(block, 0), 2, 0.3);
    square += std::pow(Mean(block, 0) - 101325, 2);
  }
  EXPECT_NEAR(std::sqrt(square / kUnits), 50, 14);  // three standard errors
}

TEST(Barometer, DriftsWithTemperature) {
  BarometerSpec spec = {.noise_rms = 0, .bias_sd = 0, .bias_per_k_sd = 5};
  SlowRecorder cold = Recorder({.barometer = spec}), warm = Recorder({.barometer = spec}),
               reference = Recorder({.barometer = spec});
  const double at_25 = Read(reference, 1, [](SiteState& s) { s.temperature_c = 25; }).values.back();
  const double at_15 = Read(cold, 1, [](SiteState& s) { s.temperature_c = 15; }).values.back();
  const double at_35 = Read(warm, 1, [](SiteState& s) { s.temperature_c = 35; }).values.back();
  EXPECT_NEAR(at_35 - at_25, at_25 - at_15, 0.05);
  EXPECT_GT(std::abs(at_35 - at_25), 0.5);
}

TEST(Magnetometer, ReadsTheFieldInItsOwnFrame) {
  MagnetometerSpec spec = {.noise_rms = 0, .hard_iron_sd = 0, .soft_iron_sd = 0, .disturbance_sd = 0, .resolution = 0};
  const Surroundings place = {.sky = Sky::kOpen, .field_ut = 50, .inclination_deg = 60, .declination_deg = 0};
  SlowRecorder recorder = Recorder({.magnetometer = spec}, place);
  // x of the sensor to the north, z up: x of S is y of W.
  const Eigen::Matrix3d R_WS = Eigen::AngleAxisd(std::numbers::pi / 2, Vector3d::UnitZ()).toRotationMatrix();
  const trace::SampleBlock block = Read(recorder, 0.1, [&](SiteState& state) { state.R_WS = R_WS; });
  EXPECT_NEAR(block.values[0], 25, 1e-4);
  EXPECT_NEAR(block.values[1], 0, 1e-4);
  EXPECT_NEAR(block.values[2], -50 * std::sin(std::numbers::pi / 3), 1e-4);
}

TEST(MagneticField, PointsEastOfNorthByTheDeclination) {
  const Vector3d field = MagneticField({.field_ut = 40, .inclination_deg = 0, .declination_deg = 90});
  EXPECT_NEAR((field - Vector3d(40, 0, 0)).norm(), 0, 1e-9);
}

TEST(Gnss, HasNoFixIndoors) {
  SlowRecorder recorder = Recorder({.gnss = GnssSpec()}, {.sky = Sky::kIndoors});
  const trace::SampleBlock block = Read(recorder, 5, [](SiteState&) {});
  ASSERT_EQ(block.size(), 5U);
  for (std::size_t i = 0; i < 5; ++i) EXPECT_EQ(block.values[6 * i + 5], -1);
}

TEST(Gnss, ErrsByItsDeviationAndRemembersForItsCorrelationTime) {
  GnssSpec spec;
  spec.correlation_s = 20;
  constexpr double kMetresPerDegree = 111'132.954 - 559.822 * -0.1094;  // of latitude at 48.137°: cos 2φ = −0.1094
  double square = 0, product = 0;
  int pairs = 0;
  for (std::uint64_t unit = 0; unit < 40; ++unit) {
    SlowRecorder recorder = Recorder({.gnss = spec}, {.sky = Sky::kOpen}, kKey.Derive(unit));
    const trace::SampleBlock block = Read(recorder, 120, [](SiteState&) {});
    const auto north = [&](std::size_t i) {
      return (static_cast<double>(block.values[6 * i]) - 48.137) * kMetresPerDegree;
    };
    for (std::size_t i = 0; i + 20 < block.size(); ++i, ++pairs) {
      square += north(i) * north(i);
      product += north(i) * north(i + 20);
    }
  }
  EXPECT_NEAR(std::sqrt(square / pairs), 2.5, 0.3);
  EXPECT_NEAR(product / square, std::exp(-1), 0.12);
}

TEST(Gnss, FollowsWhoRunsNorthEast) {
  GnssSpec spec;
  spec.position_sd_open = spec.speed_sd_open = 0;
  SlowRecorder recorder = Recorder({.gnss = spec}, {.sky = Sky::kOpen, .latitude_deg = 0, .longitude_deg = 0});
  const trace::SampleBlock block = Read(recorder, 101, [](SiteState& state) {
    state.velocity_W = {3, 4, 0};
    state.position_W = state.time_s * state.velocity_W;
  });
  const float* const last = &block.values[6 * (block.size() - 1)];
  // On the equator of WGS 84: 110 574.4 m a degree of latitude, 111 319.5 m of longitude.
  EXPECT_NEAR(last[0], 400 / 110'574.4, 1e-6);
  EXPECT_NEAR(last[1], 300 / 111'319.5, 1e-6);
  EXPECT_NEAR(last[3], 5, 1e-5);
  EXPECT_NEAR(last[4], std::atan2(3, 4) * 180 / std::numbers::pi, 1e-3);
}

TEST(Gnss, LosesItsFixAmongHouses) {
  GnssSpec spec;
  spec.outages_per_min_urban = 2;
  spec.outage_s = 10;
  SlowRecorder recorder = Recorder({.gnss = spec}, {.sky = Sky::kUrban});
  const trace::SampleBlock block = Read(recorder, 1200, [](SiteState&) {});
  int lost = 0;
  for (std::size_t i = 0; i < block.size(); ++i) lost += block.values[6 * i + 5] < 0 ? 1 : 0;
  // Spells begin at 2 a minute of the time between them and last 10 s (rounded up to whole fixes): a quarter of the
  // time.
  EXPECT_NEAR(lost / 1200.0, 0.25, 0.08);
}

TEST(HeartRateSensor, FollowsAStepWithTheTimeConstantOfItsAveraging) {
  HeartRateSpec spec = {.window_s = 8, .noise_rest_bpm = 0, .noise_motion_bpm = 0, .lock_per_min = 0};
  spec.dropout_per_min = 0;
  SlowRecorder recorder = Recorder({.heart_rate = spec});
  const trace::SampleBlock block =
      Read(recorder, 40, [](SiteState& state) { state.heart_bpm = state.time_s < 10 ? 60 : 160; });
  EXPECT_EQ(block.values[9], 60);
  EXPECT_NEAR(block.values[18], 60 + 100 * (1 - std::exp(-1)), 1.5);
  EXPECT_NEAR(block.values[34], 60 + 100 * (1 - std::exp(-3)), 1.5);
}

// Steps of 0.3 g, so many a minute.
auto Steps(double cadence) {
  return [cadence](SiteState& state) {
    state.heart_bpm = 110;
    state.specific_force = 9.80665 * (1 + 0.3 * std::sin(2 * std::numbers::pi * cadence / 60 * state.time_s));
  };
}

TEST(HeartRateSensor, LocksOnToTheCadenceOnlyWhereItIsOptical) {
  HeartRateSpec spec = {.noise_rest_bpm = 0, .noise_motion_bpm = 0, .lock_per_min = 1000, .lock_s = 1000};
  spec.dropout_per_min = 0;
  SlowRecorder optical = Recorder({.heart_rate = spec});
  EXPECT_NEAR(Read(optical, 30, Steps(168)).values.back(), 168, 2);
  SlowRecorder still = Recorder({.heart_rate = spec});
  EXPECT_EQ(Read(still, 30, [](SiteState& state) { state.heart_bpm = 110; }).values.back(), 110);
  spec.optical = false;
  SlowRecorder electrical = Recorder({.heart_rate = spec});
  EXPECT_EQ(Read(electrical, 30, Steps(168)).values.back(), 110);
}

TEST(HeartRateSensor, ErrsMoreInMotion) {
  HeartRateSpec spec = {.noise_rest_bpm = 1, .noise_motion_bpm = 20, .lock_per_min = 0};
  spec.dropout_per_min = 0;
  SlowRecorder moving = Recorder({.heart_rate = spec}), resting = Recorder({.heart_rate = spec});
  const double in_motion = Deviation(Read(moving, 400, Steps(110)), 0);
  const double at_rest = Deviation(Read(resting, 400, [](SiteState& s) { s.heart_bpm = 110; }), 0);
  EXPECT_NEAR(at_rest, 1, 0.4);
  EXPECT_NEAR(in_motion, 1 + 20 * 0.3 / std::numbers::sqrt2, 1.7);
}

TEST(HeartRateSensor, DropsOutToNoReading) {
  HeartRateSpec spec = {.dropout_per_min = 1000, .dropout_s = 1e6};
  SlowRecorder recorder = Recorder({.heart_rate = spec});
  EXPECT_EQ(Read(recorder, 10, [](SiteState& s) { s.heart_bpm = 80; }).values.back(), 0);
}

MicrophoneSpec ExactMicrophone() { return {.rate_hz = 100, .floor_db = -20, .error_sd_db = 0, .resolution_db = 0}; }

TEST(Microphone, FallsBy34DecibelsASecondAfterASoundHasStopped) {
  Surroundings quiet = {.sound_db = 0};
  quiet.sound_events = {{.at_s = 0, .for_s = 2, .level_db = 100}};
  SlowRecorder recorder = Recorder({.microphone = ExactMicrophone()}, quiet);
  const trace::SampleBlock block = Read(recorder, 3, [](SiteState&) {});
  EXPECT_NEAR(block.values[195], 100, 0.05);
  // IEC 61672-1: time weighting F decays at 34.7 dB/s.
  EXPECT_NEAR(block.values[220] - block.values[270], 0.5 * 34.7, 0.2);
}

TEST(Microphone, HearsTheBodyLouderTheNearerItIs) {
  const auto heard = [](double distance) {
    SlowRecorder recorder = Recorder({.microphone = ExactMicrophone()}, {.sound_db = 0});
    return Read(recorder, 2,
                [distance](SiteState& state) {
                  state.body_sound_pa = 0.02;  // 60 dB
                  state.body_distance_m = distance;
                })
        .values.back();
  };
  EXPECT_NEAR(heard(1), 60, 0.05);
  EXPECT_NEAR(heard(2), 60 - 6.02, 0.05);
}

TEST(Microphone, OverloadsAndHasAFloor) {
  MicrophoneSpec spec = ExactMicrophone();
  spec.overload_db = 110;
  spec.floor_db = 30;
  Surroundings loud = {.sound_db = 0};
  loud.sound_events = {{.at_s = 1, .for_s = 1, .level_db = 140}};
  SlowRecorder recorder = Recorder({.microphone = spec}, loud);
  const trace::SampleBlock block = Read(recorder, 2, [](SiteState&) {});
  EXPECT_NEAR(block.values[50], 30, 0.3);
  EXPECT_EQ(block.values[190], 110);
}

TEST(SlowRecorder, StampsWithTheDevicesClockAndKeepsTheTruthBeside) {
  const ClockUnit fast = {.period_error = -0.01, .period_drift = 0, .stamp_error = 1e-3};
  SlowRecorder recorder({.barometer = BarometerSpec()}, {.data_ready_delay_s = 2e-3}, fast, {}, "watch", "left_wrist",
                        kDt, kKey, 5);
  for (int i = 1; i <= 10'000; ++i) recorder.Step({.time_s = i * kDt, .dt_s = kDt});
  const trace::ChannelTrace read = recorder.Take().front();
  const trace::ChannelTrace truth = recorder.TakeTruth().front();
  ASSERT_EQ(read.samples.size(), truth.samples.size());
  EXPECT_EQ(read.spec.channel_id, 5U);
  EXPECT_NEAR(static_cast<double>(read.samples.size()), 10 * 25 / 0.99, 1);
  const double taken = 0.5e-3 + 200 / 25.0 * 0.99;
  EXPECT_NEAR(static_cast<double>(truth.samples.TimeNs(200)) * 1e-9, taken, 1e-9);
  EXPECT_NEAR(static_cast<double>(read.samples.TimeNs(200)) * 1e-9, (taken + 2e-3) * 1.001, 1e-9);
}

TEST(SlowRecorder, OneSensorMoreLeavesTheOthersAsTheyAre) {
  const auto at = [](SiteState& state) { state.heart_bpm = 70; };
  SlowRecorder alone = Recorder({.barometer = BarometerSpec()});
  SlowRecorder among = Recorder({.barometer = BarometerSpec(), .gnss = GnssSpec(), .heart_rate = HeartRateSpec()});
  EXPECT_EQ(Read(alone, 3, at).values, Read(among, 3, at).values);
}

TEST(SlowRecorder, RefusesARateThatThePhysicsCannotGive) {
  EXPECT_THROW(Recorder({.barometer = BarometerSpec{.rate_hz = 2000}}), std::invalid_argument);
  EXPECT_THROW(Recorder({.barometer = BarometerSpec{.rate_hz = 0}}), std::invalid_argument);
}

TEST(Heart, RisesAndFallsWithItsTimeConstants) {
  const HeartTraits traits = {
      .rest_bpm = 60, .max_bpm = 190, .vo2max = 35, .rise_s = 30, .fall_s = 70, .delay_s = 1e-3};
  Heart heart(traits, 1);
  EXPECT_NEAR(heart.bpm(), 60, 1e-9);
  // 5.5 MET of 10: half of the reserve.
  for (int i = 0; i < 30'000; ++i) heart.Step(kDt, 5.5);
  EXPECT_NEAR(heart.bpm(), 60 + 65 * (1 - std::exp(-1)), 0.05);
  for (int i = 0; i < 1'000'000; ++i) heart.Step(kDt, 5.5);
  EXPECT_NEAR(heart.bpm(), 125, 1e-3);
  for (int i = 0; i < 70'000; ++i) heart.Step(kDt, 1);
  EXPECT_NEAR(heart.bpm(), 60 + 65 * std::exp(-1), 0.05);
  const double calm = heart.bpm();
  heart.Startle(20);
  EXPECT_EQ(heart.bpm(), calm) << "no heart jumps";
  double most = 0;
  for (int i = 0; i < 60'000; ++i) {
    heart.Step(kDt, 1);
    most = std::max(most, heart.bpm());
  }
  // The difference of two exponentials of 3 and 25 s has its peak at 0.748 of 25/22 · 20.
  EXPECT_GT(most, calm + 10);
  EXPECT_LT(most, calm + 16);
}

TEST(Heart, IsTiredOutAtItsMaximum) {
  const HeartTraits traits = {.rest_bpm = 60, .max_bpm = 190, .vo2max = 35};
  EXPECT_EQ(Heart(traits, 14).bpm(), 190);
}

TEST(DrawHeart, GivesOlderPeopleALowerMaximumAndTheFitALowerRest) {
  const auto mean = [](double age, double HeartTraits::*trait) {
    Subject subject;
    subject.age_years = age;
    double sum = 0;
    for (std::uint64_t i = 0; i < 2000; ++i) sum += DrawHeart(subject, kKey.Derive(i)).*trait;
    return sum / 2000;
  };
  EXPECT_NEAR(mean(25, &HeartTraits::max_bpm), 208 - 0.7 * 25, 1);
  EXPECT_NEAR(mean(75, &HeartTraits::max_bpm), 208 - 0.7 * 75, 1);
  EXPECT_NEAR(mean(25, &HeartTraits::vo2max), 48, 1);
  EXPECT_NEAR(mean(45, &HeartTraits::vo2max), 37.8, 1);
  EXPECT_NEAR(mean(40, &HeartTraits::rest_bpm), 62, 1);
}

}  // namespace
}  // namespace stunt::sim
