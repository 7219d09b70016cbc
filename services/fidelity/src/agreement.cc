#include <cmath>
#include <set>

#include "parts.h"
#include "stunt/fidelity/detector_bank.h"
#include "stunt/metrics/samples.h"

namespace stunt::fidelity {
namespace {

// An activity with fewer says little about people.
constexpr std::size_t kFewestTrials = 7;
constexpr std::size_t kFewestSubjects = 4;
constexpr double kLeastRate = 0.1, kMostRate = 0.9;

using Rates = std::map<std::string, std::vector<double>>;  // by activity, then detector

std::vector<double> RatesOf(const TrialPointers& trials) {
  std::vector<double> rates(DetectorBank().size(), 0);
  for (const Trial* trial : trials) {
    for (std::size_t d = 0; d < rates.size(); ++d) rates[d] += trial->alarms[d];
  }
  for (double& rate : rates) rate /= static_cast<double>(trials.size());
  return rates;
}

/// Activities that count, with their trials.
std::map<std::string, TrialPointers> Counting(const std::vector<Trial>& recorded) {
  std::map<std::string, TrialPointers> counting;
  for (auto& [code, trials] : ByCode(recorded)) {
    if (trials.size() >= kFewestTrials && Subjects(trials).size() >= kFewestSubjects) counting[code] = trials;
  }
  return counting;
}

double MeanOver(const Rates& rates, std::size_t detector) {
  double sum = 0;
  for (const auto& [code, values] : rates) sum += values[detector];
  return sum / static_cast<double>(rates.size());
}

std::optional<double> MeanDistance(const Rates& a, const Rates& b, const std::vector<std::size_t>& detectors) {
  double sum = 0;
  int n = 0;
  for (const auto& [code, values] : a) {
    const auto other = b.find(code);
    if (other == b.end()) continue;
    for (const std::size_t d : detectors) {
      sum += std::abs(values[d] - other->second[d]);
      ++n;
    }
  }
  if (n == 0) return {};
  return sum / n;
}

std::optional<double> HalfAgainstHalf(const std::map<std::string, TrialPointers>& activities,
                                      const std::vector<std::size_t>& detectors) {
  return MeanOverSplits(activities, [&](const Halves& halves) {
    Rates rates[2];
    for (int half = 0; half < 2; ++half) {
      for (const auto& [code, trials] : halves[half]) rates[half][code] = RatesOf(trials);
    }
    return MeanDistance(rates[0], rates[1], detectors);
  });
}

AgreementPart Part(const std::map<std::string, TrialPointers>& activities, const Rates& simulated,
                   const std::vector<std::size_t>& detectors) {
  AgreementPart part;
  part.activities = activities.size();
  if (activities.empty() || detectors.empty()) return part;
  Rates recorded, null;
  for (const auto& [code, trials] : activities) recorded[code] = RatesOf(trials);
  std::vector<double> mean(DetectorBank().size());
  for (const std::size_t d : detectors) mean[d] = MeanOver(recorded, d);
  std::vector<double> x, y;
  for (const auto& [code, rates] : recorded) {
    null[code] = mean;
    for (const std::size_t d : detectors) {
      x.push_back(simulated.at(code)[d]);
      y.push_back(rates[d]);
    }
  }
  part.mae = MeanDistance(recorded, simulated, detectors);
  part.spearman = metrics::Spearman(x, y);
  part.mae_null = MeanDistance(recorded, null, detectors);
  part.mae_ceiling = HalfAgainstHalf(activities, detectors);
  return part;
}

// Mean alarm rate on falls less that on daily living: what a buyer would rank detectors by. Every activity weighs the
// same however few its trials: a mean over all of them needs no least number of each.
std::vector<double> Merit(const std::vector<Trial>& trials, const std::vector<std::size_t>& detectors) {
  Rates falls, adls;
  for (const auto& [code, some] : ByCode(trials)) (some.front()->fall ? falls : adls)[code] = RatesOf(some);
  std::vector<double> merit;
  if (falls.empty() || adls.empty()) return merit;
  for (const std::size_t d : detectors) merit.push_back(MeanOver(falls, d) - MeanOver(adls, d));
  return merit;
}

}  // namespace

std::vector<std::size_t> DetectorsThatCount(const std::vector<Trial>& recorded) {
  TrialPointers all;
  for (const Trial& trial : recorded) all.push_back(&trial);
  const std::vector<double> pooled = RatesOf(all);
  std::vector<std::size_t> counting;
  for (std::size_t d = 0; d < pooled.size(); ++d) {
    if (pooled[d] >= kLeastRate && pooled[d] <= kMostRate) counting.push_back(d);
  }
  return counting;
}

Agreement CompareAlarms(const std::vector<Trial>& recorded, const std::vector<Trial>& simulated) {
  Agreement agreement;
  const std::vector<std::size_t> detectors = DetectorsThatCount(recorded);
  for (std::size_t d = 0, next = 0; d < DetectorBank().size(); ++d) {
    const bool counts = next < detectors.size() && detectors[next] == d;
    (counts ? agreement.detectors : agreement.left_out).push_back(DetectorBank()[d].name);
    next += counts ? 1 : 0;
  }
  std::map<std::string, TrialPointers> falls, adls;
  for (auto& [code, trials] : Counting(recorded)) (trials.front()->fall ? falls : adls)[code] = trials;
  Rates made;
  for (const auto& [code, trials] : ByCode(simulated)) made[code] = RatesOf(trials);
  for (const auto* activities : {&falls, &adls}) {
    for (const auto& [code, trials] : *activities) {
      const std::vector<double> real = RatesOf(trials);
      for (const std::size_t d : detectors) {
        agreement.recorded_rates[code].push_back(real[d]);
        agreement.simulated_rates[code].push_back(made.at(code)[d]);
      }
    }
  }
  agreement.falls = Part(falls, made, detectors);
  agreement.adls = Part(adls, made, detectors);
  agreement.ranking_spearman = metrics::Spearman(Merit(simulated, detectors), Merit(recorded, detectors));
  return agreement;
}

}  // namespace stunt::fidelity
