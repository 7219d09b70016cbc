#include "stunt/scenarios/data_folders.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <set>
#include <system_error>

#include "stunt/motion_models/strict_yaml.h"
#include "stunt/trace/input_error.h"

namespace stunt::scenarios {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kCatalog = "scenarios/catalog";
constexpr std::string_view kSuites = "scenarios/suites";
constexpr std::string_view kPopulations = "scenarios/populations";
constexpr std::string_view kExposure = "scenarios/exposure";
constexpr std::string_view kMotions = "motion_models/data";

bool IsFolder(const fs::path& path) {
  std::error_code error;
  return fs::is_directory(path, error);
}

bool IsRoot(const fs::path& path) { return IsFolder(path / kCatalog); }

void AddNearestRoot(fs::path from, std::vector<fs::path>& roots) {
  std::error_code error;
  from = fs::weakly_canonical(from, error);
  for (fs::path folder = from; !error; folder = folder.parent_path()) {
    for (const fs::path& candidate : {folder, folder / "share" / "stuntdouble"}) {
      if (!IsRoot(candidate)) continue;
      if (std::find(roots.begin(), roots.end(), candidate) == roots.end()) roots.push_back(candidate);
      return;
    }
    if (folder == folder.root_path() || folder.empty()) return;
  }
}

std::vector<std::string> Ids(const std::vector<fs::path>& roots, std::string_view kind) {
  std::set<std::string> ids;
  for (const fs::path& root : roots) {
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(root / kind, error)) {
      if (entry.path().extension() == ".yaml") ids.insert(entry.path().stem().string());
    }
  }
  return {ids.begin(), ids.end()};
}

fs::path Look(const std::vector<fs::path>& roots, std::string_view kind, std::string_view what, std::string_view name,
              const fs::path& beside) {
  const fs::path as_path(name);
  if (as_path.extension() == ".yaml") return as_path.is_absolute() ? as_path : beside / as_path;
  if (motion_models::IsId(name)) {
    for (const fs::path& root : roots) {
      fs::path file = root / kind / fmt::format("{}.yaml", name);
      std::error_code error;
      if (fs::is_regular_file(file, error)) return file;
    }
  }
  if (roots.empty()) {
    throw trace::InputError(
        fmt::format("no {} '{}': the data folder was not found (accepted: a path that ends in .yaml, "
                    "or an id with STUNT_DATA_DIR set)",
                    what, name));
  }
  throw trace::InputError(fmt::format("no {} '{}' in {}, nor is it a path that ends in .yaml {}", what, name,
                                      (roots.front() / kind).string(),
                                      motion_models::AcceptedWords(name, Ids(roots, kind))));
}

}  // namespace

DataFolders DataFolders::Find(const fs::path& beside) {
  std::vector<fs::path> roots;
  if (const char* const given = std::getenv("STUNT_DATA_DIR"); given != nullptr && *given != '\0') {
    if (!IsRoot(given)) {
      throw trace::InputError(fmt::format("STUNT_DATA_DIR={}: accepted: a folder that holds {}", given, kCatalog));
    }
    roots.emplace_back(given);
  }
  if (!beside.empty()) AddNearestRoot(fs::absolute(beside), roots);
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  if (!error) AddNearestRoot(program.parent_path(), roots);
  return DataFolders(std::move(roots));
}

fs::path DataFolders::Scenario(std::string_view name, const fs::path& beside) const {
  return Look(roots_, kCatalog, "scenario", name, beside);
}
fs::path DataFolders::Suite(std::string_view name, const fs::path& beside) const {
  return Look(roots_, kSuites, "suite", name, beside);
}
fs::path DataFolders::Population(std::string_view name, const fs::path& beside) const {
  return Look(roots_, kPopulations, "population", name, beside);
}
fs::path DataFolders::Exposure(std::string_view name, const fs::path& beside) const {
  return Look(roots_, kExposure, "exposure profile", name, beside);
}
fs::path DataFolders::Motion(std::string_view name, const fs::path& beside) const {
  return Look(roots_, kMotions, "motion", name, beside);
}

std::vector<std::string> DataFolders::ScenarioIds() const { return Ids(roots_, kCatalog); }
std::vector<std::string> DataFolders::SuiteIds() const { return Ids(roots_, kSuites); }
std::vector<std::string> DataFolders::PopulationIds() const { return Ids(roots_, kPopulations); }

}  // namespace stunt::scenarios
