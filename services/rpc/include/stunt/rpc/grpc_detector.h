#pragma once

#include <absl/status/statusor.h>

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>

#include "stunt/hil/limits.h"
#include "stunt/hil/system_under_test.h"
#include "stunt/rpc/security.h"

namespace stunt::rpc {

struct GrpcDetectorOptions {
  ClientSecurity security;
  std::chrono::milliseconds connect_timeout{5'000};
  std::chrono::milliseconds describe_timeout{10'000};  // of DescribeDetector and of Open
  std::chrono::milliseconds watchdog{30'000};          // longest wait without any progress of the detector
  std::chrono::milliseconds flush_timeout{600'000};    // longest Flush, with progress
  int max_batches_per_frame = 16;  // blocks that share a message when the link is busy; 1 = a message for each
  hil::DetectorLimits limits;
};

/// A detector behind "grpc://host:port" (see services/proto/stunt/v1/detector_service.proto). Nothing is sent before
/// Describe or Open.
///
/// No call waits longer than its limit: DEADLINE_EXCEEDED says that the detector is stuck, UNAVAILABLE that it or the
/// link is gone, INTERNAL that it broke the protocol or its limits. After an error the session is over; Open starts
/// another. Not for use from two threads at once; each thread dials its own.
///
/// @returns  INVALID_ARGUMENT: a bad address or file; FAILED_PRECONDITION: another machine without TLS.
[[nodiscard]] absl::StatusOr<std::unique_ptr<hil::SystemUnderTest>> DialDetector(
    const std::string& url, const GrpcDetectorOptions& options = {});

}  // namespace stunt::rpc
