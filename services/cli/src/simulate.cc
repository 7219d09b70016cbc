#include <fmt/format.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "commands.h"
#include "complain.h"
#include "exit_code.h"
#include "flag_checks.h"
#include "stunt/datasets/csv_recording.h"
#include "stunt/scenarios/cases.h"
#include "stunt/scenarios/population.h"
#include "stunt/scenarios/simulator.h"

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

int Simulate(const SimulateFlags& flags) {
  datasets::CheckCsvOut(flags.out);
  const scenarios::DataFolders folders = scenarios::DataFolders::Find(flags.scenario);
  const scenarios::Scenario scenario = scenarios::LoadScenario(folders.Scenario(flags.scenario), folders);
  scenarios::CaseRequest request;
  request.scenario = &scenario;
  request.suite_seed = flags.seed;
  request.subject = SubjectOf(flags, folders);
  for (const std::string& device : flags.devices) {
    request.devices.push_back(scenarios::ParseDevice(device, "--device " + device));
  }
  for (const std::string& assignment : flags.set) request.set.push_back(motion_models::ParseOverride(assignment));

  const scenarios::Simulated simulated = scenarios::Simulator({}).Run(scenarios::MakeCase(request));
  const auto files = datasets::WriteCsvRecording(simulated.recording, flags.out);
  if (!files.ok()) return Complain(files.status());
  for (const std::filesystem::path& file : *files) fmt::print("{}\n", file.string());
  if (!simulated.skip_reason.empty()) {
    return Complain("this is not what the scenario promises; a sweep skips it: " + simulated.skip_reason, kSuccess);
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
  command->add_option("-o,--out", flags->out, "NAME.csv; the truth goes to NAME.truth.json")->required();
  command->callback([flags, &action] { action = [flags] { return Simulate(*flags); }; });
}

}  // namespace stunt::cli
