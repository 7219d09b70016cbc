#pragma once

#include <cstdint>

namespace stunt::detectors {

/// How strongly one quantity speaks for a phase of a fall: 0 … 1, one half at `half`, as a power law between.
///
///   weight(x) = 1 / (1 + (half / x)^steepness)      grows with x
struct PhaseWeight {
  double half = 1;
  double steepness = 1;

  /// @param x  in the unit of `half`, from 0.
  [[nodiscard]] double Grows(double x) const;
  [[nodiscard]] double Falls(double x) const { return 1 - Grows(x); }
};

/// Settings of builtin:fall. Windows are relative to the impact. The rule is that of the multiphase threshold detectors
/// of the literature: a hard impact that stands out from what was done before, another posture after it than before,
/// and no vigorous activity any more. @source Karantonis 2006 (IEEE Trans Inf Technol Biomed 10:156), Bourke 2007
/// (Gait Posture 26:194), Kangas 2008 (Gait Posture 28:285): impact, posture, then inactivity, from one accelerometer;
/// Hsieh 2017 (Sensors 17:307) for the multiphase form. Theirs are hard thresholds of a waist or trunk sensor; the soft
/// ones below are fitted to the wrist by stunt_tune_fall on half of WEDA-FALL's people; see
/// docs/decisions for the numbers of both halves.
struct FallSettings {
  double rate_hz = 50;      // watches sample activity at 50 Hz; windows hold whole samples of it
  double clip_mps2 = 39.2;  // every axis is limited to ±4 g, the smallest range in use, so that ranges do not matter
  double low_pass_hz = 12;  // second order Butterworth; below what 32 Hz watches pass, so that rates do not matter
  double trigger_g = 1.5;   // mean |a| that makes an impact worth a look; falls of WEDA-FALL reach 1.7 g and more
  double trigger_window_s = 0.22;  // its window, centred: the wrist's and trunk's impacts take 0.1 … 0.3 s together
  double dominance_s = 1.0;        // an impact is the largest within ± this
  double impact_s = 0.3;           // jerk of the impact: mean over ± this
  double before_from_s = -3, before_to_s = -1;           // posture and activity before; the fall itself takes under 1 s
  double after_from_s = 1.5, after_to_s = 4;             // posture and activity after; limbs settle for 1 s and more
  PhaseWeight impact = {.half = 16.6, .steepness = 7};   // mean |jerk| above that of the activity before, g/s
  PhaseWeight posture = {.half = 37, .steepness = 5};    // angle between gravity before and after, degree
  PhaseWeight activity = {.half = 6.3, .steepness = 4};  // median |jerk| after, g/s; median: one turn of an arm may be
  double threshold = 0.4;                                // of the product of the three
  double candidate_floor = 0.01;                         // candidates below it are not worth reporting
  double largest_gap_s = 0.5;                            // missing samples beyond this start anew
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
