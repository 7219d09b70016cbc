#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "stunt/hil/system_under_test.h"
#include "stunt/metrics/gates.h"
#include "stunt/metrics/score.h"
#include "stunt/trace/run_record.h"

namespace stunt::reports {

/// What was run, as far as the result depends on it: nothing of the machine, the clock or the number of threads.
struct RunSetup {
  std::string kind;                   // "sweep" or "replay"
  std::string name;                   // suite id, or what explained the recordings
  std::optional<std::uint64_t> seed;  // of the suite
  hil::DetectorInfo detector;
  std::string stunt_version;
  std::string math_tag;  // tells machines apart whose libm gives other bits
  metrics::ScoreConfig score_config;
};

/// Everything that a report says about a run.
struct RunReport {
  RunSetup setup;
  metrics::Score score;
  std::vector<metrics::Metric> metrics;  // the score's and the energy's
  std::vector<std::string> conversions;  // what the harness changed for the detector, each once
  std::vector<metrics::GateResult> gates;
  metrics::RunSummary summary;
  metrics::GateStatus verdict = metrics::GateStatus::kPass;
};

/// What the clock and the command line decide.
struct RunTiming {
  std::string detector_address;  // "builtin:fall", "grpc://127.0.0.1:5000"
  int jobs = 1;
  double wall_s = 0;
  std::vector<metrics::Metric> metrics;  // metrics::ScoreTimingAsap
};

/// results.json: the source of truth of a run. The same run gives the same bytes, whatever the machine's load, the
/// number of threads and the way to the detector.
[[nodiscard]] std::string ResultsJson(const RunReport& report);

/// timing.json: what may differ between two runs of the same cases.
[[nodiscard]] std::string TimingJson(const RunTiming& timing, const std::vector<trace::RunRecord>& records);

/// junit.xml: one test case a gate. FAIL → failure, ERROR → error, INCONCLUSIVE → skipped and a property. Cases that
/// ended in an error are one more test case, in error when there are more than the suite allows.
[[nodiscard]] std::string JUnitXml(const RunReport& report);

/// What a person reads at the end of a run: outcomes, headline metrics with their intervals, gates, verdict.
[[nodiscard]] std::string TerminalText(const RunReport& report);

}  // namespace stunt::reports
