#include <fmt/format.h>

#include "stunt/fidelity/report.h"

namespace stunt::fidelity {
namespace {

struct Line {
  const char* what;
  std::optional<double> value;
  const char* wrist;  // aim at a wrist and at a waist
  const char* waist;
  const char* beside;  // for scale
};

std::string Shown(const std::optional<double>& value) { return value ? fmt::format("{:.3f}", *value) : "–"; }

std::string Beside(const AgreementPart& part) {
  return fmt::format("null {}, half of the people against the other {}", Shown(part.mae_null), Shown(part.mae_ceiling));
}

std::string Beside(const MeanKs& ks) {
  return fmt::format("floor {} from so few trials; half of the people against the other {}", Shown(ks.floor),
                     Shown(ks.halves));
}

// Medians that lie within the recorded 25th to 75th percentile.
std::string Inside(const ActivityComparison& activity) {
  std::string outside;
  int inside = 0;
  for (std::size_t i = 0; i < activity.features.size(); ++i) {
    if (activity.features[i].MedianInside()) {
      ++inside;
      continue;
    }
    const FeatureComparison& f = activity.features[i];
    outside += fmt::format("{}{} {:.2f} ({:.2f} {:.2f})", outside.empty() ? "" : ", ",
                           metrics::Name(static_cast<metrics::Feature>(i)), *f.simulated_median, *f.recorded_q25,
                           *f.recorded_q75);
  }
  return fmt::format("{:2d} of {}  {}", inside, activity.features.size(), outside);
}

// Falls that the forest sees among recorded and among simulated trials.
std::string Rates(const Transfer& transfer, const std::string& code) {
  const auto recorded = transfer.recorded_rates.find(code), simulated = transfer.simulated_rates.find(code);
  if (recorded == transfer.recorded_rates.end() || simulated == transfer.simulated_rates.end()) return "–";
  return fmt::format("{:.2f} / {:.2f}", recorded->second, simulated->second);
}

double KsOver(const ActivityComparison& activity) {
  double sum = 0;
  for (const FeatureComparison& feature : activity.features) sum += feature.ks.value_or(0);
  return sum / static_cast<double>(activity.features.size());
}

}  // namespace

std::string FidelityTable(const Fidelity& fidelity, const Setup& setup) {
  const Agreement& a = fidelity.agreement;
  const std::string falls = Beside(a.falls), adls = Beside(a.adls);
  const std::string falls_ks = Beside(fidelity.ks_falls) + "; prototype 0.335 at the wrist";
  const std::string adls_ks = Beside(fidelity.ks_adls);
  const Line lines[] = {
      {"agreement, daily living: mean |Δ alarm rate|", a.adls.mae, "<= 0.12", "report", adls.c_str()},
      {"agreement, falls: mean |Δ alarm rate|", a.falls.mae, "<= 0.10", "report", falls.c_str()},
      {"agreement, daily living: Spearman", a.adls.spearman, "", "", ""},
      {"agreement, falls: Spearman", a.falls.spearman, "", "", ""},
      {"ranking of detectors: Spearman", a.ranking_spearman, ">= 0.90", ">= 0.85", ""},
      {"mean KS over features, falls", fidelity.ks_falls.value, "<= 0.26", "<= 0.30", falls_ks.c_str()},
      {"mean KS over features, daily living", fidelity.ks_adls.value, "", "", adls_ks.c_str()},
      {"transfer F1, trained on simulation", fidelity.transfer.f1, ">= 0.92", ">= 0.96", "prototype 0.85, 0.94"},
      {"transfer AUC, trained on simulation", fidelity.transfer.auc, ">= 0.98", ">= 0.99", "saturates"},
      {"  F1, trained on the other people", fidelity.transfer.f1_real, "", "", "at its best threshold"},
      {"  AUC, trained on the other people", fidelity.transfer.auc_real, "", "", ""},
      {"two-sample AUC", fidelity.two_sample.all, "<= 0.80", "<= 0.90", "0.5 = cannot be told apart"},
      {"  falls alone", fidelity.two_sample.falls, "", "", "prototype 0.89, 0.99"},
      {"  daily living alone", fidelity.two_sample.adls, "", "", ""},
  };
  const bool wrist = setup.site.find("wrist") != std::string::npos;
  std::string text = fmt::format("{} against suite {}; {} detectors\n\n{:<46} {:>7}  {:<8} {}\n", setup.recorded,
                                 setup.suite, a.detectors.size(), "", "value", "aim", "");
  for (const Line& line : lines) {
    text += fmt::format("{:<46} {:>7}  {:<8} {}\n", line.what, Shown(line.value), wrist ? line.wrist : line.waist,
                        line.beside);
  }
  text += fmt::format("\n{:<5} {:>5} {:>5} {:>6} {:>11}  {}\n", "code", "rec.", "sim.", "KS", "forest says",
                      "simulated medians within the recorded 25-75 %, and those that are not");
  for (const ActivityComparison& activity : fidelity.activities) {
    text += fmt::format("{:<5} {:>5} {:>5} {:>6.3f} {:>11}  {}\n", activity.code, activity.recorded, activity.simulated,
                        KsOver(activity), Rates(fidelity.transfer, activity.code), Inside(activity));
  }
  if (!setup.not_compared.empty()) text += fmt::format("\nnot compared: {}\n", fmt::join(setup.not_compared, ", "));
  if (setup.skipped + setup.errors > 0) {
    text += fmt::format("{} simulated cases were not what their scenario promises, {} went wrong\n", setup.skipped,
                        setup.errors);
  }
  return text;
}

}  // namespace stunt::fidelity
