#include "run_and_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <thread>
#include <utility>
#include <vector>

#include "complain.h"
#include "detector_address.h"
#include "exit_code.h"
#include "interruption.h"
#include "progress.h"
#include "stunt/metrics/timing.h"
#include "stunt/reports/trace_picture.h"
#include "stunt/scenarios/math_variants.h"

namespace stunt::cli {
namespace {

sweeps::IfPresent IfPresentOf(const RunFlags& flags) {
  return flags.overwrite ? sweeps::IfPresent::kReplace : sweeps::IfPresent::kRefuse;
}

int Jobs(const RunFlags& flags) {
  return flags.jobs > 0 ? flags.jobs : static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
}

// The case that the picture shows: the first event that was found; without one, the first case with an event.
const trace::RunRecord* PictureCase(const std::vector<trace::RunRecord>& records, const metrics::Score& score) {
  const trace::RunRecord* missed = nullptr;
  for (std::size_t i = 0; i < records.size() && i < score.cases.size(); ++i) {
    const metrics::CaseOutcome& outcome = score.cases[i];
    if (outcome.case_id != records[i].info.case_id || outcome.match.events.empty()) continue;
    if (outcome.outcome == metrics::Outcome::kCorrect) return &records[i];
    if (missed == nullptr && outcome.outcome == metrics::Outcome::kWrong) missed = &records[i];
  }
  return missed;
}

// Its recording is made again: no run keeps the samples of every case.
std::optional<std::string> DrawPicture(const sweeps::CaseSet& set, const sweeps::CasesRun& run,
                                       const metrics::Score& score) {
  const trace::RunRecord* record = PictureCase(run.records, score);
  if (record == nullptr) return std::nullopt;
  for (std::size_t i = 0; i < set.cases.size(); ++i) {
    if (set.cases[i].case_id != record->info.case_id) continue;
    const absl::StatusOr<trace::Recording> recording = set.make(i);
    if (recording.ok()) return reports::TracePictureSvg(*recording, *record);
  }
  return std::nullopt;
}

absl::Status WriteResults(const RunFlags& flags, const reports::RunReport& report, const reports::RunTiming& timing,
                          const sweeps::CasesRun& run, const std::optional<std::string>& picture) {
  absl::StatusOr<sweeps::ResultFolder> folder = sweeps::ResultFolder::Create(*flags.out, IfPresentOf(flags));
  if (!folder.ok()) return folder.status();
  std::vector<std::pair<std::string, std::string>> files = {{"results.json", reports::ResultsJson(report)},
                                                            {"timing.json", reports::TimingJson(timing, run.records)},
                                                            {"junit.xml", reports::JUnitXml(report)}};
  if (picture) files.emplace_back("picture.svg", *picture);
  for (const auto& [name, text] : files) {
    if (absl::Status status = folder->Write(name, text); !status.ok()) return status;
  }
  return folder->Commit();
}

int ComplainOfErrors(const reports::RunReport& report, int exit_code) {
  if (report.summary.errors == 0) return exit_code;
  const auto first = std::find_if(report.score.cases.begin(), report.score.cases.end(),
                                  [](const auto& outcome) { return outcome.outcome == metrics::Outcome::kError; });
  return Complain(fmt::format("{} of {} cases ended in an error, the first: {}: {}", report.summary.errors,
                              report.summary.selected, first->case_id, first->reason),
                  exit_code);
}

}  // namespace

void AddRunFlags(CLI::App& command, RunFlags& flags) {
  command.add_option("--detector", flags.detector, "builtin:NAME or grpc://HOST:PORT")->capture_default_str();
  command.add_option("--tls-ca", flags.security.ca_file, "PEM authority of the detector's server; turns TLS on");
  command.add_option("--tls-cert", flags.security.certificate_file, "PEM certificate to show to the detector's server");
  command.add_option("--tls-key", flags.security.key_file, "PEM key of that certificate");
  command.add_option("--token-file", flags.security.token_file, "token to send to the detector's server");
  command.add_option("--jobs", flags.jobs, "worker threads; 0 = one a core")->check(CLI::Range(0, 4096));
  command.add_option("-o,--out", flags.out, "folder for the results; new, empty, or with --overwrite");
  command.add_flag("--overwrite", flags.overwrite, "replace earlier results in the folder");
  command.add_flag("--json", flags.json, "print results.json instead of a table");
}

int RunAndReport(const sweeps::CaseSet& set, reports::RunSetup setup, const sweeps::Demands& demands,
                 const RunFlags& flags) {
  if (flags.out) sweeps::CheckMayWrite(*flags.out, IfPresentOf(flags));
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
  std::optional<std::string> picture;
  if (flags.out) {
    picture = DrawPicture(set, *run, report.score);
    if (absl::Status status = WriteResults(flags, report, timing, *run, picture); !status.ok()) return Complain(status);
  }

  fmt::print("{}", flags.json ? reports::ResultsJson(report) : reports::TerminalText(report));
  if (flags.out && !flags.json) {
    fmt::print("Results: {}\n", (*flags.out / "results.json").string());
    if (picture) fmt::print("Picture: {}\n", (*flags.out / "picture.svg").string());
    fmt::print("{} cases in {:.1f} s on {} {}\n", run->records.size(), timing.wall_s, timing.jobs,
               timing.jobs == 1 ? "thread" : "threads");
  }
  return ComplainOfErrors(report, metrics::ExitCode(report.gates, report.summary, flags.inconclusive));
}

}  // namespace stunt::cli
