#include "stunt/metrics/waveform.h"

#include <Eigen/Geometry>
#include <algorithm>
#include <cmath>
#include <complex>
#include <numbers>
#include <numeric>

namespace stunt::metrics {
namespace {

using Eigen::Vector3d;

constexpr double kStandardGravity = 9.80665;  // m/s²
constexpr double kPi = std::numbers::pi;
constexpr double kLow = 0.8;  // g

/// One second-order Butterworth section by the bilinear transform, prewarped.
struct Section {
  double b0, b1, b2, a1, a2;
};

Section LowPass(double cutoff_hz, double rate_hz, double q) {
  const double k = std::tan(kPi * cutoff_hz / rate_hz);
  const double norm = 1 / (1 + k / q + k * k);
  return {k * k * norm, 2 * k * k * norm, k * k * norm, 2 * (k * k - 1) * norm, (1 - k / q + k * k) * norm};
}

// In place, from the steady state of the first value.
void Run(const Section& s, std::vector<Vector3d>& x) {
  Vector3d x1 = x.front(), x2 = x.front(), y1 = x.front(), y2 = x.front();
  for (Vector3d& value : x) {
    const Vector3d y = s.b0 * value + s.b1 * x1 + s.b2 * x2 - s.a1 * y1 - s.a2 * y2;
    x2 = x1;
    x1 = value;
    y2 = y1;
    y1 = y;
    value = y;
  }
}

void LowPassBothWays(std::vector<Vector3d>& x, double rate_hz) {
  for (int way = 0; way < 2; ++way) {
    for (const double q : {0.54119610014619698, 1.3065629648763766}) Run(LowPass(kCommonBand, rate_hz, q), x);
    std::reverse(x.begin(), x.end());
  }
}

std::vector<Vector3d> Resample(std::span<const double> time_s, std::span<const Vector3d> values, double start,
                               double rate_hz, std::size_t count) {
  std::vector<Vector3d> out(count);
  std::size_t i = 0;
  for (std::size_t k = 0; k < count; ++k) {
    const double t = start + static_cast<double>(k) / rate_hz;
    while (i + 2 < time_s.size() && time_s[i + 1] < t) ++i;
    const double u = std::clamp((t - time_s[i]) / (time_s[i + 1] - time_s[i]), 0.0, 1.0);
    out[k] = values[i] + u * (values[i + 1] - values[i]);
  }
  return out;
}

std::vector<Vector3d> ToCommonBand(std::span<const double> time_s, std::span<const Vector3d> values, double rate_hz) {
  const double length = time_s.back() - time_s.front();
  const double rate = static_cast<double>(time_s.size() - 1) / length;  // mean
  const auto even_count = static_cast<std::size_t>(length * rate + 0.5) + 1;
  std::vector<Vector3d> even = Resample(time_s, values, time_s.front(), rate, even_count);
  if (rate > 2 * kCommonBand) LowPassBothWays(even, rate);
  std::vector<double> even_time(even_count);
  for (std::size_t i = 0; i < even_count; ++i) even_time[i] = time_s.front() + static_cast<double>(i) / rate;
  return Resample(even_time, even, time_s.front(), rate_hz, static_cast<std::size_t>(length * rate_hz) + 1);
}

/// Samples first … last − 1 of a window, at least one.
struct Range {
  std::size_t first = 0, last = 0;
};

Range Window(const Waveform& waveform, std::size_t peak, double from_s, double to_s) {
  const auto index = [&](double s) {
    const auto i = static_cast<std::ptrdiff_t>(peak) + static_cast<std::ptrdiff_t>(std::lround(s * waveform.rate_hz));
    return std::clamp<std::ptrdiff_t>(i, 0, static_cast<std::ptrdiff_t>(waveform.size()));
  };
  Range range{static_cast<std::size_t>(index(from_s)), static_cast<std::size_t>(index(to_s))};
  if (range.first >= range.last) {
    range.first = std::min(range.first, waveform.size() - 1);
    range.last = range.first + 1;
  }
  return range;
}

std::vector<double> Norms(const std::vector<Vector3d>& values) {
  std::vector<double> norms(values.size());
  std::transform(values.begin(), values.end(), norms.begin(), [](const Vector3d& v) { return v.norm(); });
  return norms;
}

double MeanOf(const std::vector<double>& x, Range r) {
  return std::accumulate(x.begin() + static_cast<std::ptrdiff_t>(r.first),
                         x.begin() + static_cast<std::ptrdiff_t>(r.last), 0.0) /
         static_cast<double>(r.last - r.first);
}

double Rms(const std::vector<double>& x, Range r, double about) {
  double sum = 0;
  for (std::size_t i = r.first; i < r.last; ++i) sum += (x[i] - about) * (x[i] - about);
  return std::sqrt(sum / static_cast<double>(r.last - r.first));
}

double Deviation(const std::vector<double>& x, Range r) { return Rms(x, r, MeanOf(x, r)); }

Vector3d MeanVector(const std::vector<Vector3d>& x, Range r) {
  Vector3d sum = Vector3d::Zero();
  for (std::size_t i = r.first; i < r.last; ++i) sum += x[i];
  return sum / static_cast<double>(r.last - r.first);
}

double AngleBetween(const Vector3d& a, const Vector3d& b) {
  return std::atan2(a.cross(b).norm(), a.dot(b)) * 180 / kPi;
}

// Where the magnitude falls through half the peak's height above 1 g, on both sides, between samples.
double WidthAtHalf(const std::vector<double>& m, std::size_t peak, double rate_hz) {
  const double half = 0.5 * (m[peak] + 1);
  const auto reach = [&](int step) {
    auto i = static_cast<std::ptrdiff_t>(peak);
    const auto n = static_cast<std::ptrdiff_t>(m.size());
    while (i + step >= 0 && i + step < n && m[static_cast<std::size_t>(i + step)] > half) i += step;
    const double inside = m[static_cast<std::size_t>(i)];
    if (i + step < 0 || i + step >= n) return std::abs(static_cast<double>(i - static_cast<std::ptrdiff_t>(peak)));
    const double outside = m[static_cast<std::size_t>(i + step)];
    const double part = inside > outside ? (inside - half) / (inside - outside) : 0;
    return std::abs(static_cast<double>(i - static_cast<std::ptrdiff_t>(peak))) + part;
  };
  return (reach(1) + reach(-1)) / rate_hz;
}

/// Power of a Hann-windowed stretch at frequencies of 1 / length, by plain sums: a few hundred samples.
struct Spectrum {
  std::vector<double> hz;
  std::vector<double> power;  // mean square per line
};

Spectrum SpectrumOf(const std::vector<double>& x, Range r, double rate_hz, double highest_hz) {
  const std::size_t n = r.last - r.first;
  const double mean = MeanOf(x, r);
  Spectrum spectrum;
  for (std::size_t line = 1; static_cast<double>(line) * rate_hz / static_cast<double>(n) <= highest_hz; ++line) {
    std::complex<double> sum = 0;
    double weight = 0;
    for (std::size_t i = 0; i < n; ++i) {
      const double u = static_cast<double>(i) / static_cast<double>(n);
      const double hann = 0.5 - 0.5 * std::cos(2 * kPi * u);
      sum += hann * (x[r.first + i] - mean) * std::polar(1.0, -2 * kPi * static_cast<double>(line) * u);
      weight += hann * hann;
    }
    spectrum.hz.push_back(static_cast<double>(line) * rate_hz / static_cast<double>(n));
    spectrum.power.push_back(2 * std::norm(sum) / (static_cast<double>(n) * weight));
  }
  return spectrum;
}

double LogBand(const Spectrum& s, double lo, double hi) {
  double power = 0;
  for (std::size_t i = 0; i < s.hz.size(); ++i) {
    if (s.hz[i] >= lo && s.hz[i] < hi) power += s.power[i];
  }
  constexpr double kFloor = 1e-3;  // g: below any sensor's rounding
  return std::log10(std::max(std::sqrt(power), kFloor));
}

double Strongest(const Spectrum& s, double lo, double hi) {
  double best = lo, most = 0;
  for (std::size_t i = 0; i < s.hz.size(); ++i) {
    if (s.hz[i] < lo || s.hz[i] > hi || s.power[i] <= most) continue;
    most = s.power[i];
    best = s.hz[i];
  }
  return best;
}

}  // namespace

std::string_view Name(Feature feature) {
  static constexpr std::array<std::string_view, kFeatures> kNames = {
      "peak_g",         "lowest_g",       "low_time_s",   "width_s",          "gyro_peak_radps",
      "gyro_rms_radps", "tilt_deg",       "still_sd_g",   "still_gyro_radps", "sd_g",
      "frequency_hz",   "band_0.5_2_log", "band_2_5_log", "band_5_12_log"};
  return kNames[static_cast<std::size_t>(feature)];
}

Waveform InCommonBand(std::span<const double> time_s, std::span<const Vector3d> a_S, std::span<const Vector3d> w_S,
                      double rate_hz) {
  Waveform waveform;
  waveform.rate_hz = rate_hz;
  waveform.start_s = time_s.front();
  waveform.a_S = ToCommonBand(time_s, a_S, rate_hz);
  for (Vector3d& a : waveform.a_S) a /= kStandardGravity;
  waveform.w_S = ToCommonBand(time_s, w_S, rate_hz);
  return waveform;
}

std::size_t PeakIndex(const Waveform& waveform, double from_s, double to_s) {
  const auto index = [&](double t) {
    return std::clamp<std::ptrdiff_t>(std::lround((t - waveform.start_s) * waveform.rate_hz), 0,
                                      static_cast<std::ptrdiff_t>(waveform.size()) - 1);
  };
  std::ptrdiff_t first = index(from_s), last = index(to_s);
  if (first >= last) {
    first = 0;
    last = static_cast<std::ptrdiff_t>(waveform.size()) - 1;
  }
  const auto begin = waveform.a_S.begin();
  const auto most = std::max_element(begin + first, begin + last + 1, [](const Vector3d& a, const Vector3d& b) {
    return a.squaredNorm() < b.squaredNorm();
  });
  return static_cast<std::size_t>(most - begin);
}

Features FeaturesAround(const Waveform& waveform, std::size_t peak) {
  const std::vector<double> a = Norms(waveform.a_S), w = Norms(waveform.w_S);
  const auto window = [&](double from, double to) { return Window(waveform, peak, from, to); };
  const Range before = window(-1.5, 0), near = window(-1.5, 1.5), around = window(-3, 3), after = window(1.5, 4);
  const auto at = [](std::size_t i) { return static_cast<std::ptrdiff_t>(i); };
  Features f{};
  const auto set = [&](Feature feature, double value) { f[static_cast<std::size_t>(feature)] = value; };
  set(Feature::kPeak, a[peak]);
  set(Feature::kLowest, *std::min_element(a.begin() + at(before.first), a.begin() + at(before.last)));
  set(Feature::kLowTime, static_cast<double>(std::count_if(a.begin() + at(before.first), a.begin() + at(before.last),
                                                           [](double x) { return x < kLow; })) /
                             waveform.rate_hz);
  set(Feature::kWidth, WidthAtHalf(a, peak, waveform.rate_hz));
  set(Feature::kGyroPeak, *std::max_element(w.begin() + at(near.first), w.begin() + at(near.last)));
  set(Feature::kGyroRms, Rms(w, around, 0));
  set(Feature::kTilt, AngleBetween(MeanVector(waveform.a_S, window(-3, -1)), MeanVector(waveform.a_S, after)));
  set(Feature::kStill, Deviation(a, after));
  set(Feature::kGyroStill, Rms(w, after, 0));
  set(Feature::kRms, Deviation(a, around));
  const Spectrum spectrum = SpectrumOf(a, window(-4, 4), waveform.rate_hz, 12);
  set(Feature::kFrequency, Strongest(spectrum, 0.5, 4));
  set(Feature::kBandSlow, LogBand(spectrum, 0.5, 2));
  set(Feature::kBandMiddle, LogBand(spectrum, 2, 5));
  set(Feature::kBandFast, LogBand(spectrum, 5, 12));
  return f;
}

}  // namespace stunt::metrics
