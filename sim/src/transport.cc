#include "stunt/sim/transport.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <deque>

namespace stunt::sim {
namespace {

constexpr double kNanoseconds = 1e9;

/// The queue of one channel and what comes out of it.
class Queue {
 public:
  Queue(const trace::SampleBlock& samples, const TransportSpec& spec, random::StreamKey key)
      : samples_(samples),
        spec_(spec),
        reads_(key.Derive("reads")),
        losses_(key.Derive("losses")),
        watermark_(static_cast<std::size_t>(std::max(1, spec.fifo_watermark))),
        depth_(spec.fifo_depth > 0 ? static_cast<std::size_t>(spec.fifo_depth) : 1) {}

  void Enter(std::size_t sample, double ready) {
    if (reading_ && read_at_ <= ready) Read();
    if (waiting_.size() == depth_) waiting_.pop_front();  // pushed out
    waiting_.push_back(sample);
    if (!reading_ && waiting_.size() >= std::min(watermark_, depth_)) Begin(ready);
  }

  std::vector<Delivery> Finish(double last_ready) {
    if (!waiting_.empty() && !reading_) Begin(last_ready);
    if (reading_) Read();
    return std::move(out_);
  }

 private:
  void Begin(double now) {
    random::Stream stream(reads_.Derive(read_count_++));
    const double latency = std::max(0.0, spec_.latency_s + spec_.latency_sd_s * stream.Normal());
    const double stall = stream.Uniform() < spec_.stall_share ? spec_.stall_s : 0;
    reading_ = true;
    read_at_ = std::max(now + latency + stall, read_at_);
  }

  void Read() {
    reading_ = false;
    std::optional<std::size_t> before;
    for (const std::size_t sample : waiting_) {
      if (random::Stream(losses_, sample).Uniform() < spec_.loss) continue;
      if (!before || *before + 1 != sample) Open(sample);
      Append(sample);
      before = sample;
    }
    waiting_.clear();
  }

  void Open(std::size_t sample) {
    Delivery delivery;
    delivery.delivered_ns = std::llround(read_at_ * kNanoseconds);
    delivery.block.channel_id = samples_.channel_id;
    delivery.block.axes = samples_.axes;
    delivery.block.period_ns = samples_.period_ns;
    delivery.block.first_sequence = samples_.first_sequence + sample;
    delivery.block.first_time_ns = samples_.TimeNs(sample);
    out_.push_back(std::move(delivery));
  }

  void Append(std::size_t sample) {
    trace::SampleBlock& block = out_.back().block;
    const auto axes = static_cast<std::size_t>(samples_.axes);
    const auto from = samples_.values.begin() + static_cast<long>(sample * axes);
    block.values.insert(block.values.end(), from, from + static_cast<long>(axes));
    if (!samples_.time_offsets_ns.empty()) {
      block.time_offsets_ns.push_back(samples_.TimeNs(sample) - block.first_time_ns);
    }
  }

  const trace::SampleBlock& samples_;
  const TransportSpec& spec_;
  random::StreamKey reads_;
  random::StreamKey losses_;
  std::size_t watermark_;
  std::size_t depth_;
  std::deque<std::size_t> waiting_;
  bool reading_ = false;
  double read_at_ = 0;  // s; reads do not overtake each other
  std::uint64_t read_count_ = 0;
  std::vector<Delivery> out_;
};

double LargestAxis(const trace::SampleBlock& block, std::size_t i) {
  double largest = 0;
  for (std::size_t a = 0; a < 3; ++a)
    largest = std::max(largest, std::abs(static_cast<double>(block.values[3 * i + a])));
  return largest;
}

}  // namespace

std::vector<Delivery> Deliver(const trace::ChannelTrace& channel, const SampleClock& clock, const TransportSpec& spec,
                              random::StreamKey key) {
  const trace::SampleBlock& samples = channel.samples;
  Queue queue(samples, spec, key);
  double ready = 0;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    ready = clock.Ready(samples.first_sequence + i);
    queue.Enter(i, ready);
  }
  return queue.Finish(ready);
}

HandedOver HandOver(const trace::SampleBlock& fine, const trace::SampleBlock& wide, const HandOverSpec& rule) {
  HandedOver result{fine, std::vector<bool>(fine.size(), false)};
  std::size_t nearest = 0;
  bool on_wide = false;
  std::int64_t loud = 0;  // last time at which the wide one was at or above `leave`
  const auto hold = std::llround(rule.hold_s * kNanoseconds);
  for (std::size_t i = 0; i < fine.size(); ++i) {
    const std::int64_t now = fine.TimeNs(i);
    while (nearest + 1 < wide.size() && wide.TimeNs(nearest + 1) <= now) {
      if (LargestAxis(wide, ++nearest) >= rule.leave) loud = wide.TimeNs(nearest);
    }
    if (LargestAxis(fine, i) >= rule.enter) {
      on_wide = true;
      loud = std::max(loud, now);
    } else if (on_wide && now - loud >= hold) {
      on_wide = false;
    }
    if (!on_wide) continue;
    const bool later = nearest + 1 < wide.size() && wide.TimeNs(nearest + 1) - now < now - wide.TimeNs(nearest);
    const std::size_t from = 3 * (later ? nearest + 1 : nearest);
    std::copy_n(wide.values.begin() + static_cast<long>(from), 3,
                result.samples.values.begin() + static_cast<long>(3 * i));
    result.from_wide_range[i] = true;
  }
  return result;
}

}  // namespace stunt::sim
