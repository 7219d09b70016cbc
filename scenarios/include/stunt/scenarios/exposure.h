#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "stunt/scenarios/data_folders.h"

namespace stunt::scenarios {

/// Hours a day that a person who wears the device spends in each activity. It turns false alarms per hour of each
/// activity into false alarms a day; without one the mix of a suite's trials would decide.
struct ExposureProfile {
  std::string id;  // with its version: "office_day_v1"
  std::string description;
  std::vector<std::string> source;              // where the hours are from
  std::map<std::string, double> hours_per_day;  // scenario id → h; more than 0 and at most 24 in all
};

/// Reads a profile. File schema stunt.exposure/v1.
/// @throws trace::InputError also for a scenario that is in none of the folders.
[[nodiscard]] ExposureProfile LoadExposureProfile(const std::filesystem::path& file, const DataFolders& folders);

}  // namespace stunt::scenarios
