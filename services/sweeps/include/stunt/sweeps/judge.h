#pragma once

#include <vector>

#include "stunt/metrics/energy.h"
#include "stunt/metrics/gates.h"
#include "stunt/reports/run_report.h"
#include "stunt/trace/run_record.h"

namespace stunt::sweeps {

/// What a suite, or the command line, asks of a run.
struct Demands {
  std::vector<metrics::Gate> gates;
  double max_error_fraction = 0;  // of the cases that were not skipped
};

/// Scores the records, adds the modelled energy, and asks the gates. A setup without slice tags gets every tag that
/// tells cases apart.
/// @throws trace::InputError if the setup or a gate makes no sense.
[[nodiscard]] reports::RunReport Judge(reports::RunSetup setup, const std::vector<trace::RunRecord>& records,
                                       const Demands& demands);

}  // namespace stunt::sweeps
