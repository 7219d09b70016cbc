#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <cstdint>
#include <string>
#include <vector>

#include "stunt/hil/limits.h"
#include "stunt/hil/system_under_test.h"
#include "stunt/trace/recording.h"
#include "stunt/trace/run_record.h"

namespace stunt::hil {

struct RunOptions {
  SessionOptions session;
  std::int64_t block_ns = 100'000'000;  // sensor time handed over at once
  std::vector<std::string> devices;     // feed only these; empty = all
  DetectorLimits limits;
  std::uint64_t alarm_bytes = 20;  // radio payload of one alarm: the most that an ATT notification holds at BLE's
                                   // default MTU of 23. @source Bluetooth Core 5, vol. 3, F 3.4.7.1, G 5.2.1 (recalled)
};

/// Runs one case through a detector as fast as it takes it; nothing is paced, so only algorithmic latency is valid.
///
/// Every channel is cut where sensor time since the case's start passes a multiple of block_ns; the pieces are pushed
/// in the order of their last samples, channels of equal time in the order of the recording. A detector thus gets the
/// same blocks whatever carries them.
///
/// Detections come back sorted by decision time, then as they came. A detection that repeats an id is dropped; the run
/// fails if it contradicts the first.
///
/// `activity` describes the devices as they would have to run: only the channels that the detector takes, at the rate
/// it takes. Accelerometer and gyroscope of a device share one FIFO; each other channel wakes the processor by itself.
/// The first device that is fed hosts the detector and sends each detection that is an alarm (above_threshold) off the
/// body; samples stay on it, and acknowledgements count as part of the link's connection events.
///
/// @returns  the record, completed; a recording that contradicts itself or lacks a needed channel is INVALID_ARGUMENT;
///           a detector that breaks its limits, or has not consumed the trace after Flush, is INTERNAL; what the
///           detector itself returns keeps its code. Every message names detector and case.
[[nodiscard]] absl::StatusOr<trace::RunRecord> RunAsap(const trace::Recording& recording, SystemUnderTest& sut,
                                                       const RunOptions& options = {});

/// The record of a case whose run failed: an error, never a miss.
[[nodiscard]] trace::RunRecord FailedRun(const trace::CaseInfo& info, const absl::Status& why);

}  // namespace stunt::hil
