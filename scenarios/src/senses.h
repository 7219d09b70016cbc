#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <string_view>
#include <vector>

#include "stunt/motion_models/performer.h"
#include "stunt/sim/heart.h"
#include "stunt/trace/recording.h"

namespace stunt::scenarios::internal {

/// Oxygen that an activity of the truth asks for, in multiples of 3.5 mL/(kg min) (Compendium of Physical Activities,
/// Ainsworth 2011, recalled; the rest estimated); 2 for one that has no number.
[[nodiscard]] double MetOf(std::string_view activity);

/// What a body does beside moving, step by step: its heart and the noise of its impacts.
class Senses {
 public:
  Senses(const motion_models::Performer& performer, const sim::Subject& subject, random::StreamKey key);

  /// Call once after every step.
  void Step(const motion_models::Performer& performer);

  [[nodiscard]] double heart_bpm() const { return heart_.bpm(); }
  /// Sound pressure at 1 m that the ground's blows on the body make [Pa], and where they come from.
  [[nodiscard]] double sound_pa() const { return sound_pa_; }
  [[nodiscard]] const Eigen::Vector3d& sound_from() const { return sound_from_; }

  /// Heart rate at whole seconds.
  [[nodiscard]] const std::vector<trace::HeartRate>& heart_rate() const { return heart_rate_; }

 private:
  [[nodiscard]] double Met(double time) const;
  void Listen(const sim::Body& body);

  std::vector<trace::ActivitySegment> activities_;
  sim::Heart heart_;
  bool startled_ = false;
  double last_force_ = -1;  // N; below 0: not known yet
  double sound_pa_ = 0;
  Eigen::Vector3d sound_from_ = {0, 0, 0};
  std::vector<trace::HeartRate> heart_rate_;
};

}  // namespace stunt::scenarios::internal
