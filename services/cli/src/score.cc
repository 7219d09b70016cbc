#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>

#include "commands.h"
#include "publish.h"
#include "stunt/reports/run_log.h"
#include "stunt/sweeps/judge.h"
#include "stunt/trace/input_error.h"

namespace stunt::cli {
namespace {

struct ScoreFlags {
  std::filesystem::path run;
  ReportFlags report;
};

reports::RunLog ReadLog(const std::filesystem::path& folder) {
  const std::filesystem::path path = folder / "run.jsonl";
  std::ifstream in(path, std::ios::binary);
  if (!in) throw trace::InputError(path.string() + ": cannot be read; `stunt sweep` and `stunt replay` write it");
  return reports::ParseRunLog(std::string(std::istreambuf_iterator<char>(in), {}), path.string());
}

int Score(const ScoreFlags& flags) {
  reports::RunLog log = ReadLog(flags.run);
  const reports::RunReport report = sweeps::Judge(log.setup, log.records, {log.gates, log.max_error_fraction});
  log.setup = report.setup;
  return Publish(report, {{"run.jsonl", reports::RunLogText(log)}}, flags.report);
}

}  // namespace

void AddScore(CLI::App& program, Action& action) {
  CLI::App* command = program.add_subcommand("score", "Scores an earlier run again, from its log");
  auto flags = std::make_shared<ScoreFlags>();
  command->add_option("run", flags->run, "folder of results")->required();
  AddReportFlags(*command, flags->report);
  command->callback([flags, &action] { action = [flags] { return Score(*flags); }; });
}

}  // namespace stunt::cli
