#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "stunt/trace/detection.h"
#include "stunt/trace/recording.h"

namespace stunt::trace {

/// How the run of a case ended. Whether a completed case was right or wrong is for the scorer to say.
enum class RunStatus {
  kCompleted,
  kError,    // the simulator, the harness or the device failed: never a miss
  kSkipped,  // not run, or not what its scenario promises; the reason says which
};

/// What one device did during a case, as far as its energy depends on it.
struct DeviceActivity {
  std::string device;  // as ChannelSpec::device
  double duration_s = 0;
  std::uint64_t accelerometer_samples = 0;
  std::uint64_t gyroscope_samples = 0;
  double accelerometer_rate_hz = 0;  // 0 = off
  double gyroscope_rate_hz = 0;
  std::uint64_t fifo_wakeups = 0;  // times the processor woke to read samples
  std::uint64_t inferences = 0;
  std::uint64_t radio_bytes = 0;  // sent off the device
};

/// One case through one detector: what happened, what was said, and what it took.
struct RunRecord {
  CaseInfo info;
  RunStatus status = RunStatus::kCompleted;
  std::string reason;                    // of an error or a skip
  std::vector<Detection> detections;     // by decision_sample_time_ns
  std::vector<std::string> conversions;  // what the harness changed for the detector, in words
  std::vector<DeviceActivity> activity;
  std::uint64_t inference_count = 0;
  std::int64_t consumed_through_ns = 0;  // sensor time
  // What the clock decides; never part of results.json.
  std::int64_t detector_compute_ns = 0;
  std::int64_t simulate_wall_ns = 0;
  std::int64_t run_wall_ns = 0;
};

}  // namespace stunt::trace
