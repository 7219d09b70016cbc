#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <filesystem>
#include <string_view>

namespace stunt::sweeps {

enum class IfPresent { kRefuse, kReplace };  // --overwrite

/// A folder of results that appears whole or not at all: written beside its place, synced and renamed. What was not
/// committed is removed with the object; an older result of that name stays until Commit.
class ResultFolder {
 public:
  /// Nothing is created in the place itself before Commit.
  ///
  /// kReplace takes the place of an earlier result only (a folder with a results.json or its like), so that a slip of
  /// the hand does not cost a user's own folder.
  ///
  /// @throws trace::InputError if `path` may not be written: it is a file, a non-empty folder that is not to be
  ///         replaced, or lies where nothing can be created.
  [[nodiscard]] static absl::StatusOr<ResultFolder> Create(std::filesystem::path path, IfPresent if_present);

  ResultFolder(ResultFolder&& other) noexcept;
  ResultFolder& operator=(ResultFolder&& other) noexcept;
  ResultFolder(const ResultFolder&) = delete;
  ResultFolder& operator=(const ResultFolder&) = delete;
  ~ResultFolder();

  /// Writes `bytes` as the whole of the file `name`, synced.
  [[nodiscard]] absl::Status Write(std::string_view name, std::string_view bytes);

  /// Once, after the last Write.
  [[nodiscard]] absl::Status Commit();

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  /// Where the files are until Commit, for those who write them by name, and synced.
  [[nodiscard]] const std::filesystem::path& beside() const { return beside_; }

 private:
  ResultFolder(std::filesystem::path path, std::filesystem::path beside)
      : path_(std::move(path)), beside_(std::move(beside)) {}
  void Discard() noexcept;

  std::filesystem::path path_;
  std::filesystem::path beside_;
};

/// Checks what Create checks and leaves nothing behind: refuse before hours of work, not after.
/// @throws trace::InputError
void CheckMayWrite(const std::filesystem::path& path, IfPresent if_present);

}  // namespace stunt::sweeps
