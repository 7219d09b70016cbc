#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace stunt::scenarios {

/// Where the data files are. A root holds scenarios/{catalog,suites,populations,exposure}/ and motion_models/data/, in
/// the source tree as well as installed.
///
/// Things are named by id (looked up in the roots, first hit wins) or by a path that ends in .yaml.
class DataFolders {
 public:
  explicit DataFolders(std::vector<std::filesystem::path> roots) : roots_(std::move(roots)) {}

  /// In this order: the environment variable STUNT_DATA_DIR; the nearest root above `beside`; the nearest root above
  /// the running program, or share/stuntdouble beside one of the folders above it.
  /// @param beside  a file or folder that the user named; may be empty.
  [[nodiscard]] static DataFolders Find(const std::filesystem::path& beside);

  /// @param beside  folder that relative paths start from; empty: the working folder.
  /// @throws trace::InputError that names the nearest id.
  [[nodiscard]] std::filesystem::path Scenario(std::string_view name, const std::filesystem::path& beside = {}) const;
  [[nodiscard]] std::filesystem::path Suite(std::string_view name, const std::filesystem::path& beside = {}) const;
  [[nodiscard]] std::filesystem::path Population(std::string_view name, const std::filesystem::path& beside = {}) const;
  [[nodiscard]] std::filesystem::path Exposure(std::string_view name, const std::filesystem::path& beside = {}) const;
  [[nodiscard]] std::filesystem::path Motion(std::string_view name, const std::filesystem::path& beside = {}) const;

  /// Ids of everything of a kind in the roots, sorted.
  [[nodiscard]] std::vector<std::string> ScenarioIds() const;
  [[nodiscard]] std::vector<std::string> SuiteIds() const;
  [[nodiscard]] std::vector<std::string> PopulationIds() const;

  [[nodiscard]] const std::vector<std::filesystem::path>& roots() const { return roots_; }

 private:
  std::vector<std::filesystem::path> roots_;
};

}  // namespace stunt::scenarios
