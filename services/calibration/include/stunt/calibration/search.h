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

/// Minimises a function in the unit box by CMA-ES (Hansen 2006; pagmo). Looks at the start first, then at one
/// generation after the other, and at no point twice. Only the order of the answers within a generation matters, so
/// that the function may be another one, of the same mean, in each. Same options, same answers: same points.
/// @returns  false when `look` ended it before the budget was spent
bool Minimise(const SearchOptions& options, const LookAt& look);

/// Points of one generation for so many parameters: Hansen's 4 + 3 ln n.
[[nodiscard]] std::size_t GenerationSize(std::size_t parameters);

/// To which generation the point belongs that was looked at after `before` others; the start alone is generation 0.
[[nodiscard]] std::size_t GenerationOf(std::size_t before, std::size_t parameters);

/// Where the search has got to: the mean of its last third of generations, each the mean of its better half by Hansen's
/// weights. A single best point would owe much to luck with the draws on which it was judged.
/// @param answers  of all points, in their order
/// @returns        the start when no generation is whole
[[nodiscard]] std::vector<double> Arrived(const std::vector<std::vector<double>>& points,
                                          const std::vector<double>& answers);

}  // namespace stunt::calibration
