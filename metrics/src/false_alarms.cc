#include <fmt/format.h>

#include <map>

#include "scored_case.h"

namespace stunt::metrics {
namespace {

struct Exposed {
  std::int64_t false_alarms = 0;
  double hours = 0;
};

Metric FalseAlarmsPerDay(const std::map<std::string, Exposed>& by_scenario, const ScoreConfig& config,
                         const MetricMaker& make) {
  const std::string name = config.match.event_class + ".false_alarms_per_24h";
  const std::string unit = "1/24h";
  if (!config.exposure) {
    return make.Undefined(name, {}, unit, "no exposure profile is named: the mix of these trials is not that of a day");
  }
  std::vector<RateTerm> terms;
  double worn_h = 0;
  for (const auto& [scenario, hours_per_day] : config.exposure->hours_per_day) {
    if (hours_per_day == 0) continue;
    worn_h += hours_per_day;
    const auto found = by_scenario.find(scenario);
    if (found == by_scenario.end() || found->second.hours <= 0) {
      return make.Undefined(name, {}, unit,
                            fmt::format("profile {} holds {} h a day of {}, which no case covers",
                                        config.exposure->name, hours_per_day, scenario));
    }
    terms.push_back({found->second.false_alarms, hours_per_day / found->second.hours});
  }
  Metric metric = make.Rate(name, {}, std::move(terms), unit);
  metric.ci_method = "fay_feuer";
  metric.reason = fmt::format("profile {}, worn {} h a day", config.exposure->name, worn_h);
  return metric;
}

}  // namespace

std::vector<Metric> FalseAlarmMetrics(const ScoredCases& cases, const ScoreConfig& config, const MetricMaker& make) {
  const std::string& event_class = config.match.event_class;
  std::map<std::string, Exposed> by_scenario;
  std::int64_t outside = 0, duplicates = 0, crosses = 0;
  double hours = 0;
  for (const ScoredCase& scored : cases) {
    Exposed& exposed = by_scenario[scored.info().scenario_id];
    exposed.false_alarms += scored.CountRole(DetectionRole::kFalseAlarm);
    exposed.hours += scored.exposure_h;
    outside += scored.CountRole(DetectionRole::kFalseAlarm);
    duplicates += scored.CountRole(DetectionRole::kDuplicate);
    crosses += scored.CountRole(DetectionRole::kCross);
    hours += scored.exposure_h;
  }
  const auto n = static_cast<std::int64_t>(cases.size());
  std::vector<Metric> metrics;
  metrics.push_back(FalseAlarmsPerDay(by_scenario, config, make));
  metrics.push_back(make.Count(event_class + ".false_alarms", static_cast<double>(outside), n));
  metrics.push_back(make.Count(event_class + ".duplicates", static_cast<double>(duplicates), n));
  metrics.push_back(make.Count(event_class + ".cross_alarms", static_cast<double>(crosses), n));
  metrics.push_back(make.Count(event_class + ".exposure_hours", hours, n, "h"));
  for (const auto& [scenario, exposed] : by_scenario) {
    const std::string name = event_class + ".false_alarms_per_hour";
    const Slice slice{{"scenario", scenario}};
    metrics.push_back(exposed.hours > 0 ? make.Rate(name, slice, {{exposed.false_alarms, 1 / exposed.hours}}, "1/h")
                                        : make.Undefined(name, slice, "1/h", "no time outside event windows"));
  }
  return metrics;
}

}  // namespace stunt::metrics
