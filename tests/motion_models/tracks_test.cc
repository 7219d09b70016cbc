#include "tracks.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "smoothness.h"

namespace stunt::motion_models {
namespace {

using test::kSmooth;
using test::RoughnessBelow;

constexpr double kPi = std::numbers::pi;
constexpr std::size_t kSlot = 7;

ChannelValues Base() {
  ChannelValues values{};
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = 0.1 * static_cast<double>(i) - 2;
  return values;
}

double At(const TrackList& tracks, double t, std::array<double, 2> phase = {0, 0.5}, double cadence = 1) {
  ChannelValues values = Base();
  tracks.Apply(t, phase, cadence, values);
  return values[kSlot];
}

TEST(Tracks, LeaveOtherChannelsAlone) {
  TrackList tracks;
  tracks.blends = {{kSlot, 0, 1, 5}};
  tracks.harmonics = {{kSlot, 0, 1, 1, 0}};
  tracks.oscillations = {{kSlot, 1, 3, 0, 0, 9, 1}};
  tracks.pushes = {{kSlot, 1, 0, 1, 0.1}};
  ChannelValues values = Base();
  tracks.Apply(0.7, {0.2, 0.7}, 1, values);
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (i != kSlot) {
      EXPECT_EQ(values[i], Base()[i]);
    }
  }
  EXPECT_NE(values[kSlot], Base()[kSlot]);
}

TEST(Blend, GoesFromWhatIsThereToItsTarget) {
  TrackList tracks;
  tracks.blends = {{kSlot, 1.5, 0.8, 4}};
  const double base = Base()[kSlot];
  EXPECT_EQ(At(tracks, 1.5), base);
  EXPECT_NEAR(At(tracks, 1.9), 0.5 * (base + 4), 1e-14);
  // The quintic at a quarter: 53/512.
  EXPECT_NEAR(At(tracks, 1.7), base + 53.0 / 512 * (4 - base), 1e-14);
  EXPECT_NEAR(At(tracks, 2.3), 4, 1e-14);
  EXPECT_NEAR(At(tracks, 99), 4, 1e-14);
}

TEST(Blend, TheLowerOneInTheFileWinsWhateverTheirTimes) {
  TrackList in_order;
  in_order.blends = {{kSlot, 1, 0.5, 3}, {kSlot, 2, 0.5, -6}};
  EXPECT_NEAR(At(in_order, 1.8), 3, 1e-14);
  EXPECT_NEAR(At(in_order, 2.25), 0.5 * (3 - 6), 1e-14);  // takes over from the first one's target
  EXPECT_NEAR(At(in_order, 5), -6, 1e-14);
  TrackList reversed;
  reversed.blends = {{kSlot, 2, 0.5, -6}, {kSlot, 1, 0.5, 3}};
  EXPECT_NEAR(At(reversed, 5), 3, 1e-14);
}

// An arm that has been put somewhere goes on swinging about there.
TEST(Blend, TakesOverPushesButNeitherHarmonicsNorOscillations) {
  TrackList tracks;
  tracks.blends = {{kSlot, 1, 0.5, 3}};
  tracks.pushes = {{kSlot, 2, 0, 1, 0.1}};
  EXPECT_NEAR(At(tracks, 2), 3, 1e-14);
  TrackList swing;
  swing.harmonics = {{kSlot, 0, 0.9, 1, 0.3}};
  const double swung = At(swing, 2);
  EXPECT_GT(std::abs(swung - At({}, 2)), 1e-3);
  tracks.harmonics = swing.harmonics;
  EXPECT_NEAR(At(tracks, 2), 3 + swung - At({}, 2), 1e-14);
  tracks.oscillations = {{kSlot, 0.25, 2, 0.4, 0, 100, 0.5}};
  EXPECT_NEAR(At(tracks, 2), 3 + swung - At({}, 2) + 0.25 * std::sin(2 * 2 + 0.4), 1e-14);
}

TEST(Harmonic, IsACosineOfTheStrideOfItsSide) {
  TrackList tracks;
  tracks.harmonics = {{kSlot, 1, 0.7, 2, 0.6}};
  const double base = Base()[kSlot];
  for (const double p : {0.0, 0.13, 0.5, 0.88}) {
    EXPECT_NEAR(At(tracks, 3, {0.9, p}), base + 0.7 * std::cos(4 * kPi * p - 0.6), 1e-14);
    EXPECT_NEAR(At(tracks, 3, {0.9, p}, 0.4), base + 0.4 * 0.7 * std::cos(4 * kPi * p - 0.6), 1e-14);
    EXPECT_EQ(At(tracks, 3, {0.9, p}, 0), base);
  }
}

TEST(Oscillation, IsASineThatFadesInAndOut) {
  TrackList tracks;
  tracks.oscillations = {{kSlot, 0.3, 11, 1.1, 2, 5, 0.4}};
  const double base = Base()[kSlot];
  const auto sine = [](double t) { return 0.3 * std::sin(11 * t + 1.1); };
  EXPECT_EQ(At(tracks, 1.99), base);
  EXPECT_NEAR(At(tracks, 2.2), base + 0.5 * sine(2.2), 1e-14);
  EXPECT_NEAR(At(tracks, 3.7), base + sine(3.7), 1e-14);
  EXPECT_NEAR(At(tracks, 5.2), base + 0.5 * sine(5.2), 1e-14);  // to_s is where the fading out begins
  EXPECT_EQ(At(tracks, 5.41), base);
}

// Twice the running sum of a force with ramped ends: the ramps begin at `from` and at `to`.
TEST(Push, IsTheMotionOfARampedAcceleration) {
  const double a = 3, from = 1, to = 1.6, ramp = 0.2;
  TrackList tracks;
  tracks.pushes = {{kSlot, a, from, to, ramp}};
  const auto quintic = [](double u) {
    u = std::min(std::max(u, 0.0), 1.0);
    return u * u * u * (10 - 15 * u + 6 * u * u);
  };
  constexpr double kStep = 1e-4;
  double velocity = 0, position = 0;
  for (int i = 0; i < 30000; ++i) {
    const double t = i * kStep;
    if (i % 2500 == 0) {
      EXPECT_NEAR(At(tracks, t) - Base()[kSlot], position, 1e-7) << t;
    }
    const double middle = t + 0.5 * kStep;
    const double now = a * (quintic((middle - from) / ramp) - quintic((middle - to) / ramp));
    position += velocity * kStep + 0.5 * now * kStep * kStep;
    velocity += now * kStep;
  }
  EXPECT_NEAR((At(tracks, 10) - At(tracks, 9)), a * (to - from), 1e-12);
}

TEST(Tracks, AreTwiceContinuouslyDifferentiableTogether) {
  TrackList tracks;
  tracks.blends = {{kSlot, 1, 0.5, 3}, {kSlot, 1.2, 0.7, -1}, {kSlot, 0.9, 2, 1}};
  tracks.harmonics = {{kSlot, 0, 0.7, 2, 0.6}};
  tracks.pushes = {{kSlot, 2, 0.8, 1.3, 0.3}};
  tracks.oscillations = {{kSlot, 0.25, 6, 0.4, 0.5, 3, 0.5}};
  const auto f = [&](double t) { return At(tracks, t, {0.9 * t, 0}); };
  EXPECT_LT(RoughnessBelow(f, 0, 4, 1e-3), kSmooth);
}

}  // namespace
}  // namespace stunt::motion_models
