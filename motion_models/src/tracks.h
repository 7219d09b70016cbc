#pragma once

#include <array>
#include <vector>

#include "stunt/motion_models/channels.h"

namespace stunt::motion_models {

/// Takes a channel from where the tracks above have it to a target: quintic, so C².
struct Blend {
  std::size_t slot;
  double at;    // s
  double over;  // s
  double target;
};

/// Adds a harmonic of the stride.
struct StrideHarmonic {
  std::size_t slot;
  int side;  // 0 left, 1 right: whose stride
  double amplitude;
  double harmonic;
  double phase;  // rad
};

/// Adds a sine in time, faded in and out.
struct Oscillation {
  std::size_t slot;
  double amplitude;
  double omega;           // rad/s
  double phase;           // rad
  double from, to, fade;  // s
};

/// Adds the motion of a constant acceleration on [from, to] with ramped ends.
struct Push {
  std::size_t slot;
  double acceleration;    // per s²
  double from, to, ramp;  // s
};

/// Tracks in the order of their file, by kind: harmonics and pushes add to the base; then blends take over, the lower
/// one in the file over the upper one; oscillations come on top.
struct TrackList {
  std::vector<StrideHarmonic> harmonics;
  std::vector<Oscillation> oscillations;
  std::vector<Push> pushes;
  std::vector<Blend> blends;

  /// @param phase     of each foot in its stride.
  /// @param cadence   0 … 1, scales the harmonics while a gait starts and stops.
  void Apply(double t, const std::array<double, 2>& phase, double cadence, ChannelValues& values) const;
};

}  // namespace stunt::motion_models
