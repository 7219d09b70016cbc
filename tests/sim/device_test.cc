#include "stunt/sim/device.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <numbers>
#include <set>
#include <stdexcept>

namespace stunt::sim {
namespace {

using Eigen::Vector3d;

constexpr double kDt = 1e-3;
constexpr double kPi = std::numbers::pi;
constexpr random::StreamKey kKey{11, 22};

InertialSensorSpec Exact(double rate_hz, double bandwidth_hz, int order = 2) {
  return {.rate_hz = rate_hz, .bandwidth_hz = bandwidth_hz, .filter_order = order};
}

DeviceSpec Device(const InertialSensorSpec& sensor) {
  return {.name = "test", .imu = {sensor, sensor}, .strap = std::nullopt, .source = ""};
}

using Signal = std::function<SiteMotion(double)>;

std::vector<trace::ChannelTrace> Record(const DeviceSpec& spec, double seconds, const Signal& signal,
                                        random::StreamKey key = kKey, double dt = kDt) {
  DeviceRecorder recorder(spec, "left_wrist", dt, key, 1);
  const int steps = static_cast<int>(std::lround(seconds / dt));
  for (int k = 0; k < steps; ++k) recorder.Push(signal((k + 0.5) * dt));
  return recorder.Take();
}

SiteMotion AtRest(double) { return {{0, 0, kStandardGravity}, {0, 0, 0}}; }

std::vector<double> Axis(const trace::ChannelTrace& channel, int axis) {
  std::vector<double> out;
  for (std::size_t i = 0; i < channel.samples.size(); ++i) {
    out.push_back(static_cast<double>(channel.samples.values[3 * i + static_cast<std::size_t>(axis)]));
  }
  return out;
}

double Mean(const std::vector<double>& x) {
  double sum = 0;
  for (const double v : x) sum += v;
  return sum / static_cast<double>(x.size());
}

double Variance(const std::vector<double>& x) {
  const double mean = Mean(x);
  double sum = 0;
  for (const double v : x) sum += (v - mean) * (v - mean);
  return sum / static_cast<double>(x.size());
}

// Textbook magnitude of a digital Butterworth low-pass (bilinear transform, prewarped).
double ButterworthGain(double f, double cutoff, int order, double rate) {
  const double ratio = std::tan(kPi * f / rate) / std::tan(kPi * cutoff / rate);
  return 1 / std::sqrt(1 + std::pow(ratio, 2 * order));
}

// Amplitude of a tone in samples from `from` on, by least squares over whole periods.
double ToneAmplitude(const std::vector<double>& x, std::size_t from, double f, double rate) {
  double c = 0, s = 0;
  for (std::size_t i = from; i < x.size(); ++i) {
    c += x[i] * std::cos(2 * kPi * f * static_cast<double>(i) / rate);
    s += x[i] * std::sin(2 * kPi * f * static_cast<double>(i) / rate);
  }
  return 2 * std::hypot(c, s) / static_cast<double>(x.size() - from);
}

// What a watch of the LSM6DSO class does, without unit errors but offsets.
DeviceSpec Watch() {
  DeviceSpec spec = {.name = "watch", .imu = {}, .strap = StrapSpec{}, .source = ""};
  spec.imu.accelerometer = {
      .rate_hz = 100, .bandwidth_hz = 40, .filter_order = 4, .range = 156.9064, .resolution = 0.00478565};
  spec.imu.accelerometer.noise_density = 1.08e-3;
  spec.imu.accelerometer.bias_sd = 0.196;
  spec.imu.gyroscope = {.rate_hz = 100, .bandwidth_hz = 33, .filter_order = 4, .range = 34.9, .resolution = 0.00122};
  spec.imu.gyroscope.noise_density = 6.6e-5;
  spec.imu.gyroscope.bias_sd = 0.0175;
  return spec;
}

TEST(Device, ReadsGravityAtRestFromTheFirstSample) {
  DeviceSpec spec = Watch();
  for (InertialSensorSpec* sensor : {&spec.imu.accelerometer, &spec.imu.gyroscope}) {
    sensor->noise_density = sensor->bias_sd = sensor->resolution = 0;
  }
  const auto channels = Record(spec, 0.5, AtRest);
  ASSERT_EQ(channels.size(), 2U);
  for (const double z : Axis(channels[0], 2)) EXPECT_NEAR(z, kStandardGravity, 1e-6);
  for (const double x : Axis(channels[0], 0)) EXPECT_NEAR(x, 0, 1e-6);
  for (const double w : Axis(channels[1], 1)) EXPECT_EQ(w, 0);
}

// Oracle: a turntable of radius r at ω gives ω² r towards its axis, g upwards, and ω about it, without ripple.
TEST(Device, OnATurntableReadsTheCentripetalForceAndTheRate) {
  const double omega = 7.8, radius = 0.3;
  const auto channels = Record(Device(Exact(100, 40, 4)), 1, [&](double) {
    return SiteMotion{{-omega * omega * radius, 0, kStandardGravity}, {0, 0, omega}};
  });
  for (const double x : Axis(channels[0], 0)) EXPECT_NEAR(x, -18.252, 1e-5);
  for (const double z : Axis(channels[0], 2)) EXPECT_NEAR(z, kStandardGravity, 1e-6);
  for (const double w : Axis(channels[1], 2)) EXPECT_NEAR(w, omega, 1e-6);
}

TEST(Device, NamesItsChannelsAndStampsSamplesFromTheMiddleOfTheFirstStep) {
  const auto channels = Record(Watch(), 1, AtRest);
  EXPECT_EQ(channels[0].spec.device, "watch@left_wrist");
  EXPECT_EQ(channels[0].spec.kind, trace::SensorKind::kAccelerometer);
  EXPECT_EQ(channels[1].spec.kind, trace::SensorKind::kGyroscope);
  EXPECT_EQ(channels[0].spec.channel_id, 1U);
  EXPECT_EQ(channels[1].spec.channel_id, 2U);
  EXPECT_EQ(channels[0].spec.clock, channels[1].spec.clock);
  EXPECT_EQ(channels[0].samples.size(), 100U);
  EXPECT_EQ(channels[0].samples.TimeNs(0), 500'000);
  EXPECT_EQ(channels[0].samples.TimeNs(99), 990'500'000);
}

TEST(Device, TakingInPartsGivesTheSameSamples) {
  const DeviceSpec spec = Watch();
  const Signal wave = [](double t) { return SiteMotion{{std::sin(9 * t), 2, 9}, {t, 0, std::cos(t)}}; };
  const auto whole = Record(spec, 1, wave);
  DeviceRecorder recorder(spec, "left_wrist", kDt, kKey, 1);
  std::vector<float> values;
  for (int k = 0; k < 1000; ++k) {
    recorder.Push(wave((k + 0.5) * kDt));
    if (k % 137 != 0 && k != 999) continue;
    const auto part = recorder.Take();
    EXPECT_EQ(part[0].samples.first_sequence, values.size() / 3);
    EXPECT_EQ(part[0].samples.first_time_ns, whole[0].samples.TimeNs(values.size() / 3));
    values.insert(values.end(), part[0].samples.values.begin(), part[0].samples.values.end());
  }
  EXPECT_EQ(values, whole[0].samples.values);
}

// Oracle: magnitude of the Butterworth filter in closed form. 130 Hz folds onto 30 Hz at 100 Hz; 30 Hz itself passes.
TEST(Device, AttenuatesTonesAsItsFilterSays) {
  for (const int order : {2, 4}) {
    for (const double f : {10.0, 40.0, 70.0, 130.0, 330.0}) {
      const auto channels = Record(Device(Exact(100, 40, order)), 12, [&](double t) {
        return SiteMotion{{std::sin(2 * kPi * f * t), 0, 0}, {0, std::sin(2 * kPi * f * t), 0}};
      });
      const double expected = ButterworthGain(f, 40, order, 1 / kDt);
      EXPECT_NEAR(ToneAmplitude(Axis(channels[0], 0), 200, f, 100), expected, 1e-4) << f << " Hz, order " << order;
      EXPECT_NEAR(ToneAmplitude(Axis(channels[1], 1), 200, f, 100), expected, 1e-4) << f << " Hz, order " << order;
    }
  }
}

// Oracle: behind any linear filter a ramp is a ramp, late by the delay at zero frequency.
TEST(Device, LagsBehindItsStampsByTheGroupDelay) {
  for (const int order : {2, 4}) {
    const InertialSensorSpec sensor = Exact(100, 20, order);
    const auto channels = Record(Device(sensor), 2, [](double t) { return SiteMotion{{5 * t, 0, 0}, {0, 0, 0}}; });
    const double delay = GroupDelay(sensor, kDt);
    EXPECT_GT(delay, 0.01);
    EXPECT_LT(delay, 0.03);
    const trace::SampleBlock& block = channels[0].samples;
    const double stamp = 1e-9 * static_cast<double>(block.TimeNs(150));
    EXPECT_NEAR(static_cast<double>(block.values[450]), 5 * (stamp - delay), 1e-6);
  }
}

TEST(Device, InterpolatesWhereTheRateDoesNotDivideThePhysicsRate) {
  // Linear interpolation of a tone errs by (ω dt)²/8 at most; here 4.9e-4 of the amplitude.
  const double f = 10, rate = 104;
  const InertialSensorSpec sensor = Exact(rate, 40);
  const auto channels = Record(Device(sensor), 3, [&](double t) {
    return SiteMotion{{std::sin(2 * kPi * f * t), 0, 0}, {0, 0, 0}};
  });
  const trace::SampleBlock& block = channels[0].samples;
  EXPECT_EQ(block.size(), 312U);
  const std::vector<double> x = Axis(channels[0], 0);
  EXPECT_NEAR(ToneAmplitude(x, 0, f, rate), ButterworthGain(f, 40, 2, 1000), 2e-3);
  for (std::size_t i = 0; i < block.size(); ++i) {
    EXPECT_NEAR(static_cast<double>(block.TimeNs(i)), 5e5 + 1e9 * static_cast<double>(i) / rate, 0.51);
  }
  // Residual of the least-squares tone at the stamped times bounds the jitter of the sampling.
  double c = 0, s = 0;
  const std::size_t from = 104;
  for (std::size_t i = from; i < x.size(); ++i) {
    const double phase = 2 * kPi * f * 1e-9 * static_cast<double>(block.TimeNs(i));
    c += 2 * x[i] * std::cos(phase) / 208;
    s += 2 * x[i] * std::sin(phase) / 208;
  }
  for (std::size_t i = from; i < x.size(); ++i) {
    const double phase = 2 * kPi * f * 1e-9 * static_cast<double>(block.TimeNs(i));
    EXPECT_NEAR(x[i], c * std::cos(phase) + s * std::sin(phase), 6e-4);
  }
}

TEST(Device, ClipsExactlyAtItsRange) {
  InertialSensorSpec sensor = Exact(100, 40);
  sensor.range = 39.2266;
  sensor.resolution = 0.1;
  const auto channels = Record(Device(sensor), 0.5, [](double) {
    return SiteMotion{{500, -500, 39.1}, {39.21, -39.3, 0}};
  });
  for (const double x : Axis(channels[0], 0)) EXPECT_EQ(static_cast<float>(x), 39.2F);
  for (const double y : Axis(channels[0], 1)) EXPECT_EQ(static_cast<float>(y), -39.2F);
  for (const double z : Axis(channels[0], 2)) EXPECT_EQ(static_cast<float>(z), 39.1F);
  for (const double y : Axis(channels[1], 1)) EXPECT_EQ(static_cast<float>(y), -39.2F);
}

TEST(Device, SaturatesBeforeItsFilterSoThatAShockCannotReadMoreThanItsClippedSelf) {
  // One step of 5000 m/s² through a filter alone would read 5000 · 0.05; the front end passes only 16 g of it.
  const Signal shock = [](double t) { return SiteMotion{{t > 0.1 && t < 0.101 ? 5000.0 : 0.0, 0, 0}, {0, 0, 0}}; };
  const auto largest = [&](const InertialSensorSpec& sensor) {
    double most = 0;
    for (const double x : Axis(Record(Device(sensor), 0.3, shock)[0], 0)) most = std::max(most, x);
    return most;
  };
  const InertialSensorSpec open = Exact(1000, 40);
  InertialSensorSpec clipping = open;
  clipping.range = 156.9064;
  EXPECT_GT(largest(open), 300);
  EXPECT_NEAR(largest(clipping), largest(open) * 156.9064 / 5000, 1e-4);
}

TEST(Device, QuantisesToItsGrid) {
  InertialSensorSpec sensor = Exact(100, 40);
  sensor.resolution = 0.1;
  sensor.noise_density = 0.05;
  const auto channels = Record(Device(sensor), 5, AtRest);
  std::set<double> seen;
  for (const double z : Axis(channels[0], 2)) {
    EXPECT_NEAR(z / 0.1, std::round(z / 0.1), 1e-5);
    seen.insert(z);
  }
  EXPECT_GT(seen.size(), 5U);
}

// Oracle: noise of one-sided density N through a filter has variance N² ∫|H|² df; |H|² in closed form, by Riemann sum.
TEST(Device, ShowsItsNoiseDensity) {
  for (const double bandwidth : {20.0, 40.0, 50.0}) {
    InertialSensorSpec sensor = Exact(100, bandwidth, 4);
    sensor.noise_density = 1.1e-3;
    const auto channels = Record(Device(sensor), 400, AtRest);
    double noise_bandwidth = 0;  // up to the output's Nyquist frequency
    for (double f = 0.005; f < 50; f += 0.01) {
      noise_bandwidth += 0.01 * (bandwidth < 50 ? std::pow(ButterworthGain(f, bandwidth, 4, 100), 2) : 1);
    }
    for (int axis = 0; axis < 3; ++axis) {
      const double density = std::sqrt(Variance(Axis(channels[0], axis)) / noise_bandwidth);
      EXPECT_NEAR(density / 1.1e-3, 1, 0.05) << bandwidth << " Hz, axis " << axis;
    }
  }
}

// Below the bandwidth the density does not depend on rate and bandwidth: means of 0.5 s have variance N² / (2 · 0.5 s).
TEST(Device, NoiseOfSlowSignalsIsTheDensityWhateverTheBandwidth) {
  for (const double bandwidth : {20.0, 40.0, 50.0}) {
    InertialSensorSpec sensor = Exact(100, bandwidth, 4);
    sensor.noise_density = 2e-3;
    const std::vector<double> x = Axis(Record(Device(sensor), 2000, AtRest)[1], 0);
    std::vector<double> means;
    for (std::size_t i = 0; i + 50 <= x.size(); i += 50) {
      means.push_back(Mean({x.begin() + static_cast<long>(i), x.begin() + static_cast<long>(i) + 50}));
    }
    // 4000 means: standard error of the deviation 1.1 %; correlation across edges 2 % at 20 Hz.
    EXPECT_NEAR(std::sqrt(Variance(means)) / 2e-3, 1, 0.05) << bandwidth;
  }
}

TEST(Device, BiasIsFixedInASessionAndSpreadOverUnits) {
  InertialSensorSpec sensor = Exact(100, 40);
  sensor.bias_sd = 0.2;
  std::vector<double> biases;
  for (std::uint64_t unit = 0; unit < 1000; ++unit) {
    const auto channels = Record(Device(sensor), 0.03, AtRest, kKey.Derive(unit));
    const std::vector<double> z = Axis(channels[0], 0);
    for (const double v : z) EXPECT_NEAR(v, z[0], 1e-7);
    biases.push_back(z[0]);
    biases.push_back(Axis(channels[1], 2)[0]);
  }
  // Standard errors over 2000 draws: 0.0045 of the mean, 0.0032 of the deviation.
  EXPECT_NEAR(Mean(biases), 0, 0.018);
  EXPECT_NEAR(std::sqrt(Variance(biases)), 0.2, 0.013);
}

TEST(Device, SameKeyGivesTheSameBytesAndAnotherKeyOthers) {
  const auto first = Record(Watch(), 1, AtRest);
  const auto again = Record(Watch(), 1, AtRest);
  const auto other = Record(Watch(), 1, AtRest, kKey.Derive("other"));
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(first[i].samples.values, again[i].samples.values);
    EXPECT_NE(first[i].samples.values, other[i].samples.values);
  }
}

TEST(Device, TwoDevicesOfOneCaseHaveIndependentNoise) {
  InertialSensorSpec sensor = Exact(100, 50);
  sensor.noise_density = 1;
  DeviceRecorder left(Device(sensor), "left_wrist", kDt, kKey, 1);
  DeviceRecorder right(Device(sensor), "right_wrist", kDt, kKey, 3);
  for (int k = 0; k < 100000; ++k) {
    left.Push({});
    right.Push({});
  }
  const auto a = left.Take(), b = right.Take();
  const auto correlation = [](const std::vector<double>& x, const std::vector<double>& y) {
    double sum = 0;
    for (std::size_t i = 0; i < x.size(); ++i) sum += x[i] * y[i];
    return sum / static_cast<double>(x.size()) / std::sqrt(Variance(x) * Variance(y));
  };
  const double bound = 5 / std::sqrt(10000);
  EXPECT_NEAR(correlation(Axis(a[0], 0), Axis(b[0], 0)), 0, bound);
  EXPECT_NEAR(correlation(Axis(a[0], 0), Axis(a[0], 1)), 0, bound);
  EXPECT_NEAR(correlation(Axis(a[0], 0), Axis(a[1], 0)), 0, bound);
}

// Oracle: transmissibility of a mass on a spring and damper, |T|² = (1 + (2ζr)²) / ((1 − r²)² + (2ζr)²), r = f/f0.
TEST(Device, StrapPassesMotionAsASpringAndDamperDo) {
  DeviceSpec spec = Device(Exact(1000, 400));
  for (const double zeta : {0.5, 0.7, 0.9}) {
    spec.strap = StrapSpec{20, zeta};
    for (const double f : {2.0, 15.0, 20.0, 40.0, 80.0}) {
      const auto channels = Record(spec, 3, [&](double t) {
        return SiteMotion{{std::sin(2 * kPi * f * t), 0, 0}, {std::sin(2 * kPi * f * t), 0, 0}};
      });
      const double r = f / 20, d = 2 * zeta * r;
      const double expected = std::sqrt((1 + d * d) / ((1 - r * r) * (1 - r * r) + d * d));
      // The bilinear transform bends frequencies by (π f dt)²/3: 2 % of f at 80 Hz.
      EXPECT_NEAR(ToneAmplitude(Axis(channels[0], 0), 1000, f, 1000) / expected, 1, 0.025) << f << " Hz, zeta " << zeta;
      EXPECT_NEAR(ToneAmplitude(Axis(channels[1], 0), 1000, f, 1000), 1, 0.01);  // rotation is not sprung
    }
  }
}

TEST(Device, ImpossibleSensorsAreRefused) {
  const auto record = [](const InertialSensorSpec& sensor) { (void)Record(Device(sensor), 0.01, AtRest); };
  EXPECT_THROW(record(Exact(2000, 40)), std::invalid_argument);
  EXPECT_THROW(record(Exact(0, 40)), std::invalid_argument);
  EXPECT_THROW(record(Exact(100, 450)), std::invalid_argument);
  EXPECT_THROW(record(Exact(100, 0)), std::invalid_argument);
  EXPECT_THROW(record(Exact(100, 40, 3)), std::invalid_argument);
}

}  // namespace
}  // namespace stunt::sim
