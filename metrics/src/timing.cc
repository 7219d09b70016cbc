#include "stunt/metrics/timing.h"

#include <fmt/format.h>

#include "metric_makers.h"

namespace stunt::metrics {

std::vector<Metric> ScoreTimingAsap(const std::vector<trace::RunRecord>& records) {
  const MetricMaker make{CommonScope(records)};
  std::vector<double> compute_s;
  std::int64_t compute_ns = 0;
  std::int64_t inferences = 0;
  for (const trace::RunRecord& record : records) {
    if (record.status != trace::RunStatus::kCompleted) continue;
    compute_ns += record.detector_compute_ns;
    inferences += static_cast<std::int64_t>(record.inference_count);
    for (const trace::Detection& detection : record.detections) {
      if (detection.decision_device_ns == 0 || detection.first_input_device_ns == 0) continue;  // not stamped
      compute_s.push_back(static_cast<double>(detection.decision_device_ns - detection.first_input_device_ns) / 1e9);
    }
  }
  std::vector<Metric> metrics;
  for (const int percent : {50, 90, 95, 99}) {
    metrics.push_back(make.Quantile(fmt::format("latency_compute_p{}", percent), compute_s, percent / 100.0, "s"));
  }
  if (inferences > 0) {
    metrics.push_back(make.Count("compute_us_per_inference",
                                 static_cast<double>(compute_ns) * 1e-3 / static_cast<double>(inferences), inferences,
                                 "us"));
  } else {
    metrics.push_back(make.Undefined("compute_us_per_inference", {}, "us", "the detector reports no inferences"));
  }
  for (const char* part : {"e2e", "pace", "transport", "return"}) {
    metrics.push_back(
        make.Undefined(fmt::format("latency_{}", part), {}, "s", "run mode asap: samples were not paced in real time"));
  }
  for (Metric& metric : metrics) metric.evidence = Evidence::kDeviceReported;
  return metrics;
}

}  // namespace stunt::metrics
