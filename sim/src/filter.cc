#include "filter.h"

#include <algorithm>
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

namespace {

// A section's numbers out of memory: the three axes wait for themselves only, and side by side they fill the processor.
struct Running {
  double b0, b1, b2, a1, a2;
  double z1[3], z2[3];

  double Step(int axis, double input) {
    const double output = b0 * input + z1[axis];
    z1[axis] = (b1 * input + z2[axis]) - a1 * output;
    z2[axis] = b2 * input - a2 * output;
    return output;
  }
};

}  // namespace

void Section::Filter(AxisBlock& x) {
  Running s = {b0_, b1_, b2_, a1_, a2_, {z1_.x(), z1_.y(), z1_.z()}, {z2_.x(), z2_.y(), z2_.z()}};
  double* const axes[3] = {x.axis[0].data(), x.axis[1].data(), x.axis[2].data()};
  for (std::size_t i = 0; i < x.size(); ++i) {
    for (int a = 0; a < 3; ++a) axes[a][i] = s.Step(a, axes[a][i]);
  }
  z1_ = {s.z1[0], s.z1[1], s.z1[2]};
  z2_ = {s.z2[0], s.z2[1], s.z2[2]};
}

void Section::Filter(Section& next, AxisBlock& x) {
  Running s = {b0_, b1_, b2_, a1_, a2_, {z1_.x(), z1_.y(), z1_.z()}, {z2_.x(), z2_.y(), z2_.z()}};
  Running t = {next.b0_,
               next.b1_,
               next.b2_,
               next.a1_,
               next.a2_,
               {next.z1_.x(), next.z1_.y(), next.z1_.z()},
               {next.z2_.x(), next.z2_.y(), next.z2_.z()}};
  double* const axes[3] = {x.axis[0].data(), x.axis[1].data(), x.axis[2].data()};
  for (std::size_t i = 0; i < x.size(); ++i) {
    for (int a = 0; a < 3; ++a) axes[a][i] = t.Step(a, s.Step(a, axes[a][i]));
  }
  z1_ = {s.z1[0], s.z1[1], s.z1[2]};
  z2_ = {s.z2[0], s.z2[1], s.z2[2]};
  next.z1_ = {t.z1[0], t.z1[1], t.z1[2]};
  next.z2_ = {t.z2[0], t.z2[1], t.z2[2]};
}

Butterworth::Butterworth(double bandwidth_hz, int order, double dt) {
  assert(order > 0 && order % 2 == 0 && bandwidth_hz > 0 && 2 * bandwidth_hz * dt < 1);
  for (int k = 0; k < order / 2; ++k) {
    const double damping_ratio = std::sin(std::numbers::pi * (2 * k + 1) / (2 * order));
    sections_.emplace_back(bandwidth_hz, damping_ratio, 0, dt);
  }
}

void Butterworth::Filter(AxisBlock& x) {
  std::size_t k = 0;
  for (; k + 2 <= sections_.size(); k += 2) sections_[k].Filter(sections_[k + 1], x);
  if (k < sections_.size()) sections_[k].Filter(x);
}

void Butterworth::Settle(const Vector3d& input) {
  for (Section& section : sections_) section.Settle(input);
}

double Butterworth::GroupDelay() const {
  double sum = 0;
  for (const Section& section : sections_) sum += section.GroupDelay();
  return sum;
}

double Butterworth::SlowestDecay() const {
  double slowest = 0;
  for (const Section& section : sections_) slowest = std::max(slowest, section.Decay());
  return slowest;
}

}  // namespace stunt::sim::internal
