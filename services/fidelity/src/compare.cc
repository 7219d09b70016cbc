#include "stunt/fidelity/compare.h"

#include <algorithm>
#include <cmath>

#include "parts.h"
#include "stunt/metrics/samples.h"
#include "stunt/random/random.h"

namespace stunt::fidelity {
namespace {

constexpr std::size_t kEnoughSubjects = 10;
constexpr int kResamples = 400;
constexpr std::uint64_t kBootstrapSeed = 20261123;

std::vector<double> Values(const TrialPointers& trials, std::size_t feature) {
  std::vector<double> values;
  for (const Trial* trial : trials) values.push_back(trial->features[feature]);
  return values;
}

std::map<std::string, TrialPointers> BySubject(const TrialPointers& trials) {
  std::map<std::string, TrialPointers> subjects;
  for (const Trial* trial : trials) subjects[trial->subject_id].push_back(trial);
  return subjects;
}

// Recorded subjects are drawn with replacement, each with all of its trials.
void BootstrapKs(const TrialPointers& recorded, const std::vector<double>& simulated, std::size_t feature,
                 FeatureComparison& comparison) {
  std::vector<TrialPointers> subjects;
  for (const auto& [id, trials] : BySubject(recorded)) subjects.push_back(trials);
  random::Stream stream(random::StreamKey{kBootstrapSeed, feature});
  std::vector<double> distances;
  for (int i = 0; i < kResamples; ++i) {
    std::vector<double> values;
    for (std::size_t k = 0; k < subjects.size(); ++k) {
      const auto pick = static_cast<std::size_t>(stream.Uniform(0, 1) * static_cast<double>(subjects.size()));
      for (const double v : Values(subjects[std::min(pick, subjects.size() - 1)], feature)) values.push_back(v);
    }
    distances.push_back(*metrics::KolmogorovSmirnov(values, simulated));
  }
  comparison.ks_lo = metrics::Quantile(distances, 0.025);
  comparison.ks_hi = metrics::Quantile(distances, 0.975);
}

FeatureComparison CompareFeature(const TrialPointers& recorded, const TrialPointers& simulated, std::size_t feature) {
  const std::vector<double> real = Values(recorded, feature), made = Values(simulated, feature);
  FeatureComparison c;
  c.recorded_q10 = metrics::Quantile(real, 0.10);
  c.recorded_q25 = metrics::Quantile(real, 0.25);
  c.recorded_median = metrics::Quantile(real, 0.5);
  c.recorded_q75 = metrics::Quantile(real, 0.75);
  c.recorded_q90 = metrics::Quantile(real, 0.90);
  c.simulated_q25 = metrics::Quantile(made, 0.25);
  c.simulated_median = metrics::Quantile(made, 0.5);
  c.simulated_q75 = metrics::Quantile(made, 0.75);
  c.ks = metrics::KolmogorovSmirnov(real, made);
  const double spread = *c.recorded_q90 - *c.recorded_q10;
  if (spread > 0) c.wasserstein = *metrics::Wasserstein(real, made) / spread;
  const auto subjects = BySubject(recorded);
  if (subjects.size() >= kEnoughSubjects) {
    BootstrapKs(recorded, made, feature, c);
  } else {
    for (const auto& [id, trials] : subjects) {
      c.recorded_medians_by_subject[id] = *metrics::Quantile(Values(trials, feature), 0.5);
    }
  }
  return c;
}

struct HalvesKs {
  double ks = 0;     // mean over features
  double floor = 0;  // the same for as many trials as are compared
};

// Two samples of one law have a mean KS distance that goes with the root of 1/n + 1/m.
HalvesKs KsOfHalves(const TrialPointers& first, const TrialPointers& second, const ActivityComparison& compared) {
  const auto noise = [](std::size_t n, std::size_t m) {
    return std::sqrt(1 / static_cast<double>(n) + 1 / static_cast<double>(m));
  };
  HalvesKs halves;
  for (std::size_t i = 0; i < metrics::kFeatures; ++i) {
    halves.ks += *metrics::KolmogorovSmirnov(Values(first, i), Values(second, i)) / metrics::kFeatures;
  }
  halves.floor = halves.ks * noise(compared.recorded, compared.simulated) / noise(first.size(), second.size());
  return halves;
}

MeanKs MeanKsOf(const std::vector<ActivityComparison>& compared, const std::map<std::string, TrialPointers>& recorded,
                bool falls) {
  std::map<std::string, TrialPointers> activities;
  double sum = 0;
  for (const ActivityComparison& activity : compared) {
    if (activity.fall != falls) continue;
    activities[activity.code] = recorded.at(activity.code);
    for (const FeatureComparison& feature : activity.features) sum += *feature.ks / metrics::kFeatures;
  }
  if (activities.empty()) return {};
  const auto over_splits = [&](double HalvesKs::*what) {
    return MeanOverSplits(activities, [&](const Halves& halves) -> std::optional<double> {
      double total = 0;
      int n = 0;
      for (const ActivityComparison& activity : compared) {
        if (!halves[0].contains(activity.code) || !halves[1].contains(activity.code)) continue;
        total += KsOfHalves(halves[0].at(activity.code), halves[1].at(activity.code), activity).*what;
        ++n;
      }
      if (n == 0) return {};
      return total / n;
    });
  };
  return {sum / static_cast<double>(activities.size()), over_splits(&HalvesKs::ks), over_splits(&HalvesKs::floor)};
}

}  // namespace

bool FeatureComparison::MedianInside() const {
  return recorded_q25 && simulated_median && *recorded_q25 <= *simulated_median && *simulated_median <= *recorded_q75;
}

std::map<std::string, TrialPointers> ByCode(const std::vector<Trial>& trials) {
  std::map<std::string, TrialPointers> codes;
  for (const Trial& trial : trials) codes[trial.code].push_back(&trial);
  return codes;
}

ActivityComparison CompareFeatures(const std::string& code, const TrialPointers& recorded,
                                   const TrialPointers& simulated) {
  ActivityComparison activity;
  activity.code = code;
  activity.fall = recorded.front()->fall;
  activity.recorded = recorded.size();
  activity.recorded_subjects = BySubject(recorded).size();
  activity.simulated = simulated.size();
  for (std::size_t i = 0; i < metrics::kFeatures; ++i) {
    activity.features.push_back(CompareFeature(recorded, simulated, i));
  }
  return activity;
}

Fidelity Compare(const std::vector<Trial>& recorded, const std::vector<Trial>& simulated) {
  Fidelity fidelity;
  const auto simulated_by_code = ByCode(simulated);
  const auto recorded_by_code = ByCode(recorded);
  for (const auto& [code, trials] : recorded_by_code) {
    fidelity.activities.push_back(CompareFeatures(code, trials, simulated_by_code.at(code)));
  }
  fidelity.ks_falls = MeanKsOf(fidelity.activities, recorded_by_code, true);
  fidelity.ks_adls = MeanKsOf(fidelity.activities, recorded_by_code, false);
  fidelity.agreement = CompareAlarms(recorded, simulated);
  fidelity.transfer = TryTransfer(recorded, simulated);
  fidelity.two_sample = TellApart(recorded, simulated);
  return fidelity;
}

}  // namespace stunt::fidelity
