#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "stunt/motion_models/channels.h"
#include "stunt/motion_models/expression.h"
#include "stunt/motion_models/parameters.h"
#include "stunt/sim/skeleton.h"

namespace stunt::motion_models {

/// Which limbs an entry of a motion file speaks of.
enum class Sides { kNone, kLeft, kRight, kBoth, kWatch, kOther };

/// One entry of `tracks:`, unresolved: formulas still are formulas. docs/motions.md describes the file.
struct TrackSpec {
  enum class Kind { kMove, kSwing, kOscillate, kWobble, kPush, kRepeat };
  Kind kind = Kind::kMove;
  std::vector<std::pair<ChannelName, Value>> channels;
  Sides sides = Sides::kNone;
  Value when{1.0};
  std::map<std::string, Value> numbers;  // at_s, over_s, hz, … as the kind has them
  std::vector<TrackSpec> tracks;         // of a repeat; may use t_repeat_s and repetition
  std::string where;                     // "file:line"
};

/// One entry of `perturbations:`: a named cause of imbalance.
struct PerturbationSpec {
  enum class Kind {
    kImpulse,   // half-sine force on a segment: impulse_{x,y,z}_ns over for_s
    kServo,     // drives a point's horizontal velocity: a blocked toe, a slipping foot
    kFriction,  // scales a foot's friction
    kHold,      // pulls a point to a place, as a gripping hand does
  };
  Kind kind = Kind::kImpulse;
  sim::Segment segment = sim::Segment::kThorax;  // the left one where there are two
  Sides sides = Sides::kNone;
  Value when{1.0};
  std::map<std::string, Value> numbers;
  std::string where;
};

/// One entry of `surfaces:`.
struct SurfaceSpec {
  std::string name;
  std::string touches;  // all, feet, body (all but feet), hands, seat, trunk
  bool box = false;     // a box in place of a horizontal patch
  bool ground = false;  // counts as the ground that a faller reaches
  Value when{1.0};
  std::map<std::string, Value> numbers;
  std::string where;
};

/// One entry of `activities:`.
struct ActivitySpec {
  std::string label;
  Value from;
  Value to;
};

/// `release:`, with which the devices leave the body.
struct ReleaseSpec {
  std::map<std::string, Value> numbers;
};

/// `resume:`, with which a body that was left to physics takes up a motion again.
struct ResumeSpec {
  Value at;                       // s
  Value over;                     // s
  std::vector<TrackSpec> tracks;  // replace all others; may use t_resume_s, and t_contact_s after an event
};

/// A motion file (`stunt.motion/v1`): data that says how a body moves.
struct Motion {
  std::string id;
  std::string description;
  std::vector<std::string> sources;
  std::filesystem::path file;
  std::vector<ParameterDecl> parameters;
  Value duration;                     // s
  std::optional<Value> event_at;      // s: first imbalance; none = no event
  std::map<std::string, Value> gait;  // empty = standing
  std::map<std::string, Value> stance;
  std::map<std::string, Value> assist;  // stiffness_npm, max_force_n, …; complete
  std::vector<SurfaceSpec> surfaces;
  std::vector<TrackSpec> tracks;
  std::vector<TrackSpec> closing;        // below all other tracks, of whichever file
  std::vector<TrackSpec> after_contact;  // may use t_contact_s
  std::optional<ResumeSpec> resume;
  std::optional<ReleaseSpec> release;
  std::vector<PerturbationSpec> perturbations;
  std::vector<ActivitySpec> activities;
};

/// Reads a motion file strictly.
/// @throws trace::InputError with file:line, key and what is accepted.
[[nodiscard]] Motion LoadMotion(const std::filesystem::path& file);

}  // namespace stunt::motion_models
