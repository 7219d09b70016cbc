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
  std::vector<std::string> devices;
  std::vector<std::string> set;
  std::filesystem::path out;
};

sim::Subject SubjectOf(const SimulateFlags& flags, const scenarios::DataFolders& folders) {
  if (flags.subject) return scenarios::LoadSubject(*flags.subject);
  const scenarios::Population population = scenarios::LoadPopulation(folders.Population(kDefaultPopulation));
  return scenarios::DrawSubject(population, scenarios::SubjectKey(flags.seed), 0);
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

absl::StatusOr<scenarios::Simulated> WriteHdf5(const SimulateFlags& flags, const scenarios::Case& c,
                                               const std::filesystem::path& scenario_file) {
  std::map<std::string, std::filesystem::path> inputs = {{"scenario", scenario_file}};
  if (flags.subject) inputs["subject"] = *flags.subject;
  absl::StatusOr<scenarios::Simulated> simulated = RecordCase(scenarios::Simulator({}), c, inputs, flags.out);
  if (simulated.ok()) fmt::print("{}\n", flags.out.string());
  return simulated;
}

absl::StatusOr<scenarios::Simulated> WriteCsv(const SimulateFlags& flags, const scenarios::Case& c) {
  scenarios::Simulated simulated = scenarios::Simulator({}).Run(c);
  const auto files = datasets::WriteCsvRecording(simulated.recording, flags.out);
  if (!files.ok()) return files.status();
  for (const std::filesystem::path& file : *files) fmt::print("{}\n", file.string());
  return simulated;
}

int Simulate(const SimulateFlags& flags) {
  const bool hdf5 = WantsHdf5(flags.out);
  const scenarios::DataFolders folders = scenarios::DataFolders::Find(flags.scenario);
  const std::filesystem::path scenario_file = folders.Scenario(flags.scenario);
  const scenarios::Scenario scenario = scenarios::LoadScenario(scenario_file, folders);
  scenarios::CaseRequest request;
  request.scenario = &scenario;
  request.suite_seed = flags.seed;
  request.subject = SubjectOf(flags, folders);
  for (const std::string& device : flags.devices) {
    request.devices.push_back(scenarios::ParseDevice(device, "--device " + device));
  }
  for (const std::string& assignment : flags.set) request.set.push_back(motion_models::ParseOverride(assignment));

  const scenarios::Case c = scenarios::MakeCase(request);
  const absl::StatusOr<scenarios::Simulated> simulated = hdf5 ? WriteHdf5(flags, c, scenario_file) : WriteCsv(flags, c);
  if (absl::IsCancelled(simulated.status())) {
    return Complain(std::string(simulated.status().message()), kInterrupted);
  }
  if (!simulated.ok()) return Complain(simulated.status());
  const scenarios::ExternalHelp& help = simulated->help;
  fmt::print("held from outside: {:.0f} N at most; pelvis torque {:.0f} Nm rms, {:.0f} Nm at most\n", help.force_max_n,
             help.torque_rms_nm, help.torque_max_nm);
  if (!simulated->skip_reason.empty()) {
    return Complain("this is not what the scenario promises; a sweep skips it: " + simulated->skip_reason, kSuccess);
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
  command->add_option("--device", flags->devices, "NAME@SITE, several times for several devices");
  command->add_option("--set", flags->set, "parameter=value of the motion, several times");
  command->add_option("-o,--out", flags->out, "NAME.h5; or NAME.csv, then the truth goes to NAME.truth.json")
      ->required();
  command->callback([flags, &action] { action = [flags] { return Simulate(*flags); }; });
}

}  // namespace stunt::cli
