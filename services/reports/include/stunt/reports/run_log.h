#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "stunt/metrics/gates.h"
#include "stunt/reports/run_report.h"
#include "stunt/trace/run_record.h"

namespace stunt::reports {

/// What a run did, before any judgement: enough to score it again, with other rules or by a later version.
struct RunLog {
  RunSetup setup;
  std::vector<metrics::Gate> gates;
  double max_error_fraction = 0;
  std::vector<trace::RunRecord> records;
};

/// run.jsonl: the setup on the first line, then one record a line. Reads back to the same bits. Device clocks of
/// detections are inside, so two runs of the same cases may differ in them.
[[nodiscard]] std::string RunLogText(const RunLog& log);

/// @param where  stands for the file in messages.
/// @throws trace::InputError with file:line.
[[nodiscard]] RunLog ParseRunLog(std::string_view text, const std::string& where);

}  // namespace stunt::reports
