#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "stunt/trace/channel.h"

namespace stunt::trace {

/// Something that happened and that a detector of its class should report. All times on the simulated clock.
struct TruthEvent {
  std::string event_id;
  std::string event_class;    // "fall", "crash"
  std::int64_t onset_ns = 0;  // first imbalance or contact
  std::int64_t ref_ns = 0;    // impact peak (fall, crash) or onset (activity)
  std::int64_t end_ns = 0;
  double severity = 0;  // class-specific, 0 = not graded
  bool ignore = false;  // neither hit nor miss; its interval leaves the exposure
};

/// What the subject was doing in [start_ns, end_ns).
struct ActivitySegment {
  std::string label;
  std::int64_t start_ns = 0;
  std::int64_t end_ns = 0;
};

/// One repetition of an exercise, [start_ns, end_ns).
struct Repetition {
  std::string exercise;
  int set = 0;     // counts from 0 within a recording
  int number = 0;  // counts from 0 within a set
  std::int64_t start_ns = 0;
  std::int64_t end_ns = 0;
};

/// A segment of the body touched its surroundings in [start_ns, end_ns).
struct Contact {
  std::string segment;
  bool ground = false;  // a surface that counts as ground was among what it touched
  std::int64_t start_ns = 0;
  std::int64_t end_ns = 0;
  double peak_force_n = 0;
  double impulse_n_s = 0;  // of the force's magnitude
};

struct HeartRate {
  std::int64_t t_ns = 0;
  double bpm = 0;  // beats per minute
};

/// What really happened. Never derived from a detector.
struct Truth {
  std::vector<TruthEvent> events;
  std::vector<ActivitySegment> activities;
  // Only recordings on disk have the following.
  std::vector<Repetition> repetitions;
  std::vector<Contact> contacts;
  std::vector<HeartRate> heart_rate;
};

/// Where the segments of a body are, frame by frame. World W: right-handed, z up; frame B of a segment: see sim::Link.
struct PoseBlock {
  std::vector<std::int64_t> t_ns;  // on the simulated clock
  int segments = 0;
  std::vector<float> position_m;   // frames × segments × 3: p_WB
  std::vector<float> orientation;  // frames × segments × 4: R_WB as a unit quaternion w, x, y, z
};

/// What a number rests on.
enum class Scope { kSimulatedPopulation, kHilDevice, kRecordedHuman };

/// Everything about a case but its samples.
struct CaseInfo {
  std::string case_id;      // or the file stem of a recorded trace
  std::string scenario_id;  // or the activity code of a recorded trace
  std::string label;        // "fall", "near_fall", "adl", "hard_non_fall", …
  std::string subject_id;
  Scope scope = Scope::kSimulatedPopulation;
  std::map<std::string, std::string> tags;  // slices: sex, age band, site, surface, parameters …
  std::int64_t start_ns = 0;                // [start_ns, end_ns) covers every sample
  std::int64_t end_ns = 0;
  Truth truth;
  bool allow_overlap = false;  // events of one class may follow each other within a detection window
};

/// The traces of every device of one case, and its truth. Simulated and recorded people take the same form.
struct Recording {
  CaseInfo info;
  std::vector<ChannelTrace> channels;
};

}  // namespace stunt::trace
