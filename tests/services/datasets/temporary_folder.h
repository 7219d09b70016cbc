#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "stunt/trace/input_error.h"

namespace stunt::datasets {

/// A folder of its own for each test; removed with everything in it.
class TemporaryFolder : public testing::Test {
 public:
  ~TemporaryFolder() override { std::filesystem::remove_all(folder_); }

 protected:
  TemporaryFolder() {
    const auto* const info = testing::UnitTest::GetInstance()->current_test_info();
    std::string name = std::string("stunt_") + info->name() + "_" + std::to_string(::getpid());
    std::replace(name.begin(), name.end(), '/', '_');  // of a test with parameters
    folder_ = std::filesystem::temp_directory_path() / name;
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
  }

  std::filesystem::path Put(const std::string& name, const std::string& text) const {
    const std::filesystem::path path = folder_ / name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << text;
    return path;
  }

  [[nodiscard]] static std::string Bytes(const std::filesystem::path& path) {
    std::ifstream stream(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
  }

  std::filesystem::path folder_;
};

/// The message of the trace::InputError that `call` throws; fails the test if it throws none.
template <typename Call>
std::string MessageOf(const Call& call) {
  try {
    call();
  } catch (const trace::InputError& error) {
    return error.what();
  }
  ADD_FAILURE() << "no InputError";
  return "";
}

}  // namespace stunt::datasets
