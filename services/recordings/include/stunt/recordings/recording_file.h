#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "stunt/recordings/description.h"
#include "stunt/trace/recording.h"

namespace stunt::recordings {

/// A channel of a case, without its samples.
struct ChannelSummary {
  trace::ChannelSpec spec;
  std::string frame;      // "S", or "none"
  std::string axes;       // "x,y,z"
  std::string datasheet;  // JSON, as DeviceDescription::channels
  std::uint64_t samples = 0;
  std::uint64_t clean_samples = 0;
  std::int64_t first_ns = 0;  // times of the first and last degraded sample, on the channel's clock; 0 without samples
  std::int64_t last_ns = 0;
};

/// A case, without its samples and poses.
struct CaseSummary {
  trace::CaseInfo info;
  std::string skip_reason;
  Provenance provenance;
  std::vector<DeviceDescription> devices;
  std::vector<ChannelSummary> channels;
  std::uint64_t pose_frames = 0;
};

struct FileSummary {
  std::string program;  // that wrote the file
  std::uint64_t bytes = 0;
  std::vector<CaseSummary> cases;  // in the order of their ids
};

// Everything below opens the file in a child process with limited memory and time, so that a file that was made to
// break HDF5 takes down the child alone; what comes back is checked. All throw trace::InputError for what is no file of
// ours, is truncated, damaged or too large. Safe to call from several threads, as long as none writes recordings.

/// True if the name says that it is such a file: it ends in ".h5".
[[nodiscard]] bool IsRecordingName(const std::filesystem::path& path);

[[nodiscard]] FileSummary Inspect(const std::filesystem::path& path);

/// Ids of the cases in a file, in the order of their names.
[[nodiscard]] std::vector<std::string> CaseIds(const std::filesystem::path& path);

/// One case with all samples of one signal. Channels that do not have that signal are left out.
[[nodiscard]] trace::Recording Load(const std::filesystem::path& path, std::string_view case_id,
                                    Signal signal = Signal::kDegraded);

/// Poses of one case; of no frames where the file has none.
[[nodiscard]] trace::PoseBlock LoadPose(const std::filesystem::path& path, std::string_view case_id);

}  // namespace stunt::recordings
