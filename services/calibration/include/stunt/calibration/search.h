#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

namespace stunt::calibration {

/// One point that was looked at.
struct Tried {
  std::vector<double> values;
  double fitted = 0;    // objective on the half that the fit sees
  double held_out = 0;  // on the other half; never asked for its opinion
};

struct SearchOptions {
  std::vector<double> start;  // in the unit box
  std::size_t budget = 300;   // different points
  std::uint64_t seed = 1;
  double step = 0.2;  // first standard deviation, of the box's edge
};

/// Looks at one point of the unit box; empty to end the search.
using LookAt = std::function<std::optional<double>(const std::vector<double>& unit)>;

/// Minimises a deterministic function in the unit box by CMA-ES (Hansen 2006; pagmo). Looks at the start first and at
/// no point twice. Same options, same answers: same points.
/// @returns  false when `look` ended it before the budget was spent
bool Minimise(const SearchOptions& options, const LookAt& look);

/// Points of one generation for so many parameters: Hansen's 4 + 3 ln n.
[[nodiscard]] std::size_t GenerationSize(std::size_t parameters);

}  // namespace stunt::calibration
