#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "stunt/trace/detection.h"
#include "stunt/trace/recording.h"

namespace stunt::metrics {

/// When a detection can belong to an event of a class, and how close two alarms may be before they are one.
struct ClassRule {
  std::int64_t pre_ns = 0;  // the window of an event is [onset − pre, ref + post], both ends included
  std::int64_t post_ns = 0;
  std::int64_t refractory_ns = 0;  // detections less than this after the first of their group are folded into it
};

/// fall: pre 0 s, post 30 s, refractory 10 s. crash: pre 0 s, post 20 s, refractory 30 s.
[[nodiscard]] std::map<std::string, ClassRule> DefaultClassRules();

/// How detections of one class are paired with what happened.
struct MatchRule {
  std::string event_class = "fall";
  std::map<std::string, ClassRule> classes = DefaultClassRules();  // event_class and those it can be mistaken for
  std::optional<double> threshold;  // on Detection::score; without it Detection::above_threshold decides
};

enum class DetectionRole {
  kMatched,     // the detection of an event: a true positive
  kFalseAlarm,  // outside every event window
  kDuplicate,   // unmatched, in the window of a matched event of its class; a false positive of the headline
  kCross,       // unmatched, in the window of an event of another class; a false positive of its class
  kIgnored,     // inside [onset, end) of an event marked `ignore`: neither
  kFolded,      // less than the refractory time after the first detection of its group
};

struct DetectionOutcome {
  std::size_t detection = 0;  // index into the detections given
  DetectionRole role = DetectionRole::kFalseAlarm;
  std::string event_id;  // of the event matched, duplicated, crossed or ignored
};

struct EventOutcome {
  std::string event_id;
  std::optional<std::size_t> detection;  // index into the detections given; nothing = missed
  std::optional<double> latency_s;       // decision sample − ref, signed: negative before the impact
  std::optional<double> censored_at_s;   // the trace ends this long after ref, before ref + post
};

/// What became of every truth event of the class (those marked `ignore` left out) and of every detection of the class
/// that reaches the threshold. Events by event_id, detections by time.
struct MatchResult {
  std::vector<EventOutcome> events;
  std::vector<DetectionOutcome> detections;
};

/// Why the truth of a case cannot be scored, or nothing.
///
/// Any case: an event that ends before it begins or lies outside the trace; two events of one id; a case labelled with
/// the class but without an event of it. Simulated cases also: a trace that ends before ref + post, since a miss in it
/// would be the scenario's fault, and events of the class with overlapping windows unless CaseInfo::allow_overlap.
[[nodiscard]] std::optional<std::string> FindTruthFault(const trace::CaseInfo& info, const MatchRule& rule);

/// Pairs detections with events one to one: as many pairs as possible, then the least summed |decision − ref|, then the
/// events of lowest event_id, each with the earliest detection. Windows are cut at the end of the trace.
///
/// Detections are first thinned: a group starts at a detection, and what follows less than the refractory time after
/// that first one is folded into it. (Counting from the previous one would let a chattering detector merge a whole day
/// into one alarm.) The group is judged by its first detection.
///
/// @throws trace::InputError if rule.classes lacks rule.event_class or a time of it is negative.
[[nodiscard]] MatchResult Match(const trace::CaseInfo& info, const std::vector<trace::Detection>& detections,
                                const MatchRule& rule);

/// Sensor time outside every event window (of all classes of the rule) and every ignored interval of the class.
[[nodiscard]] std::int64_t ExposureNs(const trace::CaseInfo& info, const MatchRule& rule);

}  // namespace stunt::metrics
