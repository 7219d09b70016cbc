#include "gait.h"

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <numbers>
#include <ostream>
#include <string>

#include "smoothness.h"

namespace stunt::motion_models {
namespace {

using test::kSmooth;
using test::RoughnessBelow;

constexpr double kGravity = 9.80665;
constexpr double kAnkle = 0.068;
constexpr double kFoot = 0.258;
constexpr double kStop = 7.3;

struct NamedGait {
  std::string name;
  GaitSpec spec;
};
void PrintTo(const NamedGait& gait, std::ostream* out) { *out << gait.name; }

std::vector<NamedGait> Gaits() {
  GaitSpec walk;
  walk.stop = kStop;
  GaitSpec slow = walk;
  slow.speed = 0.6;
  slow.period = 1.5;
  slow.start = 0.4;
  GaitSpec up = walk;
  up.speed = 0.5;
  up.period = 1.18;
  up.duty = 0.64;
  up.lead = 0.33;
  up.climb_lag = 0.35;
  up.toe_off = 0.44;
  up.heel_strike = 0;
  up.rise = 0.17;
  GaitSpec down = up;
  down.rise = -0.17;
  down.climb_lag = 0.05;
  GaitSpec run = walk;
  run.speed = 2.5;
  run.period = 0.72;
  run.duty = 0.4;
  run.lead = 0.2;
  run.clearance = 0.16;
  run.heel_strike = 0.1;
  return {{"walk", walk}, {"slow", slow}, {"up", up}, {"down", down}, {"run", run}};
}

class EveryGait : public ::testing::TestWithParam<NamedGait> {
 protected:
  GaitSpec spec_ = GetParam().spec;
  Gait gait_{spec_, kAnkle, kFoot};

