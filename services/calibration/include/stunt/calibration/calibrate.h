#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "stunt/calibration/bench.h"
#include "stunt/calibration/search.h"

namespace stunt::calibration {

/// What a fit did and what it is worth.
struct Record {
  std::string engine_version;
  std::string run;  // Bench::digest
  std::uint64_t seed = 1;
  std::size_t budget = 0;
  std::vector<Bench::People> people;
  std::vector<Tried> tried;          // in their order; the first is the start
  std::vector<double> fitted;        // where the search has got to, to three digits
  std::optional<Evaluation> before;  // of the start, and
  std::optional<Evaluation> after;   // of `fitted`, by the report's draws; empty: ended early
  [[nodiscard]] bool Finished() const { return before && after; }
};

struct CalibrateHooks {
  std::function<bool()> stop = {};
  std::function<void(std::size_t evaluations)> progress = {};
  std::function<void(const Record&)> checkpoint = {};  // after every new point
};

/// Fits the plan's parameters to the fitted half of the people.
/// @param known  what an earlier run of the same digest has tried: taken from there instead of simulated. The search is
///               deterministic, so its points come again.
/// @throws trace::InputError if `known` belongs to another search.
[[nodiscard]] Record Calibrate(const Plan& plan, const Bench& bench, const Record& settings,
                               const std::vector<Tried>& known, const CalibrateHooks& hooks);

}  // namespace stunt::calibration
