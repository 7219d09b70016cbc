#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <vector>

#include "stunt/calibration/plan.h"
#include "stunt/fidelity/case.h"

namespace stunt::calibration {

/// How far simulated trials are from those of some people.
struct Figures {
  double objective = 0;  // what the plan asks for; the smaller the better
  double mean_ks = 0;    // KS distance, mean over activities and all features
  double alarms = 0;     // mean absolute difference of alarm rates over activities and detectors that count
};

/// @param recorded   of some activities
/// @param simulated  what is there of the same ones; an activity without trials is as far away as can be
/// @param lost       share of simulated cases that did not do what their scenario promises; added to the objective
/// @param detectors  of the bank, that count
[[nodiscard]] Figures Judge(const Plan& plan, const std::vector<const fidelity::Trial*>& recorded,
                            const std::vector<const fidelity::Trial*>& simulated, double lost,
                            const std::vector<std::size_t>& detectors);

}  // namespace stunt::calibration
