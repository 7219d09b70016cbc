#pragma once

#include <absl/status/status.h>

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "stunt/hil/system_under_test.h"
#include "stunt/trace/detection.h"

namespace stunt::hil {

/// How much a detector may say. What it says is foreign input: it ends up in files, pages and arithmetic.
struct DetectorLimits {
  std::size_t max_detections = 100'000;  // in one session
  std::size_t max_text_length = 128;     // of a name, label, id or unit
  std::size_t max_labels = 1'000;
  std::size_t max_needs = 64;
  std::int64_t claim_margin_ns = 3'600'000'000'000;  // a claimed interval may leave the session by this much
};

/// Sensor time that a detector can have seen.
struct SeenTime {
  std::int64_t start_ns = 0;    // start of the session
  std::int64_t through_ns = 0;  // last sample that it was given
};

/// OK if the text is printable ASCII of a bounded length; else INVALID_ARGUMENT, naming `what`.
[[nodiscard]] absl::Status CheckText(std::string_view what, std::string_view text, const DetectorLimits& limits);

/// OK if every string, count and number of the description is within the limits; else INVALID_ARGUMENT.
[[nodiscard]] absl::Status CheckInfo(const DetectorInfo& info, const DetectorLimits& limits);

/// OK if the detection is well formed: printable bounded texts, finite numbers, a decision on samples that the detector
/// has been given, an ordered claim near the session. Else INVALID_ARGUMENT with the offending value.
[[nodiscard]] absl::Status CheckDetection(const trace::Detection& detection, const SeenTime& seen,
                                          const DetectorLimits& limits);

}  // namespace stunt::hil
