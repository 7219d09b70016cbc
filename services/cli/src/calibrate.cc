#include "stunt/calibration/calibrate.h"

#include <fmt/format.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "commands.h"
#include "complain.h"
#include "exit_code.h"
#include "interruption.h"
#include "progress.h"
#include "stunt/calibration/report.h"
#include "stunt/sweeps/result_folder.h"

namespace stunt::cli {
namespace {

using sweeps::IfPresent;

struct CalibrateFlags {
  std::filesystem::path plan;
  std::vector<std::filesystem::path> real;
  int jobs = 0;
  std::uint64_t seed = 1;
  std::size_t budget = 300;
  std::filesystem::path out;
  bool overwrite = false, resume = false;
};

absl::Status Write(const std::filesystem::path& out, IfPresent if_present, const calibration::Plan& plan,
                   const calibration::FitSpace& space, const calibration::Record& record) {
  auto folder = sweeps::ResultFolder::Create(out, if_present);
  if (!folder.ok()) return folder.status();
  absl::Status status = folder->Write("calibrated.yaml", calibration::CalibratedYaml(plan, space, record));
  status.Update(folder->Write("trajectory.csv", calibration::TrajectoryCsv(plan, record.tried)));
  if (!status.ok()) return status;
  return folder->Commit();
}

int Calibrate(const CalibrateFlags& flags) {
  const bool earlier = std::filesystem::exists(flags.out / "calibrated.yaml");
  const IfPresent if_present = flags.overwrite || (flags.resume && earlier) ? IfPresent::kReplace : IfPresent::kRefuse;
  sweeps::CheckMayWrite(flags.out, if_present);
  const calibration::Plan plan = calibration::LoadPlan(flags.plan);
  const calibration::Bench bench(plan, flags.real, scenarios::DataFolders::Find(flags.plan),
                                 {.seed = flags.seed, .jobs = flags.jobs});
  std::vector<calibration::Tried> known;
  if (flags.resume && earlier) known = calibration::ReadTrajectory(flags.out, plan, bench.digest());

  calibration::Record settings;
  settings.engine_version = STUNT_VERSION;
  settings.run = bench.digest();
  settings.seed = flags.seed;
  settings.budget = flags.budget;
  settings.people = bench.people();
  Progress progress;
  absl::Status written;
  IfPresent next = if_present;
  const auto write = [&](const calibration::Record& record) {
    written = Write(flags.out, next, plan, bench.space(), record);
    next = IfPresent::kReplace;
  };
  calibration::CalibrateHooks hooks;
  hooks.stop = [&] { return StopRequested().load() || !written.ok(); };
  hooks.progress = [&](std::size_t done) { progress.Show(done, flags.budget, "evaluations"); };
  hooks.checkpoint = write;
  const calibration::Record record = calibration::Calibrate(plan, bench, settings, known, hooks);
  if (written.ok() && !record.tried.empty()) write(record);
  if (!written.ok()) return Complain(written);
  if (!record.Finished()) return kInterrupted;
  fmt::print("{}\nresults: {}\n", calibration::CalibrationTable(plan, bench.space(), record), flags.out.string());
  return kSuccess;
}

}  // namespace

void AddCalibrate(CLI::App& program, Action& action) {
  CLI::App* command = program.add_subcommand("calibrate", "Fits numbers of motion files to recorded people");
  auto flags = std::make_shared<CalibrateFlags>();
  command->add_option("plan", flags->plan, "what is fitted to what; see docs/calibration.md")->required();
  command->add_option("--real", flags->real, "folder of recordings; one for each set of the plan")->required();
  command->add_option("--jobs", flags->jobs, "threads; 0 = one a core")->check(CLI::Range(0, 1024));
  command->add_option("--seed", flags->seed, "of the virtual people and of the search")
      ->check(CLI::Range(std::uint64_t{0}, std::uint64_t{4'294'967'295}));
  command->add_option("--budget", flags->budget, "points that are tried")
      ->check(CLI::Range(std::size_t{1}, std::size_t{1'000'000}));
  command->add_option("-o,--out", flags->out, "folder of the results")->required();
  CLI::Option* overwrite = command->add_flag("--overwrite", flags->overwrite, "replace earlier results");
  command->add_flag("--resume", flags->resume, "go on where an earlier run ended")->excludes(overwrite);
  command->callback([flags, &action] { action = [flags] { return Calibrate(*flags); }; });
}

}  // namespace stunt::cli
