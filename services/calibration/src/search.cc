#include "stunt/calibration/search.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>
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

std::size_t GenerationOf(std::size_t before, std::size_t parameters) {
  return before == 0 ? 0 : (before - 1) / GenerationSize(parameters) + 1;
}

std::vector<double> Arrived(const std::vector<std::vector<double>>& points, const std::vector<double>& answers) {
  const std::size_t size = GenerationSize(points.front().size()), better = size / 2;
  const std::size_t generations = (points.size() - 1) / size;
  if (generations == 0) return points.front();
  const std::size_t averaged = (generations + 2) / 3;
  std::vector<double> mean(points.front().size(), 0.0);
  double weights = 0;
  for (std::size_t g = generations - averaged; g < generations; ++g) {
    std::vector<std::size_t> order(size);
    std::iota(order.begin(), order.end(), 1 + g * size);
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return answers[a] < answers[b]; });
    for (std::size_t rank = 0; rank < better; ++rank) {
      const double weight = std::log(static_cast<double>(better) + 0.5) - std::log(static_cast<double>(rank) + 1);
      for (std::size_t i = 0; i < mean.size(); ++i) mean[i] += weight * points[order[rank]][i];
      weights += weight;
    }
  }
  for (double& x : mean) x /= weights;
  return mean;
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
