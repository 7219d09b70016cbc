#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "stunt/fidelity/case.h"

namespace stunt::fidelity {

/// One feature of one activity, simulated against recorded.
struct FeatureComparison {
  std::optional<double> recorded_q10, recorded_q25, recorded_median, recorded_q75, recorded_q90;
  std::optional<double> simulated_q25, simulated_median, simulated_q75;
  std::optional<double> ks;           // 0 … 1
  std::optional<double> wasserstein;  // over the recorded spread (10th to 90th percentile)
  // 95 % interval of ks by bootstrap over recorded subjects; from 10 subjects on.
  std::optional<double> ks_lo, ks_hi;
  // Below 10 subjects: the median of each.
  std::map<std::string, double> recorded_medians_by_subject;
  [[nodiscard]] bool MedianInside() const;  // simulated median within the recorded 25th to 75th percentile
};

struct ActivityComparison {
  std::string code;
  bool fall = false;
  std::size_t recorded = 0, recorded_subjects = 0, simulated = 0;
  std::vector<FeatureComparison> features;  // in the order of metrics::Feature
};

/// Alarm rates of the bank's detectors on falls or on daily living.
struct AgreementPart {
  std::size_t activities = 0;
  std::optional<double> mae;          // mean |simulated − recorded alarm rate| over activities and detectors
  std::optional<double> spearman;     // over the same pairs
  std::optional<double> mae_null;     // each detector's own recorded mean for every activity
  std::optional<double> mae_ceiling;  // half of the people against the other half
};

struct Agreement {
  AgreementPart falls, adls;
  // Of detectors by alarm rate on falls less that on daily living, each the mean over all activities.
  std::optional<double> ranking_spearman;
  std::vector<std::string> detectors;  // those that count
  std::vector<std::string> left_out;   // pooled recorded alarm rate outside 0.1 … 0.9
  // By activity code, in the order of `detectors`.
  std::map<std::string, std::vector<double>> recorded_rates, simulated_rates;
};

/// A classifier that learns falls.
struct Transfer {
  std::optional<double> auc;       // trained on simulated, tested on recorded people
  std::optional<double> f1;        // the same, threshold from simulation
  std::optional<double> auc_real;  // trained on the other recorded people
  std::optional<double> f1_real;   // the same, at the best threshold for them: an upper bound
  // By activity code: share of the trials that the forest trained on simulation calls a fall, at the threshold of `f1`;
  // the simulated ones judged by a forest that saw nothing of their subject.
  std::map<std::string, double> recorded_rates, simulated_rates;
};

/// How well a classifier tells simulated from recorded trials; 0.5 is perfect.
struct TwoSample {
  std::optional<double> all, falls, adls;
};

/// KS distances of all activities and features of falls or of daily living.
struct MeanKs {
  std::optional<double> value;   // simulated against recorded
  std::optional<double> halves;  // one half of the people against the other, who have fewer trials each
  std::optional<double> floor;   // `halves`, brought to the numbers of trials of `value`: what it can reach at best
};

struct Fidelity {
  std::vector<ActivityComparison> activities;  // by code
  MeanKs ks_falls, ks_adls;
  Agreement agreement;
  Transfer transfer;
  TwoSample two_sample;
};

/// Indices of the bank's detectors that count: alarm rate of 0.1 to 0.9 over all of these trials.
[[nodiscard]] std::vector<std::size_t> DetectorsThatCount(const std::vector<Trial>& recorded);

/// @param recorded, simulated  trials of activities that both sides have; others are a programming error.
[[nodiscard]] Fidelity Compare(const std::vector<Trial>& recorded, const std::vector<Trial>& simulated);

}  // namespace stunt::fidelity
