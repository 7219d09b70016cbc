#include <gtest/gtest.h>

#include <cmath>
#include <complex>
#include <functional>
#include <numbers>

#include "stunt/sim/device.h"

namespace stunt::sim {
namespace {

using Eigen::Vector3d;
using trace::ChannelTrace;

constexpr double kDt = 1e-3;
constexpr double kG = 9.80665;
constexpr double kPi = std::numbers::pi;

// A device without errors whose filter is far above what is looked at.
DeviceSpec Ideal(const StrapSpec& strap) {
  DeviceSpec spec;
  spec.name = "ideal";
  for (InertialSensorSpec* sensor : {&spec.imu.accelerometer, &spec.imu.gyroscope}) {
    sensor->rate_hz = 1000;
    sensor->bandwidth_hz = 400;
  }
  spec.strap = strap;
  return spec;
}

struct Traces {
  std::vector<Vector3d> force, rate;
};

Traces Read(const StrapSpec& strap, double seconds, const std::function<SiteMotion(double)>& motion, double dt = kDt) {
  DeviceSpec spec = Ideal(strap);
  DeviceRecorder recorder(spec, "left_wrist", dt, {1, 2}, 0);
  for (long i = 0; i < std::lround(seconds / dt); ++i) recorder.Push(motion((static_cast<double>(i) + 0.5) * dt));
  const std::vector<ChannelTrace> channels = recorder.Take();
  const auto vectors = [](const trace::SampleBlock& block) {
    std::vector<Vector3d> values;
    for (std::size_t i = 0; i < block.size(); ++i) {
      values.emplace_back(block.values[3 * i], block.values[3 * i + 1], block.values[3 * i + 2]);
    }
    return values;
  };
  return {vectors(channels[0].samples), vectors(channels[1].samples)};
}

// Amplitude of the second half of a trace's component at a frequency.
double Amplitude(const std::vector<Vector3d>& x, int axis, double hz) {
  std::complex<double> sum = 0;
  const std::size_t from = x.size() / 2;
  for (std::size_t i = from; i < x.size(); ++i) {
    sum += x[i][axis] * std::polar(1.0, -2 * kPi * hz * static_cast<double>(i) * kDt);
  }
  return 2 * std::abs(sum) / static_cast<double>(x.size() - from);
}

StrapSpec Tilting(double hz) {
  StrapSpec strap;
  strap.tilt_frequency_hz = hz;
  return strap;
}

SiteMotion Shaken(double hz, double amplitude, double t) {
  return {{amplitude * std::sin(2 * kPi * hz * t), 0, kG}, {0, 0, 0}};
}

TEST(LooseMount, WithoutPlayIsASpringAndDamper) {
  StrapSpec strap = Tilting(500);  // which hardly rocks
  strap.lever_m = 0;
  strap.frequency_hz = 20;
  strap.damping_ratio = 0.3;
  for (const double hz : {5.0, 20.0, 40.0}) {
    const Traces traces = Read(strap, 4, [&](double t) { return Shaken(hz, 1, t); });
    const std::complex<double> s(0, hz / 20);  // over the natural frequency
    const double expected = std::abs((0.6 * s + 1.0) / (s * s + 0.6 * s + 1.0));
    EXPECT_NEAR(Amplitude(traces.force, 0, hz), expected, 0.05 * expected) << hz;
  }
}

TEST(LooseMount, IsTheSiteWhereItIsStiff) {
  StrapSpec strap = Tilting(2000);
  strap.frequency_hz = 2000;
  const Traces traces = Read(strap, 1, [](double t) {
    return SiteMotion{{3 * std::sin(20 * t), 2, kG}, {0, std::cos(15 * t), 0}};
  });
  for (std::size_t i = 100; i < 900; i += 50) {
    // The filter at 400 Hz delays by half a sample.
    const double t = (static_cast<double>(i) + 0.5) * kDt - 0.56e-3;
    EXPECT_NEAR(traces.force[i].x(), 3 * std::sin(20 * t), 0.03);
    EXPECT_NEAR(traces.rate[i].y(), std::cos(15 * t), 0.03);
  }
}

TEST(LooseMount, HangsOverByTheMomentOfItsWeight) {
  StrapSpec strap = Tilting(15);
  const Traces traces = Read(strap, 1, [](double) { return SiteMotion{{kG, 0, 0}, {0, 0, 0}}; });
  const double angle = strap.lever_m * kG / (strap.gyration_m * strap.gyration_m) / std::pow(2 * kPi * 15, 2);
  // On its edge, x up: the weight of the case pulls its face down.
  EXPECT_NEAR(traces.force.back().x(), kG * std::cos(angle), 1e-3);
  EXPECT_NEAR(std::abs(traces.force.back().z()), kG * std::sin(angle), 1e-3);
  EXPECT_GT(angle, 0.03);
}

TEST(LooseMount, RocksInTheGyroscopeToo) {
  const auto rms = [](const StrapSpec& strap) {
    const Traces traces = Read(strap, 4, [](double t) { return Shaken(12, 5, t); });
    return Amplitude(traces.rate, 1, 12);
  };
  StrapSpec rigid;
  EXPECT_NEAR(rms(rigid), 0, 1e-6);
  EXPECT_GT(rms(Tilting(12)), 0.5);
}

TEST(LooseMount, ComesToRestAgainstTheEndOfItsPlay) {
  StrapSpec strap;
  strap.play = PerAxis(0.005);
  // Turned over at 1 s: falls through 10 mm of play and rests.
  const Traces traces = Read(strap, 3, [](double t) { return SiteMotion{{0, 0, t < 1 ? kG : -kG}, {0, 0, 0}}; });
  const double fall = std::sqrt(2 * 0.010 / (2 * kG));  // relative to the limb, which is pulled away at 2 g
  double least = 1e9;
  for (double t = 1.005; t < 1 + 0.7 * fall; t += kDt) {
    least = std::min(least, traces.force[static_cast<std::size_t>(t / kDt)].norm());
  }
  EXPECT_LT(least, 3) << "weightless on its way";
  EXPECT_NEAR(traces.force.back().z(), -kG, 1e-3);
}

// Without anything that shakes it, what moves comes to rest: nothing adds energy.
TEST(LooseMount, DiesAwayAfterABlow) {
  StrapSpec strap = Loosened(StrapSpec(), 0.2);
  const Traces traces = Read(strap, 6, [](double t) {
    return SiteMotion{{t > 1 && t < 1.01 ? 80.0 : 0.0, 0, kG}, {0, 0, 0}};
  });
  double largest = 1e9;
  for (double from = 1.2; from < 5.5; from += 0.5) {
    double most = 0;
    for (double t = from; t < from + 0.5; t += kDt) {
      most = std::max(most, std::abs(traces.force[static_cast<std::size_t>(t / kDt)].norm() - kG));
    }
    EXPECT_LE(most, largest * 1.02 + 1e-6) << from;
    largest = most;
  }
  EXPECT_LT(largest, 0.05);
}

TEST(LooseMount, ShowsInTheSpectrum) {
  // Steps at 1.8 Hz with their harmonics, as a walker's wrist.
  const auto walking = [](double t) {
    Vector3d f(0, 0, kG);
    for (int h = 1; h <= 4; ++h) {
      f += Vector3d(3.0 / h * std::sin(2 * kPi * 1.8 * h * t), 1.5 / h * std::cos(2 * kPi * 1.8 * h * t),
                    4.0 / h * std::sin(2 * kPi * 1.8 * h * t + h));
    }
    return SiteMotion{f, {0, 2 * std::sin(2 * kPi * 0.9 * t), 0}};
  };
  const auto power_above_10_hz = [&](double tightness) {
    const Traces traces = Read(Loosened(StrapSpec(), tightness), 8, walking);
    double power = 0;
    for (double hz = 10; hz <= 45; hz += 0.25) {
      for (int axis = 0; axis < 3; ++axis) power += std::pow(Amplitude(traces.force, axis, hz), 2);
    }
    return power;
  };
  const double tight = power_above_10_hz(1), loose = power_above_10_hz(0.3);
  EXPECT_GT(loose, 10 * tight);
}

TEST(LooseMount, ChangesLittleWhenTheStepHalves) {
  const StrapSpec strap = Loosened(StrapSpec(), 0.5);
  const auto motion = [](double t) { return Shaken(3, 6, t); };
  const auto rms = [&](double dt) {
    double sum = 0;
    const Traces traces = Read(strap, 4, motion, dt);
    for (const Vector3d& f : traces.force) sum += f.squaredNorm();
    return std::sqrt(sum / static_cast<double>(traces.force.size()));
  };
  EXPECT_NEAR(rms(kDt / 2), rms(kDt), 0.02 * rms(kDt));
}

TEST(Loosened, LeavesATightStrapAsItIs) {
  EXPECT_FALSE(Loosened(StrapSpec(), 1).Loose());
  EXPECT_TRUE(Loosened(StrapSpec(), 0.9).Loose());
  EXPECT_NEAR(Loosened(StrapSpec(), 0).frequency_hz, 8, 1e-12);
}

}  // namespace
}  // namespace stunt::sim
