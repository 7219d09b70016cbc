#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "performing.h"

// Walking that the ground carries.
namespace stunt::motion_models {
namespace {

using sim::Segment;
using test::Draw;
using test::GroundForce;

constexpr std::uint64_t kAdults = 3;

class WalkingAt : public ::testing::TestWithParam<double> {
 protected:
  static Draw Walk(std::uint64_t i) { return {"walk", i, {"speed_mps=" + std::to_string(GetParam()), "walk_s=11.5"}}; }
};
INSTANTIATE_TEST_SUITE_P(Speed, WalkingAt, ::testing::Values(0.8, 1.0, 1.2, 1.4, 1.5));

double Weight(const Draw& draw) { return draw.subject.mass_kg * sim::kStandardGravity; }

// Measured: within 0.2 %. An assist that carried the walker unnoticed would show here.
TEST_P(WalkingAt, TheGroundCarriesBodyWeightAndNoForceHelps) {
  for (std::uint64_t i = 0; i < kAdults; ++i) {
    const Draw draw = Walk(i);
    Performer performer = draw.Perform();
    const double period = draw.parameters.Number("period_s");
    const double begin = 3;
    const double end = begin + std::floor((11.5 - begin) / period) * period;
    double sum = 0;
    double assist = 0;
    int n = 0;
    while (!performer.Done()) {
      performer.Step();
      assist = std::max(assist, performer.body().forces().assist.norm());
      if (performer.time() <= begin || performer.time() > end) continue;
      sum += GroundForce(performer.body()).z();
      ++n;
    }
    EXPECT_NEAR(sum / n / Weight(draw), 1, 0.02) << "adult " << i;
    EXPECT_EQ(assist, 0);
  }
}

TEST_P(WalkingAt, TheBodyAdvancesAtItsSpeed) {
  const Draw draw = Walk(0);
  Performer performer = draw.Perform();
  while (performer.time() < 3) performer.Step();
  const double from = performer.body().CentreOfMass().x();
  while (performer.time() < 11) performer.Step();
  EXPECT_NEAR((performer.body().CentreOfMass().x() - from) / 8, GetParam(), 0.02);
}

constexpr std::size_t kBins = 40;  // of 0.66 strides from a heel strike on

// Vertical force of the left foot by phase, the median of its stances [body weights].
std::array<double, kBins> StanceForce(const Draw& draw) {
  std::array<std::vector<double>, kBins> forces;  // of every stance
  std::vector<double> sum(kBins), count(kBins);
  Performer performer = draw.Perform();
  const double period = draw.parameters.Number("period_s");
  const double strike = 1.0;  // half the ramp: when the left foot would strike at full cadence
  double stride = 2;
  while (!performer.Done()) {
    performer.Step();
    const double strides = (performer.time() - strike) / period;
    if (strides < stride) continue;
    if (strides >= stride + 1) {
      for (std::size_t b = 0; b < kBins; ++b) forces[b].push_back(sum[b] / count[b] / Weight(draw));
      sum.assign(kBins, 0);
      count.assign(kBins, 0);
      ++stride;
    }
    const auto bin = static_cast<std::size_t>((strides - stride) / 0.66 * kBins);
    if (bin >= kBins) continue;
    sum[bin] += performer.body().forces().contact[static_cast<std::size_t>(sim::Index(Segment::kFootL))].z();
    count[bin] += 1;
  }
  std::array<double, kBins> median{};
  for (std::size_t b = 0; b < kBins; ++b) {
    const auto middle = forces[b].begin() + static_cast<long>(forces[b].size() / 2);
    std::nth_element(forces[b].begin(), middle, forces[b].end());
    median[b] = *middle;
  }
  return median;
}

// People: about 1.1, 0.75 and 1.1 body weights at 1.3 m/s; the faster, the deeper the dip (0.9 at 0.8 m/s, 0.5 at 2
// m/s: Nilsson and Thorstensson 1989, recalled).
TEST_P(WalkingAt, AFootCarriesTwoHumpsAndADip) {
  for (std::uint64_t i = 0; i < kAdults; ++i) {
    const auto force = StanceForce(Walk(i));
    const double first = *std::max_element(force.begin() + 6, force.begin() + 18);
    const double dip = *std::min_element(force.begin() + 18, force.begin() + 28);
    const double second = *std::max_element(force.begin() + 28, force.begin() + 36);
    EXPECT_GT(first, 1.1 * dip) << "adult " << i;
    EXPECT_GT(second, 1.1 * dip) << "adult " << i;
    EXPECT_GT(first, 0.85) << "adult " << i;
    EXPECT_NEAR(dip, 0.75 - 0.4 * (GetParam() - 1.3), 0.2) << "adult " << i;
    EXPECT_NEAR(second, 1.15, 0.25) << "adult " << i;
    EXPECT_LT(*std::max_element(force.begin(), force.end()), 2.5) << "adult " << i;
  }
}

}  // namespace
}  // namespace stunt::motion_models
