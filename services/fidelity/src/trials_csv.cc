#include <fmt/format.h>

#include "stunt/fidelity/report.h"

namespace stunt::fidelity {

std::string TrialsCsv(const std::vector<Trial>& recorded, const std::vector<Trial>& simulated) {
  std::string csv = "side,code,subject,label";
  for (std::size_t i = 0; i < metrics::kFeatures; ++i) {
    csv += fmt::format(",{}", metrics::Name(static_cast<metrics::Feature>(i)));
  }
  csv += '\n';
  const auto add = [&](const char* side, const std::vector<Trial>& trials) {
    for (const Trial& trial : trials) {
      csv += fmt::format("{},{},{},{}", side, trial.code, trial.subject_id, trial.fall ? "fall" : "adl");
      for (const double value : trial.features) csv += fmt::format(",{:.4g}", value);
      csv += '\n';
    }
  };
  add("recorded", recorded);
  add("simulated", simulated);
  return csv;
}

}  // namespace stunt::fidelity
