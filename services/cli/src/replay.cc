#include <fmt/format.h>

#include <cstdio>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "commands.h"
#include "complain.h"
#include "exit_code.h"
#include "run_and_report.h"
#include "stunt/datasets/recording_set.h"
#include "stunt/recordings/recording_file.h"
#include "stunt/reports/safe_text.h"

namespace stunt::cli {
namespace {

struct ReplayFlags {
  std::vector<std::filesystem::path> paths;
  std::optional<std::filesystem::path> mapping;
  RunFlags run;
};

// Where the recordings of a run come from, one entry a case.
struct Source {
  trace::CaseInfo info;
  std::function<trace::Recording()> load;
};

trace::CaseInfo CaseOf(std::string case_id) {
  trace::CaseInfo info;
  info.case_id = std::move(case_id);
  info.scope = trace::Scope::kRecordedHuman;
  return info;
}

std::string CaseIdOf(const std::filesystem::path& file) {
  std::string name = file.filename().string();
  return name.substr(0, name.find('.'));
}

// Adds the cases of a CSV file, a truth file or a folder; returns what explained them.
std::string AddCsv(const std::filesystem::path& path, const ReplayFlags& flags, std::vector<Source>& sources) {
  const auto set = std::make_shared<const datasets::RecordingSet>(datasets::RecordingSet::Open(path, flags.mapping));
  if (!set->unmatched().empty()) {
    static_cast<void>(
        Complain(fmt::format("{}: left out {} CSV files that no mapping explains, the first: {}", path.string(),
                             set->unmatched().size(), set->unmatched().front().filename().string()),
                 kSuccess));
  }
  for (std::size_t i = 0; i < set->size(); ++i) {
    sources.push_back({CaseOf(CaseIdOf(set->file(i))), [set, i] { return set->Load(i); }});
  }
  return set->explained_by();
}

std::string AddHdf5(const std::filesystem::path& path, std::vector<Source>& sources) {
  for (const std::string& case_id : recordings::CaseIds(path)) {
    sources.push_back({CaseOf(case_id), [path, case_id] { return recordings::Load(path, case_id); }});
  }
  return path.filename().string();
}

int Replay(const ReplayFlags& flags) {
  std::vector<Source> sources;
  reports::RunSetup setup;
  setup.kind = "replay";
  for (const std::filesystem::path& path : flags.paths) {
    const std::string name = recordings::IsRecordingName(path) ? AddHdf5(path, sources) : AddCsv(path, flags, sources);
    setup.name += (setup.name.empty() ? "" : ", ") + name;
  }
  sweeps::CaseSet cases;
  for (const Source& source : sources) cases.cases.push_back(source.info);
  cases.make = [sources = std::move(sources)](std::size_t i) -> absl::StatusOr<trace::Recording> {
    return sources[i].load();
  };
  return RunAndReport(std::move(cases), std::move(setup), {}, flags.run);
}

}  // namespace

void AddReplay(CLI::App& program, Action& action) {
  CLI::App* command =
      program.add_subcommand("replay", "Runs recorded or simulated traces through a detector and scores it");
  auto flags = std::make_shared<ReplayFlags>();
  command->add_option("recording", flags->paths, "HDF5 files (.h5), CSV files, truth files or folders of them")
      ->required();
  command->add_option("--mapping", flags->mapping, "says what the files of a folder are; see services/datasets");
  AddRunFlags(*command, flags->run);
  command->callback([flags, &action] { action = [flags] { return Replay(*flags); }; });
}

}  // namespace stunt::cli
