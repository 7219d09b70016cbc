#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "drawn_cases.h"
#include "stunt/scenarios/simulator.h"

// What a device reports of an impact does not depend on the step.

namespace stunt::scenarios {
namespace {

constexpr double kFirstBlow = 0.15;  // s after the first contact in which the first blow peaks

struct Peaks {
  double whole = 0;       // largest acceleration at the device's output, of the whole recording [m/s²]
  double first_blow = 0;  // the same, until shortly after the first contact of a fall
  std::optional<double> contact;
};

Peaks PeaksOf(const Case& c, double dt) {
  std::optional<double> contact;
  const auto observe = [&](const motion_models::Performer& performer) {
    contact = performer.happening().first_contact;
  };
  const Simulated simulated = Simulator({.dt = dt, .tail_s = 3}).Run(c, observe);
  Peaks peaks;
  peaks.contact = contact;
  const trace::SampleBlock& samples = simulated.recording.channels.at(0).samples;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const float* a = &samples.values[3 * i];
    const double norm = std::hypot(a[0], a[1], a[2]);
    peaks.whole = std::max(peaks.whole, norm);
    const double t = 1e-9 * static_cast<double>(samples.TimeNs(i));
    if (!contact || t < *contact + kFirstBlow) peaks.first_blow = std::max(peaks.first_blow, norm);
  }
  return peaks;
}

struct Change {
  std::string scenario;
  double whole, first_blow, contact;
};

double Quantile(std::vector<double> values, double q) {
  std::sort(values.begin(), values.end());
  return values[static_cast<std::size_t>(q * static_cast<double>(values.size() - 1))];
}

std::vector<double> Of(const std::vector<Change>& changes, double Change::*field) {
  std::vector<double> values;
  for (const Change& change : changes) values.push_back(change.*field);
  return values;
}

std::vector<Change> Halve(const std::string& label, std::uint64_t count) {
  const test::DrawnCases cases(label);
  std::vector<Change> changes(count);
  test::OnAllCores(count, [&](std::uint64_t i) {
    Case c = cases.Make(i);
    c.devices = {{"fitness_watch", "left_wrist"}};
    const Peaks whole = PeaksOf(c, 1e-3);
    const Peaks half = PeaksOf(c, 0.5e-3);
    changes[i] = {c.scenario_id, std::abs(whole.whole / half.whole - 1),
                  std::abs(whole.first_blow / half.first_blow - 1),
                  std::abs(whole.contact.value_or(0) - half.contact.value_or(0))};
  });
  return changes;
}

void Report(const std::string& what, const std::vector<double>& values) {
  fmt::print("  {:28} median {:.4f}, 90 % {:.4f}, 95 % {:.4f}, largest {:.3f}\n", what, Quantile(values, 0.5),
             Quantile(values, 0.9), Quantile(values, 0.95), Quantile(values, 1));
}

TEST(StepHalving, ThePeakAtTheDeviceHardlyChanges) {
  const std::uint64_t count = test::CountFrom("STUNT_HALVING_CASES", 36);  // 200 at night
  std::vector<Change> changes = Halve(test::TextFrom("STUNT_HALVING_LABEL", "fall"), count);
  fmt::print("{} cases, 1 ms against 0.5 ms, relative change of the peak\n", count);
  Report("whole recording", Of(changes, &Change::whole));
  Report("first blow", Of(changes, &Change::first_blow));
  Report("time of first contact, s", Of(changes, &Change::contact));
  std::sort(changes.begin(), changes.end(), [](const Change& a, const Change& b) { return a.whole > b.whole; });
  for (std::size_t i = 0; i < std::min<std::size_t>(25, changes.size()); ++i) {
    const Change& c = changes[i];
    fmt::print("  {:32} whole {:.3f} first {:.3f} contact {:.4f} s\n", c.scenario, c.whole, c.first_blow, c.contact);
  }
  EXPECT_LE(Quantile(Of(changes, &Change::whole), 0.5), 0.05);
  EXPECT_LE(Quantile(Of(changes, &Change::whole), 0.95), 0.15);
}

}  // namespace
}  // namespace stunt::scenarios
