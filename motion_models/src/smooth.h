#pragma once

namespace stunt::motion_models {

/// Quintic smoothstep: 0 below 0, 1 above 1, and C² everywhere.
[[nodiscard]] inline double Smooth(double u) {
  if (u <= 0) return 0;
  if (u >= 1) return 1;
  return u * u * u * (10 + u * (-15 + 6 * u));
}

/// ∫ Smooth from 0 to u.
[[nodiscard]] inline double SmoothIntegral(double u) {
  if (u <= 0) return 0;
  if (u >= 1) return u - 0.5;
  return u * u * u * u * (2.5 + u * (-3 + u));
}

/// ∫∫ Smooth from 0 to u.
[[nodiscard]] inline double SmoothDoubleIntegral(double u) {
  if (u <= 0) return 0;
  if (u >= 1) return 1.0 / 7 + 0.5 * (u - 1) + 0.5 * (u - 1) * (u - 1);
  return u * u * u * u * u * (0.5 + u * (-0.5 + u / 7));
}

/// From 0 to 1 on [0, 1] at an almost constant rate: peak rate 1.43 where Smooth has 1.875. C³.
[[nodiscard]] inline double Cruise(double u) {
  constexpr double kRamp = 0.3;
  return kRamp / (1 - kRamp) * (SmoothIntegral(u / kRamp) - SmoothIntegral((u - 1 + kRamp) / kRamp));
}

/// A hill of height 1 on [0, 1], C².
[[nodiscard]] inline double Hill(double u) { return Smooth(2 * u) - Smooth(2 * u - 1); }

}  // namespace stunt::motion_models
