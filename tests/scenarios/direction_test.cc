#include <fmt/format.h>
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "drawn_cases.h"
#include "stunt/scenarios/simulator.h"

// A fall goes where its scenario says. Everybody faces world x until the event; where a scenario names a side, the
// parameter `fall_side` is it.

namespace stunt::scenarios {
namespace {

using Eigen::Vector3d;
using sim::Segment;

constexpr std::uint32_t kUpper = Bit(Segment::kThorax) | Bit(Segment::kHead);
constexpr std::uint32_t kTrunk = Bit(Segment::kPelvis) | Bit(Segment::kAbdomen) | kUpper;
constexpr double kSits = 0.6;  // s: who sits on the ground for longer without lying down is judged as it sits

enum class Way { kForward, kBackward, kSideways, kOnSeat };

struct Expected {
  const char* scenario;
  Way way;
  double least;  // share of the cases; beside it what was measured of 24
};

// Known to fall short: who rises, faints or slips and falls to the side goes backward or forward in a quarter to a
// third.
constexpr auto kExpected = std::to_array<Expected>({
    {"fall_back_seated_faint", Way::kBackward, 0.8},      // 1.00
    {"fall_back_sitdown", Way::kBackward, 0.7},           // 0.92
    {"fall_back_walk_slip", Way::kBackward, 0.7},         // 0.88
    {"fall_bath_slip", Way::kBackward, 0.8},              // 1.00
    {"fall_bike_lowside", Way::kSideways, 0.8},           // 0.96
    {"fall_bike_over_bars", Way::kForward, 0.7},          // 0.88
    {"fall_elder_rollator", Way::kForward, 0.8},          // 1.00
    {"fall_elder_trip_fwd", Way::kForward, 0.8},          // 0.96
    {"fall_escooter", Way::kForward, 0.8},                // 1.00
    {"fall_fwd_getup", Way::kForward, 0.8},               // 0.96
    {"fall_fwd_jog_trip", Way::kForward, 0.7},            // 0.88
    {"fall_fwd_seated_faint", Way::kForward, 0.8},        // 1.00
    {"fall_fwd_sitdown", Way::kForward, 0.6},             // 0.83
    {"fall_fwd_walk_slip", Way::kForward, 0.8},           // 1.00
    {"fall_fwd_walk_trip", Way::kForward, 0.8},           // 1.00
    {"fall_lat_getup", Way::kSideways, 0.45},             // 0.67
    {"fall_lat_seated_faint", Way::kSideways, 0.45},      // 0.71
    {"fall_lat_sitdown", Way::kSideways, 0.8},            // 1.00
    {"fall_lat_walk_slip", Way::kSideways, 0.45},         // 0.75
    {"fall_recovered_up_10s", Way::kForward, 0.8},        // 1.00
    {"fall_stairs_back_slide", Way::kOnSeat, 0.45},       // 0.75
    {"fall_stairs_fwd_tumble", Way::kForward, 0.8},       // 1.00
    {"fall_syncope_standing_back", Way::kBackward, 0.8},  // 1.00
    {"fall_syncope_standing_fwd", Way::kForward, 0.8},    // 1.00
    {"fall_wheelchair_back", Way::kBackward, 0.8},        // 1.00
    {"fall_wheelchair_fwd", Way::kForward, 0.8},          // 0.96
    {"fall_wheelchair_side", Way::kSideways, 0.8},        // 0.96
});

/// What of the trunk touches the ground first, and its long axis when chest or head come down.
struct Landing {
  double at = 0;  // s
  std::uint32_t first = 0;
  Vector3d up = {0, 0, 1};
  bool over = false;
};

bool GoesTo(Way way, const Landing& landing, double fall_side) {
  const Vector3d& up = landing.up;
  switch (way) {
    case Way::kForward:
      return up.x() > std::abs(up.y());
    case Way::kBackward:
      return -up.x() > std::abs(up.y());
    case Way::kSideways:
      return fall_side * up.y() > std::abs(up.x());
    case Way::kOnSeat:
      return landing.first == Bit(Segment::kPelvis) && up.x() < std::abs(up.z());
  }
  return false;
}

double FallSide(const Case& c) {
  for (const motion_models::ResolvedParameter& parameter : c.parameters.values) {
    if (parameter.name == "fall_side") return parameter.value;
  }
  return 1;
}

std::optional<Landing> LandingOf(const Simulator& simulator, const Case& c) {
  std::optional<Landing> landing;
  static_cast<void>(simulator.Run(c, [&](const motion_models::Performer& performer) {
    const std::uint32_t touches = performer.body().forces().on_ground & kTrunk;
    if (!performer.happening().first_contact || (!landing && touches == 0)) return;
    if (!landing) landing = Landing{.at = performer.time(), .first = touches};
    if (landing->over) return;
    landing->up = performer.body().R_WB(Segment::kThorax) * Vector3d::UnitZ();
    landing->over = (touches & kUpper) != 0 || performer.time() > landing->at + kSits;
  }));
  return landing;
}

TEST(Direction, FallsGoWhereTheirScenarioSays) {
  const test::DrawnCases cases("fall");
  const std::uint64_t variants = test::CountFrom("STUNT_DIRECTION_VARIANTS", 12);
  const Simulator simulator({.tail_s = 1});
  std::mutex mutex;
  std::map<std::string, int> right;
  test::OnAllCores(variants * cases.scenarios(), [&](std::uint64_t i) {
    const Case c = cases.Make(i);
    for (const Expected& expected : kExpected) {
      if (c.scenario_id != expected.scenario) continue;
      bool goes = false;
      try {
        const std::optional<Landing> landing = LandingOf(simulator, c);
        goes = landing && GoesTo(expected.way, *landing, FallSide(c));
      } catch (const motion_models::PerformError& error) {
        fmt::print("  {} variant {}: {}\n", c.case_id, c.variant, error.what());  // counts as gone elsewhere
      }
      const std::lock_guard lock(mutex);
      right[c.scenario_id] += goes ? 1 : 0;
    }
  });
  for (const Expected& expected : kExpected) {
    const double share = right[expected.scenario] / static_cast<double>(variants);
    fmt::print("  {:32} {:.2f}\n", expected.scenario, share);
    EXPECT_GE(share, expected.least) << expected.scenario;
  }
}

}  // namespace
}  // namespace stunt::scenarios
