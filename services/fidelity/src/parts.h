#pragma once

#include <array>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "stunt/fidelity/compare.h"

// The parts of Compare.
namespace stunt::fidelity {

using TrialPointers = std::vector<const Trial*>;

[[nodiscard]] std::map<std::string, TrialPointers> ByCode(const std::vector<Trial>& trials);

[[nodiscard]] std::set<std::string> Subjects(const TrialPointers& trials);

/// Activities of one half of the people and of the other, by code; without those that nobody of the half did.
using Halves = std::array<std::map<std::string, TrialPointers>, 2>;

/// Puts every recorded person in one half or the other, forty times anew but always the same way.
/// @returns the mean of what `distance` says of the halves; empty if it never says anything.
[[nodiscard]] std::optional<double> MeanOverSplits(const std::map<std::string, TrialPointers>& activities,
                                                   const std::function<std::optional<double>(const Halves&)>& distance);

[[nodiscard]] ActivityComparison CompareFeatures(const std::string& code, const TrialPointers& recorded,
                                                 const TrialPointers& simulated);
[[nodiscard]] Agreement CompareAlarms(const std::vector<Trial>& recorded, const std::vector<Trial>& simulated);
[[nodiscard]] Transfer TryTransfer(const std::vector<Trial>& recorded, const std::vector<Trial>& simulated);
[[nodiscard]] TwoSample TellApart(const std::vector<Trial>& recorded, const std::vector<Trial>& simulated);

}  // namespace stunt::fidelity
