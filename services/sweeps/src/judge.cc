#include "stunt/sweeps/judge.h"

#include <map>
#include <set>
#include <string>
#include <utility>

namespace stunt::sweeps {
namespace {

std::vector<std::string> Conversions(const std::vector<trace::RunRecord>& records) {
  std::set<std::string> conversions;
  for (const trace::RunRecord& record : records)
    conversions.insert(record.conversions.begin(), record.conversions.end());
  return {conversions.begin(), conversions.end()};
}

// Tags worth a number for each of their values: neither the same everywhere nor different in nearly every case.
constexpr std::size_t kMaxSliceValues = 24;

std::vector<std::string> SliceTags(const std::vector<trace::RunRecord>& records) {
  std::map<std::string, std::set<std::string>> values;
  for (const trace::RunRecord& record : records) {
    for (const auto& [tag, value] : record.info.tags) values[tag].insert(value);
  }
  std::vector<std::string> tags;
  for (const auto& [tag, distinct] : values) {
    if (distinct.size() > 1 && distinct.size() <= kMaxSliceValues) tags.push_back(tag);
  }
  return tags;
}

}  // namespace

reports::RunReport Judge(reports::RunSetup setup, const std::vector<trace::RunRecord>& records,
                         const Demands& demands) {
  if (setup.score_config.slice_tags.empty()) setup.score_config.slice_tags = SliceTags(records);
  reports::RunReport report;
  report.score = metrics::ScoreRuns(records, setup.score_config);
  report.metrics = report.score.metrics;
  metrics::EnergyConfig energy;
  energy.key.low = setup.seed.value_or(0);
  for (metrics::Metric& metric : metrics::ScoreEnergy(records, energy)) report.metrics.push_back(std::move(metric));
  report.conversions = Conversions(records);
  report.gates = metrics::EvaluateGates(demands.gates, report.metrics);
  report.summary.selected = static_cast<std::int64_t>(records.size());
  report.summary.errors = report.score.Count(metrics::Outcome::kError);
  report.summary.skipped = report.score.Count(metrics::Outcome::kSkipped);
  report.summary.max_error_fraction = demands.max_error_fraction;
  report.verdict = metrics::Verdict(report.gates, report.summary);
  report.setup = std::move(setup);
  return report;
}

}  // namespace stunt::sweeps
