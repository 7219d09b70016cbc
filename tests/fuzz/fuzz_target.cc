#include "fuzz_target.h"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>

namespace stunt::fuzz {
namespace {

namespace fs = std::filesystem;

struct Folder {
  fs::path path = fs::temp_directory_path() / ("stunt_fuzz_" + std::to_string(getpid()));

  Folder() { fs::create_directories(path); }
  ~Folder() {
    std::error_code error;  // what is left behind is no finding
    fs::remove_all(path, error);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
};

}  // namespace

void Require(bool holds, std::string_view promise) {
  if (holds) return;
  std::fprintf(stderr, "broken promise: %.*s\n", static_cast<int>(promise.size()), promise.data());
  std::abort();
}

fs::path Put(std::string_view name, std::string_view bytes) {
  static const Folder folder;
  fs::path path = folder.path / name;
  std::ofstream stream(path, std::ios::binary | std::ios::trunc);
  stream.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  stream.close();
  Require(!stream.fail(), "the temporary folder takes files");
  return path;
}

}  // namespace stunt::fuzz
