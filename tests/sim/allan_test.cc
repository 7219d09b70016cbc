#include "stunt/metrics/allan.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstdio>
#include <numbers>
#include <vector>

#include "stunt/random/normals.h"
#include "stunt/sim/error_model.h"

namespace stunt::sim {
namespace {

constexpr double kRate = 100;       // Hz
constexpr double kSeconds = 36000;  // ten hours
constexpr std::uint64_t kUnits = 8;

struct Regimes {
  double noise_density, bias_instability, random_walk;
};

// White noise meets flicker at 3 s, flicker meets the walk at 300 s: 1 / √(2 τ) = 0.664 B, 0.664 B = K √(τ / 3).
constexpr Regimes Scaled(double size) { return {size, 0.615 * size, 0.0408 * size}; }

ImuSpec Static(const Regimes& accelerometer, const Regimes& gyroscope) {
  const auto sensor = [](const Regimes& r) {
    InertialSensorSpec spec = {.rate_hz = kRate, .bandwidth_hz = 50};
    spec.noise_density = r.noise_density;
    spec.bias_instability = r.bias_instability;
    spec.random_walk = r.random_walk;
    return spec;
  };
  return {sensor(accelerometer), sensor(gyroscope)};
}

/// Mean Allan variance over units and axes, as a curve; σ at [0]: accelerometer, [1]: gyroscope.
std::array<std::vector<metrics::AllanPoint>, 2> MeanCurves(const ImuSpec& spec) {
  const auto count = static_cast<std::size_t>(kSeconds * kRate);
  const std::vector<std::size_t> factors = metrics::AllanFactors(count, 5, 12);
  std::array<std::vector<metrics::AllanPoint>, 2> mean;
  for (std::uint64_t unit = 0; unit < kUnits; ++unit) {
    ImuErrorModel model(spec, random::StreamKey{unit, 2024});
    std::array<std::vector<double>, 6> axes;
    for (std::uint64_t k = 0; k * ImuErrorModel::kBlock < count; ++k) {
      MotionBlock block;
      for (AxisBlock* b : {&block.specific_force, &block.angular_rate}) {
        b->Resize(ImuErrorModel::kBlock);
      }
      model.Apply(k, block);
      for (std::size_t a = 0; a < 3; ++a) {
        const auto append = [](std::vector<double>& to, const std::vector<double>& from) {
          to.insert(to.end(), from.begin(), from.end());
        };
        append(axes[a], block.specific_force.axis[a]);
        append(axes[3 + a], block.angular_rate.axis[a]);
      }
    }
    for (std::size_t s = 0; s < 6; ++s) {
      const auto curve = metrics::AllanDeviation(axes[s], kRate, factors);
      std::vector<metrics::AllanPoint>& sum = mean[s / 3];
      sum.resize(curve.size());
      for (std::size_t i = 0; i < curve.size(); ++i) {
        sum[i].tau_s = curve[i].tau_s;
        sum[i].deviation += curve[i].deviation * curve[i].deviation / (3.0 * kUnits);
      }
    }
  }
  for (auto& curve : mean) {
    for (metrics::AllanPoint& p : curve) p.deviation = std::sqrt(p.deviation);
  }
  return mean;
}

// Oracle: IEEE 952: σ² = N²/2τ + (2 ln 2/π) B² + K² τ/3, with the parameters that made the noise.
TEST(Allan, TenStaticHoursGiveBackTheParametersThatMadeThem) {
  const Regimes made[2] = {Scaled(2e-3), Scaled(7e-5)};
  const auto curves = MeanCurves(Static(made[0], made[1]));
  for (std::size_t s = 0; s < 2; ++s) {
    const metrics::AllanCoefficients found = metrics::FitAllan(curves[s]);
    std::printf("%s: N %.4f, B %.4f, K %.4f of what was put in\n", s == 0 ? "accelerometer" : "gyroscope",
                found.noise_density / made[s].noise_density, found.bias_instability / made[s].bias_instability,
                found.random_walk / made[s].random_walk);
    EXPECT_NEAR(found.noise_density / made[s].noise_density, 1, 0.1);
    EXPECT_NEAR(found.bias_instability / made[s].bias_instability, 1, 0.1);
    EXPECT_NEAR(found.random_walk / made[s].random_walk, 1, 0.1);
    for (const metrics::AllanPoint& p : curves[s]) {
      const double flicker = 2 * std::numbers::ln2 / std::numbers::pi * std::pow(made[s].bias_instability, 2);
      const double expected = std::sqrt(std::pow(made[s].noise_density, 2) / (2 * p.tau_s) + flicker +
                                        std::pow(made[s].random_walk, 2) * p.tau_s / 3);
      // 24 curves: at 1000 s, 36 windows each, the standard error is 3 %.
      EXPECT_NEAR(p.deviation / expected, 1, 0.1) << p.tau_s << " s";
    }
  }
}

// Flicker alone, without white noise to hide behind: its curve is level from the rate to hours.
TEST(Allan, FlickerAloneIsLevelOverFourDecades) {
  ImuSpec spec = Static({0, 0.3, 0}, {0, 2e-3, 0});
  const auto curves = MeanCurves(spec);
  const double made[2] = {0.3, 2e-3};
  for (std::size_t s = 0; s < 2; ++s) {
    for (const metrics::AllanPoint& p : curves[s]) {
      if (p.tau_s < 0.1) continue;  // the band ends at a quarter of the rate
      EXPECT_NEAR(p.deviation / (0.664 * made[s]), 1,
                  p.tau_s < 0.5   ? 0.1
                  : p.tau_s < 300 ? 0.05
                                  : 0.12)
          << p.tau_s << " s";
    }
  }
}

}  // namespace
}  // namespace stunt::sim
