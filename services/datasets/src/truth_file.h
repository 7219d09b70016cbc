#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "stunt/trace/channel.h"
#include "stunt/trace/recording.h"

namespace stunt::datasets {

/// One CSV file of a recording: the sensors of one device.
struct DeviceFile {
  std::string file;  // name beside the truth file
  std::uint64_t samples = 0;
  std::vector<trace::ChannelSpec> channels;  // accelerometer, then gyroscope if there is one
};

/// What NAME.truth.json holds: the case, its truth and the CSV files that go with it.
struct TruthFile {
  trace::CaseInfo info;
  std::vector<DeviceFile> files;
  std::vector<std::string> left_out;  // channels that have no column in a CSV file
};

/// The text of a truth file; the same bytes for the same content.
[[nodiscard]] std::string TruthToJson(const TruthFile& truth);

/// @throws trace::InputError that names the file and the key.
[[nodiscard]] TruthFile ReadTruthFile(const std::filesystem::path& path);

}  // namespace stunt::datasets
