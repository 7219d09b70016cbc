#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <filesystem>
#include <string_view>

namespace stunt::datasets {

/// A file that appears whole or not at all: it is written beside its place, synced (file and folder) and renamed.
/// What was not committed is removed with the object. An older file of that name stays until Commit.
class AtomicFile {
 public:
  /// The folder of `path` must exist.
  [[nodiscard]] static absl::StatusOr<AtomicFile> Create(std::filesystem::path path);

  AtomicFile(AtomicFile&& other) noexcept;
  AtomicFile& operator=(AtomicFile&& other) noexcept;
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;
  ~AtomicFile();

  [[nodiscard]] absl::Status Append(std::string_view bytes);

  /// Once; afterwards the object is empty.
  [[nodiscard]] absl::Status Commit();

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  /// Where the bytes are until Commit, for a library that writes files by name. It may empty the file, not replace it.
  [[nodiscard]] const std::filesystem::path& beside() const { return beside_; }

 private:
  AtomicFile(std::filesystem::path path, std::filesystem::path beside, int descriptor)
      : path_(std::move(path)), beside_(std::move(beside)), descriptor_(descriptor) {}
  void Discard() noexcept;

  std::filesystem::path path_;
  std::filesystem::path beside_;
  int descriptor_ = -1;
};

/// Writes `bytes` as the whole of `path`.
[[nodiscard]] absl::Status WriteFileAtomically(const std::filesystem::path& path, std::string_view bytes);

}  // namespace stunt::datasets
