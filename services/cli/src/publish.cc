#include "publish.h"

#include <fmt/format.h>

#include <algorithm>

#include "complain.h"

namespace stunt::cli {
namespace {

absl::Status WriteFolder(std::map<std::string, std::string> files, const reports::RunReport& report,
                         const ReportFlags& flags) {
  files["results.json"] = reports::ResultsJson(report);
  files["junit.xml"] = reports::JUnitXml(report);
  absl::StatusOr<sweeps::ResultFolder> folder = sweeps::ResultFolder::Create(*flags.out, flags.if_present());
  if (!folder.ok()) return folder.status();
  for (const auto& [name, text] : files) {
    if (absl::Status status = folder->Write(name, text); !status.ok()) return status;
  }
  return folder->Commit();
}

int ComplainOfErrors(const reports::RunReport& report, int exit_code) {
  if (report.summary.errors == 0) {
    const auto gate = std::find_if(report.gates.begin(), report.gates.end(), [](const metrics::GateResult& result) {
      return result.status == metrics::GateStatus::kError;
    });
    if (gate == report.gates.end()) return exit_code;
    return Complain(fmt::format("gate {}: {}", metrics::Describe(gate->gate), gate->reason), exit_code);
  }
  const auto first = std::find_if(report.score.cases.begin(), report.score.cases.end(),
                                  [](const auto& outcome) { return outcome.outcome == metrics::Outcome::kError; });
  return Complain(fmt::format("{} of {} cases ended in an error, the first: {}: {}", report.summary.errors,
                              report.summary.selected, first->case_id, first->reason),
                  exit_code);
}

}  // namespace

void AddReportFlags(CLI::App& command, ReportFlags& flags) {
  command.add_option("-o,--out", flags.out, "folder for the results; new, empty, or with --overwrite");
  command.add_flag("--overwrite", flags.overwrite, "replace earlier results in the folder");
  command.add_flag("--json", flags.json, "print results.json instead of a table");
  static const std::map<std::string, metrics::InconclusivePolicy> kPolicies = {
      {"fail", metrics::InconclusivePolicy::kFail},
      {"warn", metrics::InconclusivePolicy::kWarn},
      {"pass", metrics::InconclusivePolicy::kPass}};
  command
      .add_option_function<std::string>(
          "--inconclusive", [&flags](const std::string& word) { flags.inconclusive = kPolicies.at(word); },
          "what an inconclusive gate does to the exit code: fail, warn or pass")
      ->check(CLI::IsMember({"fail", "warn", "pass"}));
}

int Publish(const reports::RunReport& report, const std::map<std::string, std::string>& more,
            const ReportFlags& flags) {
  if (flags.out) {
    if (absl::Status status = WriteFolder(more, report, flags); !status.ok()) return Complain(status);
  }
  fmt::print("{}", flags.json ? reports::ResultsJson(report) : reports::TerminalText(report));
  if (flags.out && !flags.json) {
    fmt::print("Results: {}\n", (*flags.out / "results.json").string());
    if (more.contains("picture.svg")) fmt::print("Picture: {}\n", (*flags.out / "picture.svg").string());
  }
  return ComplainOfErrors(report, metrics::ExitCode(report.gates, report.summary, flags.inconclusive));
}

}  // namespace stunt::cli
