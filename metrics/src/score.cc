#include "stunt/metrics/score.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <set>

#include "scored_case.h"
#include "stunt/trace/input_error.h"

namespace stunt::metrics {

std::string_view ToString(Outcome outcome) {
  switch (outcome) {
    case Outcome::kCorrect:
      return "correct";
    case Outcome::kWrong:
      return "wrong";
    case Outcome::kError:
      return "error";
    case Outcome::kSkipped:
      return "skipped";
  }
  return "";
}

std::int64_t Score::Count(Outcome outcome) const {
  return std::count_if(cases.begin(), cases.end(), [&](const CaseOutcome& c) { return c.outcome == outcome; });
}

std::int64_t ScoredCase::CountRole(DetectionRole role) const {
  return std::count_if(match->detections.begin(), match->detections.end(),
                       [&](const DetectionOutcome& d) { return d.role == role; });
}

std::int64_t ScoredCase::FalsePositives() const {
  return CountRole(DetectionRole::kFalseAlarm) + CountRole(DetectionRole::kDuplicate) +
         CountRole(DetectionRole::kCross);
}

namespace {

constexpr double kHourNs = 3.6e12;

void CheckConfig(const ScoreConfig& config) {
  if (!(config.confidence > 0 && config.confidence < 1)) {
    throw trace::InputError(fmt::format("confidence {} is not between 0 and 1", config.confidence));
  }
  if (!config.exposure) return;
  double total = 0;
  for (const auto& [scenario, hours] : config.exposure->hours_per_day) {
    if (!(hours >= 0)) {
      throw trace::InputError(
          fmt::format("exposure profile {}: {} h a day of {}", config.exposure->name, hours, scenario));
    }
    total += hours;
  }
  if (!(total > 0 && total <= 24)) {
    throw trace::InputError(
        fmt::format("exposure profile {} adds up to {} h a day; more than 0 and at most 24 make sense",
                    config.exposure->name, total));
  }
}

/// What a detector must not say, or nothing.
std::optional<std::string> FindDetectionFault(const trace::RunRecord& record) {
  for (const trace::Detection& detection : record.detections) {
    if (!std::isfinite(detection.score)) return "the detector gave a score that is not a number";
    const std::int64_t t = detection.decision_sample_time_ns;
    if (t < record.info.start_ns || t > record.info.end_ns) {
      return fmt::format("the detector decided on a sample at {} s, outside the trace", static_cast<double>(t) / 1e9);
    }
  }
  return std::nullopt;
}

ScoredCase Tally(const trace::RunRecord& record, const CaseOutcome& outcome, const MatchRule& rule) {
  const auto& events = record.info.truth.events;
  const bool has_event = std::any_of(events.begin(), events.end(), [&](const trace::TruthEvent& event) {
    return rule.classes.contains(event.event_class);
  });
  return {&record, &outcome.match, static_cast<double>(ExposureNs(record.info, rule)) / kHourNs, has_event};
}

CaseOutcome Judge(const trace::RunRecord& record, const MatchRule& rule) {
  const trace::CaseInfo& info = record.info;
  CaseOutcome outcome{info.case_id, info.scenario_id, info.label, Outcome::kError, record.reason, {}};
  if (record.status == trace::RunStatus::kSkipped) outcome.outcome = Outcome::kSkipped;
  if (record.status != trace::RunStatus::kCompleted) return outcome;
  auto fault = FindTruthFault(info, rule);
  if (!fault) fault = FindDetectionFault(record);
  if (fault) {
    outcome.reason = *fault;
    return outcome;
  }
  outcome.match = Match(info, record.detections, rule);
  const ScoredCase scored{&record, &outcome.match, 0, false};
  const std::int64_t missed = scored.Events() - scored.Found();
  outcome.outcome = missed == 0 && scored.FalsePositives() == 0 ? Outcome::kCorrect : Outcome::kWrong;
  outcome.reason.clear();
  if (missed > 0) outcome.reason = fmt::format("{} of {} events missed", missed, scored.Events());
  if (const std::int64_t extra = scored.FalsePositives(); extra > 0) {
    outcome.reason += fmt::format("{}{} false positive{}", missed > 0 ? "; " : "", extra, extra > 1 ? "s" : "");
  }
  return outcome;
}

using KeyOf = std::function<std::optional<std::string>(const trace::CaseInfo&)>;

/// Cases by a tag, value by value; cases without the tag are left out.
std::map<std::string, ScoredCases> GroupBy(const ScoredCases& cases, const KeyOf& key_of) {
  std::map<std::string, ScoredCases> groups;
  for (const ScoredCase& scored : cases) {
    if (const auto key = key_of(scored.info())) groups[*key].push_back(scored);
  }
  return groups;
}

KeyOf TagKey(const std::string& tag) {
  return [tag](const trace::CaseInfo& info) -> std::optional<std::string> {
    const auto found = info.tags.find(tag);
    return found == info.tags.end() ? std::nullopt : std::optional(found->second);
  };
}

/// Sums over cases that the headline shares are made of.
struct Totals {
  std::int64_t events = 0, found = 0, false_positives = 0, cut_misses = 0;
  std::int64_t trials = 0, trials_with_alarm = 0, quiet_trials = 0, quiet_trials_with_alarm = 0;
  double hours = 0;
};

Totals Sum(const ScoredCases& cases) {
  Totals totals;
  for (const ScoredCase& scored : cases) {
    totals.events += scored.Events();
    totals.found += scored.Found();
    totals.false_positives += scored.FalsePositives();
    for (const EventOutcome& event : scored.match->events) {
      totals.cut_misses += !event.latency_s && event.censored_at_s.has_value();
    }
    ++totals.trials;
    totals.trials_with_alarm += scored.HasAlarm();
    if (!scored.has_truth_event) {
      ++totals.quiet_trials;
      totals.quiet_trials_with_alarm += scored.HasAlarm();
    }
    totals.hours += static_cast<double>(scored.info().end_ns - scored.info().start_ns) / kHourNs;
  }
  return totals;
}

/// Everything that is scored for one event class.
class Scorer {
 public:
  Scorer(const ScoreConfig& config, const ScoredCases& cases, MetricMaker make)
      : config_(config), cases_(cases), make_(make), prefix_(config.match.event_class + ".") {}

