#pragma once

#include <map>
#include <string>
#include <vector>

#include "stunt/fidelity/compare.h"

// The parts of Compare.
namespace stunt::fidelity {

using TrialPointers = std::vector<const Trial*>;

[[nodiscard]] std::map<std::string, TrialPointers> ByCode(const std::vector<Trial>& trials);

[[nodiscard]] ActivityComparison CompareFeatures(const std::string& code, const TrialPointers& recorded,
                                                 const TrialPointers& simulated);
[[nodiscard]] Agreement CompareAlarms(const std::vector<Trial>& recorded, const std::vector<Trial>& simulated);
[[nodiscard]] Transfer TryTransfer(const std::vector<Trial>& recorded, const std::vector<Trial>& simulated);
[[nodiscard]] TwoSample TellApart(const std::vector<Trial>& recorded, const std::vector<Trial>& simulated);

}  // namespace stunt::fidelity
