#include "stunt/calibration/search.h"

#include <cmath>
#include <limits>
#include <map>
#include <pagmo/algorithms/cmaes.hpp>
#include <pagmo/population.hpp>
#include <pagmo/problem.hpp>
#include <utility>

namespace stunt::calibration {
namespace {

struct BudgetSpent {};
struct Ended {};

/// Into the box as a mirror folds it: unlike a wall, that leaves the search's own distribution alone.
std::vector<double> Folded(std::vector<double> point) {
  for (double& x : point) {
    x = std::fmod(std::abs(x), 2.0);
    if (x > 1) x = 2 - x;
  }
  return point;
}

/// What pagmo asks. It keeps copies, hence the pointer.
struct Problem {
  const std::function<double(const std::vector<double>&)>* look = nullptr;
  std::size_t dimensions = 1;

  [[nodiscard]] std::vector<double> fitness(const std::vector<double>& point) const { return {(*look)(point)}; }
  [[nodiscard]] std::pair<std::vector<double>, std::vector<double>> get_bounds() const {
    return {std::vector<double>(dimensions, 0.0), std::vector<double>(dimensions, 1.0)};
  }
};

}  // namespace

std::size_t GenerationSize(std::size_t parameters) {
  return 4 + static_cast<std::size_t>(3 * std::log(static_cast<double>(parameters))) + (parameters == 1 ? 1 : 0);
}

bool Minimise(const SearchOptions& options, const LookAt& look) {
  std::map<std::vector<double>, double> seen;
  const std::function<double(const std::vector<double>&)> once = [&](const std::vector<double>& point) {
    const std::vector<double> unit = Folded(point);
    if (const auto known = seen.find(unit); known != seen.end()) return known->second;
    if (seen.size() == options.budget) throw BudgetSpent{};
    const std::optional<double> value = look(unit);
    if (!value) throw Ended{};
    return seen[unit] = *value;
  };
  try {
    // Its first mean is the best of the first population: the start.
    pagmo::population population(pagmo::problem(Problem{&once, options.start.size()}));
    for (std::size_t i = 0; i < GenerationSize(options.start.size()); ++i) population.push_back(options.start);
    // Only the budget ends it: tolerances of 0, and more generations than anyone waits for.
    const pagmo::cmaes search(std::numeric_limits<unsigned>::max(), -1, -1, -1, -1, options.step, 0, 0, false, false,
                              static_cast<unsigned>(options.seed));
    static_cast<void>(search.evolve(population));
  } catch (const BudgetSpent&) {
    return true;
  } catch (const Ended&) {
    return false;
  }
  return true;
}

}  // namespace stunt::calibration
