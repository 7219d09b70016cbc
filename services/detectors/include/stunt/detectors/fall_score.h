#pragma once

#include <cstdint>

namespace stunt::detectors {

/// How strongly one quantity speaks for a phase of a fall: 0 … 1, one half at `half`, as a power law between.
///
///   weight(x) = 1 / (1 + (half / x)^steepness)      grows with x
struct PhaseWeight {
  double half = 1;
  // From 0.1 to 0.9 within a factor of 2.4. Not fitted: 4 … 8 move sensitivity and precision by 0.02 at most.
  double steepness = 5;

  /// @param x  in the unit of `half`, from 0.
  [[nodiscard]] double Grows(double x) const;
  [[nodiscard]] double Falls(double x) const { return 1 - Grows(x); }
};

/// Settings of builtin:fall. Times are relative to the impact.
///
/// The rule is that of the multiphase threshold detectors of the literature: a hard impact that stands out from what
/// was done before, a posture after it that differs from the one before, and no vigorous activity any more. Theirs are
/// hard thresholds at the waist or trunk; these are soft and fitted to the wrist on half of WEDA-FALL's people by
/// stunt_tune_fall: docs/decisions/0006-fall-detector.md has the numbers of both halves.
/// @source impact, then posture, then inactivity from one accelerometer: Karantonis 2006 (IEEE Trans Inf Technol Biomed
///         10:156), Bourke 2007 (Gait Posture 26:194), Kangas 2008 (Gait Posture 28:285).
struct FallSettings {
  double rate_hz = 50;             // what watches give
  double clip_mps2 = 39.2;         // axes are limited to ±4 g, the smallest range in use, so that ranges do not matter
  double low_pass_hz = 12;         // second order Butterworth; so that a sensor's rate and bandwidth hardly matter
  double trigger_g = 1.5;          // mean |a| that makes an impact worth a look: below every fall of the tuning half
  double trigger_window_s = 0.22;  // its window, centred; limbs and trunk strike the ground within 0.1 … 0.3 s
  double dominance_s = 1.0;        // an impact is the largest within ± this
  double impact_s = 0.3;           // the jerk of an impact is the mean over ± this
  double before_from_s = -3;       // posture and activity before; a fall takes less than 1 s
  double before_to_s = -1;
  double after_from_s = 1.5;  // posture and activity after; limbs take 1 s and more to settle
  double after_to_s = 4;
  PhaseWeight impact = {.half = 16.5};  // mean |jerk| above that of the time before, g/s; fitted
  PhaseWeight posture = {.half = 37};   // angle between mean specific force before and after, degree; fitted
  PhaseWeight activity = {.half = 6};   // median |jerk| after, g/s; fitted. The median forgives one turn of an arm
  double threshold = 0.45;              // of the product of the three; fitted
  double candidate_floor = 0.01;        // candidates that score less are not worth a report
  double largest_gap_s = 0.5;           // missing samples beyond this begin a new trace
};

/// What a possible fall looked like.
struct FallFeatures {
  std::int64_t impact_ns = 0;       // sensor time of the largest mean |a|
  std::int64_t last_sample_ns = 0;  // the last sample that was used
  double impact_jerk = 0;           // g/s
  double posture_change_deg = 0;    // 0 … 180
  double activity_after_jerk = 0;   // g/s
};

/// 0 … 1: the product of the three phases, so that each is needed.
[[nodiscard]] double FallScore(const FallFeatures& features, const FallSettings& settings);

}  // namespace stunt::detectors
