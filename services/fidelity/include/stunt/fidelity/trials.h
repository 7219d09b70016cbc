#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "stunt/datasets/recording_set.h"
#include "stunt/fidelity/case.h"
#include "stunt/scenarios/cases.h"
#include "stunt/sim/device.h"

// From a folder of recordings and a suite to the trials that Compare takes.
namespace stunt::fidelity {

/// What the recordings' own device would have made of a motion: its range, rate, bandwidth, resolution, noise and
/// offsets, on a strap where it sits on a wrist.
[[nodiscard]] sim::DeviceSpec DeviceLike(const datasets::MappedDevice& device);

/// @throws trace::InputError if nothing explains the files of `folder`, or the mapping has no `codes`.
[[nodiscard]] const datasets::Mapping& MappingOf(const datasets::RecordingSet& set,
                                                 const std::filesystem::path& folder);

/// Code in the recordings of every scenario that has one, by scenario id.
/// @param key  of the set of recordings in `codes:` of scenario files
[[nodiscard]] std::map<std::string, std::string> CodesOf(const scenarios::Suite& suite, const std::string& key);

[[nodiscard]] std::vector<trace::Recording> LoadAll(const datasets::RecordingSet& set);

struct SimulatedTrials {
  std::vector<Trial> trials;  // in the order of the cases
  std::size_t skipped = 0;    // cases that did not do what their scenario promises
  std::size_t errors = 0;     // cases that went wrong
};

struct SimulateSettings {
  int jobs = 0;      // threads; 0: one a core
  double dt = 1e-3;  // s: physics step
  // Asked and told from several threads, but by one at a time.
  std::function<bool()> stop = {};                                       // true: no further case
  std::function<void(std::size_t done, std::size_t all)> progress = {};  // after every case
};

/// Simulates cases, sensed by `device`. Same cases and step, same trials, whatever the number of threads.
/// @param code_of  has every scenario of the cases
/// @returns        nothing when `stop` ended it early
/// @throws trace::InputError
[[nodiscard]] std::optional<SimulatedTrials> Simulate(const std::vector<scenarios::Case>& cases,
                                                      const std::map<std::string, std::string>& code_of,
                                                      const sim::DeviceSpec& device, const SimulateSettings& settings);

}  // namespace stunt::fidelity
