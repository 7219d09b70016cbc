#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "hdf5_handles.h"
#include "stunt/recordings/recording_file.h"

namespace stunt::recordings::internal {

/// Reads a file of recordings in this process; a file that was made to break HDF5 can break it. Every text, shape, type
/// and time is checked.
class Hdf5Reader {
 public:
  /// @throws std::runtime_error that says what is wrong, without the name of the file; so do the others.
  explicit Hdf5Reader(const std::filesystem::path& path);

  [[nodiscard]] FileSummary Summary() const;
  [[nodiscard]] std::vector<std::string> CaseIds() const;
  [[nodiscard]] trace::Recording Load(std::string_view case_id, Signal signal) const;
  [[nodiscard]] trace::PoseBlock LoadPose(std::string_view case_id) const;

 private:
  [[nodiscard]] Handle OpenCase(const std::string& case_id) const;

  Quiet quiet_;
  std::uint64_t bytes_ = 0;
  Handle file_;
  Handle cases_;
};

}  // namespace stunt::recordings::internal
