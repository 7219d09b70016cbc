#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "../motion_models/refusal.h"
#include "stunt/scenarios/data_folders.h"

namespace stunt::scenarios::test {

inline std::filesystem::path FixtureRoot() {
  return std::filesystem::path(STUNT_SOURCE_DIR) / "tests/scenarios/fixtures/root";
}

inline DataFolders Fixture() { return DataFolders({FixtureRoot()}); }

inline std::string ReadText(const std::filesystem::path& path) {
  std::ifstream stream(path);
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

/// A copy of the fixture in which files can be changed; gone with the test.
class ScratchRoot {
 public:
  ScratchRoot()
      : path_(std::filesystem::path(::testing::TempDir()) /
              fmt::format("stunt_{}_{}", ::testing::UnitTest::GetInstance()->current_test_info()->name(), getpid())) {
    std::filesystem::remove_all(path_);
    std::filesystem::copy(FixtureRoot(), path_, std::filesystem::copy_options::recursive);
  }
  ~ScratchRoot() { std::filesystem::remove_all(path_); }
  ScratchRoot(const ScratchRoot&) = delete;
  ScratchRoot& operator=(const ScratchRoot&) = delete;

  /// Replaces the one place where `from` stands.
  void Edit(const std::string& file, const std::string& from, const std::string& to) const {
    std::string text = ReadText(path_ / file);
    const std::size_t at = text.find(from);
    ASSERT_NE(at, std::string::npos) << from;
    text.replace(at, from.size(), to);
    std::ofstream(path_ / file) << text;
  }
  [[nodiscard]] DataFolders folders() const { return DataFolders({path_}); }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

using stunt::test::Refusal;

}  // namespace stunt::scenarios::test
