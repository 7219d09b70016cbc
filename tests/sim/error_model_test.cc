#include "stunt/sim/error_model.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <stdexcept>

#include "scalar_device.h"
#include "stunt/sim/device.h"

namespace stunt::sim {
namespace {

using Eigen::Vector3d;

constexpr double kPi = std::numbers::pi;
constexpr random::StreamKey kKey{5, 17};

// Every term at once, each axis its own numbers.
DeviceSpec Everything() {
  InertialSensorSpec a = {.rate_hz = 104, .bandwidth_hz = 33, .filter_order = 4};
  a.range = 40;
  a.clip_recovery_s = 0.013;
  a.pipeline_delay_s = 0.0023;
  a.noise_density = {1e-3, 2e-3, 3e-3};
  a.bias_instability = {4e-4, 8e-4, 0};
  a.random_walk = {3e-4, 0, 2e-3};
  a.bias = {0.1, -0.2, 0.3};
  a.bias_sd = {0.2, 0.1, 0.3};
  a.turn_on_bias_sd = 0.05;
  a.scale_sd = {0.01, 0.02, 0.005};
  a.misalignment_sd = {0.01, 0.02, 0.03};
  a.scale_asymmetry_sd = 0.01;
  a.nonlinearity_sd = 0.005;
  a.rectification_sd = 1e-3;
  a.bias_per_k_sd = {0.01, 0.02, 0.03};
  a.scale_per_k_sd = 1e-3;
  InertialSensorSpec g = a;
  g.range = 9;
  g.filter_order = 2;
  g.rectification_sd = 0;
  g.noise_density = {1e-4, 0, 1e-4};
  g.g_sensitivity_sd = 1e-3;
  g.g2_sensitivity_sd = 1e-4;
  return {.name = "everything",
          .imu = {a, g},
          .strap = StrapSpec{18, 0.6},
          .source = "",
          .clock = {.period_error_sd = 0.01,
                    .period_drift_sd = 1e-4,
                    .sample_jitter_s = 4e-4,
                    .stamp_error_sd = 1e-3,
                    .stamp_jitter_s = 3e-4,
                    .data_ready_delay_s = 2e-3},
          .temperature = {.start_c = 21, .end_c = 34, .time_constant_s = 7}};
}

// Loud enough to clip now and then.
SiteMotion Motion(double t) {
  return {{30 * std::sin(9 * t) + 15 * std::sin(61 * t), 9.8 * std::cos(2 * t), 3 - 38 * std::pow(std::sin(3 * t), 9)},
          {8 * std::sin(5 * t), 4 * std::cos(31 * t), 1 - 9 * std::pow(std::sin(2 * t), 15)}};
}

struct Both {
  std::vector<trace::ChannelTrace> fast;
  testing::ScalarSamples accelerometer, gyroscope;
};

Both RunBoth(const DeviceSpec& spec, double seconds, double dt, std::array<int, 3> a_flicker, int a_walk,
             std::array<int, 3> g_flicker, int g_walk) {
  const auto own = kKey.Derive(spec.name + "@left_wrist");
  const DeviceUnit unit = DrawDevice(spec, own.Derive("unit"));
  DeviceRecorder recorder(spec, "left_wrist", dt, kKey, 1);
  std::vector<Vector3d> force, rate;
  for (int k = 0; k < static_cast<int>(std::lround(seconds / dt)); ++k) {
    const SiteMotion motion = Motion((k + 0.5) * dt);
    recorder.Push(motion);
    force.push_back(motion.specific_force);
    rate.push_back(motion.angular_rate);
  }
  if (spec.strap) force = testing::ScalarStrap(force, *spec.strap, dt);
  testing::ScalarSensor accelerometer = {.spec = spec.imu.accelerometer,
                                         .unit = unit.accelerometer,
                                         .clock_spec = spec.clock,
                                         .clock = unit.clock,
                                         .temperature = spec.temperature,
                                         .key = own.Derive("accelerometer"),
                                         .jitter = own.Derive("clock").Derive(std::uint64_t{104'000}),
                                         .dt = dt,
                                         .flicker_level = a_flicker,
                                         .walk_level = a_walk};
  testing::ScalarSensor gyroscope = accelerometer;
  gyroscope.spec = spec.imu.gyroscope;
  gyroscope.unit = unit.gyroscope;
  gyroscope.key = own.Derive("gyroscope");
  gyroscope.gyroscope = true;
  gyroscope.flicker_level = g_flicker;
  gyroscope.walk_level = g_walk;
  return {recorder.Take(), accelerometer.Run(force, force), gyroscope.Run(rate, force)};
}

void ExpectSame(const trace::ChannelTrace& fast, const testing::ScalarSamples& slow, double tolerance) {
  ASSERT_EQ(fast.samples.size(), slow.values.size());
  double worst = 0;
  for (std::size_t i = 0; i < slow.values.size(); ++i) {
    ASSERT_NEAR(static_cast<double>(fast.samples.TimeNs(i)), static_cast<double>(slow.stamps_ns[i]), 1) << i;
    for (int a = 0; a < 3; ++a) {
      const float expected = static_cast<float>(slow.values[i][a]);
      const float seen = fast.samples.values[3 * i + static_cast<std::size_t>(a)];
      const double unit_in_last_place = std::abs(std::nextafter(expected, HUGE_VALF) - expected);
      const double error = std::abs(static_cast<double>(seen) - static_cast<double>(expected));
      worst = std::max(worst, error);
      ASSERT_LE(error, tolerance + 1.001 * unit_in_last_place) << "sample " << i << " axis " << a;
    }
  }
  ::testing::Test::RecordProperty("worst", std::to_string(worst));
}

// Oracle: the scalar device of scalar_device.h. The outputs are floats, so that one unit in the last place of a float
// is all that rounding may cost; 30 s cover three blocks of noise.
TEST(VectorisedDevice, EqualsThePlainScalarOne) {
  const Both both = RunBoth(Everything(), 30, 1e-3, {3, 3, 10}, 4, {0, 0, 10}, 0);
  EXPECT_GT(both.accelerometer.values.size(), 2900U);
  ExpectSame(both.fast[0], both.accelerometer, 1e-9);
  ExpectSame(both.fast[1], both.gyroscope, 1e-9);
}

TEST(VectorisedDevice, EqualsThePlainScalarOneAlsoBehindItsConverter) {
  DeviceSpec spec = Everything();
  spec.strap.reset();
  spec.imu.accelerometer.resolution = 0.0381;
  spec.imu.gyroscope.resolution = 0.00121;
  spec.clock = {};
  const Both both = RunBoth(spec, 12, 1e-3, {3, 3, 10}, 4, {0, 0, 10}, 0);
  ExpectSame(both.fast[0], both.accelerometer, 0);
  ExpectSame(both.fast[1], both.gyroscope, 0);
}

TEST(VectorisedDevice, DoesNotDependOnHowMotionIsHandedOver) {
  DeviceRecorder one(Everything(), "left_wrist", 1e-3, kKey, 1), other(Everything(), "left_wrist", 1e-3, kKey, 1);
  MotionBlock block;
  for (int k = 0; k < 3000; ++k) {
    const SiteMotion motion = Motion((k + 0.5) * 1e-3);
    one.Push(motion);
    block.specific_force.Append(motion.specific_force);
    block.angular_rate.Append(motion.angular_rate);
    if (k % 331 != 0 && k != 2999) continue;
    other.PushBlock(block);
    block = {};
  }
  const auto a = one.Take(), b = other.Take();
  for (std::size_t c = 0; c < 2; ++c) EXPECT_EQ(a[c].samples.values, b[c].samples.values);
}

// ---- noise, block by block ----

TEST(SensorNoise, ABlockAloneEqualsThatBlockOfTheRun) {
  const InertialSensorSpec spec = Everything().imu.accelerometer;
  const SensorNoise noise(spec, kKey);
  std::vector<AxisBlock> run(6);
  for (std::uint64_t k = 0; k < run.size(); ++k) noise.Block(k, run[k]);
  for (const std::uint64_t k : {4, 0, 5, 2}) {
    AxisBlock alone;
    SensorNoise(spec, kKey).Block(k, alone);
    for (std::size_t a = 0; a < 3; ++a) EXPECT_EQ(alone.axis[a], run[k].axis[a]);
  }
}

// Oracle: slow noise by direct sums. Across the edges of blocks it must go on as within.
TEST(SensorNoise, SlowNoiseEqualsTheDirectSumAlsoLateInARun) {
  InertialSensorSpec spec = {.rate_hz = 50, .bandwidth_hz = 40};
  spec.bias_instability = {0.7, 0.3, 0};
  spec.random_walk = {0, 0.2, 0.4};
  const SensorNoise noise(spec, kKey);
  AxisBlock block;
  for (const std::uint64_t k : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{977}, std::uint64_t{1} << 21}) {
    noise.Block(k, block);
    for (const std::uint64_t i : {0, 1, 511, 512, 1022, 1023}) {
      for (std::size_t a = 0; a < 3; ++a) {
        const std::uint64_t n = k * SensorNoise::kBlock + i;
        const double expected =
            testing::FlickerAt(spec.bias_instability[a], 0.02, 0, kKey.Derive("flicker").Derive(a), n) +
            testing::WalkAt(spec.random_walk[a], 0.02, 0, kKey.Derive("walk"), static_cast<int>(a), n);
        EXPECT_NEAR(block.axis[a][i], expected, 1e-9) << "block " << k << " sample " << i << " axis " << a;
      }
    }
  }
}

TEST(ImuErrorModel, ABlockAloneEqualsThatBlockOfTheRun) {
  const ImuSpec spec = Everything().imu;
  const auto ideal = [](std::uint64_t k) {
    MotionBlock block;
    for (std::size_t i = 0; i < ImuErrorModel::kBlock; ++i) {
      const SiteMotion motion = Motion(static_cast<double>(k * ImuErrorModel::kBlock + i) / 104);
      block.specific_force.Append(motion.specific_force);
      block.angular_rate.Append(motion.angular_rate);
    }
    return block;
  };
  ImuErrorModel run(spec, kKey, Everything().temperature);
  for (std::uint64_t k = 0; k < 4; ++k) {
    MotionBlock in_run = ideal(k), alone = ideal(k);
    run.Apply(k, in_run);
    ImuErrorModel(spec, kKey, Everything().temperature).Apply(k, alone);
    for (std::size_t a = 0; a < 3; ++a) {
      EXPECT_EQ(in_run.specific_force.axis[a], alone.specific_force.axis[a]);
      EXPECT_EQ(in_run.angular_rate.axis[a], alone.angular_rate.axis[a]);
    }
  }
}

// ---- units ----

double Deviation(const std::vector<double>& x) {
  double sum = 0;
  for (const double v : x) sum += v * v;
  return std::sqrt(sum / static_cast<double>(x.size()));
}

// 4000 units: the standard error of a deviation is 1.1 %.
TEST(DrawUnit, SpreadsEveryTermByItsTolerance) {
  InertialSensorSpec spec = Everything().imu.gyroscope;
  spec.bias = 0;
  spec.rectification_sd = 2e-3;
  std::array<std::vector<double>, 10> seen;
  double product = 0;
  for (std::uint64_t i = 0; i < 4000; ++i) {
    const InertialUnit u = DrawUnit(spec, kKey.Derive(i));
    const double values[] = {u.bias.y(),         u.scale.y(),         u.alignment(1, 2),     u.asymmetry.x(),
                             u.nonlinearity.x(), u.rectification.z(), u.g_sensitivity(0, 1), u.g2_sensitivity.z(),
                             u.bias_per_k.z(),   u.scale_per_k.x()};
    for (std::size_t k = 0; k < seen.size(); ++k) seen[k].push_back(values[k]);
    EXPECT_EQ(u.alignment(1, 1), 1);
    product += u.bias.y() / 0.1 * u.scale.y() / 0.02;
  }
  const double expected[] = {0.1, 0.02, 0.02, 0.01, 0.005, 2e-3, 1e-3, 1e-4, 0.03, 1e-3};
  for (std::size_t k = 0; k < seen.size(); ++k) EXPECT_NEAR(Deviation(seen[k]) / expected[k], 1, 0.05) << k;
  EXPECT_NEAR(product / 4000, 0, 5 / std::sqrt(4000));
}

TEST(DrawUnit, ATermMoreLeavesTheOthersAsTheyWere) {
  InertialSensorSpec spec = Everything().imu.accelerometer;
  const InertialUnit with = DrawUnit(spec, kKey);
  spec.misalignment_sd = 0;
  spec.bias_sd = 0;
  const InertialUnit without = DrawUnit(spec, kKey);
  EXPECT_EQ(with.scale, without.scale);
  EXPECT_EQ(with.scale_per_k, without.scale_per_k);
  EXPECT_NE(with.alignment, without.alignment);
}

TEST(Device, AUnitKeepsItsBiasAndTurnsOnWithAnother) {
  DeviceSpec spec = {.name = "unit", .imu = {}, .strap = {}, .source = ""};
  spec.imu.accelerometer.bias_sd = 0.3;
  spec.imu.accelerometer.turn_on_bias_sd = 0.01;
  const DeviceUnit unit = DrawDevice(spec, kKey);
  std::vector<double> readings;
  for (std::uint64_t session = 0; session < 400; ++session) {
    DeviceRecorder recorder(spec, "left_wrist", 1e-3, kKey.Derive(session), 1, unit);
    for (int k = 0; k < 11; ++k) recorder.Push({});
    readings.push_back(static_cast<double>(recorder.Take()[0].samples.values[1]) - unit.accelerometer.bias.y());
  }
  EXPECT_GT(std::abs(unit.accelerometer.bias.y()), 0.02);
  EXPECT_NEAR(Deviation(readings) / 0.01, 1, 0.15);
}

// ---- single terms against closed forms ----

struct Term {
  const char* name;
  InertialUnit unit;
  Vector3d accelerometer;  // of f = (3, −4, 9), w = (1, −2, 0.5)
  Vector3d gyroscope;
};

std::vector<Term> Terms() {
  const Vector3d f(3, -4, 9), w(1, -2, 0.5);
  std::vector<Term> terms;
  const auto add = [&](const char* name) -> Term& { return terms.emplace_back(Term{name, {}, f, w}); };
  Term& bias = add("bias");
  bias.unit.bias << 0.1, 0.2, -0.3;
  bias.accelerometer += Vector3d(0.1, 0.2, -0.3), bias.gyroscope += Vector3d(0.1, 0.2, -0.3);
  Term& scale = add("scale");
  scale.unit.scale << 0.01, -0.02, 0.1;
  scale.accelerometer = {3.03, -3.92, 9.9}, scale.gyroscope = {1.01, -1.96, 0.55};
  Term& alignment = add("misalignment");
  alignment.unit.alignment(0, 2) = 0.01;  // x reads a hundredth of z
  alignment.unit.alignment(1, 0) = -0.1;
  alignment.accelerometer = {3.09, -4.3, 9}, alignment.gyroscope = {1.005, -2.1, 0.5};
  Term& asymmetry = add("asymmetry");
  asymmetry.unit.asymmetry << 0.02, 0.02, 0;  // positive readings grow by 1 %, negative ones shrink
  asymmetry.accelerometer = {3.03, -3.96, 9}, asymmetry.gyroscope = {1.01, -1.98, 0.5};
  Term& nonlinearity = add("nonlinearity");  // range 10: u = 0.3, −0.4, 0.9 and 0.1, −0.2, 0.05
  nonlinearity.unit.nonlinearity << 0.01, 0.01, 0.01;
  nonlinearity.accelerometer += 0.1 * 2.598076 * Vector3d(-0.273, 0.336, -0.171);
  nonlinearity.gyroscope += 0.1 * 2.598076 * Vector3d(-0.099, 0.192, -0.049875);
  Term& rectification = add("rectification");
  rectification.unit.rectification << 0.001, 0.002, 0;
  rectification.accelerometer += Vector3d(0.009, 0.032, 0), rectification.gyroscope += Vector3d(0.001, 0.008, 0);
  Term& g = add("g-sensitivity");
  g.unit.g_sensitivity << 0, 0.01, 0, 0, 0, 0.02, 0.03, 0, 0;
  g.gyroscope += Vector3d(-0.04, 0.18, 0.09);
  Term& g2 = add("g²-sensitivity");
  g2.unit.g2_sensitivity << 0.001, 0.002, 0.003;
  g2.gyroscope += Vector3d(0.009, 0.032, 0.243);
  Term& warm = add("temperature");  // 35 °C
  warm.unit.bias_per_k << 0.01, 0, -0.01;
  warm.unit.scale_per_k << 0, 0.001, 0;
  warm.accelerometer += Vector3d(0.1, -0.04, -0.1), warm.gyroscope += Vector3d(0.1, -0.02, -0.1);
  return terms;
}

TEST(Device, EveryErrorTermAloneIsItsFormula) {
  DeviceSpec spec = {.name = "term", .imu = {}, .strap = {}, .source = ""};
  spec.imu.accelerometer.range = spec.imu.gyroscope.range = 10;
  spec.temperature = {.start_c = 35, .end_c = 35};
  for (const Term& term : Terms()) {
    const DeviceUnit unit = {term.unit, term.unit, {}, {}};
    DeviceRecorder recorder(spec, "left_wrist", 1e-3, kKey, 1, unit);
    for (int k = 0; k < 50; ++k) recorder.Push({{3, -4, 9}, {1, -2, 0.5}});
    const auto channels = recorder.Take();
    for (std::size_t a = 0; a < 3; ++a) {
      const auto axis = static_cast<Eigen::Index>(a);
      EXPECT_NEAR(static_cast<double>(channels[0].samples.values[a]), term.accelerometer[axis], 2e-6) << term.name;
      EXPECT_NEAR(static_cast<double>(channels[1].samples.values[a]), term.gyroscope[axis], 2e-6) << term.name;
    }
  }
}

// Oracle: a front end that stays at ±R for T after a 5 ms overload reads R for T + 5 ms; the filter keeps the area.
// With a recovery the filter's overshoot is cut at R behind it, equally for all T: their difference counts.
TEST(Device, RecoversFromAnOverloadLate) {
  DeviceSpec spec = {.name = "clip", .imu = {}, .strap = {}, .source = ""};
  InertialSensorSpec& sensor = spec.imu.accelerometer;
  sensor.rate_hz = 1000;
  sensor.bandwidth_hz = 60;
  sensor.range = 40;
  const auto area = [&](double recovery) {
    sensor.clip_recovery_s = recovery;
    DeviceRecorder recorder(spec, "left_wrist", 1e-3, kKey, 1);
    for (int k = 0; k < 400; ++k) recorder.Push({{k >= 100 && k < 105 ? -900.0 : 0.0, 0, 0}, {0, 0, 0}});
    double sum = 0;
    const auto channels = recorder.Take();
    for (std::size_t i = 0; i < channels[0].samples.size(); ++i) {
      sum += static_cast<double>(channels[0].samples.values[3 * i]) * 1e-3;
    }
    return sum;
  };
  EXPECT_NEAR(area(0), -40 * 0.005, 1e-6);
  EXPECT_NEAR(area(0.07) - area(0.05), -40 * 0.02, 1e-5);
  EXPECT_NEAR(area(0.05), -40 * 0.055, 0.04);  // overshoot: 4 % of R over a few ms
}

// Oracle: Newton's law of cooling, T(t) = 33 − 11 e^(−t/τ), read through a bias of 1 per kelvin.
TEST(Device, WarmsUpOnSkin) {
  DeviceSpec spec = {.name = "warm", .imu = {}, .strap = {}, .source = ""};
  spec.temperature = {.start_c = 22, .end_c = 33, .time_constant_s = 20};
  DeviceUnit unit;
  unit.accelerometer.bias_per_k << 1, 0, 0;
  DeviceRecorder recorder(spec, "left_wrist", 1e-3, kKey, 1, unit);
  for (int k = 0; k < 60000; ++k) recorder.Push({});
  const auto channels = recorder.Take();
  const double delay = GroupDelay(spec.imu.accelerometer, 1e-3);
  for (const std::size_t i : {100, 1000, 2345, 5999}) {
    const double t = static_cast<double>(i) / 100 - delay;
    // Linear between whole seconds: at most ΔT (1 s/τ)² / 8 = 0.0034 K off.
    EXPECT_NEAR(static_cast<double>(channels[0].samples.values[3 * i]), 8 - 11 * std::exp(-t / 20), 4e-3);
  }
  TemperatureProfile points;
  points.points = {{10, 20}, {20, 30}};
  EXPECT_EQ(points.At(3), 20);
  EXPECT_NEAR(points.At(14.5), 24.5, 1e-12);
  EXPECT_EQ(points.At(99), 30);
}

TEST(CheckSensor, RefusesImpossibleNumbers) {
  const auto refused = [](auto change) {
    InertialSensorSpec spec;
    change(spec);
    EXPECT_THROW(CheckSensor(spec, "sensor"), std::invalid_argument);
  };
  refused([](InertialSensorSpec& s) { s.noise_density = {1, -1, 0}; });
  refused([](InertialSensorSpec& s) { s.nonlinearity_sd = 0.01; });  // of what range?
  refused([](InertialSensorSpec& s) { s.clip_recovery_s = -1; });
  refused([](InertialSensorSpec& s) { s.bias_instability = std::nan(""); });
  EXPECT_NO_THROW(CheckSensor({}, "sensor"));
}

// A case seen at 50 Hz is what its 800 Hz version gives after the same filter. Oracle: both are the ideal motion
// through Butterworth filters of 18 Hz; the 800 Hz device has none below 300 Hz of its own, so its samples go through
// the textbook's filter at 800 Hz. They differ by the bilinear transform's bending of the two rates and the 300 Hz
// filter.
TEST(Device, At50HzEqualsIts800HzVersionAfterTheSameFilter) {
  const double dt = 1.25e-4;  // 8 kHz
  DeviceSpec coarse = {.name = "coarse", .imu = {}, .strap = {}, .source = ""}, fine = coarse;
  coarse.imu.accelerometer = {.rate_hz = 50, .bandwidth_hz = 18, .filter_order = 4};
  fine.imu.accelerometer = {.rate_hz = 800, .bandwidth_hz = 3200, .filter_order = 2};
  const auto record = [&](const DeviceSpec& spec) {
    DeviceRecorder recorder(spec, "left_wrist", dt, kKey, 1);
    for (int k = 0; k < 32000; ++k) {
      const double t = (k + 0.5) * dt;
      recorder.Push(
          {{20 * std::sin(2 * kPi * 3 * t) + 9 * std::sin(2 * kPi * 15 * t) + 8 * std::sin(2 * kPi * 70 * t), 0, 0},
           {0, 0, 0}});
    }
    return recorder.Take()[0].samples;
  };
  const trace::SampleBlock at_50 = record(coarse), at_800 = record(fine);
  testing::ScalarSensor filter;  // the slow device as a filter of the 800 Hz samples
  filter.spec = coarse.imu.accelerometer;
  filter.dt = 1.0 / 800;
  std::vector<Vector3d> input;
  for (std::size_t i = 0; i < at_800.size(); ++i) input.emplace_back(static_cast<double>(at_800.values[3 * i]), 0, 0);
  const testing::ScalarSamples again = filter.Run(input, input);
  double worst = 0;
  for (std::size_t i = 50; i < at_50.size(); ++i) {
    worst = std::max(worst, std::abs(static_cast<double>(at_50.values[3 * i]) - again.values[i].x()));
  }
  EXPECT_LT(worst, 0.08);  // of 37 peak; measured 0.05
  EXPECT_GT(again.values.size(), 190U);
}

}  // namespace
}  // namespace stunt::sim
