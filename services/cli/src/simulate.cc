#include <absl/status/statusor.h>
#include <fmt/format.h>

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "commands.h"
#include "complain.h"
#include "exit_code.h"
#include "flag_checks.h"
#include "record_case.h"
#include "stunt/datasets/csv_recording.h"
#include "stunt/recordings/recording_file.h"
#include "stunt/recordings/recording_writer.h"
#include "stunt/scenarios/cases.h"
#include "stunt/scenarios/population.h"
#include "stunt/scenarios/simulator.h"
#include "stunt/trace/input_error.h"

namespace stunt::cli {
namespace {

constexpr const char* kDefaultPopulation = "adults";

struct SimulateFlags {
  std::string scenario;
  std::optional<std::filesystem::path> subject;
  std::uint64_t seed = 0;
  std::uint64_t variants = 1;
  std::vector<std::string> devices;
  std::vector<std::string> set;
  std::filesystem::path out;
};

std::vector<scenarios::Case> CasesOf(const SimulateFlags& flags, const scenarios::Scenario& scenario,
                                     const scenarios::DataFolders& folders) {
  scenarios::CaseRequest request;
  request.scenario = &scenario;
  request.suite_seed = flags.seed;
  for (const std::string& device : flags.devices) {
    request.devices.push_back(scenarios::ParseDevice(device, "--device " + device));
  }
  for (const std::string& assignment : flags.set) request.set.push_back(motion_models::ParseOverride(assignment));
  std::optional<scenarios::Population> population;
  if (flags.subject) {
    request.subject = scenarios::LoadSubject(*flags.subject);
  } else {
    population = scenarios::LoadPopulation(folders.Population(kDefaultPopulation));
  }
  std::vector<scenarios::Case> cases;
  for (std::uint64_t variant = 0; variant < flags.variants; ++variant) {
    request.variant = variant;
    if (population) {
      request.subject = scenarios::DrawSubject(*population, scenarios::SubjectKey(flags.seed), variant);
    }
    cases.push_back(scenarios::MakeCase(request));
  }
  return cases;
}

// Refuses the place before the work.
bool WantsHdf5(const std::filesystem::path& out) {
  const bool hdf5 = recordings::IsRecordingName(out);
  if (!hdf5 && out.extension() != ".csv") {
    throw trace::InputError(fmt::format("-o {}: accepted: a name that ends in .h5 or .csv", out.string()));
  }
  hdf5 ? recordings::CheckOut(out) : datasets::CheckCsvOut(out);
  return hdf5;
}

absl::StatusOr<std::vector<scenarios::Simulated>> WriteHdf5(const SimulateFlags& flags,
                                                            const std::vector<scenarios::Case>& cases,
                                                            const std::filesystem::path& scenario_file) {
  std::map<std::string, std::filesystem::path> inputs = {{"scenario", scenario_file}};
  if (flags.subject) inputs["subject"] = *flags.subject;
  absl::StatusOr<std::vector<scenarios::Simulated>> simulated =
      RecordCases(scenarios::Simulator({}), cases, inputs, flags.out);
  if (simulated.ok()) fmt::print("{}\n", flags.out.string());
  return simulated;
}

absl::StatusOr<std::vector<scenarios::Simulated>> WriteCsv(const SimulateFlags& flags, const scenarios::Case& c) {
  std::vector<scenarios::Simulated> simulated = {scenarios::Simulator({}).Run(c)};
  const auto files = datasets::WriteCsvRecording(simulated.front().recording, flags.out);
  if (!files.ok()) return files.status();
  for (const std::filesystem::path& file : *files) fmt::print("{}\n", file.string());
  return simulated;
}

int Simulate(const SimulateFlags& flags) {
  const bool hdf5 = WantsHdf5(flags.out);
  if (!hdf5 && flags.variants > 1) {
    throw trace::InputError(
        fmt::format("-o {}: accepted for several cases: a name that ends in .h5", flags.out.string()));
  }
  const scenarios::DataFolders folders = scenarios::DataFolders::Find(flags.scenario);
  const std::filesystem::path scenario_file = folders.Scenario(flags.scenario);
  const std::vector<scenarios::Case> cases = CasesOf(flags, scenarios::LoadScenario(scenario_file, folders), folders);
  const auto simulated = hdf5 ? WriteHdf5(flags, cases, scenario_file) : WriteCsv(flags, cases.front());
  if (absl::IsCancelled(simulated.status())) {
    return Complain(std::string(simulated.status().message()), kInterrupted);
  }
  if (!simulated.ok()) return Complain(simulated.status());
  for (std::size_t i = 0; i < cases.size(); ++i) {
    const std::string which = cases.size() > 1 ? cases[i].case_id + ": " : "";
    const scenarios::ExternalHelp& help = (*simulated)[i].help;
    fmt::print("{}held from outside: {:.0f} N at most; pelvis torque {:.0f} Nm rms, {:.0f} Nm at most\n", which,
               help.force_max_n, help.torque_rms_nm, help.torque_max_nm);
    const std::string& skip_reason = (*simulated)[i].skip_reason;
    if (skip_reason.empty()) continue;
    static_cast<void>(Complain(
        fmt::format("{}this is not what the scenario promises; a sweep skips it: {}", which, skip_reason), kSuccess));
  }
  return kSuccess;
}

}  // namespace

void AddSimulate(CLI::App& program, Action& action) {
  CLI::App* command = program.add_subcommand("simulate", "Simulates one case and writes what its devices sense");
  auto flags = std::make_shared<SimulateFlags>();
  command->add_option("scenario", flags->scenario, "a scenario file, or the id of a shipped scenario")->required();
  command->add_option("--subject", flags->subject, "a subject file; without it a person is drawn from the seed");
  command->add_option("--seed", flags->seed, "decides everything that is drawn")
      ->check(WholeNumber())
      ->capture_default_str();
  command->add_option("--variants", flags->variants, "cases in one NAME.h5, each of another person and other draws")
      ->check(CLI::Range(1, 100'000))
      ->capture_default_str();
  command->add_option(
      "--device", flags->devices,
      "NAME@SITE, several times for several devices; how it is worn behind commas: inside_out, flipped, "
      "turn=DEGREES, shift=MM, tightness=0 to 1");
  command->add_option("--set", flags->set, "parameter=value of the motion, several times");
  command->add_option("-o,--out", flags->out, "NAME.h5; or NAME.csv, then the truth goes to NAME.truth.json")
      ->required();
  command->callback([flags, &action] { action = [flags] { return Simulate(*flags); }; });
}

}  // namespace stunt::cli
