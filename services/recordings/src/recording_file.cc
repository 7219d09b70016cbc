#include "stunt/recordings/recording_file.h"

#include <fmt/format.h>

#include <exception>
#include <system_error>

#include "child_process.h"
#include "hdf5_reader.h"
#include "message.h"
#include "stunt/trace/input_error.h"

namespace stunt::recordings {
namespace {

using internal::Hdf5Reader;

/// Seconds of CPU for a file: far more than it takes (0.02 s a MB), and some to begin with.
unsigned TimeFor(const std::filesystem::path& path) {
  constexpr unsigned kLeast = 5;
  constexpr std::uintmax_t kBytesPerSecond = 1'000'000;
  std::error_code error;
  const std::uintmax_t bytes = std::filesystem::file_size(path, error);
  return error ? kLeast : kLeast + static_cast<unsigned>(bytes / kBytesPerSecond);
}

/// What `read` gets from the file, in a child.
template <typename Content, typename Read>
Content Guarded(const std::filesystem::path& path, const Read& read) {
  const std::string name = path.string();
  const std::string answer =
      internal::RunInChild(name, TimeFor(path), [&] { return internal::Pack(read(Hdf5Reader(path))); });
  try {
    return internal::Unpack<Content>(answer);
  } catch (const std::exception& error) {
    throw trace::InputError(
        fmt::format("{}: reading it broke the reader ({}); the file is damaged", name, error.what()));
  }
}

void CheckChannels(const trace::Recording& recording, const std::string& name) {
  for (const trace::ChannelTrace& channel : recording.channels) {
    const trace::SampleBlock& samples = channel.samples;
    const bool whole = samples.axes > 0 && samples.axes == channel.spec.axes &&
                       samples.values.size() % static_cast<std::size_t>(samples.axes) == 0;
    const bool timed = whole && (samples.time_offsets_ns.empty() || samples.time_offsets_ns.size() == samples.size());
    if (!timed) throw trace::InputError(fmt::format("{}: reading it broke the reader; the file is damaged", name));
  }
}

}  // namespace

bool IsRecordingName(const std::filesystem::path& path) { return path.extension() == ".h5"; }

FileSummary Inspect(const std::filesystem::path& path) {
  return Guarded<FileSummary>(path, [](const Hdf5Reader& reader) { return reader.Summary(); });
}

std::vector<std::string> CaseIds(const std::filesystem::path& path) {
  return Guarded<std::vector<std::string>>(path, [](const Hdf5Reader& reader) { return reader.CaseIds(); });
}

trace::Recording Load(const std::filesystem::path& path, std::string_view case_id, Signal signal) {
  trace::Recording recording =
      Guarded<trace::Recording>(path, [&](const Hdf5Reader& reader) { return reader.Load(case_id, signal); });
  CheckChannels(recording, path.string());
  return recording;
}

trace::PoseBlock LoadPose(const std::filesystem::path& path, std::string_view case_id) {
  return Guarded<trace::PoseBlock>(path, [&](const Hdf5Reader& reader) { return reader.LoadPose(case_id); });
}

}  // namespace stunt::recordings
