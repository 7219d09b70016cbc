#include "smooth.h"

#include <gtest/gtest.h>

#include "smoothness.h"
#include "stride_clock.h"

namespace stunt::motion_models {
namespace {

using test::kSmooth;
using test::RoughnessBelow;

// Simpson's rule, exact for the polynomials between the knots up to round-off.
template <typename F>
double Integral(F&& f, double lo, double hi) {
  constexpr int kPanels = 4000;
  const double h = (hi - lo) / kPanels;
  double sum = 0;
  for (int i = 0; i < kPanels; ++i) {
    const double x = lo + i * h;
    sum += h / 6 * (f(x) + 4 * f(x + 0.5 * h) + f(x + h));
  }
  return sum;
}

TEST(Smooth, GoesFromZeroToOneAroundItsCentre) {
  EXPECT_EQ(Smooth(-0.1), 0);
  EXPECT_EQ(Smooth(0), 0);
  EXPECT_EQ(Smooth(1), 1);
  EXPECT_EQ(Smooth(1.1), 1);
  EXPECT_DOUBLE_EQ(Smooth(0.5), 0.5);
  for (const double u : {0.03, 0.2, 0.41}) EXPECT_NEAR(Smooth(u) + Smooth(1 - u), 1, 1e-15);
  EXPECT_NEAR((Smooth(0.5 + 1e-5) - Smooth(0.5 - 1e-5)) / 2e-5, 1.875, 1e-8);
}

TEST(Smooth, IntegralsAgreeWithQuadrature) {
  for (const double u : {-0.5, 0.1, 0.37, 0.8, 1.0, 1.6, 3.0}) {
    // Split at the knot so that the rule keeps its order: residual 2e-13.
    const double knee = std::min(u, 1.0);
    EXPECT_NEAR(SmoothIntegral(u), Integral(Smooth, 0, knee) + Integral(Smooth, knee, u), 1e-12) << u;
    EXPECT_NEAR(SmoothDoubleIntegral(u), Integral(SmoothIntegral, 0, knee) + Integral(SmoothIntegral, knee, u), 1e-12)
        << u;
  }
}

TEST(Smooth, EverythingIsTwiceContinuouslyDifferentiable) {
  EXPECT_LT(RoughnessBelow(Smooth, -0.5, 1.5, 1e-3), kSmooth);
  EXPECT_LT(RoughnessBelow(SmoothIntegral, -0.5, 1.5, 1e-3), kSmooth);
  EXPECT_LT(RoughnessBelow(SmoothDoubleIntegral, -0.5, 1.5, 1e-3), kSmooth);
  EXPECT_LT(RoughnessBelow(Cruise, -0.5, 1.5, 1e-3), kSmooth);
  EXPECT_LT(RoughnessBelow(Hill, -0.5, 1.5, 1e-3), kSmooth);
}

// The measure itself: it must see a cubic smoothstep, whose second derivative jumps at both ends.
TEST(Smooth, TheMeasureSeesAJumpInTheSecondDerivative) {
  const auto cubic = [](double u) { return u <= 0 ? 0.0 : u >= 1 ? 1.0 : u * u * (3 - 2 * u); };
  EXPECT_GT(RoughnessBelow(cubic, -0.5, 1.5, 1e-3), 3);
}

TEST(Cruise, GoesFromRestToRestAtAnAlmostConstantRate) {
  EXPECT_EQ(Cruise(-0.2), 0);
  EXPECT_EQ(Cruise(0), 0);
  EXPECT_NEAR(Cruise(1), 1, 1e-15);
  EXPECT_NEAR(Cruise(1.7), 1, 1e-15);
  double fastest = 0;
  for (double u = 0; u < 1; u += 1e-3) {
    const double rate = (Cruise(u + 1e-3) - Cruise(u)) / 1e-3;
    EXPECT_GE(rate, -1e-12);
    fastest = std::max(fastest, rate);
  }
  EXPECT_NEAR(fastest, 1 / 0.7, 1e-9);
}

TEST(Hill, IsOneInTheMiddleAndNothingOutside) {
  EXPECT_EQ(Hill(-0.1), 0);
  EXPECT_EQ(Hill(0), 0);
  EXPECT_EQ(Hill(0.5), 1);
  EXPECT_EQ(Hill(1), 0);
  EXPECT_EQ(Hill(1.1), 0);
  EXPECT_DOUBLE_EQ(Hill(0.25), 0.5);
}

// The wish jumps; delay, rate and acceleration do not.
TEST(StrideClock, RunsWithTheClockInItsDeadBandAndElsewhereFallsBackSmoothly) {
  constexpr double kStep = 1e-3;
  StrideClock clock;
  for (int i = 0; i < 1000; ++i) clock.Advance(i % 2 == 0 ? 0.099 : -0.099, 1, kStep);
  EXPECT_EQ(clock.delay(), 0);
  double delay = 0, rate = 0, acceleration = 0, largest = 0;
  for (int i = 0; i < 1000; ++i) {
    clock.Advance(0.5, 1, kStep);
    const double next_rate = (clock.delay() - delay) / kStep;
    const double next_acceleration = (next_rate - rate) / kStep;
    largest = std::max(largest, std::abs(next_acceleration - acceleration));
    delay = clock.delay();
    rate = next_rate;
    acceleration = next_acceleration;
  }
  EXPECT_LT(largest, 0.5);  // 1/s; measured 0.36: the step divided by both filters' times, 0.9·dt/τ²
  EXPECT_NEAR(rate, 0.9, 1e-6);
}

}  // namespace
}  // namespace stunt::motion_models
