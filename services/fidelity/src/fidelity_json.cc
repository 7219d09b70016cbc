#include <cmath>
#include <nlohmann/json.hpp>

#include "stunt/fidelity/report.h"

namespace stunt::fidelity {
namespace {

using nlohmann::json;

// Four digits: beyond that no number here means anything.
json Number(const std::optional<double>& value) {
  if (!value || !std::isfinite(*value)) return nullptr;
  return std::round(*value * 1e4) / 1e4;
}

json FeatureJson(const FeatureComparison& c) {
  json j;
  j["recorded"] = {{"q10", Number(c.recorded_q10)},
                   {"q25", Number(c.recorded_q25)},
                   {"median", Number(c.recorded_median)},
                   {"q75", Number(c.recorded_q75)},
                   {"q90", Number(c.recorded_q90)}};
  j["simulated"] = {
      {"q25", Number(c.simulated_q25)}, {"median", Number(c.simulated_median)}, {"q75", Number(c.simulated_q75)}};
  j["ks"] = Number(c.ks);
  j["wasserstein_over_spread"] = Number(c.wasserstein);
  j["median_inside"] = c.MedianInside();
  if (c.ks_lo) j["ks_ci"] = {Number(c.ks_lo), Number(c.ks_hi)};
  for (const auto& [subject, median] : c.recorded_medians_by_subject) {
    j["recorded_medians_by_subject"][subject] = Number(median);
  }
  return j;
}

json ActivityJson(const ActivityComparison& activity) {
  json j = {{"fall", activity.fall},
            {"recorded_trials", activity.recorded},
            {"recorded_subjects", activity.recorded_subjects},
            {"simulated_trials", activity.simulated}};
  for (std::size_t i = 0; i < activity.features.size(); ++i) {
    j["features"][std::string(metrics::Name(static_cast<metrics::Feature>(i)))] = FeatureJson(activity.features[i]);
  }
  return j;
}

json KsJson(const MeanKs& ks) {
  return {{"mean_ks", Number(ks.value)}, {"mean_ks_halves", Number(ks.halves)}, {"mean_ks_floor", Number(ks.floor)}};
}

json PartJson(const AgreementPart& part) {
  return {{"activities", part.activities},
          {"mae", Number(part.mae)},
          {"spearman", Number(part.spearman)},
          {"mae_null", Number(part.mae_null)},
          {"mae_ceiling", Number(part.mae_ceiling)}};
}

json RatesJson(const std::map<std::string, double>& by_code) {
  json j = json::object();
  for (const auto& [code, rate] : by_code) j[code] = Number(rate);
  return j;
}

json AgreementJson(const Agreement& agreement) {
  json j = {{"falls", PartJson(agreement.falls)},
            {"adls", PartJson(agreement.adls)},
            {"ranking_spearman", Number(agreement.ranking_spearman)},
            {"detectors", agreement.detectors},
            {"detectors_left_out", agreement.left_out}};
  const auto rates = [&](const std::map<std::string, std::vector<double>>& by_code) {
    json all = json::object();
    for (const auto& [code, values] : by_code) {
      for (const double value : values) all[code].push_back(Number(value));
    }
    return all;
  };
  j["recorded_rates"] = rates(agreement.recorded_rates);
  j["simulated_rates"] = rates(agreement.simulated_rates);
  return j;
}

}  // namespace

std::string FidelityJson(const Fidelity& fidelity, const Setup& setup) {
  json j;
  j["schema"] = "stunt.fidelity/v1";
  j["setup"] = {{"recorded", setup.recorded},
                {"recorded_version", setup.recorded_version},
                {"suite", setup.suite},
                {"site", setup.site},
                {"engine_version", setup.engine_version},
                {"not_compared", setup.not_compared},
                {"simulated_skipped", setup.skipped},
                {"simulated_errors", setup.errors}};
  j["activities"] = json::object();
  for (const ActivityComparison& activity : fidelity.activities)
    j["activities"][activity.code] = ActivityJson(activity);
  j["features"] = {{"falls", KsJson(fidelity.ks_falls)}, {"adls", KsJson(fidelity.ks_adls)}};
  j["agreement"] = AgreementJson(fidelity.agreement);
  j["transfer"] = {{"auc", Number(fidelity.transfer.auc)},
                   {"f1", Number(fidelity.transfer.f1)},
                   {"auc_real", Number(fidelity.transfer.auc_real)},
                   {"f1_real", Number(fidelity.transfer.f1_real)},
                   {"recorded_rates", RatesJson(fidelity.transfer.recorded_rates)},
                   {"simulated_rates", RatesJson(fidelity.transfer.simulated_rates)}};
  j["two_sample"] = {{"auc", Number(fidelity.two_sample.all)},
                     {"falls", {{"auc", Number(fidelity.two_sample.falls)}}},
                     {"adls", {{"auc", Number(fidelity.two_sample.adls)}}}};
  return j.dump(1) + "\n";
}

}  // namespace stunt::fidelity
