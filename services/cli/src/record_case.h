#pragma once

#include <absl/status/statusor.h>

#include <filesystem>
#include <map>
#include <string>

#include "stunt/scenarios/cases.h"
#include "stunt/scenarios/simulator.h"

namespace stunt::cli {

/// Simulates a case and writes it as HDF5 while it runs: devices' samples, clean and degraded, truth and provenance.
/// @param inputs  the files that made the case, by what they are: "scenario".
/// @returns the case as it ended, without samples. CANCELLED after SIGINT or SIGTERM.
/// @throws  as Simulator::Stream.
[[nodiscard]] absl::StatusOr<scenarios::Simulated> RecordCase(
    const scenarios::Simulator& simulator, const scenarios::Case& c,
    const std::map<std::string, std::filesystem::path>& inputs, const std::filesystem::path& out);

}  // namespace stunt::cli
