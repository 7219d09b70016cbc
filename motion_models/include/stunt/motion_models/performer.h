#pragma once

#include <memory>
#include <optional>
#include <stdexcept>
#include <vector>

#include "stunt/motion_models/motion.h"
#include "stunt/random/random.h"
#include "stunt/sim/body.h"
#include "stunt/sim/free_body.h"
#include "stunt/trace/recording.h"

namespace stunt::motion_models {

/// The simulated body went wrong: a NaN, a body that flew away, a walker that fell before anything made it fall.
class PerformError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

struct PerformOptions {
  double dt = 1e-3;   // s: physics step
  double tail_s = 5;  // s simulated after the impact peak of an event, at least
  // A body that lies after a fall and hardly moves is stepped by this many dt at a time, from 3 s after the impact on.
  int quiet_steps = 1;
};

/// What happened to the body, by physics alone. Times in s.
struct Happening {
  std::optional<double> onset;          // first imbalance, where the motion has one
  std::optional<double> first_contact;  // first touch of the ground after it by anything but a foot
  std::optional<double> impact_peak;    // largest ground force on the body within 1.5 s of that
  double impact_force = 0;              // N
  double impact_speed = 0;              // pelvis' speed downward at first contact [m/s]
  bool was_down = false;    // after that contact the pelvis was once less than 0.4 m above the ground under it
  bool ended_down = false;  // it was at the end
};

/// The devices leave the body: they are let go, dropped or thrown.
struct Release {
  double at = 0;  // s
  sim::FreeBodySpec body;
  Eigen::Vector3d velocity = {0, 0, 0};  // m/s, world, on top of the site's own
  Eigen::Vector3d spin = {0, 0, 0};      // rad/s, of the device's frame, likewise
};

/// Moves one body through one motion with resolved parameters.
class Performer {
 public:
  /// The body has settled on the ground when time 0 begins.
  /// @throws trace::InputError when a formula of the motion fails.
  Performer(const Motion& motion, const ResolvedParameters& parameters, const sim::Subject& subject,
            random::StreamKey key, const PerformOptions& options);
  ~Performer();

  /// True when the motion is over and the tail after an event has passed.
  [[nodiscard]] bool Done() const;
  /// One physics step. @throws PerformError
  void Step();

  [[nodiscard]] const sim::Body& body() const;
  [[nodiscard]] double time() const;
  [[nodiscard]] const Happening& happening() const;
  /// The input of the last step, for tests and pictures.
  [[nodiscard]] const sim::StepInput& input() const;
  /// True once a body that was left to physics has taken up a motion again.
  [[nodiscard]] bool resumed() const;
  /// None where the devices stay on the body.
  [[nodiscard]] const std::optional<Release>& release() const;
  /// Activities of the motion with their formulas resolved.
  [[nodiscard]] std::vector<trace::ActivitySegment> Activities() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace stunt::motion_models
