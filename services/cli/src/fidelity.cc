#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <exception>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "commands.h"
#include "complain.h"
#include "exit_code.h"
#include "interruption.h"
#include "progress.h"
#include "stunt/datasets/recording_set.h"
#include "stunt/fidelity/report.h"
#include "stunt/scenarios/cases.h"
#include "stunt/scenarios/simulator.h"
#include "stunt/scenarios/suite.h"
#include "stunt/sweeps/result_folder.h"
#include "stunt/trace/input_error.h"

namespace stunt::cli {
namespace {

constexpr double kTail = 6;  // s after an impact: what the comparison looks at, and a margin

struct FidelityFlags {
  std::filesystem::path real;
  std::optional<std::filesystem::path> mapping;
  std::string suite;
  int jobs = 0;
  std::filesystem::path out;
  bool overwrite = false;
};

/// What the recordings' own device would have made of the motion.
sim::DeviceSpec DeviceLike(const datasets::MappedDevice& device) {
  constexpr double kNyquistShare = 0.4;
  sim::InertialSensorSpec sensor;
  sensor.rate_hz = device.rate_hz > 0 ? device.rate_hz : 50;
  sensor.bandwidth_hz = device.bandwidth_hz > 0 ? device.bandwidth_hz : kNyquistShare * sensor.rate_hz;
  sim::DeviceSpec spec;
  spec.name = device.name;
  spec.imu = {sensor, sensor};
  spec.imu.accelerometer.range = device.accelerometer_range;
  spec.imu.accelerometer.resolution = device.accelerometer_resolution;
  spec.imu.gyroscope.range = device.gyroscope_range;
  spec.imu.gyroscope.resolution = device.gyroscope_resolution;
  if (device.site == "wrist") spec.strap = sim::StrapSpec{};
  spec.source = "the mapping of the recordings";
  return spec;
}

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

std::vector<trace::Recording> LoadAll(const datasets::RecordingSet& set) {
  std::vector<trace::Recording> recordings;
  for (std::size_t i = 0; i < set.size(); ++i) recordings.push_back(set.Load(i));
  return recordings;
}

/// Simulates the cases on some threads; slot i of the result is that of case i, empty where there is none.
class Workers {
 public:
  Workers(const std::vector<scenarios::Case>& cases, const std::map<std::string, std::string>& code_of,
          const scenarios::Simulator& simulator)
      : cases_(cases), code_of_(code_of), simulator_(simulator), slots_(cases.size()) {}

  /// False when a signal ended it early. @throws trace::InputError
  bool Run(int jobs) {
    std::vector<std::thread> threads;
    for (int i = 0; i < jobs; ++i) threads.emplace_back([this] { Work(); });
    for (std::thread& thread : threads) thread.join();
    if (failure_) std::rethrow_exception(failure_);
    return !StopRequested();
  }

  [[nodiscard]] std::vector<fidelity::Trial> Take() {
    std::vector<fidelity::Trial> trials;
    for (std::optional<fidelity::Trial>& slot : slots_) {
      if (slot) trials.push_back(*std::move(slot));
    }
    return trials;
  }

  [[nodiscard]] std::size_t skipped() const { return skipped_; }
  [[nodiscard]] std::size_t errors() const { return errors_; }

 private:
  void Work() {
    while (!StopRequested() && !failed_) {
      const std::size_t i = next_++;
      if (i >= cases_.size()) return;
      try {
        const scenarios::Simulated simulated = simulator_.Run(cases_[i]);
        if (simulated.skip_reason.empty()) {
          slots_[i] = fidelity::MakeTrial(simulated.recording, code_of_.at(cases_[i].scenario_id));
        } else {
          ++skipped_;
        }
      } catch (const motion_models::PerformError&) {
        ++errors_;
      } catch (...) {
        const std::scoped_lock lock(mutex_);
        if (!failure_) failure_ = std::current_exception();
        failed_ = true;
      }
      const std::scoped_lock lock(mutex_);
      progress_.Show(++done_, cases_.size());
    }
  }

  const std::vector<scenarios::Case>& cases_;
  const std::map<std::string, std::string>& code_of_;
  const scenarios::Simulator& simulator_;
  std::vector<std::optional<fidelity::Trial>> slots_;
  std::atomic<std::size_t> next_{0}, skipped_{0}, errors_{0};
  std::atomic<bool> failed_{false};
  std::mutex mutex_;
  std::size_t done_ = 0;
  std::exception_ptr failure_;
  Progress progress_;
};

std::map<std::string, std::string> CodesOf(const scenarios::Suite& suite, const std::string& key) {
  std::map<std::string, std::string> code_of;
  for (const scenarios::SuiteEntry& entry : suite.entries) {
    const auto code = entry.scenario.codes.find(key);
    if (code != entry.scenario.codes.end() && !code->second.empty()) code_of[entry.scenario.id] = code->second;
  }
  return code_of;
}

const datasets::Mapping& MappingOf(const datasets::RecordingSet& set, const std::filesystem::path& folder) {
  if (!set.mapping()) throw trace::InputError(fmt::format("{}: no mapping explains its files", folder.string()));
  if (set.mapping()->codes.empty()) {
    throw trace::InputError(fmt::format(
        "{}: its mapping {} has no 'codes'; accepted: the key under which scenario files give the codes of this set",
        folder.string(), set.mapping()->name));
  }
  return *set.mapping();
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
  const datasets::Mapping& mapping = MappingOf(set, flags.real);
  suite.devices = {{mapping.device.name, mapping.device.site}};

  const std::map<std::string, std::string> code_of = CodesOf(suite, mapping.codes);
  std::vector<trace::Recording> people = LoadAll(set);
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

  const scenarios::Simulator simulator({.tail_s = kTail, .device = DeviceLike(mapping.device)});
  Workers workers(cases, code_of, simulator);
  const int jobs = flags.jobs > 0 ? flags.jobs : static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
  if (!workers.Run(jobs)) return kInterrupted;
  const std::vector<fidelity::Trial> simulated = workers.Take();
  std::set<std::string> left;
  for (const fidelity::Trial& trial : simulated) left.insert(trial.code);
  if (left != common.codes) return Complain("every simulated case of some activity failed", kHarnessError);

  const fidelity::Setup setup = {mapping.name,  mapping.version,     suite.id,          mapping.device.site,
                                 STUNT_VERSION, common.not_compared, workers.skipped(), workers.errors()};
  const fidelity::Fidelity result = fidelity::Compare(recorded, simulated);
  const std::string table = fidelity::FidelityTable(result, setup);
  const absl::Status written = Write(flags, {{"fidelity.json", fidelity::FidelityJson(result, setup)},
                                             {"table.txt", table},
                                             {"waveforms.svg", fidelity::WaveformsSvg(recorded, simulated)},
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
