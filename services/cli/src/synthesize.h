#pragma once

#include <absl/status/statusor.h>

#include "stunt/scenarios/cases.h"
#include "stunt/trace/recording.h"

namespace stunt::cli {

/// What a run knows of a case before its recording exists.
[[nodiscard]] trace::CaseInfo InfoOf(const scenarios::Case& simulated);

/// Moves the body of a case and senses it.
/// @returns  FAILED_PRECONDITION if the case is not what its scenario promises, INTERNAL if the simulation fails.
/// @throws   trace::InputError
[[nodiscard]] absl::StatusOr<trace::Recording> Synthesize(const scenarios::Case& simulated);

}  // namespace stunt::cli
