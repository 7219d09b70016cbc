#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "stunt/calibration/calibrate.h"

namespace stunt::calibration {

/// calibrated.yaml: the fitted distributions for a person to review and copy, and how they came about.
[[nodiscard]] std::string CalibratedYaml(const Plan& plan, const FitSpace& space, const Record& record);

/// trajectory.csv: every point that was tried, with numbers that read back to the same bits.
[[nodiscard]] std::string TrajectoryCsv(const Plan& plan, const std::vector<Tried>& tried);

/// For a terminal: before and after, on both halves, and what moved.
[[nodiscard]] std::string CalibrationTable(const Plan& plan, const FitSpace& space, const Record& record);

/// What the run of this digest that left `folder` has tried.
/// @throws trace::InputError if there is none, or it was another run.
[[nodiscard]] std::vector<Tried> ReadTrajectory(const std::filesystem::path& folder, const Plan& plan,
                                                const std::string& run);

}  // namespace stunt::calibration
