#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <vector>

#include "stunt/hil/convert.h"

namespace stunt::hil {
namespace {

// In units of the lower rate: the -6 dB point, and half the length that Kaiser's formula gives for 60 dB and a
// transition from 0.35 to 0.5: (60 - 7.95) / (2.285 · 2π · 0.15) / 2.
constexpr double kCutoff = 0.425;
constexpr double kHalfLength = 12.1;
constexpr double kBeta = 5.653;  // 0.1102 (60 - 8.7)

// One side of the kernel over u = |t| · lower rate, as a table; a straight line between two entries is good to 1e-5.
class Kernel {
 public:
  Kernel() : table_(static_cast<std::size_t>(kHalfLength * kPerUnit) + 2) {
    for (std::size_t k = 0; k < table_.size(); ++k) table_[k] = Exact(static_cast<double>(k) / kPerUnit);
  }

  [[nodiscard]] double operator()(double u) const {
    const double position = std::abs(u) * kPerUnit;
    const auto k = static_cast<std::size_t>(position);
    if (k + 1 >= table_.size()) return 0;
    return std::lerp(table_[k], table_[k + 1], position - static_cast<double>(k));
  }

 private:
  static constexpr double kPerUnit = 256;

  static double Exact(double u) {
    if (u >= kHalfLength) return 0;
    const double x = 2 * std::numbers::pi * kCutoff * u;
    const double sinc = x == 0 ? 1 : std::sin(x) / x;
    const double edge = u / kHalfLength;
    return sinc * std::cyl_bessel_i(0, kBeta * std::sqrt(1 - edge * edge)) / std::cyl_bessel_i(0, kBeta);
  }

  std::vector<double> table_;
};

// A straight line between the neighbours of t_ns, or the end value. `after` is the first input later than t_ns.
double Line(const trace::SampleBlock& input, std::size_t after, std::int64_t t_ns, std::size_t axis) {
  const auto value = [&](std::size_t i) {
    return static_cast<double>(input.values[i * static_cast<std::size_t>(input.axes) + axis]);
  };
  if (after == 0) return value(0);
  if (after == input.size()) return value(after - 1);
  const auto span = static_cast<double>(input.TimeNs(after) - input.TimeNs(after - 1));
  return std::lerp(value(after - 1), value(after), static_cast<double>(t_ns - input.TimeNs(after - 1)) / span);
}

// How much time sample i stands for, in nominal periods: 1 when samples are even. What borders a gap does not stand for
// it.
double Share(const trace::SampleBlock& input, std::size_t i, double period_ns) {
  if (input.time_offsets_ns.empty()) return 1;
  const std::size_t before = i == 0 ? 0 : i - 1;
  const std::size_t next = std::min(i + 1, input.size() - 1);
  const double mean_ns =
      static_cast<double>(input.TimeNs(next) - input.TimeNs(before)) / static_cast<double>(next - before);
  return std::min(mean_ns / period_ns, 1.5);
}

// Even times from the first to the last input time; a period of broken nanoseconds is written out as offsets.
void SetTimes(const trace::SampleBlock& input, double rate_hz, trace::SampleBlock& output) {
  const double period_ns = 1e9 / rate_hz;
  output.first_time_ns = input.TimeNs(0);
  output.period_ns = std::llround(period_ns);
  const std::int64_t length_ns = input.TimeNs(input.size() - 1) - output.first_time_ns;
  const auto count = static_cast<std::size_t>(static_cast<double>(length_ns) / period_ns) + 1;
  output.values.resize(count * static_cast<std::size_t>(input.axes));
  if (static_cast<double>(output.period_ns) == period_ns) return;
  output.time_offsets_ns.resize(count);
  for (std::size_t j = 0; j < count; ++j) {
    output.time_offsets_ns[j] = std::min<std::int64_t>(length_ns, std::llround(static_cast<double>(j) * period_ns));
  }
}

}  // namespace

double ResampleReach(double input_rate_hz, double output_rate_hz) {
  return kHalfLength / std::min(input_rate_hz, output_rate_hz);
}

trace::ChannelTrace Resample(const trace::ChannelTrace& input, double rate_hz) {
  static const Kernel kernel;
  const trace::SampleBlock& in = input.samples;
  const double input_rate = input.spec.rate_hz;
  const double lower_rate = std::min(input_rate, rate_hz);
  const double per_ns = lower_rate * 1e-9;  // nanoseconds to the kernel's u
  const auto reach_ns = static_cast<std::int64_t>(kHalfLength / per_ns);
  // Σ h in the middle of a signal without gaps; at its ends about half of that.
  const double full_weight = input_rate / (2 * kCutoff * lower_rate);

  trace::ChannelTrace output{input.spec, {}};
  output.spec.rate_hz = rate_hz;
  output.spec.resolution = 0;
  if (input.spec.fifo_watermark > 0) {
    const long scaled = std::lround(input.spec.fifo_watermark * rate_hz / input_rate);
    output.spec.fifo_watermark = std::max(1, static_cast<int>(scaled));
  }
  trace::SampleBlock& out = output.samples;
  out.channel_id = in.channel_id;
  out.axes = in.axes;
  SetTimes(in, rate_hz, out);

  const auto axes = static_cast<std::size_t>(in.axes);
  std::size_t first = 0;  // first input within reach of t
  std::size_t after = 0;  // first input later than t
  std::vector<double> sum(axes);
  for (std::size_t j = 0; j < out.size(); ++j) {
    const std::int64_t t = out.TimeNs(j);
    while (first < in.size() && in.TimeNs(first) < t - reach_ns) ++first;
    while (after < in.size() && in.TimeNs(after) <= t) ++after;
    std::ranges::fill(sum, 0.0);
    double weight = 0;
    for (std::size_t i = first; i < in.size() && in.TimeNs(i) <= t + reach_ns; ++i) {
      const double h = kernel(static_cast<double>(t - in.TimeNs(i)) * per_ns) * Share(in, i, 1e9 / input_rate);
      weight += h;
      for (std::size_t axis = 0; axis < axes; ++axis) sum[axis] += h * static_cast<double>(in.values[i * axes + axis]);
    }
    const bool in_gap = weight < 0.4 * full_weight;
    for (std::size_t axis = 0; axis < axes; ++axis) {
      out.values[j * axes + axis] = static_cast<float>(in_gap ? Line(in, after, t, axis) : sum[axis] / weight);
    }
  }
  return output;
}

}  // namespace stunt::hil
