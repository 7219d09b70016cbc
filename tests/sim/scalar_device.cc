#include "scalar_device.h"

#include <Random123/philox.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <complex>
#include <numbers>

namespace stunt::sim::testing {
namespace {

using Eigen::Vector3d;
using random::StreamKey;

constexpr double kPi = std::numbers::pi;

// Cubic B-spline of unit spacing.
double BSpline(double x) {
  const double d = std::abs(x);
  if (d < 1) return (4 - 6 * d * d + 3 * d * d * d) / 6;
  return d < 2 ? std::pow(2 - d, 3) / 6 : 0;
}

/// Direct form I of a section b / a with a0 = 1.
class Biquad {
 public:
  Biquad(const std::array<double, 3>& b, const std::array<double, 2>& a) : b_(b), a_(a) {}

  void Settle(double x) { x1_ = x2_ = y1_ = y2_ = x; }
  double Step(double x) {
    const double y = b_[0] * x + b_[1] * x1_ + b_[2] * x2_ - a_[0] * y1_ - a_[1] * y2_;
    x2_ = x1_, x1_ = x, y2_ = y1_, y1_ = y;
    return y;
  }

 private:
  std::array<double, 3> b_;
  std::array<double, 2> a_;
  double x1_ = 0, x2_ = 0, y1_ = 0, y2_ = 0;
};

// Butterworth by its poles: those of the analogue filter through the bilinear transform, zeros at −1, gain 1 at 0 Hz.
std::vector<Biquad> Butterworth(double cutoff, int order, double dt) {
  std::vector<Biquad> sections;
  const double warped = 2 / dt * std::tan(kPi * cutoff * dt);
  for (int k = 0; k < order / 2; ++k) {
    const std::complex<double> s = warped * std::polar(1.0, kPi * (2 * k + 1 + order) / (2 * order));
    const std::complex<double> z = (1.0 + s * dt / 2.0) / (1.0 - s * dt / 2.0);
    const double a1 = -2 * z.real(), a2 = std::norm(z), gain = (1 + a1 + a2) / 4;
    sections.push_back(Biquad({gain, 2 * gain, gain}, {a1, a2}));
  }
  return sections;
}

double Temperature(const TemperatureProfile& p, double t) {
  const auto at = [&](double second) {
    return p.end_c + (p.start_c - p.end_c) * std::exp(-second / p.time_constant_s);
  };
  const double below = std::floor(t);
  return at(below) * (1 - (t - below)) + at(below + 1) * (t - below);
}

}  // namespace

double NormalAt(StreamKey key, std::uint64_t n) {
  const std::uint64_t lane = n % 8;
  const auto words = r123::Philox4x64()({{n / 8, 1, 0, 0}}, {{key.high, key.low}});
  const std::uint64_t word = words[lane % 4];
  const double radius = std::sqrt(-2 * std::log((static_cast<double>(word & 0xffffffff) + 0.5) / 4294967296.0));
  // Quarter turns by the two highest bits, the rest within −45° … 45° of them.
  const std::uint64_t high = word >> 32;
  const double turn =
      static_cast<double>(high >> 30) + (static_cast<double>(high & 0x3fffffff) + 0.5) / 1073741824.0 - 0.5;
  const double angle = kPi / 2 * turn;
  return lane < 4 ? radius * std::cos(angle) : radius * std::sin(angle);
}

double FlickerAt(double coefficient, double period, int finest, StreamKey key, std::uint64_t n) {
  if (coefficient == 0) return 0;
  const double area = 151.0 / 630 / std::log(2.0);
  const double sigma = coefficient / std::sqrt(2 * kPi * area);
  const int coarsest = std::max(finest, static_cast<int>(std::ceil(std::log2(86400 / period))));
  double sum = 0;
  for (int j = finest; j <= coarsest; ++j) {
    const double at = static_cast<double>(n) / std::ldexp(1.0, j);
    const auto centre = static_cast<std::int64_t>(std::floor(at));
    for (std::int64_t i = centre - 1; i <= centre + 2; ++i) {
      const auto number = static_cast<std::uint64_t>(i + 64);
      sum += sigma * NormalAt(key.Derive(static_cast<std::uint64_t>(j)), number) * BSpline(at - static_cast<double>(i));
    }
  }
  return sum;
}

double WalkAt(double coefficient, double period, int finest, StreamKey key, int axis, std::uint64_t n) {
  if (coefficient == 0) return 0;
  constexpr int kTop = 40, kBlock = 10;
  // Halve [lo, hi) of 2^level samples until it is the block of n.
  std::uint64_t lo = 0;
  double start = 0;
  double end = coefficient * std::sqrt(std::ldexp(period, kTop)) *
               NormalAt(key.Derive(std::uint64_t{kTop}), static_cast<std::uint64_t>(axis));
  for (int level = kTop; level > kBlock; --level) {
    const std::uint64_t half = std::uint64_t{1} << (level - 1);
    const std::uint64_t span = lo >> level;
    const double g =
        NormalAt(key.Derive(static_cast<std::uint64_t>(level - 1)), 8 * span + static_cast<std::uint64_t>(axis));
    const double middle = (start + end) / 2 + coefficient * std::sqrt(std::ldexp(period, level)) / 2 * g;
    if (n >= lo + half) {
      lo += half;
      start = middle;
    } else {
      end = middle;
    }
  }
  const std::uint64_t knots = (std::uint64_t{1} << kBlock) >> finest;
  const std::uint64_t padded = std::max<std::uint64_t>(8, knots);
  const StreamKey within = key.Derive("within").Derive(static_cast<std::uint64_t>(axis));
  const double sd = coefficient * std::sqrt(std::ldexp(period, finest));
  std::vector<double> walk = {0};
  for (std::uint64_t k = 0; k < knots; ++k)
    walk.push_back(walk.back() + sd * NormalAt(within, (lo >> kBlock) * padded + k));
  const auto bridge = [&](std::uint64_t k) {
    return start + walk[k] + (end - start - walk.back()) * static_cast<double>(k) / static_cast<double>(knots);
  };
  const std::uint64_t k = (n - lo) >> finest;
  const double share = std::ldexp(static_cast<double>((n - lo) - (k << finest)), -finest);
  return bridge(k) * (1 - share) + bridge(k + 1) * share;
}

ScalarSamples ScalarSensor::Run(const std::vector<Vector3d>& input, const std::vector<Vector3d>& force) const {
  const Vector3d turn_on = DrawTurnOnBias(spec, key);
  const StreamKey noise = key.Derive("noise");
  const double largest = spec.range == 0 ? HUGE_VAL : spec.range;
  std::vector<Vector3d> filtered;
  std::array<std::vector<Biquad>, 3> filters;
  filters.fill(Butterworth(spec.bandwidth_hz, spec.filter_order, dt));
  std::array<long, 3> held = {0, 0, 0};
  Vector3d end(0, 0, 0);
  for (std::size_t k = 0; k < input.size(); ++k) {
    const double warm = Temperature(temperature, (static_cast<double>(k) + 0.5) * dt) - 25;
    const Vector3d aligned = unit.alignment * input[k];
    Vector3d row;
    for (int a = 0; a < 3; ++a) {
      const auto axis = static_cast<std::size_t>(a);
      const double x = input[k][a];
      double y = (1 + unit.scale[a] + unit.scale_per_k[a] * warm) * aligned[a] + unit.asymmetry[a] * std::abs(x) / 2;
      if (spec.range > 0) {
        const double u = std::clamp(x / spec.range, -1.0, 1.0);
        y += unit.nonlinearity[a] * spec.range * (u * u * u - u) * 3 * std::sqrt(3.0) / 2;
      }
      y += unit.rectification[a] * x * x + unit.bias[a] + turn_on[a] + unit.bias_per_k[a] * warm;
      if (gyroscope) y += unit.g_sensitivity.row(a).dot(force[k]) + unit.g2_sensitivity[a] * force[k][a] * force[k][a];
      if (std::abs(y) > largest) {
        end[a] = std::copysign(largest, y);
        held[axis] = std::lround(spec.clip_recovery_s / dt);
        y = end[a];
      } else if (held[axis] > 0) {
        --held[axis];
        y = end[a];
      }
      for (Biquad& section : filters[axis]) {
        if (k == 0) section.Settle(y);
        y = section.Step(y);
      }
      row[a] = y;
    }
    filtered.push_back(row);
  }

  // White noise through the same filter at the output rate, from far before the first sample on.
  const bool shaped = spec.bandwidth_hz <= 0.4 * spec.rate_hz;
  constexpr std::uint64_t kOrigin = std::uint64_t{1} << 32, kBefore = 4096;
  std::array<std::vector<Biquad>, 3> shaping;
  if (shaped) shaping.fill(Butterworth(spec.bandwidth_hz, spec.filter_order, 1 / spec.rate_hz));
  const auto white = [&](std::size_t axis, std::uint64_t number) {
    double value =
        spec.noise_density[axis] * std::sqrt(spec.rate_hz / 2) * NormalAt(noise.Derive("white").Derive(axis), number);
    for (Biquad& section : shaping[axis]) value = section.Step(value);
    return value;
  };
  for (std::size_t a = 0; a < 3; ++a) {
    for (std::uint64_t n = kOrigin - kBefore; shaped && n < kOrigin; ++n) (void)white(a, n);
  }

  const auto cut = [&](double x) { return std::clamp(x, -0.2 / spec.rate_hz, 0.2 / spec.rate_hz); };
  ScalarSamples out;
  for (std::uint64_t n = 0;; ++n) {
    const double nominal = static_cast<double>(n) / spec.rate_hz;
    double taken = dt / 2 + nominal * (1 + clock.period_error + clock.period_drift * nominal / 2);
    if (clock_spec.sample_jitter_s > 0)
      taken += cut(clock_spec.sample_jitter_s * NormalAt(jitter.Derive("sampling"), n));
    taken = std::max(taken, dt / 2);
    double stamp = (taken + clock_spec.data_ready_delay_s) * (1 + clock.stamp_error);
    if (clock_spec.stamp_jitter_s > 0) stamp += cut(clock_spec.stamp_jitter_s * NormalAt(jitter.Derive("stamping"), n));
    const double position = std::max(0.0, (taken - spec.pipeline_delay_s) / dt - 0.5);
    const bool on_grid = std::abs(position - std::round(position)) < 1e-6;
    const long step = std::lround(on_grid ? position : std::floor(position));
    const double share = on_grid ? 0 : position - static_cast<double>(step);
    if (step + (on_grid ? 0 : 2) >= static_cast<long>(filtered.size()) ||
        taken / dt - 0.5 >= static_cast<double>(input.size()) - 1e-6)
      break;
    Vector3d value(0, 0, 0);
    for (int j = on_grid ? 0 : -1; j <= (on_grid ? 0 : 2); ++j) {  // Lagrange
      double weight = 1;
      for (int m = -1; m <= 2; ++m) {
        if (m != j && !on_grid) weight *= (share - m) / (j - m);
      }
      value += weight * filtered[static_cast<std::size_t>(std::max(0L, step + j))];
    }
    for (int a = 0; a < 3; ++a) {
      const auto axis = static_cast<std::size_t>(a);
      value[a] += white(axis, kOrigin + n) +
                  FlickerAt(spec.bias_instability[axis], 1 / spec.rate_hz, flicker_level[axis],
                            noise.Derive("flicker").Derive(axis), n) +
                  WalkAt(spec.random_walk[axis], 1 / spec.rate_hz, walk_level, noise.Derive("walk"), a, n);
      if (spec.resolution > 0) value[a] = spec.resolution * std::nearbyint(value[a] / spec.resolution);
      const double limit = spec.resolution > 0 && spec.range > 0
                               ? std::floor(spec.range / spec.resolution + 1e-9) * spec.resolution
                               : largest;
      value[a] = std::clamp(value[a], -limit, limit);
    }
    out.values.push_back(value);
    out.stamps_ns.push_back(std::llround(stamp * 1e9));
  }
  return out;
}

std::vector<Vector3d> ScalarStrap(const std::vector<Vector3d>& input, const StrapSpec& strap, double dt) {
  // (c s + w²) / (s² + c s + w²) with s = 2/T' (1 − z⁻¹)/(1 + z⁻¹), T' such that the frequency stays.
  const double w = 2 * kPi * strap.frequency_hz, c = 2 * strap.damping_ratio * w;
  const double q = w / std::tan(w * dt / 2);
  const double a0 = q * q + c * q + w * w;
  const std::array<double, 3> b = {(c * q + w * w) / a0, 2 * w * w / a0, (w * w - c * q) / a0};
  const std::array<double, 2> a = {(2 * w * w - 2 * q * q) / a0, (q * q - c * q + w * w) / a0};
  std::vector<Vector3d> out = input;
  for (int axis = 0; axis < 3; ++axis) {
    Biquad section(b, a);
    section.Settle(input[0][axis]);
    for (Vector3d& v : out) v[axis] = section.Step(v[axis]);
  }
  return out;
}

}  // namespace stunt::sim::testing
