#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace stunt::metrics {

/// Allan deviation at one averaging time.
struct AllanPoint {
  double tau_s = 0;
  double deviation = 0;  // unit of the samples
  double lo = 0;         // 95 % interval
  double hi = 0;
};

/// Averaging times as numbers of samples: `per_decade` a decade from 1 to the longest that leaves `windows` windows.
[[nodiscard]] std::vector<std::size_t> AllanFactors(std::size_t samples, int per_decade, double windows = 9);

/// Overlapping Allan deviation of evenly spaced samples of a rate (not of its integral):
///
///   σ²(τ) = ½ ⟨(x̄_{k+m} − x̄_k)²⟩,  x̄_k the mean of the m samples from k on, τ = m / rate,
///
/// over k = 0, s, 2s, … with s = ⌈m/8⌉: denser starts add nothing to its certainty. The interval is that of χ² with the
/// degrees of freedom of white noise, (3 (N−1) / 2m − 2 (N−2) / N) · 4m² / (4m² + 5), which is the widest of flicker's
/// and white noise's within a few per cent.
///
/// @source IEEE 952-1997 Annex C; degrees of freedom: Howe, Allan, Barnes 1981, table 1 (white frequency noise).
/// @pre 2 m ≤ samples for every factor m.
[[nodiscard]] std::vector<AllanPoint> AllanDeviation(std::span<const double> samples, double rate_hz,
                                                     std::span<const std::size_t> factors);

/// What a curve says about the noise that made it.
struct AllanCoefficients {
  double noise_density = 0;     // white, one-sided, unit/√Hz
  double bias_instability = 0;  // B of IEEE 952
  double random_walk = 0;       // K of IEEE 952, unit/√s
};

/// Least squares of σ²(τ) = noise_density² / 2τ + (2 ln 2 / π) B² + K² τ / 3, every point weighed by what it says: its
/// share of σ² and its number of independent windows. A term that would come out negative is 0.
[[nodiscard]] AllanCoefficients FitAllan(std::span<const AllanPoint> curve);

}  // namespace stunt::metrics
