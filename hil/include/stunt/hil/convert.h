#pragma once

#include <absl/status/statusor.h>

#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "stunt/hil/system_under_test.h"
#include "stunt/trace/recording.h"

namespace stunt::hil {

/// The channels that a detector is fed with, in the order of the recording.
struct PreparedChannels {
  std::vector<const trace::ChannelTrace*> channels;  // of the recording, or of `converted`
  std::deque<trace::ChannelTrace> converted;         // stays in place when this struct moves
  std::vector<std::string> conversions;              // what was changed, in words
};

/// "accelerometer": the name of a kind in messages and reports.
[[nodiscard]] std::string_view KindName(trace::SensorKind kind);

/// Picks what the detector needs, in the rate and unit that it needs.
///
/// A channel is fed if a need names its kind (the first such need counts) and, where the need names sites, its site.
/// Without needs everything is fed. A rate within 1 % of the need counts as equal: that is how well a sensor keeps its
/// own rate. The recording must outlive the result.
///
/// @param devices  feed only channels of these devices; empty = all.
/// @returns  INVALID_ARGUMENT if a required channel is missing or cannot be converted; the message lists what there is.
[[nodiscard]] absl::StatusOr<PreparedChannels> PrepareChannels(const trace::Recording& recording,
                                                               const std::vector<ChannelNeed>& needs,
                                                               const std::vector<std::string>& devices);

/// The same signal at another rate, from the first sample time to the last.
///
/// y(t) = Σ x_i d_i h(t − t_i) / Σ d_i h(t − t_i) with h a sinc under a Kaiser window, flat within 0.2 % up to 0.35 of
/// the lower of the two rates and 55 dB down from half of it, and d_i the time that sample i stands for. The kernel is
/// symmetric: no group delay, but an output uses input up to ResampleReach(…) later. Input times need not be even;
/// across a gap longer than the kernel the result is a straight line. Resolution is lost (0); the FIFO watermark is
/// scaled so that it holds the same time.
///
/// @pre  rate_hz > 0, input times rise, the recording states a rate or has two samples.
/// @source  Kaiser (1974), "Nonrecursive digital filter design using the I0-sinh window function".
[[nodiscard]] trace::ChannelTrace Resample(const trace::ChannelTrace& input, double rate_hz);

/// Half the length of Resample's kernel [s]: how much later samples can reach an output.
[[nodiscard]] double ResampleReach(double input_rate_hz, double output_rate_hz);

}  // namespace stunt::hil
