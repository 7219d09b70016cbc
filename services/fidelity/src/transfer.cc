#include <algorithm>
#include <cmath>

#include "forest.h"
#include "parts.h"
#include "stunt/metrics/samples.h"

namespace stunt::fidelity {
namespace {

constexpr std::size_t kSimulatedFolds = 5;
constexpr std::size_t kLeaveOneOut = 1000;  // as many folds as people
constexpr std::size_t kTwoSampleFolds = 5;

std::map<std::string, double> AlarmRates(const std::vector<Trial>& trials, const std::vector<double>& scores,
                                         double threshold) {
  std::map<std::string, std::pair<double, double>> counts;  // alarms, trials
  for (std::size_t i = 0; i < trials.size(); ++i) {
    auto& [alarms, all] = counts[trials[i].code];
    alarms += scores[i] >= threshold ? 1 : 0;
    all += 1;
  }
  std::map<std::string, double> rates;
  for (const auto& [code, count] : counts) rates[code] = count.first / count.second;
  return rates;
}

std::vector<Row> RowsOf(const std::vector<Trial>& trials) {
  std::vector<Row> rows;
  for (const Trial& trial : trials) rows.push_back({trial.features, trial.fall, trial.subject_id});
  return rows;
}

std::optional<double> Auc(const std::vector<Row>& rows, const std::vector<double>& scores) {
  std::vector<double> positives, negatives;
  for (std::size_t i = 0; i < rows.size(); ++i) (rows[i].positive ? positives : negatives).push_back(scores[i]);
  return metrics::RocAuc(positives, negatives);
}

bool HasFallsAndOthers(const std::vector<Row>& rows) {
  const auto falls = std::count_if(rows.begin(), rows.end(), [](const Row& row) { return row.positive; });
  return falls > 0 && falls < static_cast<std::ptrdiff_t>(rows.size());
}

// As many simulated as recorded trials of every activity, spread over the simulated ones; else the activity would tell.
std::vector<Row> Matched(const std::vector<Trial>& recorded, const std::vector<Trial>& simulated,
                         std::optional<bool> falls) {
  std::vector<Row> rows;
  const auto made = ByCode(simulated);
  for (const auto& [code, trials] : ByCode(recorded)) {
    if (falls && trials.front()->fall != *falls) continue;
    const TrialPointers& others = made.at(code);
    const std::size_t n = std::min(trials.size(), others.size());
    for (std::size_t i = 0; i < n; ++i) {
      const Trial& real = *trials[i * trials.size() / n];
      const Trial& sim = *others[i * others.size() / n];
      rows.push_back({real.features, false, "recorded " + real.subject_id});
      rows.push_back({sim.features, true, "simulated " + sim.subject_id});
    }
  }
  return rows;
}

std::optional<double> TellApartAuc(const std::vector<Row>& rows) {
  if (!HasFallsAndOthers(rows)) return {};
  return Auc(rows, CrossValidated(rows, kTwoSampleFolds));
}

}  // namespace

Transfer TryTransfer(const std::vector<Trial>& recorded, const std::vector<Trial>& simulated) {
  Transfer transfer;
  const std::vector<Row> people = RowsOf(recorded), made = RowsOf(simulated);
  if (!HasFallsAndOthers(people) || !HasFallsAndOthers(made)) return transfer;
  const Forest forest(made);
  std::vector<double> scores;
  for (const Row& row : people) scores.push_back(forest.Score(row.features));
  transfer.auc = Auc(people, scores);
  const std::vector<double> among_made = CrossValidated(made, kSimulatedFolds);
  const double threshold = BestThreshold(made, among_made);
  transfer.f1 = F1(people, scores, threshold);
  transfer.recorded_rates = AlarmRates(recorded, scores, threshold);
  transfer.simulated_rates = AlarmRates(simulated, among_made, threshold);
  const std::vector<double> among_people = CrossValidated(people, kLeaveOneOut);
  transfer.auc_real = Auc(people, among_people);
  transfer.f1_real = F1(people, among_people, BestThreshold(people, among_people));
  return transfer;
}

TwoSample TellApart(const std::vector<Trial>& recorded, const std::vector<Trial>& simulated) {
  return {TellApartAuc(Matched(recorded, simulated, std::nullopt)), TellApartAuc(Matched(recorded, simulated, true)),
          TellApartAuc(Matched(recorded, simulated, false))};
}

}  // namespace stunt::fidelity
