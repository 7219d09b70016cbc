#pragma once

#include <optional>
#include <vector>

#include "gait.h"
#include "stunt/motion_models/motion.h"
#include "stunt/motion_models/performer.h"
#include "stunt/random/random.h"
#include "stunt/sim/body.h"
#include "tracks.h"

// From the formulas of a motion file to numbers.
namespace stunt::motion_models {

/// A perturbation with its numbers.
struct Perturbation {
  PerturbationSpec::Kind kind = PerturbationSpec::Kind::kImpulse;
  double at = 0;
  double over = 0;  // s
  sim::Segment segment = sim::Segment::kThorax;
  Eigen::Vector3d p_B = {0, 0, 0};
  Eigen::Vector3d impulse = {0, 0, 0};   // Ns
  Eigen::Vector3d velocity = {0, 0, 0};  // m/s
  double damping = 0;                    // Ns/m
  double scale = 1;                      // of friction
  // Of a hold.
  double stiffness = 0;               // N/m
  double max_force = 0;               // N
  double ramp = 0;                    // s
  std::optional<Eigen::Vector3d> to;  // world [m]; none: where the point is when the hold begins
};

/// Tracks that act before the legs are solved, and those that act on the legs' joints after it.
struct Tracks {
  TrackList placing;
  TrackList legs;
};

[[nodiscard]] GaitSpec MakeGait(const std::map<std::string, Value>& numbers, const ParameterScope& scope);
[[nodiscard]] std::vector<sim::Surface> MakeSurfaces(const std::vector<SurfaceSpec>& specs,
                                                     const ParameterScope& scope);
[[nodiscard]] Release MakeRelease(const ReleaseSpec& spec, const ParameterScope& scope);
/// @throws trace::InputError when more of them act at once than the body takes.
[[nodiscard]] std::vector<Perturbation> MakePerturbations(const std::vector<PerturbationSpec>& specs,
                                                          const ParameterScope& scope, sim::Side watch_side);
/// Appends the resolved entries to `tracks`. Wobbles draw from `key`, one stream an entry and channel.
void AppendTracks(const std::vector<TrackSpec>& specs, const ParameterScope& scope, sim::Side watch_side,
                  random::StreamKey key, Tracks& tracks);

}  // namespace stunt::motion_models
