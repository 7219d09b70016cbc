#pragma once

#include <string>
#include <vector>

#include "stunt/metrics/waveform.h"
#include "stunt/trace/recording.h"

namespace stunt::fidelity {

/// What is kept of one recorded or simulated trial for the comparison.
struct Trial {
  std::string code;  // of the recorded set: "F04", "D01"
  std::string subject_id;
  bool fall = false;
  metrics::Waveform waveform;  // −4 … +5 s around its peak, as far as there are samples
  std::size_t peak = 0;        // sample of the waveform
  metrics::Features features{};
  std::vector<char> alarms;  // of each detector of the bank, 1 = alarm
};

/// Makes a trial of a recording's first accelerometer and gyroscope, the same way whoever made it. The peak is the
/// largest |a| in the common band: within 1 s of a fall's impact, anywhere else in daily living.
/// @throws trace::InputError if it has no accelerometer or gyroscope or is shorter than 2 s.
[[nodiscard]] Trial MakeTrial(const trace::Recording& recording, std::string code);

}  // namespace stunt::fidelity
