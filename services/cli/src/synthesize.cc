#include "synthesize.h"

#include <utility>

namespace stunt::cli {

trace::CaseInfo InfoOf(const scenarios::Case& simulated) {
  trace::CaseInfo info;
  info.case_id = simulated.case_id;
  info.scenario_id = simulated.scenario_id;
  info.label = simulated.label;
  info.subject_id = simulated.subject.id;
  info.scope = trace::Scope::kSimulatedPopulation;
  info.tags = simulated.tags;
  return info;
}

absl::StatusOr<trace::Recording> Synthesize(const scenarios::Simulator& simulator, const scenarios::Case& simulated) {
  scenarios::Simulated result = simulator.Run(simulated);
  if (!result.skip_reason.empty()) return absl::FailedPreconditionError(result.skip_reason);
  return std::move(result.recording);
}

}  // namespace stunt::cli
