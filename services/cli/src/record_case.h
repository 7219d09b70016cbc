#pragma once

#include <absl/status/statusor.h>

#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "stunt/scenarios/cases.h"
#include "stunt/scenarios/simulator.h"

namespace stunt::cli {

/// Simulates cases and writes them into one HDF5 file while they run: devices' samples, clean and degraded, truth and
/// provenance. The file appears when all of them are in it.
/// @param inputs  the files that made the cases, by what they are: "scenario".
/// @returns the cases as they ended, without samples. CANCELLED after SIGINT or SIGTERM.
/// @throws  as Simulator::Stream.
[[nodiscard]] absl::StatusOr<std::vector<scenarios::Simulated>> RecordCases(
    const scenarios::Simulator& simulator, std::span<const scenarios::Case> cases,
    const std::map<std::string, std::filesystem::path>& inputs, const std::filesystem::path& out);

}  // namespace stunt::cli
