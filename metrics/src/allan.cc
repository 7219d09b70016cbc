#include "stunt/metrics/allan.h"

#include <Eigen/Cholesky>
#include <algorithm>
#include <array>
#include <boost/math/distributions/chi_squared.hpp>
#include <cassert>
#include <cmath>
#include <numbers>

namespace stunt::metrics {
namespace {

constexpr double kOutside = 0.025;  // on either side of the interval

double DegreesOfFreedom(double samples, double m) {
  const double edf = (3 * (samples - 1) / (2 * m) - 2 * (samples - 2) / samples) * (4 * m * m / (4 * m * m + 5));
  return std::max(1.0, edf);
}

std::array<double, 3> Terms(double tau) { return {1 / (2 * tau), 2 * std::numbers::ln2 / std::numbers::pi, tau / 3}; }

}  // namespace

std::vector<std::size_t> AllanFactors(std::size_t samples, int per_decade, double windows) {
  std::vector<std::size_t> factors;
  const double longest = static_cast<double>(samples) / std::max(2.0, windows);
  for (int k = 0;; ++k) {
    const double m = std::pow(10.0, static_cast<double>(k) / per_decade);
    if (m > longest) return factors;
    const auto whole = static_cast<std::size_t>(std::lround(m));
    if (factors.empty() || factors.back() < whole) factors.push_back(whole);
  }
}

std::vector<AllanPoint> AllanDeviation(std::span<const double> samples, double rate_hz,
                                       std::span<const std::size_t> factors) {
  // Sums of what is left after the mean: they stay small, and the differences of means exact.
  double mean = 0;
  for (const double x : samples) mean += x / static_cast<double>(samples.size());
  std::vector<double> sums(samples.size() + 1, 0.0);
  for (std::size_t i = 0; i < samples.size(); ++i) sums[i + 1] = sums[i] + (samples[i] - mean);

  std::vector<AllanPoint> points;
  for (const std::size_t m : factors) {
    assert(m > 0 && 2 * m <= samples.size());
    const std::size_t stride = (m + 7) / 8;
    double squares = 0, count = 0;
    for (std::size_t k = 0; k + 2 * m <= samples.size(); k += stride) {
      const double difference = sums[k + 2 * m] - 2 * sums[k + m] + sums[k];
      squares += difference * difference;
      ++count;
    }
    const auto width = static_cast<double>(m);
    AllanPoint point;
    point.tau_s = width / rate_hz;
    point.deviation = std::sqrt(squares / (2 * count)) / width;
    const boost::math::chi_squared chi(DegreesOfFreedom(static_cast<double>(samples.size()), width));
    const double edf = chi.degrees_of_freedom();
    point.lo = point.deviation * std::sqrt(edf / quantile(complement(chi, kOutside)));
    point.hi = point.deviation * std::sqrt(edf / quantile(chi, kOutside));
    points.push_back(point);
  }
  return points;
}

AllanCoefficients FitAllan(std::span<const AllanPoint> curve) {
  std::array<bool, 3> present = {true, true, true};
  Eigen::Vector3d squared(0, 0, 0);
  for (int attempt = 0; attempt < 3; ++attempt) {
    Eigen::Matrix3d normal = Eigen::Matrix3d::Zero();
    Eigen::Vector3d right(0, 0, 0);
    for (const AllanPoint& point : curve) {
      const double variance = point.deviation * point.deviation;
      if (variance == 0) continue;  // says nothing: a sensor without noise, or rounded away
      const double weight = 1 / (variance * variance * point.tau_s);  // windows of independent data go as 1/τ
      Eigen::Vector3d terms(0, 0, 0);
      for (std::size_t k = 0; k < 3; ++k) {
        if (present[k]) terms[static_cast<Eigen::Index>(k)] = Terms(point.tau_s)[k];
      }
      normal += weight * terms * terms.transpose();
      right += weight * variance * terms;
    }
    for (std::size_t k = 0; k < 3; ++k) {
      const auto i = static_cast<Eigen::Index>(k);
      if (!present[k] || normal(i, i) == 0) normal(i, i) = 1;
    }
    // The three terms differ by many orders of magnitude.
    const Eigen::Vector3d scale = normal.diagonal().cwiseSqrt().cwiseInverse();
    const Eigen::Matrix3d scaled = scale.asDiagonal() * normal * scale.asDiagonal();
    squared = scale.asDiagonal() * scaled.ldlt().solve(Eigen::Vector3d(scale.asDiagonal() * right));
    Eigen::Index worst = 0;
    if (squared.minCoeff(&worst) >= 0) break;
    present[static_cast<std::size_t>(worst)] = false;
  }
  const Eigen::Vector3d root = squared.cwiseMax(0.0).cwiseSqrt();
  return {root[0], root[1], root[2]};
}

}  // namespace stunt::metrics
