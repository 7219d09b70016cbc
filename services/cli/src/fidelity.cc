#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "commands.h"
#include "complain.h"
#include "exit_code.h"
#include "interruption.h"
#include "progress.h"
#include "stunt/datasets/recording_set.h"
#include "stunt/fidelity/report.h"
#include "stunt/fidelity/trials.h"
#include "stunt/scenarios/cases.h"
#include "stunt/scenarios/suite.h"
#include "stunt/sweeps/result_folder.h"
#include "stunt/trace/input_error.h"

namespace stunt::cli {
namespace {

struct FidelityFlags {
  std::filesystem::path real;
  std::optional<std::filesystem::path> mapping;
  std::string suite;
  int jobs = 0;
  std::filesystem::path out;
  bool overwrite = false;
};

/// Codes that both sides have, and what only one has.
struct Common {
  std::set<std::string> codes;
  std::vector<std::string> not_compared;
};

Common CommonCodes(const std::vector<trace::Recording>& recorded, const std::vector<scenarios::Case>& cases,
                   const std::map<std::string, std::string>& code_of) {
  std::set<std::string> real, made, lonely;
  for (const trace::Recording& recording : recorded) real.insert(recording.info.scenario_id);
  for (const scenarios::Case& one : cases) {
    const auto code = code_of.find(one.scenario_id);
    if (code == code_of.end()) {
      lonely.insert(one.scenario_id);
    } else {
      made.insert(code->second);
    }
  }
  Common common;
  std::set_intersection(real.begin(), real.end(), made.begin(), made.end(),
                        std::inserter(common.codes, common.codes.end()));
  std::set_symmetric_difference(real.begin(), real.end(), made.begin(), made.end(),
                                std::back_inserter(common.not_compared));
  common.not_compared.insert(common.not_compared.end(), lonely.begin(), lonely.end());
  return common;
}

absl::Status Write(const FidelityFlags& flags, const std::vector<std::pair<std::string, std::string>>& files) {
  auto folder = sweeps::ResultFolder::Create(
      flags.out, flags.overwrite ? sweeps::IfPresent::kReplace : sweeps::IfPresent::kRefuse);
  if (!folder.ok()) return folder.status();
  for (const auto& [name, bytes] : files) {
    if (absl::Status status = folder->Write(name, bytes); !status.ok()) return status;
  }
  return folder->Commit();
}

int Fidelity(const FidelityFlags& flags) {
  sweeps::CheckMayWrite(flags.out, flags.overwrite ? sweeps::IfPresent::kReplace : sweeps::IfPresent::kRefuse);
  const scenarios::DataFolders folders = scenarios::DataFolders::Find(flags.suite);
  scenarios::Suite suite = scenarios::LoadSuite(folders.Suite(flags.suite), folders);
  const datasets::RecordingSet set = datasets::RecordingSet::Open(flags.real, flags.mapping);
  const datasets::Mapping& mapping = fidelity::MappingOf(set, flags.real);
  suite.devices = {{mapping.device.name, mapping.device.site}};

  const std::map<std::string, std::string> code_of = fidelity::CodesOf(suite, mapping.codes);
  std::vector<trace::Recording> people = fidelity::LoadAll(set);
  std::vector<scenarios::Case> cases = scenarios::Expand(suite);
  const Common common = CommonCodes(people, cases, code_of);
  if (common.codes.empty()) {
    throw trace::InputError(fmt::format("suite {}: none of its scenarios has a code '{}' of which {} has recordings",
                                        suite.id, mapping.codes, flags.real.string()));
  }
  std::vector<fidelity::Trial> recorded;
  for (const trace::Recording& recording : people) {
    const std::string& code = recording.info.scenario_id;
    if (common.codes.contains(code)) recorded.push_back(fidelity::MakeTrial(recording, code));
  }
  std::erase_if(cases, [&](const scenarios::Case& one) {
    const auto code = code_of.find(one.scenario_id);
    return code == code_of.end() || !common.codes.contains(code->second);
  });

  Progress progress;
  const fidelity::SimulateSettings settings = {
      .jobs = flags.jobs,
      .stop = [] { return StopRequested().load(); },
      .progress = [&](std::size_t done, std::size_t all) { progress.Show(done, all); }};
  const std::optional<fidelity::SimulatedTrials> made =
      fidelity::Simulate(cases, code_of, fidelity::DeviceLike(mapping.device), settings);
  if (!made) return kInterrupted;
  const std::vector<fidelity::Trial>& simulated = made->trials;
  std::set<std::string> left;
  for (const fidelity::Trial& trial : simulated) left.insert(trial.code);
  if (left != common.codes) return Complain("every simulated case of some activity failed", kHarnessError);

  const fidelity::Setup setup = {mapping.name,  mapping.version,     suite.id,      mapping.device.site,
                                 STUNT_VERSION, common.not_compared, made->skipped, made->errors};
  const fidelity::Fidelity result = fidelity::Compare(recorded, simulated);
  const std::string table = fidelity::FidelityTable(result, setup);
  const auto waveforms = [&](fidelity::Signal which) { return fidelity::WaveformsSvg(recorded, simulated, which); };
  const absl::Status written = Write(flags, {{"fidelity.json", fidelity::FidelityJson(result, setup)},
                                             {"table.txt", table},
                                             {"trials.csv", fidelity::TrialsCsv(recorded, simulated)},
                                             {"waveforms.svg", waveforms(fidelity::Signal::kSpecificForce)},
                                             {"angular_rates.svg", waveforms(fidelity::Signal::kAngularRate)},
                                             {"distributions.svg", fidelity::DistributionsSvg(recorded, simulated)}});
  if (!written.ok()) return Complain(written);
  fmt::print("{}\nresults: {}\n", table, flags.out.string());
  return kSuccess;
}

}  // namespace

void AddFidelity(CLI::App& program, Action& action) {
  CLI::App* command = program.add_subcommand("fidelity", "Compares simulated cases with recorded people");
  auto flags = std::make_shared<FidelityFlags>();
  command->add_option("--real", flags->real, "folder of recordings")->required();
  command->add_option("--mapping", flags->mapping, "says what the files of the folder are; see services/datasets");
  command->add_option("--suite", flags->suite, "suite file, or id of a shipped suite, whose scenarios carry the codes")
      ->required();
  command->add_option("--jobs", flags->jobs, "threads; 0 = one a core")->check(CLI::Range(0, 1024));
  command->add_option("-o,--out", flags->out, "folder of the results")->required();
  command->add_flag("--overwrite", flags->overwrite, "replace earlier results");
  command->callback([flags, &action] { action = [flags] { return Fidelity(*flags); }; });
}

}  // namespace stunt::cli
