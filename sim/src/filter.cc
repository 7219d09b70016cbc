#include "filter.h"

#include <cassert>
#include <cmath>
#include <numbers>

namespace stunt::sim::internal {

using Eigen::Vector3d;

Section::Section(double frequency_hz, double damping_ratio, double lead, double dt) {
  // s = (1 − z⁻¹) / (K (1 + z⁻¹)) with K = tan(ω dt / 2) in units of ω: the response at ω is kept exactly.
  const double K = std::tan(std::numbers::pi * frequency_hz * dt);
  const double damping = 2 * damping_ratio * K;
  const double scale = 1 / (1 + damping + K * K);
  b0_ = (K * K + lead * damping) * scale;
  b1_ = 2 * K * K * scale;
  b2_ = (K * K - lead * damping) * scale;
  a1_ = 2 * (K * K - 1) * scale;
  a2_ = (1 - damping + K * K) * scale;
  group_delay_ = (1 - lead) * 2 * damping_ratio / (2 * K / dt);
}

void Section::Settle(const Vector3d& input) {
  z1_ = (1 - b0_) * input;
  z2_ = (b2_ - a2_) * input;
}

Butterworth::Butterworth(double bandwidth_hz, int order, double dt) {
  assert(order > 0 && order % 2 == 0 && bandwidth_hz > 0 && 2 * bandwidth_hz * dt < 1);
  for (int k = 0; k < order / 2; ++k) {
    const double damping_ratio = std::sin(std::numbers::pi * (2 * k + 1) / (2 * order));
    sections_.emplace_back(bandwidth_hz, damping_ratio, 0, dt);
  }
}

void Butterworth::Settle(const Vector3d& input) {
  for (Section& section : sections_) section.Settle(input);
}

double Butterworth::GroupDelay() const {
  double sum = 0;
  for (const Section& section : sections_) sum += section.GroupDelay();
  return sum;
}

}  // namespace stunt::sim::internal