  [[nodiscard]] double FlatFrom() const { return spec_.duty >= 0.5 ? 0.17 : 0.1; }  // strides after heel strike
};
INSTANTIATE_TEST_SUITE_P(Gait, EveryGait, ::testing::ValuesIn(Gaits()),
                         [](const auto& gait) { return gait.param.name; });

struct Point {
  double x, z;
};

// A point of the foot in the world: the foot turns about the ankle, toes down positive.
Point OnFoot(const FootTarget& foot, double ahead, double below) {
  return {foot.x + ahead * std::cos(foot.pitch) - below * std::sin(foot.pitch),
          foot.z - ahead * std::sin(foot.pitch) - below * std::cos(foot.pitch)};
}

// In a stance the foot turns about its heel, then is flat, then turns about its toes: at any time one of these points
// rests, and all three rest where this stance put them. On level ground a walker's toes, which hardly carry any more,
// are drawn ahead by at most 0.06 strides before they leave.
TEST_P(EveryGait, AFootOnTheGroundDoesNotSlip) {
  struct Seen {
    Point heel, toe;
  };
  std::map<std::pair<std::size_t, long>, Seen> flat;
  const double begin = spec_.start + spec_.ramp;
  const double duty = spec_.duty;
  const double flat_from = FlatFrom();
  const double drawn_from = duty >= 0.5 && spec_.rise == 0 ? duty - 0.08 : duty;
  for (double t = begin; t < kStop; t += 1e-3) {
    const GaitState state = gait_.At(t);
    for (std::size_t side = 0; side < 2; ++side) {
      const double p = state.phase[side];
      if (p < flat_from || p > 0.58 * duty) continue;
      const FootTarget& foot = state.foot[side];
      EXPECT_NEAR(foot.pitch, 0, 1e-12);
      const auto stance = std::pair(side, std::lround(state.strides + 0.5 * static_cast<double>(side) - p));
      const Seen now = {OnFoot(foot, -0.2 * kFoot, kAnkle), OnFoot(foot, 0.6 * kFoot, kAnkle)};
      const Seen& first = flat.emplace(stance, now).first->second;
      EXPECT_NEAR(now.heel.x, first.heel.x, 1e-12) << t;
      EXPECT_NEAR(now.heel.z, first.heel.z, 1e-12) << t;
    }
  }
  ASSERT_GE(flat.size(), 6u);
  for (double t = begin; t < kStop; t += 1e-3) {
    const GaitState state = gait_.At(t);
    for (std::size_t side = 0; side < 2; ++side) {
      const double p = state.phase[side];
      const auto stance = flat.find(std::pair(side, std::lround(state.strides + 0.5 * static_cast<double>(side) - p)));
      if (p >= duty || stance == flat.end()) continue;
      const bool on_heel = p < flat_from;
      const Point now = OnFoot(state.foot[side], on_heel ? -0.2 * kFoot : 0.6 * kFoot, kAnkle);
      const Point rest = on_heel ? stance->second.heel : stance->second.toe;
      if (p > drawn_from) {
        EXPECT_GE(now.x, rest.x - 1e-12) << t;
        EXPECT_LE(now.x, rest.x + 0.06 * spec_.speed * spec_.period) << t;
      } else {
        EXPECT_NEAR(now.x, rest.x, 1e-12) << t;
      }
      EXPECT_NEAR(now.z, rest.z, 1e-12) << t;
    }
  }
}

TEST_P(EveryGait, FootstepsAlternateHalfAStrideApartAndAStepHigher) {
  const double stride = spec_.speed * spec_.period;
  std::map<long, FootTarget> steps;  // two a stride: even left, odd right
  for (double t = spec_.start + spec_.ramp; t < kStop; t += 1e-3) {
    const GaitState state = gait_.At(t);
    for (std::size_t side = 0; side < 2; ++side) {
      const double p = state.phase[side];
      if (p < FlatFrom() + 0.02 || p > 0.5 * spec_.duty) continue;
      steps.emplace(std::lround(2 * (state.strides - p)), state.foot[side]);
    }
  }
  ASSERT_GE(steps.size(), 7u);
  for (const auto& [n, foot] : steps) {
    const auto before = steps.find(n - 1);
    if (before == steps.end()) continue;
    EXPECT_NEAR(foot.x - before->second.x, 0.5 * stride, 1e-12);
    EXPECT_NEAR(foot.z - before->second.z, spec_.rise, 1e-12);
  }
  // At its heel strike a foot is `lead` strides ahead of the pelvis.
  const FootTarget& foot = steps.begin()->second;
  EXPECT_NEAR(foot.x - 0.5 * static_cast<double>(steps.begin()->first) * stride, spec_.lead * stride, 1e-12);
}

// Measured: heel and toe touch the ground at the ends of a swing, to 1e-6 m, and are above it in between.
TEST_P(EveryGait, ASwingingFootStaysAboveWhatItStepsOver) {
  double lowest = 1;
  for (double t = spec_.start + spec_.ramp; t < kStop; t += 1e-3) {
    const GaitState state = gait_.At(t);
    for (std::size_t side = 0; side < 2; ++side) {
      if (state.phase[side] < spec_.duty) continue;
      // The lower of the two treads that it leaves and reaches.
      const double n = std::floor(state.strides + 0.5 * static_cast<double>(side));
      const double from = (2 * n - static_cast<double>(side)) * spec_.rise - kAnkle;
      const double ground = std::min(from, from + 2 * spec_.rise);
      for (const double ahead : {-0.2 * kFoot, 0.6 * kFoot}) {
        lowest = std::min(lowest, OnFoot(state.foot[side], ahead, kAnkle).z - ground);
      }
    }
  }
  EXPECT_GT(lowest, -1e-6);
}

TEST_P(EveryGait, PathsAreTwiceContinuouslyDifferentiableFromStartToStop) {
  const std::map<std::string, std::function<double(const GaitState&)>> paths = {
      {"x", [](const GaitState& s) { return s.x; }},
      {"y", [](const GaitState& s) { return s.y; }},
      {"z", [](const GaitState& s) { return s.z; }},
      {"left x", [](const GaitState& s) { return s.foot[0].x; }},
      {"left z", [](const GaitState& s) { return s.foot[0].z; }},
      {"left pitch", [](const GaitState& s) { return s.foot[0].pitch; }},
      {"right x", [](const GaitState& s) { return s.foot[1].x; }},
      {"right z", [](const GaitState& s) { return s.foot[1].z; }},
      {"right pitch", [](const GaitState& s) { return s.foot[1].pitch; }},
      {"cadence", [](const GaitState& s) { return s.cadence; }},
  };
  for (const auto& [name, path] : paths) {
    const auto f = [this, p = path](double t) { return p(gait_.At(t)); };
    EXPECT_LT(RoughnessBelow(f, -0.5, kStop + spec_.stop_over + 0.5, 1e-3), kSmooth) << name;
  }
}

TEST_P(EveryGait, ThePelvisAdvancesBySpeedAndLosesHalfTheRamps) {
  const double full = spec_.start + spec_.ramp;
  EXPECT_NEAR(gait_.At(6.1).x - gait_.At(full).x, spec_.speed * (6.1 - full), 1e-12);
  EXPECT_NEAR(gait_.At(full).x, 0.5 * spec_.speed * spec_.ramp, 1e-12);
  EXPECT_NEAR(gait_.At(99).x, spec_.speed * (kStop - spec_.start + 0.5 * (spec_.stop_over - spec_.ramp)), 1e-12);
  EXPECT_EQ(gait_.At(spec_.start - 1).x, 0);
  EXPECT_NEAR(gait_.At(99).x, gait_.At(100).x, 1e-12);
}

// A walker starts from feet side by side. Oracle: kinematics; a planted foot does not move, steps alternate and grow.
TEST(GrowingGait, StartsFromFeetSideBySideAndReachesFullSteps) {
  GaitSpec spec;
  spec.grow = 1.2;
  const Gait gait(spec, 0.07, 0.26);
  const double stride = spec.speed * spec.period;
  const GaitState start = gait.At(spec.start - 0.5);
  EXPECT_LT(std::abs(start.foot[0].x - start.foot[1].x), 0.06 * stride);
  EXPECT_NEAR(start.foot[0].pitch, 0, 0.05);
  EXPECT_NEAR(start.foot[1].pitch, 0, 0.05);
  double planted = 0, largest_step = 0;
  for (double t = spec.start; t < 8; t += 1e-3) {
    const GaitState state = gait.At(t);
    if (state.phase[0] > 0.18 && state.phase[0] < 0.3) {
      if (planted == 0) planted = state.foot[0].x;
      EXPECT_NEAR(state.foot[0].x, planted, 1e-12) << t;
    } else if (state.phase[0] > 0.7) {
      planted = 0;
    }
    largest_step = std::max(largest_step, std::abs(state.foot[0].x - state.foot[1].x));
  }
  EXPECT_NEAR(largest_step, 0.5 * stride, 0.03);
  EXPECT_NEAR(gait.At(7.5).x - gait.At(6.5).x, spec.speed, 1e-9);
  const auto x = [&](double t) { return gait.At(t).foot[1].x; };
  EXPECT_LT(RoughnessBelow(x, spec.start - 0.2, 4, 1e-3), kSmooth);
}

TEST_P(EveryGait, ThePelvisClimbsWithTheFeet) {
  const double a = spec_.start + spec_.ramp + 0.2;
  const double climbed = gait_.At(a + 3 * spec_.period).z - gait_.At(a).z;
  EXPECT_NEAR(climbed, 6 * spec_.rise, 1e-12);
}

TEST_P(EveryGait, FeetShareTheBodyOrNobodyCarriesIt) {
  for (double t = 0; t < kStop; t += 1e-3) {
    const GaitState state = gait_.At(t);
    const double sum = state.weight[0] + state.weight[1];
    EXPECT_GE(std::min(state.weight[0], state.weight[1]), -1e-12);
    EXPECT_LE(sum, 1 + 1e-12);
    if (spec_.duty > 0.5) {
      EXPECT_NEAR(sum, 1, 1e-12) << t;
    }
    for (std::size_t side = 0; side < 2; ++side) {
      if (state.phase[side] > std::max(spec_.duty, 0.6)) {
        EXPECT_EQ(state.weight[side], 0) << t;
      }
    }
  }
}

// Second differences of the pelvis' height over whole strides of a run, by phase of the left foot.
struct Flight {
  double mean = 0;          // m/s², over whole strides
  double worst_in_air = 0;  // of z̈ + g while no foot is down
  double mean_in_air = 0;   // z̈
  double highest_load = 0;  // (z̈ + g) / g
  double rms_of_model = 0;  // z̈ against the force of two half sines
};

Flight Measure(const GaitSpec& spec) {
  const Gait gait(spec, kAnkle, kFoot);
  constexpr double kStep = 1e-4;
  const int strides = 4;
  const int n = static_cast<int>(std::lround(strides * spec.period / kStep));
  Flight flight;
  int air = 0;
  for (int i = 0; i < n; ++i) {
    const double t = spec.start + spec.ramp + 0.1 + i * kStep;
    const GaitState state = gait.At(t);
    const double a = (gait.At(t + kStep).z - 2 * state.z + gait.At(t - kStep).z) / (kStep * kStep);
    double force = 0;  // in body weights; its mean over a stride is 1
    for (const double p : state.phase) {
      if (p < spec.duty) force += std::numbers::pi / (4 * spec.duty) * std::sin(std::numbers::pi * p / spec.duty);
    }
    flight.mean += a / n;
    flight.rms_of_model += std::pow(a - kGravity * (force - 1), 2) / n;
    flight.highest_load = std::max(flight.highest_load, 1 + a / kGravity);
    if (force > 0) continue;
    ++air;
    flight.mean_in_air += a;
    flight.worst_in_air = std::max(flight.worst_in_air, std::abs(a + kGravity));
  }
  flight.mean_in_air /= air;
  flight.rms_of_model = std::sqrt(flight.rms_of_model);
  return flight;
}

TEST(Running, FliesBallisticallyAndCarriesBodyWeightOverAStride) {
  for (const double duty : {0.3, 0.35, 0.4, 0.45}) {
    GaitSpec spec;
    spec.speed = 2.6;
    spec.period = 0.7;
    spec.duty = duty;
    const Flight flight = Measure(spec);
    EXPECT_NEAR(flight.mean, 0, 1e-6) << duty;
    // Six harmonics of the step round the corners where a foot leaves and lands: at most 1.1 m/s² is left there.
    EXPECT_NEAR(flight.mean_in_air, -kGravity, 0.05) << duty;
    EXPECT_LT(flight.worst_in_air, 1.2) << duty;
    EXPECT_LT(flight.rms_of_model, 0.3) << duty;
    EXPECT_NEAR(flight.highest_load, std::numbers::pi / (4 * duty), 0.03) << duty;
  }
}

}  // namespace
}  // namespace stunt::motion_models
