#pragma once

#include <algorithm>
#include <array>
#include <cmath>

namespace stunt::motion_models::test {

/// Largest |f'''| on [lo, hi] by third differences on a grid of `step`. A jump J in f'' shows as J / step, so it grows
/// when the grid is refined; of a function that is C² it does not.
template <typename F>
double LargestThirdDerivative(F&& f, double lo, double hi, double step) {
  std::array<double, 4> y = {f(lo), f(lo + step), f(lo + 2 * step), 0};
  double largest = 0;
  for (long i = 3; lo + static_cast<double>(i) * step <= hi; ++i) {
    y[3] = f(lo + static_cast<double>(i) * step);
    largest = std::max(largest, std::abs(y[3] - 3 * y[2] + 3 * y[1] - y[0]));
    std::rotate(y.begin(), y.begin() + 1, y.end());
  }
  return largest / (step * step * step);
}

/// 1 for a function that is C² with a bounded third derivative, 4 for one with a jump in its second derivative, 16 for
/// a kink, 64 for a jump. Both grids are off the round numbers at which motions begin and end.
template <typename F>
double RoughnessBelow(F&& f, double lo, double hi, double step) {
  const double coarse = LargestThirdDerivative(f, lo + 0.37 * step, hi, step);
  const double fine = LargestThirdDerivative(f, lo + 0.37 * step, hi, step / 4);
  return fine / std::max(coarse, 1e-6);
}

inline constexpr double kSmooth = 1.5;  // RoughnessBelow of what is C²; measured: at most 1.07

}  // namespace stunt::motion_models::test
