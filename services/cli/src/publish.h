#pragma once

#include <CLI/CLI.hpp>
#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include "stunt/metrics/gates.h"
#include "stunt/reports/run_report.h"
#include "stunt/sweeps/result_folder.h"

namespace stunt::cli {

/// Where the results of a run go and how it ends.
struct ReportFlags {
  std::optional<std::filesystem::path> out;
  bool overwrite = false;
  bool json = false;  // results.json on the standard output in place of the table
  metrics::InconclusivePolicy inconclusive = metrics::InconclusivePolicy::kFail;

  [[nodiscard]] sweeps::IfPresent if_present() const {
    return overwrite ? sweeps::IfPresent::kReplace : sweeps::IfPresent::kRefuse;
  }
};

/// Adds -o, --overwrite, --json and --inconclusive to a command.
void AddReportFlags(CLI::App& command, ReportFlags& flags);

/// Writes results.json, junit.xml and the files `more` (text by name) as one folder, prints the table and where things
/// are, and gives the exit code of the run.
/// @throws trace::InputError if the folder may not be written.
[[nodiscard]] int Publish(const reports::RunReport& report, const std::map<std::string, std::string>& more,
                          const ReportFlags& flags);

}  // namespace stunt::cli
