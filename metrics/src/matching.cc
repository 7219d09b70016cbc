#include "stunt/metrics/matching.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <set>
#include <tuple>

#include "assignment.h"
#include "stunt/trace/input_error.h"

namespace stunt::metrics {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

double Seconds(std::int64_t ns) { return static_cast<double>(ns) / 1e9; }

/// Times that a detection may have to belong to an event, both ends included.
struct Window {
  const trace::TruthEvent* event = nullptr;
  std::int64_t first_ns = 0;
  std::int64_t last_ns = 0;

  [[nodiscard]] bool Holds(std::int64_t t_ns) const { return first_ns <= t_ns && t_ns <= last_ns; }
};

const ClassRule& RuleOf(const MatchRule& rule) {
  const auto found = rule.classes.find(rule.event_class);
  if (found == rule.classes.end()) {
    throw trace::InputError(fmt::format("event class '{}' has no rule (pre, post, refractory)", rule.event_class));
  }
  for (const auto& [name, times] : rule.classes) {
    if (times.pre_ns < 0 || times.post_ns < 0 || times.refractory_ns < 0) {
      throw trace::InputError(fmt::format("times of event class '{}' must not be negative", name));
    }
  }
  return found->second;
}

Window WindowOf(const trace::TruthEvent& event, const ClassRule& rule, const trace::CaseInfo& info) {
  return {&event, event.onset_ns - rule.pre_ns, std::min(event.ref_ns + rule.post_ns, info.end_ns)};
}

/// Windows of the events of one class that count, by event_id.
std::vector<Window> WindowsOf(const trace::CaseInfo& info, const std::string& event_class, const ClassRule& rule) {
  std::vector<Window> windows;
  for (const trace::TruthEvent& event : info.truth.events) {
    if (event.event_class == event_class && !event.ignore) windows.push_back(WindowOf(event, rule, info));
  }
  std::stable_sort(windows.begin(), windows.end(),
                   [](const Window& a, const Window& b) { return a.event->event_id < b.event->event_id; });
  return windows;
}

/// Detections of the class that reach the threshold, by time.
std::vector<std::size_t> Alarms(const std::vector<trace::Detection>& detections, const MatchRule& rule) {
  std::vector<std::size_t> alarms;
  for (std::size_t i = 0; i < detections.size(); ++i) {
    const trace::Detection& detection = detections[i];
    const bool reaches = rule.threshold ? detection.score >= *rule.threshold : detection.above_threshold;
    if (detection.label == rule.event_class && reaches) alarms.push_back(i);
  }
  const auto key = [&](std::size_t i) {
    const trace::Detection& d = detections[i];
    return std::tie(d.decision_sample_time_ns, d.detection_id);
  };
  std::stable_sort(alarms.begin(), alarms.end(), [&](std::size_t a, std::size_t b) { return key(a) < key(b); });
  return alarms;
}

/// Role and event of a detection that matched nothing and was not folded.
DetectionOutcome Leftover(std::size_t detection, std::int64_t t_ns, const trace::CaseInfo& info, const MatchRule& rule,
                          const std::vector<Window>& own_windows) {
  for (const trace::TruthEvent& event : info.truth.events) {
    if (event.ignore && event.event_class == rule.event_class && event.onset_ns <= t_ns && t_ns < event.end_ns) {
      return {detection, DetectionRole::kIgnored, event.event_id};
    }
  }
  // An unmatched detection in the window of an unmatched event would have been matched to it, so this one has its own.
  for (const Window& window : own_windows) {
    if (window.Holds(t_ns)) return {detection, DetectionRole::kDuplicate, window.event->event_id};
  }
  for (const auto& [name, times] : rule.classes) {
    if (name == rule.event_class) continue;
    for (const Window& window : WindowsOf(info, name, times)) {
      if (window.Holds(t_ns)) return {detection, DetectionRole::kCross, window.event->event_id};
    }
  }
  return {detection, DetectionRole::kFalseAlarm, ""};
}

std::optional<std::string> FindEventFault(const trace::CaseInfo& info) {
  std::set<std::string> ids;
  for (const trace::TruthEvent& event : info.truth.events) {
    if (event.ref_ns < event.onset_ns || event.end_ns < event.onset_ns) {
      return fmt::format("truth event {} ends or peaks before it begins", event.event_id);
    }
    if (event.onset_ns < info.start_ns || event.ref_ns > info.end_ns) {
      return fmt::format("truth event {} lies outside the trace of {} s to {} s", event.event_id,
                         Seconds(info.start_ns), Seconds(info.end_ns));
    }
    if (!ids.insert(event.event_id).second) return fmt::format("two truth events are called {}", event.event_id);
  }
  return std::nullopt;
}

/// Faults that make a miss the scenario's own. Recorded people are taken as they are.
std::optional<std::string> FindScenarioFault(const trace::CaseInfo& info, const MatchRule& rule,
                                             const ClassRule& times) {
  std::vector<Window> windows = WindowsOf(info, rule.event_class, times);
  for (const Window& window : windows) {
    const std::int64_t needed = window.event->ref_ns + times.post_ns;
    if (info.end_ns < needed) {
      return fmt::format("the trace ends at {} s, but a detection of {} may come until {} s", Seconds(info.end_ns),
                         window.event->event_id, Seconds(needed));
    }
  }
  if (info.allow_overlap) return std::nullopt;
  std::sort(windows.begin(), windows.end(), [](const Window& a, const Window& b) { return a.first_ns < b.first_ns; });
  for (std::size_t i = 1; i < windows.size(); ++i) {
    if (windows[i].first_ns <= windows[i - 1].last_ns) {
      return fmt::format("the detection windows of {} and {} overlap and the scenario does not allow it",
                         windows[i - 1].event->event_id, windows[i].event->event_id);
    }
  }
  return std::nullopt;
}

}  // namespace

