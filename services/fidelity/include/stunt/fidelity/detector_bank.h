#pragma once

#include <span>
#include <string>
#include <vector>

#include "stunt/detectors/fall_score.h"
#include "stunt/metrics/waveform.h"

namespace stunt::fidelity {

/// A bound on one feature: above `limit`, or below it.
struct Rule {
  metrics::Feature feature = metrics::Feature::kPeak;
  bool above = true;
  double limit = 0;
};

/// One detector of the bank: all of its rules, or builtin:fall with settings of its own.
struct BankDetector {
  std::string name;
  std::vector<Rule> rules;  // empty: builtin:fall
  detectors::FallSettings settings;
};

/// The committed list on which simulated and recorded alarm rates are compared. Fixed before any calibration; chosen by
/// nothing but that they alarm at .1 to .9 of recorded trials at a wrist or at a waist.
/// @source thresholds on peak, dip before it, posture, stillness and angular rate: Bourke 2007 (Gait Posture 26:194),
///         Bourke 2008 (Med Eng Phys 30:84), Kangas 2008 (Gait Posture 28:285), Karantonis 2006.
[[nodiscard]] const std::vector<BankDetector>& DetectorBank();

/// 1 where a detector of the bank alarms.
/// @param features  of the trial
/// @param phases    of builtin:fall: every impact that it looked at
[[nodiscard]] std::vector<char> Alarms(const metrics::Features& features,
                                       std::span<const detectors::FallFeatures> phases);

}  // namespace stunt::fidelity
