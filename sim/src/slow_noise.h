#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "stunt/random/random.h"

namespace stunt::sim::internal {

/// Samples that noise is made of at a time. Block k holds samples k · kNoiseBlock …
inline constexpr int kNoiseBlockLevels = 10;
inline constexpr std::size_t kNoiseBlock = std::size_t{1} << kNoiseBlockLevels;

/// Noise of density B² / (π f), one-sided: the flicker whose Allan deviation is B √(2 ln 2 / π) = 0.664 B at every τ
/// (IEEE 952-1997, C.1.2). One axis.
///
/// Sum of independent low-passed noises, one an octave. That of level j is a cubic B-spline through knots every
/// h = 2^j samples whose coefficients are independent normals of variance σ²:
///
///   S(f) = Σ_j 2 σ² h T sinc⁸(f h T) = 2 σ² C / f, rippled by 0.4 %,  C = ∫₀^∞ sinc⁸(x) dx / ln 2 = 151 / (630 ln 2)
///
/// A spline is local: a block needs the few normals around it on every level and no history. The two-scale relation of
/// B-splines turns level j + 1 into level j, so the sum costs one pyramid: less than two normals a sample.
///
/// Band: from 1 / (4 · 2^finest samples) down to one over a day; below, the density is constant.
///
/// @source Sum over octaves: Voss in Gardner 1978; Wornell 1993, Proc. IEEE 81(10), 1428–1450: independent
///         coefficients of variance ∝ 2^(γ m) make noise of density 1/f^γ. Two-scale relation: de Boor 1978.
class FlickerNoise {
 public:
  /// @param coefficient    B, unit of the signal.
  /// @param sample_period  s.
  /// @param finest         lowest level that has noise of its own, 0 … kNoiseBlockLevels.
  FlickerNoise(double coefficient, double sample_period, int finest, random::StreamKey key);

  void Add(std::uint64_t block, std::span<double, kNoiseBlock> out) const;

 private:
  double sigma_;
  int finest_;
  int coarsest_;
  std::vector<random::StreamKey> keys_;  // by level
};

/// Random walk of three axes with increments of variance K² Δt, 0 at sample 0: one-sided density K² / (2 π² f²).
///
/// A block's ends come from the midpoints that halve a span of 2^40 samples until they are reached; between them a
/// bridge of independent increments. No history, and exactly a walk at the knots, every 2^finest samples; linear
/// between those.
///
/// @source Lévy 1948 (midpoint displacement); the conditional law of a midpoint is normal, variance K² · span / 4.
class RandomWalk {
 public:
  /// @param coefficient  K per axis, unit of the signal / √s.
  RandomWalk(const std::array<double, 3>& coefficient, double sample_period, int finest, random::StreamKey key);

  void Add(std::uint64_t block, int axis, std::span<double, kNoiseBlock> out) const;

 private:
  [[nodiscard]] std::pair<double, double> Ends(std::uint64_t block, int axis) const;

  std::array<double, 3> step_;  // standard deviation over one sample
  int finest_;
  random::StreamKey key_;
};

}  // namespace stunt::sim::internal
