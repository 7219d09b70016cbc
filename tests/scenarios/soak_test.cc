#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <mutex>
#include <numbers>
#include <string>
#include <vector>

#include "drawn_cases.h"
#include "stunt/scenarios/simulator.h"

// Many drawn cases of every scenario: none diverges, and no joint goes where no person's joint goes.

namespace stunt::scenarios {
namespace {

constexpr double kDegree = std::numbers::pi / 180;

struct Worst {
  double beyond = 0;  // rad
  double at = 0;      // s
  std::string case_id;
};

struct Soaked {
  std::array<Worst, sim::kJoints> joints;
  std::vector<std::string> errors;
  std::map<std::string, int> skipped;  // by scenario
  double simulated = 0;                // s
};

void RunOne(const Simulator& simulator, const Case& c, Soaked& soaked, std::mutex& mutex) {
  std::array<Worst, sim::kJoints> joints;
  double end = 0;
  std::string error, skipped;
  try {
    const auto observe = [&](const motion_models::Performer& performer) {
      end = performer.time();
      for (int j = 0; j < sim::kJoints; ++j) {
        Worst& worst = joints[static_cast<std::size_t>(j)];
        const double beyond = performer.body().BeyondLimit(j);
        if (beyond > worst.beyond) worst = {beyond, end, c.case_id};
      }
    };
    const Simulated simulated = simulator.Run(c, observe);
    skipped = simulated.skip_reason;
    for (const trace::ChannelTrace& channel : simulated.recording.channels) {
      const auto& values = channel.samples.values;
      if (!std::all_of(values.begin(), values.end(), [](float x) { return std::isfinite(x); })) error = "a NaN";
    }
  } catch (const std::exception& e) {
    error = e.what();
  }
  const std::lock_guard lock(mutex);
  soaked.simulated += end;
  if (!error.empty()) soaked.errors.push_back(fmt::format("{} variant {}: {}", c.case_id, c.variant, error));
  if (!skipped.empty()) ++soaked.skipped[c.scenario_id];
  for (std::size_t j = 0; j < joints.size(); ++j) {
    if (joints[j].beyond > soaked.joints[j].beyond) soaked.joints[j] = joints[j];
  }
}

Soaked Soak(std::uint64_t count) {
  const test::DrawnCases cases;
  const Simulator simulator({.tail_s = 8});
  Soaked soaked;
  std::mutex mutex;
  test::OnAllCores(count, [&](std::uint64_t i) { RunOne(simulator, cases.Make(i), soaked, mutex); });
  return soaked;
}

void Report(const Soaked& soaked, std::uint64_t count) {
  fmt::print("{} cases, {:.0f} simulated s, {} errors\n", count, soaked.simulated, soaked.errors.size());
  for (const std::string& error : soaked.errors) fmt::print("  {}\n", error);
  fmt::print("farthest beyond its limit, degrees:\n");
  for (std::size_t j = 0; j < soaked.joints.size(); ++j) {
    const Worst& worst = soaked.joints[j];
    fmt::print("  {:16} {:5.1f}  {} at {:.2f} s\n", sim::Name(static_cast<sim::Segment>(j + 1)), worst.beyond / kDegree,
               worst.case_id, worst.at);
  }
  fmt::print("not as promised:");
  for (const auto& [scenario, n] : soaked.skipped) fmt::print(" {} {}", scenario, n);
  fmt::print("\n");
}

TEST(Soak, NoCaseDivergesOrBendsAJointBeyondItsLimit) {
  const std::uint64_t count = test::CountFrom("STUNT_SOAK_CASES", 190);  // 10 000 at night
  const Soaked soaked = Soak(count);
  Report(soaked, count);
  EXPECT_TRUE(soaked.errors.empty());
  for (std::size_t j = 0; j < soaked.joints.size(); ++j) {
    EXPECT_LT(soaked.joints[j].beyond / kDegree, 10) << sim::Name(static_cast<sim::Segment>(j + 1));
  }
}

}  // namespace
}  // namespace stunt::scenarios
