#include "front_end.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "vector_clones.h"

namespace stunt::sim {

double TemperatureProfile::At(double time_s) const {
  const auto exact = [&](double t) {
    if (points.empty()) return end_c + (start_c - end_c) * std::exp(-t / time_constant_s);
    const auto after = std::upper_bound(points.begin(), points.end(), t,
                                        [](double time, const std::pair<double, double>& p) { return time < p.first; });
    if (after == points.begin()) return points.front().second;
    if (after == points.end()) return points.back().second;
    const auto& [t0, c0] = *(after - 1);
    return c0 + (after->second - c0) * (t - t0) / (after->first - t0);
  };
  const double second = std::floor(time_s);
  const double before = exact(second);
  return before + (time_s - second) * (exact(second + 1) - before);
}

namespace internal {
namespace {

STUNT_VECTOR_CLONES void Clamp(std::span<double> values, double limit) {
  for (double& v : values) {
    const double above = v < -limit ? -limit : v;
    v = above > limit ? limit : above;
  }
}

STUNT_VECTOR_CLONES bool Exceeds(std::span<const double> values, double limit) {
  int above = 0;
  for (const double v : values) above |= static_cast<int>(std::abs(v) > limit);
  return above != 0;
}

}  // namespace

void Thermometer::Fill(double start, double step, std::span<double> out) const {
  if (constant()) {
    std::fill(out.begin(), out.end(), profile_.end_c - kReferenceTemperature);
    return;
  }
  double second = HUGE_VAL, before = 0, rise = 0;
  for (std::size_t i = 0; i < out.size(); ++i) {
    const double t = start + static_cast<double>(i) * step;
    if (std::floor(t) != second) {
      second = std::floor(t);
      before = profile_.At(second);
      rise = profile_.At(second + 1) - before;
    }
    out[i] = before + (t - second) * rise - kReferenceTemperature;
  }
}

FrontEnd::FrontEnd(const InertialSensorSpec& spec, const InertialUnit& unit, const Eigen::Vector3d& turn_on_bias,
                   double dt)
    : range_(spec.range == 0 ? HUGE_VAL : spec.range), recovery_(std::lround(spec.clip_recovery_s / dt)) {
  for (int a = 0; a < 3; ++a) {
    Axis& axis = axes_[static_cast<std::size_t>(a)];
    for (int b = 0; b < 3; ++b) {
      const auto other = static_cast<std::size_t>(b);
      axis.aligned[other] = unit.alignment(a, b);
      axis.row[other] = (1 + unit.scale[a]) * unit.alignment(a, b);
      axis.g[other] = unit.g_sensitivity(a, b);
    }
    axis.any_g = unit.g_sensitivity.row(a).any();
    axis.bias = unit.bias[a] + turn_on_bias[a];
    axis.asymmetry = unit.asymmetry[a] / 2;
    axis.nonlinearity = unit.nonlinearity[a];
    axis.rectification = unit.rectification[a];
    axis.g2 = unit.g2_sensitivity[a];
    axis.bias_per_k = unit.bias_per_k[a];
    axis.scale_per_k = unit.scale_per_k[a];
  }
}

bool FrontEnd::needs_temperature() const {
  return std::any_of(axes_.begin(), axes_.end(), [](const Axis& a) { return a.bias_per_k != 0 || a.scale_per_k != 0; });
}

void FrontEnd::AddErrors(AxisBlock& x, const AxisBlock* force, std::span<const double> warmth) {
  work_.Resize(x.size());
  for (std::size_t a = 0; a < 3; ++a) AddAxis(axes_[a], a, x, force, warmth, work_.axis[a]);
  std::swap(x, work_);
}

// A loop a term: each is short enough for the compiler to work on several samples at once, and absent terms cost
// nothing. It does so where it can see that nothing overlaps: coefficients are copied and pointers restricted.
STUNT_VECTOR_CLONES void FrontEnd::AddAxis(const Axis axis, std::size_t own, const AxisBlock& in,
                                           const AxisBlock* force, std::span<const double> warmth,
                                           std::vector<double>& out) const {
  const std::size_t n = in.size();
  const double* const x = in.axis[0].data();
  const double* const y = in.axis[1].data();
  const double* const z = in.axis[2].data();
  const double* const self = in.axis[own].data();
  double* const __restrict o = out.data();
  const std::array<double, 3> row = axis.row, m = axis.aligned, g = axis.g;
  for (std::size_t i = 0; i < n; ++i) o[i] = (row[0] * x[i] + row[1] * y[i] + row[2] * z[i]) + axis.bias;
  if (axis.scale_per_k != 0 || axis.bias_per_k != 0) {
    const double* const warm = warmth.data();
    for (std::size_t i = 0; i < n; ++i) {
      o[i] += warm[i] * (axis.scale_per_k * (m[0] * x[i] + m[1] * y[i] + m[2] * z[i]) + axis.bias_per_k);
    }
  }
  if (axis.asymmetry != 0) {
    for (std::size_t i = 0; i < n; ++i) o[i] += axis.asymmetry * std::abs(self[i]);
  }
  if (axis.nonlinearity != 0) {
    const double peak = axis.nonlinearity * range_ * 1.5 * std::sqrt(3.0), per_range = 1 / range_;
    for (std::size_t i = 0; i < n; ++i) {
      const double share = self[i] * per_range;
      const double above = share < -1 ? -1 : share;
      const double u = above > 1 ? 1 : above;
      o[i] += peak * (u * u * u - u);
    }
  }
  if (axis.rectification != 0) {
    for (std::size_t i = 0; i < n; ++i) o[i] += axis.rectification * (self[i] * self[i]);
  }
  if (force == nullptr) return;
  const double* const fx = force->axis[0].data();
  const double* const fy = force->axis[1].data();
  const double* const fz = force->axis[2].data();
  if (axis.any_g) {
    for (std::size_t i = 0; i < n; ++i) o[i] += g[0] * fx[i] + g[1] * fy[i] + g[2] * fz[i];
  }
  if (axis.g2 != 0) {
    const double* const f = force->axis[own].data();
    for (std::size_t i = 0; i < n; ++i) o[i] += axis.g2 * (f[i] * f[i]);
  }
}

void FrontEnd::Clip(AxisBlock& x) {
  for (std::size_t a = 0; a < 3; ++a) {
    std::vector<double>& values = x.axis[a];
    if (held_[a] == 0 && (recovery_ == 0 || !Exceeds(values, range_))) {
      Clamp(values, range_);
      continue;
    }
    for (double& v : values) {
      if (std::abs(v) > range_) {
        sign_[a] = v > 0 ? range_ : -range_;
        held_[a] = recovery_;
        v = sign_[a];
      } else if (held_[a] > 0) {
        --held_[a];
        v = sign_[a];
      }
    }
  }
}

Converter::Converter(double resolution, double range)
    : resolution_(resolution),
      largest_(range == 0        ? HUGE_VAL
               : resolution == 0 ? range
                                 : std::floor(range / resolution * (1 + 1e-12)) * resolution) {}

STUNT_VECTOR_CLONES void Converter::Convert(std::span<double> values) const {
  if (resolution_ > 0) {
    constexpr double kShift = 0x1.8p52;  // adding it leaves no fraction: rounds to even, without a call
    const double steps = 1 / resolution_;
    for (double& v : values) v = resolution_ * ((v * steps + kShift) - kShift);
  }
  Clamp(values, largest_);
}

}  // namespace internal
}  // namespace stunt::sim
