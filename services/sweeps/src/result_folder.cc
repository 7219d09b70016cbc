#include "stunt/sweeps/result_folder.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <stdio.h>  // renameat2 is no part of <cstdio>
#include <stdlib.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <system_error>
#include <utility>

#include "stunt/datasets/atomic_file.h"
#include "stunt/trace/input_error.h"

namespace stunt::sweeps {
namespace {

namespace fs = std::filesystem;

absl::Status ErrnoStatus(std::string_view what, const fs::path& path) {
  const int code = errno;
  return absl::ErrnoToStatus(code, fmt::format("{} {}", what, path.string()));
}

absl::Status SyncFolder(const fs::path& folder) {
  const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return ErrnoStatus("cannot open", folder);
  const int synced = ::fsync(descriptor);
  absl::Status status = synced == 0 ? absl::OkStatus() : ErrnoStatus("cannot sync", folder);
  ::close(descriptor);
  return status;
}

fs::path ParentOf(const fs::path& path) { return path.has_parent_path() ? path.parent_path() : fs::path("."); }

// "results/" is "results"
fs::path WithoutSlash(const fs::path& path) { return path.has_filename() ? path : path.parent_path(); }

// Tries to make a folder where the results will lie, or in the nearest folder above that is there.
void CheckMayCreate(const fs::path& path) {
  std::error_code error;
  fs::path folder = ParentOf(fs::absolute(path, error));
  while (!fs::exists(folder, error) && folder.has_relative_path()) folder = folder.parent_path();
  std::string probe = (folder / ".stunt-XXXXXX").string();
  if (::mkdtemp(probe.data()) == nullptr) {
    const int code = errno;
    throw trace::InputError(fmt::format("-o {}: cannot write in {}: {}", path.string(), folder.string(),
                                        std::generic_category().message(code)));
  }
  ::rmdir(probe.c_str());
}

}  // namespace

void CheckMayWrite(const fs::path& path, IfPresent if_present) {
  CheckMayCreate(WithoutSlash(path));
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (status.type() == fs::file_type::not_found) return;
  if (status.type() != fs::file_type::directory) {
    throw trace::InputError(fmt::format("-o {}: is there and no folder; name a folder for the results", path.string()));
  }
  const bool empty = fs::is_empty(path, error);
  if (error) throw trace::InputError(fmt::format("-o {}: cannot be read: {}", path.string(), error.message()));
  if (empty) return;
  if (if_present == IfPresent::kRefuse) {
    throw trace::InputError(fmt::format("-o {}: is not empty; name another folder or give --overwrite", path.string()));
  }
  const auto holds = [&](const char* name) { return fs::exists(path / name, error); };
  if (!holds("results.json") && !holds("fidelity.json") && !holds("calibrated.yaml")) {
    throw trace::InputError(fmt::format(
        "-o {}: holds no results.json, fidelity.json or calibrated.yaml, so --overwrite does not replace it",
        path.string()));
  }
}

absl::StatusOr<ResultFolder> ResultFolder::Create(fs::path path, IfPresent if_present) {
  path = WithoutSlash(path);
  CheckMayWrite(path, if_present);
  std::error_code error;
  fs::create_directories(ParentOf(path), error);
  if (error) return absl::ErrnoToStatus(error.value(), "cannot create " + ParentOf(path).string());
  std::string beside = path.string() + ".tmp-XXXXXX";
  if (::mkdtemp(beside.data()) == nullptr) return ErrnoStatus("cannot create", beside);
  fs::permissions(beside,
                  fs::perms::group_read | fs::perms::group_exec | fs::perms::others_read | fs::perms::others_exec,
                  fs::perm_options::add, error);
  return ResultFolder(std::move(path), std::move(beside));
}

ResultFolder::ResultFolder(ResultFolder&& other) noexcept
    : path_(std::move(other.path_)), beside_(std::exchange(other.beside_, {})) {}

ResultFolder& ResultFolder::operator=(ResultFolder&& other) noexcept {
  if (this != &other) {
    Discard();
    path_ = std::move(other.path_);
    beside_ = std::exchange(other.beside_, {});
  }
  return *this;
}

ResultFolder::~ResultFolder() { Discard(); }

void ResultFolder::Discard() noexcept {
  if (beside_.empty()) return;
  std::error_code ignored;
  fs::remove_all(beside_, ignored);
  beside_.clear();
}

absl::Status ResultFolder::Write(std::string_view name, std::string_view bytes) {
  return datasets::WriteFileAtomically(beside_ / name, bytes);
}

absl::Status ResultFolder::Commit() {
  if (absl::Status status = SyncFolder(beside_); !status.ok()) return status;
  // An older result and the new one change places in one step; the older one is then removed.
  const bool exchanged = ::renameat2(AT_FDCWD, beside_.c_str(), AT_FDCWD, path_.c_str(), RENAME_EXCHANGE) == 0;
  if (!exchanged) {
    if (errno != ENOENT) return ErrnoStatus("cannot replace", path_);
    if (::rename(beside_.c_str(), path_.c_str()) != 0) return ErrnoStatus("cannot rename to", path_);
    beside_.clear();
  }
  Discard();
  return SyncFolder(ParentOf(path_));
}

}  // namespace stunt::sweeps
