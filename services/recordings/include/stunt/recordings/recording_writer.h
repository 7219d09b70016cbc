#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "stunt/recordings/description.h"
#include "stunt/trace/recording.h"

namespace stunt::recordings {

/// Checks whether a file of recordings may be written there, and leaves nothing behind: refuse before the work.
/// @throws trace::InputError if `out` does not end in ".h5" or lies where no file can be created.
void CheckOut(const std::filesystem::path& out);

/// Writes cases into one HDF5 file, block by block (docs/format.md).
///
/// The file appears whole, at Commit, or not at all. It holds no more in memory than one chunk of each dataset of the
/// case that is open, however long that is. The same calls give the same bytes with the same HDF5 and zlib. After a
/// failed call only the destructor may follow. One thread at a time in a process: HDF5's objects are not shared.
///
///   absl::StatusOr<RecordingWriter> writer = RecordingWriter::Create("four.h5", "stunt 0.1.0");
///   writer->BeginCase(case_id, provenance, devices);
///   writer->AppendSamples(Signal::kDegraded, channels);  // as often as there is something
///   writer->EndCase(info, skip_reason);
///   writer->Commit();
class RecordingWriter {
 public:
  /// @param program  what writes: "stunt 0.1.0".
  [[nodiscard]] static absl::StatusOr<RecordingWriter> Create(const std::filesystem::path& path,
                                                              const std::string& program);

  RecordingWriter(RecordingWriter&&) noexcept;
  RecordingWriter& operator=(RecordingWriter&&) noexcept;
  RecordingWriter(const RecordingWriter&) = delete;
  RecordingWriter& operator=(const RecordingWriter&) = delete;
  ~RecordingWriter();

  /// @param case_id  matches [A-Za-z0-9_.-]+ and is new to the file.
  /// @param devices  every device that samples will come from.
  [[nodiscard]] absl::Status BeginCase(const std::string& case_id, const Provenance& provenance,
                                       std::span<const DeviceDescription> devices);

  /// Samples that follow those of the calls before. A channel begins with its first block.
  /// @returns INVALID_ARGUMENT for a channel of a device that BeginCase did not name, a second channel of one kind,
  ///          times that run backwards, values that are not finite.
  [[nodiscard]] absl::Status AppendSamples(Signal signal, std::span<const trace::ChannelTrace> blocks);
  [[nodiscard]] absl::Status AppendContacts(std::span<const trace::Contact> contacts);
  /// @param block     with as many segments as there are names.
  /// @param segments  names of the segments, the same in every call.
  [[nodiscard]] absl::Status AppendPose(const trace::PoseBlock& block, std::span<const std::string> segments);

  /// @param info         its truth's contacts come after those that AppendContacts got.
  /// @param skip_reason  why no score may rest on the case; empty: it may.
  [[nodiscard]] absl::Status EndCase(const trace::CaseInfo& info, const std::string& skip_reason);

  /// Puts the file into its place. Once, after the last EndCase.
  [[nodiscard]] absl::Status Commit();

 private:
  struct State;
  explicit RecordingWriter(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace stunt::recordings
