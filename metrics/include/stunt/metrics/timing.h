#pragma once

#include <vector>

#include "stunt/metrics/metric.h"
#include "stunt/trace/run_record.h"

namespace stunt::metrics {

/// What the clock decided in a run as fast as possible: for timing.json, never for results.json.
///
///   latency_compute_{p50,p90,p95,p99}   decision − arrival of its last sample, on the detector's own clock
///   compute_us_per_inference            wall time inside the detector / inferences
///   latency_{e2e,pace,transport,return} null: they exist only when samples are paced in real time
///
/// Records that are not completed are left out.
[[nodiscard]] std::vector<Metric> ScoreTimingAsap(const std::vector<trace::RunRecord>& records);

}  // namespace stunt::metrics
