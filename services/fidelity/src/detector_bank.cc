#include "stunt/fidelity/detector_bank.h"

#include <fmt/format.h>

#include <algorithm>

namespace stunt::fidelity {
namespace {

using metrics::Feature;

Rule Above(Feature feature, double limit) { return {feature, true, limit}; }
Rule Below(Feature feature, double limit) { return {feature, false, limit}; }

std::string NameOf(const std::vector<Rule>& rules) {
  std::string name;
  for (const Rule& rule : rules) {
    name += fmt::format("{}{}{}{:g}", name.empty() ? "" : " and ", metrics::Name(rule.feature), rule.above ? ">" : "<",
                        rule.limit);
  }
  return name;
}

class Builder {
 public:
  void Add(std::vector<Rule> rules) {
    std::string name = NameOf(rules);
    bank_.push_back({std::move(name), std::move(rules), {}});
  }

  void AddBuiltin(double threshold, double impact_half, double posture_half) {
    BankDetector detector;
    detector.settings.threshold = threshold;
    detector.settings.impact.half = impact_half;
    detector.settings.posture.half = posture_half;
    detector.name =
        fmt::format("builtin:fall threshold={:g} impact={:g} posture={:g}", threshold, impact_half, posture_half);
    bank_.push_back(std::move(detector));
  }

  std::vector<BankDetector> Take() { return std::move(bank_); }

 private:
  std::vector<BankDetector> bank_;
};

std::vector<BankDetector> MakeBank() {
  Builder bank;
  for (const double peak : {1.8, 2.2, 2.6, 3.0, 3.5, 4.0, 4.5}) bank.Add({Above(Feature::kPeak, peak)});
  for (const double low : {0.4, 0.6, 0.7}) {
    for (const double peak : {2.0, 3.0}) bank.Add({Below(Feature::kLowest, low), Above(Feature::kPeak, peak)});
  }
  for (const double time : {0.1, 0.2, 0.3}) bank.Add({Above(Feature::kLowTime, time), Above(Feature::kPeak, 2.0)});
  for (const double tilt : {30.0, 45.0, 60.0}) {
    for (const double peak : {2.0, 3.0}) bank.Add({Above(Feature::kPeak, peak), Above(Feature::kTilt, tilt)});
  }
  for (const double still : {0.03, 0.08, 0.15}) {
    for (const double peak : {2.0, 3.0}) bank.Add({Above(Feature::kPeak, peak), Below(Feature::kStill, still)});
  }
  for (const double still : {0.05, 0.12}) {
    bank.Add({Above(Feature::kPeak, 2.2), Above(Feature::kTilt, 40), Below(Feature::kStill, still)});
  }
  for (const double rate : {2.0, 3.5, 5.0, 7.0, 9.0}) bank.Add({Above(Feature::kGyroPeak, rate)});
  for (const double rate : {3.5, 6.0}) bank.Add({Above(Feature::kGyroPeak, rate), Above(Feature::kTilt, 45)});
  for (const double sd : {0.25, 0.4, 0.55}) bank.Add({Above(Feature::kRms, sd)});
  for (const double threshold : {0.1, 0.3, 0.45, 0.7}) bank.AddBuiltin(threshold, 16.5, 37);
  for (const double impact : {9.0, 24.0}) bank.AddBuiltin(0.45, impact, 37);
  for (const double posture : {20.0, 55.0}) bank.AddBuiltin(0.45, 16.5, posture);
  return bank.Take();
}

bool Holds(const Rule& rule, const metrics::Features& features) {
  const double value = features[static_cast<std::size_t>(rule.feature)];
  return rule.above ? value > rule.limit : value < rule.limit;
}

}  // namespace

const std::vector<BankDetector>& DetectorBank() {
  static const std::vector<BankDetector> kBank = MakeBank();
  return kBank;
}

std::vector<char> Alarms(const metrics::Features& features, std::span<const detectors::FallFeatures> phases) {
  std::vector<char> alarms;
  for (const BankDetector& detector : DetectorBank()) {
    const bool alarm = detector.rules.empty()
                           ? std::any_of(phases.begin(), phases.end(),
                                         [&](const detectors::FallFeatures& impact) {
                                           return FallScore(impact, detector.settings) >= detector.settings.threshold;
                                         })
                           : std::all_of(detector.rules.begin(), detector.rules.end(),
                                         [&](const Rule& rule) { return Holds(rule, features); });
    alarms.push_back(alarm ? 1 : 0);
  }
  return alarms;
}

}  // namespace stunt::fidelity
