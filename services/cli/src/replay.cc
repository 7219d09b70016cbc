#include <fmt/format.h>

#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "commands.h"
#include "run_and_report.h"
#include "stunt/datasets/recording_set.h"
#include "stunt/reports/safe_text.h"
#include "stunt/trace/input_error.h"

namespace stunt::cli {
namespace {

struct ReplayFlags {
  std::vector<std::filesystem::path> paths;
  std::optional<std::filesystem::path> mapping;
  RunFlags run;
};

// Which set, and which file of it, a case is.
struct Place {
  std::size_t set = 0;
  std::size_t file = 0;
};

std::string CaseIdOf(const std::filesystem::path& file) {
  std::string name = file.filename().string();
  return name.substr(0, name.find('.'));
}

sweeps::CaseSet CasesOf(std::shared_ptr<const std::vector<datasets::RecordingSet>> sets) {
  sweeps::CaseSet cases;
  std::vector<Place> places;
  for (std::size_t set = 0; set < sets->size(); ++set) {
    for (std::size_t file = 0; file < (*sets)[set].size(); ++file) {
      trace::CaseInfo info;
      info.case_id = CaseIdOf((*sets)[set].file(file));
      info.scope = trace::Scope::kRecordedHuman;
      cases.cases.push_back(std::move(info));
      places.push_back({set, file});
    }
  }
  cases.make = [sets = std::move(sets), places = std::move(places)](std::size_t i) -> absl::StatusOr<trace::Recording> {
    return (*sets)[places[i].set].Load(places[i].file);
  };
  return cases;
}

int Replay(const ReplayFlags& flags) {
  auto sets = std::make_shared<std::vector<datasets::RecordingSet>>();
  reports::RunSetup setup;
  setup.kind = "replay";
  for (const std::filesystem::path& path : flags.paths) {
    sets->push_back(datasets::RecordingSet::Open(path, flags.mapping));
    setup.name += (setup.name.empty() ? "" : ", ") + sets->back().explained_by();
    if (!sets->back().unmatched().empty()) {
      fmt::print(stderr, "stunt: {}: left out {} CSV files that no mapping explains, the first: {}\n",
                 reports::SafeText(path.string()), sets->back().unmatched().size(),
                 reports::SafeText(sets->back().unmatched().front().filename().string()));
    }
  }
  return RunAndReport(CasesOf(std::move(sets)), std::move(setup), {}, flags.run);
}

}  // namespace

void AddReplay(CLI::App& program, Action& action) {
  CLI::App* command =
      program.add_subcommand("replay", "Runs recorded or simulated traces through a detector and scores it");
  auto flags = std::make_shared<ReplayFlags>();
  command->add_option("recording", flags->paths, "CSV files, truth files or folders of them")->required();
  command->add_option("--mapping", flags->mapping, "says what the files of a folder are; see services/datasets");
  AddRunFlags(*command, flags->run);
  command->callback([flags, &action] { action = [flags] { return Replay(*flags); }; });
}

}  // namespace stunt::cli
