#pragma once

#include <absl/status/statusor.h>

#include "stunt/scenarios/cases.h"
#include "stunt/scenarios/simulator.h"
#include "stunt/trace/recording.h"

namespace stunt::cli {

/// What a run knows of a case before its recording exists.
[[nodiscard]] trace::CaseInfo InfoOf(const scenarios::Case& simulated);

/// Simulates a case of a sweep.
/// @returns  FAILED_PRECONDITION if the body did not do what the scenario promises.
/// @throws   trace::InputError; motion_models::PerformError where the simulated body went wrong.
[[nodiscard]] absl::StatusOr<trace::Recording> Synthesize(const scenarios::Simulator& simulator,
                                                          const scenarios::Case& simulated);

}  // namespace stunt::cli