  std::vector<Metric> Metrics() const {
    const Totals totals = Sum(cases_);
    std::vector<Metric> metrics{Sensitivity(totals, {})};
    for (const int post_s : {1, 2, 5, 10, 30, 60}) {
      metrics.push_back(SensitivityAt(cases_, config_.match, post_s, make_));
    }
    for (Metric& metric : PrecisionAndF1(totals)) metrics.push_back(std::move(metric));
    metrics.push_back(Specificity(totals, {}));
    for (Metric& metric : FalseAlarmMetrics(cases_, config_, make_)) metrics.push_back(std::move(metric));
    for (Metric& metric : LatencyMetrics(cases_, config_.match, make_)) metrics.push_back(std::move(metric));
    AddSlices(metrics);
    return metrics;
  }

 private:
  Metric Sensitivity(const Totals& totals, Slice slice) const {
    Metric metric = make_.Share(prefix_ + "sensitivity", std::move(slice), totals.found, totals.events, "events");
    if (totals.cut_misses > 0) {
      metric.reason = fmt::format("{} of {} events were missed in traces that end before the window does",
                                  totals.cut_misses, totals.events);
    }
    return metric;
  }

  Metric Specificity(const Totals& totals, Slice slice) const {
    return make_.Share(prefix_ + "specificity_trials", std::move(slice),
                       totals.quiet_trials - totals.quiet_trials_with_alarm, totals.quiet_trials,
                       "trials without an event");
  }

  std::vector<Metric> PrecisionAndF1(const Totals& totals) const {
    const std::int64_t claimed = totals.found + totals.false_positives;
    Metric precision = make_.Share(prefix_ + "precision", {}, totals.found, claimed, "alarms");
    Metric prevalence = make_.Undefined(prefix_ + "events_per_24h", {}, "1/24h", "no case was scored");
    if (totals.hours > 0) {
      prevalence = make_.Count(prefix_ + "events_per_24h", 24 * static_cast<double>(totals.events) / totals.hours,
                               totals.events, "1/24h");
      if (precision.value) precision.reason = fmt::format("at {:.4g} events per 24 h", *prevalence.value);
    }
    const std::int64_t weight = totals.events + claimed;  // 2 TP + FN + FP
    Metric f1 = make_.Undefined(prefix_ + "f1", {}, "1", "neither events nor alarms");
    if (weight > 0) {
      f1.value = 2 * static_cast<double>(totals.found) / static_cast<double>(weight);
      f1.n = weight - totals.found;
      f1.reason = "no interval: it takes a bootstrap over subjects, which this version does not do";
    }
    return {precision, prevalence, f1};
  }

