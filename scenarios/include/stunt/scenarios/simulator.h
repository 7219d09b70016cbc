#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "stunt/motion_models/performer.h"
#include "stunt/scenarios/cases.h"
#include "stunt/sim/device.h"
#include "stunt/trace/recording.h"

namespace stunt::scenarios {

struct SimulateOptions {
  double dt = 1e-3;     // s: physics step
  double tail_s = 30;   // s recorded after an event's impact peak: the window in which a detector may answer
  int quiet_steps = 2;  // a body that lies still after a fall is stepped by this many dt at a time
  std::optional<sim::DeviceSpec> device = {};  // worn in place of every device that a case names, at that one's site
};

/// What holds the pelvis from outside while the subject is in control (docs/decisions/0003).
struct ExternalHelp {
  double force_max_n = 0;
  double torque_rms_nm = 0;  // over the time in which any acts
  double torque_max_nm = 0;
};

/// What a case gave. A case whose body did not do what its scenario promises is of no use to a score: then the reason
/// says so and the recording still is what happened.
struct Simulated {
  trace::Recording recording;
  std::string skip_reason;  // empty: as promised
  ExternalHelp help = {};
};

/// What a case gave since the piece before.
struct Piece {
  std::vector<trace::ChannelTrace> degraded;  // what the devices put out
  /// The channels of `degraded`, as a device without errors gives them that sits rigidly at the site: specific force
  /// and angular rate there, through the same anti-alias filter, sample by sample when the device takes its own. Times
  /// are when that is, on the simulated clock.
  std::vector<trace::ChannelTrace> clean;
  std::vector<trace::Contact> contacts;  // that ended
  trace::PoseBlock pose;                 // at kPoseRate from 0 on, each of the first step that reaches it
};

inline constexpr double kPoseRate = 50;  // Hz

/// From a case to the traces of its devices and the truth. Keeps the motion files that it has read; safe to be called
/// from several threads. Same case, same bytes.
class Simulator {
 public:
  /// Sees the body after every step, from the start of the recording on.
  using Observer = std::function<void(const motion_models::Performer&)>;

  /// Takes the pieces of a case; what it throws ends the case.
  using Receiver = std::function<void(Piece)>;

  explicit Simulator(SimulateOptions options) : options_(std::move(options)) {}

  /// @throws trace::InputError for a bad motion file, an unknown device or site.
  /// @throws motion_models::PerformError where the simulated body went wrong.
  [[nodiscard]] Simulated Run(const Case& c, const Observer& observer = {}) const;

  /// As Run, but hands out what there is every second of simulated time, so that a long case needs no more memory than
  /// a short one. The recording that it returns has no samples.
  [[nodiscard]] Simulated Stream(const Case& c, const Receiver& receiver, const Observer& observer = {}) const;

 private:
  class Stage;
  [[nodiscard]] const motion_models::Motion& MotionOf(const std::filesystem::path& file) const;

  SimulateOptions options_;
  mutable std::mutex mutex_;
  mutable std::map<std::filesystem::path, std::unique_ptr<const motion_models::Motion>> motions_;
};

}  // namespace stunt::scenarios
