#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "stunt/random/random.h"
#include "stunt/sim/sample_clock.h"
#include "stunt/sim/sensor_spec.h"
#include "stunt/trace/channel.h"

namespace stunt::sim {

/// A run of samples without gap as it arrives where somebody reads it.
struct Delivery {
  trace::SampleBlock block;       // stamps on the device's clock; a missing sequence number is a lost sample
  std::int64_t delivered_ns = 0;  // simulated clock
};

/// Sends the samples of a channel through the sensor's queue and the link behind it.
///
/// A sample enters the queue when it is ready (SampleClock::Ready). Once `fifo_watermark` samples wait, a read begins;
/// it empties the queue after the latency (mean, standard deviation, not below 0), or after stall_s more with
/// probability stall_share. What arrives at a full queue pushes the oldest sample out. Each sample is lost on the way
/// with probability `loss`. What is left in the queue after the last sample is read at once. Without a queue each
/// sample is read alone.
///
/// Draws of read and sample n come from streams below `key` at position n: losses do not depend on how reads fall.
[[nodiscard]] std::vector<Delivery> Deliver(const trace::ChannelTrace& channel, const SampleClock& clock,
                                            const TransportSpec& spec, random::StreamKey key);

/// One trace of both accelerometers of a device: the fine one's samples; from the instant at which any of its axes
/// reaches `enter` until all axes of the wide one have stayed below `leave` for `hold_s`, the wide one's nearest sample
/// in time.
struct HandedOver {
  trace::SampleBlock samples;         // channel, sequence and time of the fine one
  std::vector<bool> from_wide_range;  // one per sample
};

/// @pre both channels have three axes, and the wide one is not empty.
[[nodiscard]] HandedOver HandOver(const trace::SampleBlock& fine, const trace::SampleBlock& wide,
                                  const HandOverSpec& rule);

}  // namespace stunt::sim
