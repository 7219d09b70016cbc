#include "stunt/calibration/objective.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "stunt/metrics/samples.h"

namespace stunt::calibration {
namespace {

using Pointers = std::vector<const fidelity::Trial*>;

constexpr double kFarthest = 1;  // of an activity that was never simulated well

std::vector<double> Values(const Pointers& trials, std::size_t feature) {
  std::vector<double> values;
  for (const fidelity::Trial* trial : trials) values.push_back(trial->features[feature]);
  return values;
}

double Apart(Distance distance, const std::vector<double>& recorded, const std::vector<double>& simulated) {
  switch (distance) {
    case Distance::kKs:
      return *metrics::KolmogorovSmirnov(recorded, simulated);
    case Distance::kCramer:
      return *metrics::Cramer(recorded, simulated);
    case Distance::kWasserstein:
      break;
  }
  // Bounded, for a spread of nothing (a sensor that reads 0 at rest) must not outweigh all else; but never flat.
  const double spread = *metrics::Quantile(recorded, 0.9) - *metrics::Quantile(recorded, 0.1);
  const double area = *metrics::Wasserstein(recorded, simulated);
  return area == 0 ? 0 : area / (area + spread);
}

double MeanRateDifference(const Pointers& recorded, const Pointers& simulated,
                          const std::vector<std::size_t>& detectors) {
  const auto rate = [](const Pointers& trials, std::size_t detector) {
    const auto alarms = std::count_if(trials.begin(), trials.end(),
                                      [&](const fidelity::Trial* trial) { return trial->alarms[detector] != 0; });
    return static_cast<double>(alarms) / static_cast<double>(trials.size());
  };
  double sum = 0;
  for (const std::size_t d : detectors) sum += std::abs(rate(recorded, d) - rate(simulated, d));
  return detectors.empty() ? 0 : sum / static_cast<double>(detectors.size());
}

Figures JudgeActivity(const Plan& plan, const Pointers& recorded, const Pointers& simulated,
                      const std::vector<std::size_t>& detectors) {
  if (simulated.empty()) return {kFarthest, kFarthest, kFarthest};
  Figures figures;
  double weights = 0;
  for (std::size_t i = 0; i < metrics::kFeatures; ++i) {
    const std::vector<double> real = Values(recorded, i), made = Values(simulated, i);
    figures.mean_ks += *metrics::KolmogorovSmirnov(real, made) / metrics::kFeatures;
    if (plan.weights[i] == 0) continue;
    figures.objective += plan.weights[i] * Apart(plan.distance, real, made);
    weights += plan.weights[i];
  }
  figures.alarms = MeanRateDifference(recorded, simulated, detectors);
  figures.objective = figures.objective / weights + plan.alarms * figures.alarms;
  return figures;
}

}  // namespace

Figures Judge(const Plan& plan, const Pointers& recorded, const Pointers& simulated, double lost,
              const std::vector<std::size_t>& detectors) {
  std::map<std::string, std::pair<Pointers, Pointers>> activities;
  for (const fidelity::Trial* trial : recorded) activities[trial->code].first.push_back(trial);
  for (const fidelity::Trial* trial : simulated) {
    const auto activity = activities.find(trial->code);
    if (activity != activities.end()) activity->second.second.push_back(trial);
  }
  Figures mean;
  const auto n = static_cast<double>(activities.size());
  for (const auto& [code, both] : activities) {
    const Figures one = JudgeActivity(plan, both.first, both.second, detectors);
    mean.objective += one.objective / n;
    mean.mean_ks += one.mean_ks / n;
    mean.alarms += one.alarms / n;
  }
  mean.objective += lost;
  return mean;
}

}  // namespace stunt::calibration