  void AddSlices(std::vector<Metric>& metrics) const {
    const auto label = [](const trace::CaseInfo& info) { return std::optional(info.label); };
    const auto scenario = [](const trace::CaseInfo& info) { return std::optional(info.scenario_id); };
    for (const auto& [value, group] : GroupBy(cases_, label)) AddQuiet(metrics, group, {{"label", value}});
    for (const auto& [value, group] : GroupBy(cases_, scenario)) {
      const Slice slice{{"scenario", value}};
      const Totals totals = Sum(group);
      metrics.push_back(make_.Share(prefix_ + "alarm_rate", slice, totals.trials_with_alarm, totals.trials, "trials"));
      AddWithEvents(metrics, group, slice);
    }
    for (const std::string& tag : std::set(config_.slice_tags.begin(), config_.slice_tags.end())) {
      for (const auto& [value, group] : GroupBy(cases_, TagKey(tag))) {
        AddWithEvents(metrics, group, {{tag, value}});
        AddQuiet(metrics, group, {{tag, value}});
      }
    }
  }

  void AddWithEvents(std::vector<Metric>& metrics, const ScoredCases& group, const Slice& slice) const {
    const Totals totals = Sum(group);
    if (totals.events > 0) metrics.push_back(Sensitivity(totals, slice));
  }

  void AddQuiet(std::vector<Metric>& metrics, const ScoredCases& group, const Slice& slice) const {
    const Totals totals = Sum(group);
    if (totals.quiet_trials > 0) metrics.push_back(Specificity(totals, slice));
  }

  const ScoreConfig& config_;
  const ScoredCases& cases_;
  MetricMaker make_;
  std::string prefix_;
};

std::vector<Metric> CaseCounts(const Score& score, const ScoredCases& scored, const MetricMaker& make) {
  const auto total = static_cast<std::int64_t>(score.cases.size());
  std::vector<Metric> metrics{make.Count("cases.total", static_cast<double>(total), total)};
  for (const Outcome outcome : {Outcome::kCorrect, Outcome::kWrong, Outcome::kError, Outcome::kSkipped}) {
    metrics.push_back(
        make.Count(fmt::format("cases.{}", ToString(outcome)), static_cast<double>(score.Count(outcome)), total));
  }
  std::set<std::string> subjects;
  for (const ScoredCase& one : scored) subjects.insert(one.info().subject_id);
  metrics.push_back(
      make.Count("cases.subjects", static_cast<double>(subjects.size()), static_cast<std::int64_t>(scored.size())));
  return metrics;
}

}  // namespace

Score ScoreRuns(const std::vector<trace::RunRecord>& records, const ScoreConfig& config) {
  CheckConfig(config);
  const MetricMaker make{CommonScope(records), config.confidence};
  std::vector<const trace::RunRecord*> ordered;
  for (const trace::RunRecord& record : records) ordered.push_back(&record);
  std::stable_sort(ordered.begin(), ordered.end(), [](const trace::RunRecord* a, const trace::RunRecord* b) {
    return a->info.case_id < b->info.case_id;
  });

  Score score;
  for (const trace::RunRecord* record : ordered) score.cases.push_back(Judge(*record, config.match));
  ScoredCases scored;
  for (std::size_t i = 0; i < ordered.size(); ++i) {
    const Outcome outcome = score.cases[i].outcome;
    if (outcome == Outcome::kError || outcome == Outcome::kSkipped) continue;
    scored.push_back(Tally(*ordered[i], score.cases[i], config.match));
  }
  score.metrics = CaseCounts(score, scored, make);
  for (Metric& metric : Scorer(config, scored, make).Metrics()) score.metrics.push_back(std::move(metric));
  score.detection_curve = DetectionCurve(scored, config.match, config.confidence);
  return score;
}

}  // namespace stunt::metrics
