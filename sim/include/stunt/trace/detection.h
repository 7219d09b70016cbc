#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace stunt::trace {

/// What a detector said. Field for field the Detection of proto/stunt/v1/types.proto.
struct Detection {
  std::string detection_id;
  std::string label;  // class: "fall", "crash", …
  double score = 0;
  bool above_threshold = true;                   // false: a candidate kept for score sweeps
  std::int64_t decision_sample_time_ns = 0;      // sensor time of the last sample that the decision used
  std::int64_t decision_device_ns = 0;           // device clock, when it decided
  std::int64_t first_input_device_ns = 0;        // device clock, when that sample arrived
  std::optional<std::int64_t> claimed_start_ns;  // sensor time
  std::optional<std::int64_t> claimed_end_ns;
  double quantity = 0;  // repetitions, bpm, mL/kg/min
  std::string quantity_unit;
};

}  // namespace stunt::trace
