#include "tracks.h"

#include <cmath>
#include <numbers>

#include "smooth.h"

namespace stunt::motion_models {
namespace {

double Displacement(const Push& push, double t) {
  const double r = push.ramp;
  return push.acceleration * r * r *
         (SmoothDoubleIntegral((t - push.from) / r) - SmoothDoubleIntegral((t - push.to) / r));
}

}  // namespace

void TrackList::Apply(double t, const std::array<double, 2>& phase, double cadence, ChannelValues& values) const {
  for (const Push& push : pushes) {
    if (t > push.from) values[push.slot] += Displacement(push, t);
  }
  for (const Blend& blend : blends) {
    if (t <= blend.at) continue;
    const double u = Smooth((t - blend.at) / blend.over);
    values[blend.slot] += u * (blend.target - values[blend.slot]);
  }
  // About where the moves have put a limb: an arm goes on swinging.
  for (const StrideHarmonic& h : harmonics) {
    const double angle = 2 * std::numbers::pi * h.harmonic * phase[static_cast<std::size_t>(h.side)] - h.phase;
    values[h.slot] += cadence * h.amplitude * std::cos(angle);
  }
  // On top of everything: a tremor does not stop because an arm is held somewhere.
  for (const Oscillation& o : oscillations) {
    if (t <= o.from || t >= o.to + o.fade) continue;
    const double envelope = Smooth((t - o.from) / o.fade) - Smooth((t - o.to) / o.fade);
    values[o.slot] += envelope * o.amplitude * std::sin(o.omega * t + o.phase);
  }
}

}  // namespace stunt::motion_models
