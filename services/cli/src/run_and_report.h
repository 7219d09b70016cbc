#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "publish.h"
#include "stunt/reports/run_report.h"
#include "stunt/rpc/security.h"
#include "stunt/sweeps/judge.h"
#include "stunt/sweeps/run_cases.h"

namespace stunt::cli {

/// What `sweep` and `replay` have in common on the command line.
struct RunFlags {
  std::string detector = "builtin:fall";
  rpc::ClientSecurity security;
  int jobs = 0;  // 0: one a core
  ReportFlags report;
};

/// Adds --detector and how to reach it, --jobs, and the flags of the report.
void AddRunFlags(CLI::App& command, RunFlags& flags);

/// Runs a set of cases from the first case to the exit code: progress, judgement, results, table.
/// @throws trace::InputError
[[nodiscard]] int RunAndReport(const sweeps::CaseSet& set, reports::RunSetup setup, const sweeps::Demands& demands,
                               const RunFlags& flags);

}  // namespace stunt::cli
