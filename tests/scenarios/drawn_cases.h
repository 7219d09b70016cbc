#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "stunt/scenarios/cases.h"
#include "stunt/scenarios/data_folders.h"

namespace stunt::scenarios::test {

/// Cases without end: every scenario of the catalogue in turn, by younger and older people in turn.
class DrawnCases {
 public:
  /// @param label  of the scenarios; empty: all
  explicit DrawnCases(const std::string& label = "") {
    for (const std::string& id : folders_.ScenarioIds()) {
      Scenario scenario = LoadScenario(folders_.Scenario(id), folders_);
      if (!label.empty() && scenario.label != label) continue;
      declarations_.push_back(motion_models::ReadParameterBlock(scenario.motion_file));
      scenarios_.push_back(std::move(scenario));
    }
  }

  [[nodiscard]] std::uint64_t scenarios() const { return scenarios_.size(); }

  [[nodiscard]] Case Make(std::uint64_t i) const {
    const std::size_t which = i % scenarios_.size();
    CaseRequest request;
    request.scenario = &scenarios_[which];
    request.variant = i / scenarios_.size();
    request.suite_seed = kSeed;
    request.subject = DrawSubject(request.variant % 2 == 0 ? adults_ : older_, SubjectKey(kSeed), i);
    return MakeCase(request, declarations_[which]);
  }

 private:
  static constexpr std::uint64_t kSeed = 20261127;
  DataFolders folders_{{std::filesystem::path(STUNT_SOURCE_DIR)}};
  std::vector<Scenario> scenarios_;
  std::vector<std::vector<motion_models::ParameterDecl>> declarations_;
  Population adults_ = LoadPopulation(folders_.Population("adults"));
  Population older_ = LoadPopulation(folders_.Population("older_adults"));
};

/// A number of cases from the environment, as the nightly run asks for more.
inline std::uint64_t CountFrom(const char* variable, std::uint64_t otherwise) {
  const char* asked = std::getenv(variable);
  return asked != nullptr ? std::strtoull(asked, nullptr, 10) : otherwise;
}

inline std::string TextFrom(const char* variable, const char* otherwise) {
  const char* asked = std::getenv(variable);
  return asked != nullptr ? asked : otherwise;
}

/// Calls work(0) … work(count − 1), each once, from as many threads as there are cores.
template <typename Work>
void OnAllCores(std::uint64_t count, const Work& work) {
  std::atomic<std::uint64_t> next = 0;
  std::vector<std::jthread> threads;
  for (unsigned i = 0; i < std::max(1u, std::thread::hardware_concurrency()); ++i) {
    threads.emplace_back([&] {
      for (std::uint64_t k = next++; k < count; k = next++) work(k);
    });
  }
}

}  // namespace stunt::scenarios::test