std::map<std::string, ClassRule> DefaultClassRules() {
  return {{"fall", {0, 30 * kSecond, 10 * kSecond}}, {"crash", {0, 20 * kSecond, 30 * kSecond}}};
}

std::optional<std::string> FindTruthFault(const trace::CaseInfo& info, const MatchRule& rule) {
  const ClassRule& times = RuleOf(rule);
  if (info.end_ns <= info.start_ns) return "the trace is empty";
  if (auto fault = FindEventFault(info)) return fault;
  const auto& events = info.truth.events;
  const bool has_event = std::any_of(events.begin(), events.end(),
                                     [&](const trace::TruthEvent& e) { return e.event_class == rule.event_class; });
  if (info.label == rule.event_class && !has_event) {
    return fmt::format("the case is labelled {0}, but its truth holds no {0}", rule.event_class);
  }
  if (info.scope == trace::Scope::kRecordedHuman) return std::nullopt;
  return FindScenarioFault(info, rule, times);
}

MatchResult Match(const trace::CaseInfo& info, const std::vector<trace::Detection>& detections, const MatchRule& rule) {
  const ClassRule& times = RuleOf(rule);
  const std::vector<Window> windows = WindowsOf(info, rule.event_class, times);
  const auto time_of = [&](std::size_t i) { return detections[i].decision_sample_time_ns; };

  MatchResult result;
  std::vector<std::size_t> firsts;  // of their groups
  std::vector<std::size_t> outcome_of;
  for (const std::size_t alarm : Alarms(detections, rule)) {
    const bool folded = !firsts.empty() && time_of(alarm) - time_of(firsts.back()) < times.refractory_ns;
    result.detections.push_back({alarm, folded ? DetectionRole::kFolded : DetectionRole::kFalseAlarm, ""});
    if (folded) continue;
    firsts.push_back(alarm);
    outcome_of.push_back(result.detections.size() - 1);
  }

  std::vector<Pair> pairs;
  for (std::size_t e = 0; e < windows.size(); ++e) {
    for (std::size_t d = 0; d < firsts.size(); ++d) {
      const std::int64_t t = time_of(firsts[d]);
      if (!windows[e].Holds(t)) continue;
      pairs.push_back({static_cast<int>(e), static_cast<int>(d), std::abs(t - windows[e].event->ref_ns)});
    }
  }
  const std::vector<int> detection_of =
      Assign(static_cast<int>(windows.size()), static_cast<int>(firsts.size()), pairs);

  std::vector<bool> matched(firsts.size(), false);
  for (std::size_t e = 0; e < windows.size(); ++e) {
    const trace::TruthEvent& event = *windows[e].event;
    EventOutcome outcome{event.event_id, std::nullopt, std::nullopt, std::nullopt};
    if (info.end_ns < event.ref_ns + times.post_ns) outcome.censored_at_s = Seconds(info.end_ns - event.ref_ns);
    if (const int d = detection_of[e]; d >= 0) {
      matched[d] = true;
      outcome.detection = firsts[d];
      outcome.latency_s = Seconds(time_of(firsts[d]) - event.ref_ns);
      result.detections[outcome_of[d]] = {firsts[d], DetectionRole::kMatched, event.event_id};
    }
    result.events.push_back(std::move(outcome));
  }
  for (std::size_t d = 0; d < firsts.size(); ++d) {
    if (!matched[d]) result.detections[outcome_of[d]] = Leftover(firsts[d], time_of(firsts[d]), info, rule, windows);
  }
  return result;
}

std::int64_t ExposureNs(const trace::CaseInfo& info, const MatchRule& rule) {
  RuleOf(rule);
  std::vector<std::pair<std::int64_t, std::int64_t>> excluded;
  for (const auto& [name, times] : rule.classes) {
    for (const Window& window : WindowsOf(info, name, times)) excluded.emplace_back(window.first_ns, window.last_ns);
  }
  for (const trace::TruthEvent& event : info.truth.events) {
    if (event.ignore && event.event_class == rule.event_class) excluded.emplace_back(event.onset_ns, event.end_ns);
  }
  std::sort(excluded.begin(), excluded.end());
  std::int64_t exposed = info.end_ns - info.start_ns;
  std::int64_t covered_to = info.start_ns;
  for (const auto& [first, last] : excluded) {
    const std::int64_t from = std::clamp(first, covered_to, info.end_ns);
    const std::int64_t to = std::clamp(last, from, info.end_ns);
    exposed -= to - from;
    covered_to = to;
  }
  return exposed;
}

}  // namespace stunt::metrics
