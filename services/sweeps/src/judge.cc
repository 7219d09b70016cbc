#include "stunt/sweeps/judge.h"

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

}  // namespace

reports::RunReport Judge(reports::RunSetup setup, const std::vector<trace::RunRecord>& records,
                         const Demands& demands) {
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
