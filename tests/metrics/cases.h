#pragma once

#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "stunt/trace/run_record.h"

namespace stunt::metrics {

/// Nanoseconds of a time given in seconds.
inline std::int64_t Ns(double seconds) { return std::llround(seconds * 1e9); }

inline trace::TruthEvent Event(std::string id, double onset_s, double ref_s, std::string event_class = "fall") {
  trace::TruthEvent event;
  event.event_id = std::move(id);
  event.event_class = std::move(event_class);
  event.onset_ns = Ns(onset_s);
  event.ref_ns = Ns(ref_s);
  event.end_ns = Ns(ref_s + 1);
  return event;
}

inline trace::Detection Alarm(double t_s, double score = 1, std::string label = "fall") {
  trace::Detection detection;
  detection.label = std::move(label);
  detection.score = score;
  detection.decision_sample_time_ns = Ns(t_s);
  return detection;
}

inline std::vector<trace::Detection> Alarms(const std::vector<double>& times_s) {
  std::vector<trace::Detection> detections;
  for (const double t : times_s) detections.push_back(Alarm(t));
  return detections;
}

/// A simulated case of [0, end_s) with these falls.
inline trace::CaseInfo Case(std::string id, double end_s, std::vector<trace::TruthEvent> events = {}) {
  trace::CaseInfo info;
  info.case_id = std::move(id);
  info.label = events.empty() ? "adl" : "fall";
  info.scenario_id = events.empty() ? "walk" : "trip";
  info.subject_id = "s1";
  info.end_ns = Ns(end_s);
  info.truth.events = std::move(events);
  return info;
}

inline trace::RunRecord Record(trace::CaseInfo info, std::vector<trace::Detection> detections = {}) {
  trace::RunRecord record;
  record.info = std::move(info);
  record.detections = std::move(detections);
  return record;
}

}  // namespace stunt::metrics
