#include "stunt/detectors/fall_score.h"

#include <cmath>

namespace stunt::detectors {

double PhaseWeight::Grows(double x) const {
  if (x <= 0) return 0;
  return 1 / (1 + std::pow(half / x, steepness));
}

double FallScore(const FallFeatures& features, const FallSettings& settings) {
  return settings.impact.Grows(features.impact_jerk) * settings.posture.Grows(features.posture_change_deg) *
         settings.activity.Falls(features.activity_after_jerk);
}

}  // namespace stunt::detectors
