#include "stunt/metrics/allan.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "stunt/random/random.h"

namespace stunt::metrics {
namespace {

// Counted by hand: 1, 3, 2, 6, 4, 8. m = 1: differences 2, −1, 4, −2, 4: mean square 8.2. m = 2: means 2, 2.5, 4, 5, 6
// at starts 0 … 4, differences over two 2, 2.5, 2: mean square 4.75.
TEST(AllanDeviation, IsHalfTheMeanSquareOfDifferencesOfNeighbouringMeans) {
  const std::vector<double> x = {1, 3, 2, 6, 4, 8};
  const std::vector<std::size_t> factors = {1, 2};
  const auto points = AllanDeviation(x, 10, factors);
  ASSERT_EQ(points.size(), 2U);
  EXPECT_NEAR(points[0].tau_s, 0.1, 1e-15);
  EXPECT_NEAR(points[0].deviation, std::sqrt(8.2 / 2), 1e-12);
  EXPECT_NEAR(points[1].deviation, std::sqrt(4.75 / 2), 1e-12);
}

// Oracle: a ramp of slope r has Allan deviation r τ / √2 (IEEE 952, C.1.7).
TEST(AllanDeviation, OfARampIsItsSlopeTimesTauOverRootTwo) {
  std::vector<double> x;
  for (int i = 0; i < 1000; ++i) x.push_back(3 + 0.02 * i);
  for (const AllanPoint& p : AllanDeviation(x, 50, std::vector<std::size_t>{1, 7, 100, 333})) {
    EXPECT_NEAR(p.deviation, p.tau_s / std::numbers::sqrt2, 1e-10);
  }
}

TEST(AllanDeviation, IntervalHoldsTheTruthOfWhiteNoiseNineteenTimesInTwenty) {
  int held = 0, all = 0;
  for (std::uint64_t run = 0; run < 400; ++run) {
    random::Stream stream(random::StreamKey{run, 1});
    std::vector<double> x(2000);
    for (double& v : x) v = stream.Normal();
    for (const AllanPoint& p : AllanDeviation(x, 1, std::vector<std::size_t>{1, 10, 100})) {
      const double truth = 1 / std::sqrt(p.tau_s);
      held += p.lo <= truth && truth <= p.hi ? 1 : 0;
      ++all;
    }
  }
  EXPECT_NEAR(static_cast<double>(held) / all, 0.95, 0.02);
}

TEST(AllanFactors, AreSpacedEvenlyAndLeaveEnoughWindows) {
  const auto factors = AllanFactors(90000, 4);
  EXPECT_EQ(factors.front(), 1U);
  EXPECT_EQ(factors.back(), 10000U);
  EXPECT_NE(std::find(factors.begin(), factors.end(), 100U), factors.end());
}

TEST(FitAllan, FindsTheTermsOfACurve) {
  std::vector<AllanPoint> curve;
  for (double tau = 0.01; tau < 1e4; tau *= 2) {
    const double variance = 0.09 / (2 * tau) + 2 * std::numbers::ln2 / std::numbers::pi * 1e-4 + 1e-8 * tau / 3;
    curve.push_back({tau, std::sqrt(variance), 0, 0});
  }
  const AllanCoefficients fit = FitAllan(curve);
  EXPECT_NEAR(fit.noise_density, 0.3, 1e-6);
  EXPECT_NEAR(fit.bias_instability, 0.01, 1e-6);
  EXPECT_NEAR(fit.random_walk, 1e-4, 1e-7);
  for (AllanPoint& p : curve) p.deviation = 0.3 / std::sqrt(2 * p.tau_s);
  EXPECT_NEAR(FitAllan(curve).bias_instability, 0, 1e-4);
  for (AllanPoint& p : curve) p.deviation = 0;
  EXPECT_EQ(FitAllan(curve).noise_density, 0);
}

}  // namespace
}  // namespace stunt::metrics
