#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <filesystem>
#include <string_view>
#include <vector>

#include "stunt/trace/recording.h"

namespace stunt::datasets {

/// The header of the files that WriteCsvRecording writes; the gyroscope's columns are left out for a device without
/// one.
inline constexpr std::string_view kCsvHeader = "t_ns,ax_mps2,ay_mps2,az_mps2,gx_radps,gy_radps,gz_radps";

/// Writes a recording: one CSV file a device, and beside them a JSON file with the case and its truth.
///
/// `out` is "NAME.csv". A recording of one device becomes NAME.csv and NAME.truth.json; one of several devices becomes
/// NAME_<device>.csv each ('@' and other odd characters of the device turn into '_') and one NAME.truth.json that lists
/// them. Numbers are written as the shortest decimal that reads back to the same bits, so the bytes depend on the
/// recording alone. The truth file appears last: where it is, the samples are whole.
///
/// @returns the files written, truth last. INVALID_ARGUMENT if a row cannot hold the recording: an accelerometer and a
///          gyroscope of one device with different times, two sensors of one kind, no accelerometer, a value that is
///          not finite. Channels of other kinds have no column; the truth file names them under "left_out".
/// @throws  trace::InputError as CheckCsvOut.
[[nodiscard]] absl::StatusOr<std::vector<std::filesystem::path>> WriteCsvRecording(const trace::Recording& recording,
                                                                                   const std::filesystem::path& out);

/// Checks whether WriteCsvRecording may write there, and leaves nothing behind: refuse before the work, not after.
/// @throws trace::InputError if `out` does not end in ".csv" or lies where no file can be created.
void CheckCsvOut(const std::filesystem::path& out);

/// Reads what WriteCsvRecording wrote. `path` is the truth file (every device) or one of its CSV files (that device).
/// @throws trace::InputError with file:line, what is wrong and what is accepted.
[[nodiscard]] trace::Recording ReadCsvRecording(const std::filesystem::path& path);

/// The truth file that belongs to a CSV file: NAME.truth.json for NAME.csv or for NAME_<device>.csv; empty if none.
[[nodiscard]] std::filesystem::path FindTruthFile(const std::filesystem::path& csv);

}  // namespace stunt::datasets
