#include "stunt/datasets/atomic_file.h"

#include <absl/status/status.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <utility>

namespace stunt::datasets {
namespace {

absl::Status Failed(std::string_view what, const std::filesystem::path& path) {
  return absl::ErrnoToStatus(errno, fmt::format("cannot {} {}", what, path.string()));
}

std::filesystem::path FolderOf(const std::filesystem::path& path) {
  return path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
}

absl::Status SyncFolder(const std::filesystem::path& folder) {
  const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return Failed("open folder", folder);
  const bool synced = ::fsync(descriptor) == 0;
  const absl::Status status = synced ? absl::OkStatus() : Failed("sync folder", folder);
  ::close(descriptor);
  return status;
}

}  // namespace

absl::StatusOr<AtomicFile> AtomicFile::Create(std::filesystem::path path) {
  // A name of its own, so that two writers of one file do not write into each other; the last to commit wins.
  constexpr int kMostLeftovers = 1000;
  for (int number = 0; number < kMostLeftovers; ++number) {
    const std::filesystem::path beside =
        FolderOf(path) / fmt::format(".{}.partial{}", path.filename().string(), number);
    const int descriptor = ::open(beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (descriptor >= 0) return AtomicFile(std::move(path), beside, descriptor);
    if (errno != EEXIST) return Failed("create", path);
  }
  return absl::ResourceExhaustedError(fmt::format("too many half-written files beside {}", path.string()));
}

AtomicFile::AtomicFile(AtomicFile&& other) noexcept
    : path_(std::move(other.path_)),
      beside_(std::move(other.beside_)),
      descriptor_(std::exchange(other.descriptor_, -1)) {}

AtomicFile& AtomicFile::operator=(AtomicFile&& other) noexcept {
  if (this != &other) {
    Discard();
    path_ = std::move(other.path_);
    beside_ = std::move(other.beside_);
    descriptor_ = std::exchange(other.descriptor_, -1);
  }
  return *this;
}

AtomicFile::~AtomicFile() { Discard(); }

void AtomicFile::Discard() noexcept {
  if (descriptor_ < 0) return;
  ::close(std::exchange(descriptor_, -1));
  ::unlink(beside_.c_str());
}

absl::Status AtomicFile::Append(std::string_view bytes) {
  if (descriptor_ < 0) return absl::FailedPreconditionError("the file is committed already");
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return Failed("write", path_);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return absl::OkStatus();
}

absl::Status AtomicFile::Commit() {
  if (descriptor_ < 0) return absl::FailedPreconditionError("the file is committed already");
  if (::fsync(descriptor_) != 0) return Failed("sync", path_);
  if (::rename(beside_.c_str(), path_.c_str()) != 0) return Failed("rename into place", path_);
  ::close(std::exchange(descriptor_, -1));
  return SyncFolder(FolderOf(path_));
}

absl::Status WriteFileAtomically(const std::filesystem::path& path, std::string_view bytes) {
  absl::StatusOr<AtomicFile> file = AtomicFile::Create(path);
  if (!file.ok()) return file.status();
  if (absl::Status status = file->Append(bytes); !status.ok()) return status;
  return file->Commit();
}

}  // namespace stunt::datasets
