#include "run_and_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "complain.h"
#include "detector_address.h"
#include "exit_code.h"
#include "interruption.h"
#include "progress.h"
#include "stunt/metrics/timing.h"
#include "stunt/reports/run_log.h"
#include "stunt/reports/trace_picture.h"
#include "stunt/scenarios/math_variants.h"

namespace stunt::cli {
namespace {

int Jobs(const RunFlags& flags) {
  return flags.jobs > 0 ? flags.jobs : static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
}

// The record that the picture shows: the first event that was found; without one, the first case with an event.
std::optional<std::size_t> PictureCase(const std::vector<trace::RunRecord>& records, const metrics::Score& score) {
  std::optional<std::size_t> missed;
  for (std::size_t i = 0; i < records.size() && i < score.cases.size(); ++i) {
    const metrics::CaseOutcome& outcome = score.cases[i];
    if (outcome.case_id != records[i].info.case_id || outcome.match.events.empty()) continue;
    if (outcome.outcome == metrics::Outcome::kCorrect) return i;
    if (!missed && outcome.outcome == metrics::Outcome::kWrong) missed = i;
  }
  return missed;
}

// Its recording is made again: no run keeps the samples of every case.
std::optional<std::string> DrawPicture(const sweeps::CaseSet& set, const sweeps::CasesRun& run,
                                       const metrics::Score& score) {
  const std::optional<std::size_t> shown = PictureCase(run.records, score);
  if (!shown) return std::nullopt;
  const absl::StatusOr<trace::Recording> recording = set.make(run.origin[*shown]);
  if (!recording.ok()) return std::nullopt;
  return reports::TracePictureSvg(*recording, run.records[*shown]);
}

}  // namespace

void AddRunFlags(CLI::App& command, RunFlags& flags) {
  command.add_option("--detector", flags.detector, "builtin:NAME or grpc://HOST:PORT")->capture_default_str();
  command.add_option("--tls-ca", flags.security.ca_file, "PEM authority of the detector's server; turns TLS on");
  command.add_option("--tls-cert", flags.security.certificate_file, "PEM certificate to show to the detector's server");
  command.add_option("--tls-key", flags.security.key_file, "PEM key of that certificate");
  command.add_option("--token-file", flags.security.token_file, "token to send to the detector's server");
  command.add_option("--jobs", flags.jobs, "worker threads; 0 = one a core")->check(CLI::Range(0, 4096));
  AddReportFlags(command, flags.report);
}

int RunAndReport(const sweeps::CaseSet& set, reports::RunSetup setup, const sweeps::Demands& demands,
                 const RunFlags& flags) {
  if (flags.report.out) sweeps::CheckMayWrite(*flags.report.out, flags.report.if_present());
  const auto start = std::chrono::steady_clock::now();
  sweeps::RunCasesOptions options;
  options.jobs = Jobs(flags);
  options.stop = &StopRequested();
  absl::StatusOr<sweeps::CasesRun> run = absl::UnknownError("not run");
  {
    Progress progress;
    options.progress = [&progress](std::size_t done, std::size_t all) { progress.Show(done, all); };
    run = sweeps::RunCases(set, DetectorAt(flags.detector, flags.security), options);
  }
  if (!run.ok()) return Complain(run.status());
  if (run->interrupted) {
    return Complain(
        fmt::format("interrupted after {} of {} cases; nothing was written", run->records.size(), set.cases.size()),
        kInterrupted);
  }

  setup.detector = run->detector;
  setup.stunt_version = STUNT_VERSION;
  setup.math_tag = scenarios::MathTag();
  const reports::RunReport report = sweeps::Judge(std::move(setup), run->records, demands);
  reports::RunTiming timing;
  timing.detector_address = flags.detector;
  timing.jobs = options.jobs;
  timing.metrics = metrics::ScoreTimingAsap(run->records);
  timing.wall_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  std::map<std::string, std::string> files;
  if (flags.report.out) {
    files["run.jsonl"] = reports::RunLogText({report.setup, demands.gates, demands.max_error_fraction, run->records});
    files["timing.json"] = reports::TimingJson(timing, run->records);
    if (auto picture = DrawPicture(set, *run, report.score)) files["picture.svg"] = *std::move(picture);
  }
  const int exit_code = Publish(report, files, flags.report);
  if (!flags.report.json) {
    fmt::print("{} cases in {:.1f} s on {} {}\n", run->records.size(), timing.wall_s, timing.jobs,
               timing.jobs == 1 ? "thread" : "threads");
  }
  return exit_code;
}

}  // namespace stunt::cli
