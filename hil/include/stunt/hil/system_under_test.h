#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <cstdint>
#include <string>
#include <vector>

#include "stunt/trace/channel.h"
#include "stunt/trace/detection.h"

namespace stunt::hil {

/// A kind of channel that a detector takes, and in which form.
struct ChannelNeed {
  trace::SensorKind kind = trace::SensorKind::kUnspecified;
  double rate_hz = 0;  // 0 = any rate
  bool required = true;
  std::string unit = {};                // "" = the unit of the kind; else "g", "deg/s" or "hPa"
  std::vector<std::string> sites = {};  // where on the body; empty = anywhere
};

/// What a detector says about itself.
struct DetectorInfo {
  std::string name;
  std::string version;
  std::string digest;               // of code and weights; part of the result cache key
  std::vector<std::string> labels;  // classes that it can report
  std::vector<ChannelNeed> needs;
  double default_threshold = 0;
  std::int64_t algorithmic_window_ns = 0;  // longest stretch of samples that a decision uses
  bool supports_candidates = false;        // can emit detections below its threshold
};

struct SessionOptions {
  std::uint64_t seed = 0;
  bool emit_candidates = false;
};

/// What a detector did in one session.
struct SessionSummary {
  std::int64_t consumed_through_ns = 0;  // sensor time
  std::uint64_t inference_count = 0;
  std::uint64_t compute_ns = 0;  // wall time inside the detector
};

/// A detector under test: a built-in one, a model server, a device or a test double.
///
/// A session is one case: Open resets the detector; Push hands over blocks of any channel, each channel in time order;
/// Flush ends the trace. Calls come from one thread. UNAVAILABLE and DEADLINE_EXCEEDED say that the link or the
/// detector is gone; such a case ends as an error, never as a miss.
class SystemUnderTest {
 public:
  virtual ~SystemUnderTest() = default;  // stops and releases the device

  [[nodiscard]] virtual absl::StatusOr<DetectorInfo> Describe() = 0;

  /// Starts a session on these channels. INVALID_ARGUMENT if a needed channel is missing or of another rate.
  [[nodiscard]] virtual absl::Status Open(const std::vector<trace::ChannelSpec>& channels,
                                          const SessionOptions& options) = 0;

  /// Hands over one block of one channel, in time order. Must not wait for a detection.
  [[nodiscard]] virtual absl::Status Push(const trace::SampleBlock& block) = 0;

  /// Detections since the last call.
  [[nodiscard]] virtual absl::StatusOr<std::vector<trace::Detection>> Poll() = 0;

  /// Ends the trace; afterwards Poll gives what is left. Waits until the detector has seen every sample.
  [[nodiscard]] virtual absl::StatusOr<SessionSummary> Flush() = 0;
};

}  // namespace stunt::hil
