#include "stunt/sim/slow_sensors.h"

#include <fmt/format.h>

#include <stdexcept>
#include <utility>

#include "slow_sensor.h"
#include "stunt/trace/time.h"

namespace stunt::sim {

using random::StreamKey;
using trace::SensorKind;

std::uint32_t SlowSensorSpecs::Count() const {
  return (barometer ? 1U : 0U) + (magnetometer ? 1U : 0U) + (gnss ? 1U : 0U) + (heart_rate ? 1U : 0U) +
         (microphone ? 1U : 0U);
}

/// A sensor, its clock, and what has been read of it.
class SlowRecorder::Channel {
 public:
  Channel(trace::ChannelSpec spec, SampleClock clock, std::unique_ptr<internal::SlowSensor> sensor, double physics_dt)
      : spec_(std::move(spec)),
        clock_(std::move(clock)),
        sensor_(std::move(sensor)),
        reading_(static_cast<std::size_t>(spec_.axes)) {
    if (!(spec_.rate_hz > 0 && spec_.rate_hz * physics_dt <= 1)) {
      throw std::invalid_argument(fmt::format("{}: rate {} Hz must be above 0 and at most the physics rate {} Hz",
                                              spec_.device, spec_.rate_hz, 1 / physics_dt));
    }
    Begin(read_, spec_);
    Begin(true_, spec_);
  }

  void Step(const SiteState& state) {
    sensor_->Step(state);
    for (; clock_.Taken(next_) <= state.time_s; ++next_) {
      sensor_->Read(state, reading_);
      Append(read_, clock_.StampNs(next_));
      sensor_->Truth(state, reading_);
      Append(true_, trace::Nanoseconds(clock_.Taken(next_)));
    }
  }

  trace::ChannelTrace Take() { return Hand(read_, spec_); }

  trace::ChannelTrace TakeTruth() {
    trace::ChannelSpec spec = spec_;
    spec.clock = trace::kSimulatedClock;
    return Hand(true_, spec);
  }

 private:
  static void Begin(trace::SampleBlock& block, const trace::ChannelSpec& spec) {
    block = {};
    block.channel_id = spec.channel_id;
    block.axes = spec.axes;
    block.period_ns = trace::Nanoseconds(1 / spec.rate_hz);
  }

  void Append(trace::SampleBlock& block, std::int64_t time_ns) {
    if (block.values.empty()) {
      block.first_time_ns = time_ns;
      block.first_sequence = next_;
    }
    block.time_offsets_ns.push_back(time_ns - block.first_time_ns);
    block.values.insert(block.values.end(), reading_.begin(), reading_.end());
  }

  static trace::ChannelTrace Hand(trace::SampleBlock& block, const trace::ChannelSpec& spec) {
    trace::ChannelTrace trace = {spec, std::move(block)};
    Begin(block, spec);
    return trace;
  }

  trace::ChannelSpec spec_;
  SampleClock clock_;
  std::unique_ptr<internal::SlowSensor> sensor_;
  std::vector<float> reading_;  // of one sample
  trace::SampleBlock read_, true_;
  std::uint64_t next_ = 0;
};

SlowRecorder::SlowRecorder(const SlowSensorSpecs& specs, const ClockSpec& clock, const ClockUnit& unit,
                           const Surroundings& surroundings, std::string_view device, std::string_view site,
                           double physics_dt, StreamKey key, std::uint32_t first_channel_id) {
  const std::string name = fmt::format("{}@{}", device, site);
  const StreamKey own = key.Derive(name);
  const auto add = [&](SensorKind kind, const char* unit_text, int axes, double rate, double range, double resolution,
                       auto make, const char* stream) {
    trace::ChannelSpec spec = {.channel_id = first_channel_id + static_cast<std::uint32_t>(channels_.size()),
                               .kind = kind,
                               .device = name,
                               .clock = name,
                               .site = std::string(site),
                               .unit = unit_text,
                               .axes = axes,
                               .rate_hz = rate,
                               .range = range,
                               .resolution = resolution};
    const StreamKey sensor = own.Derive(stream);
    SampleClock sample_clock(clock, unit, rate, 0.5 * physics_dt, sensor.Derive("clock"));
    channels_.push_back(std::make_unique<Channel>(std::move(spec), std::move(sample_clock), make(sensor), physics_dt));
  };
  if (const auto& s = specs.barometer) {
    add(
        SensorKind::kBarometer, "Pa", 1, s->rate_hz, s->range_hi, s->resolution,
        [&](StreamKey k) { return internal::MakeBarometer(*s, surroundings, k); }, "barometer");
  }
  if (const auto& s = specs.magnetometer) {
    add(
        SensorKind::kMagnetometer, "µT", 3, s->rate_hz, s->range, s->resolution,
        [&](StreamKey k) { return internal::MakeMagnetometer(*s, surroundings, k); }, "magnetometer");
  }
  if (const auto& s = specs.gnss) {
    add(
        SensorKind::kGnss, "deg,deg,m,m/s,deg,m", 6, s->rate_hz, 0, 0,
        [&](StreamKey k) { return internal::MakeGnss(*s, surroundings, k); }, "gnss");
  }
  if (const auto& s = specs.heart_rate) {
    add(
        SensorKind::kHeartRate, "1/min", 1, s->rate_hz, 240, 1,
        [&](StreamKey k) { return internal::MakeHeartRateSensor(*s, k); }, "heart_rate");
  }
  if (const auto& s = specs.microphone) {
    add(
        SensorKind::kSoundLevel, "dB", 1, s->rate_hz, s->overload_db, s->resolution_db,
        [&](StreamKey k) { return internal::MakeMicrophone(*s, surroundings, k); }, "microphone");
  }
}

SlowRecorder::~SlowRecorder() = default;
SlowRecorder::SlowRecorder(SlowRecorder&&) noexcept = default;
SlowRecorder& SlowRecorder::operator=(SlowRecorder&&) noexcept = default;

void SlowRecorder::Step(const SiteState& state) {
  for (const auto& channel : channels_) channel->Step(state);
}

std::vector<trace::ChannelTrace> SlowRecorder::Take() {
  std::vector<trace::ChannelTrace> traces;
  for (const auto& channel : channels_) traces.push_back(channel->Take());
  return traces;
}

std::vector<trace::ChannelTrace> SlowRecorder::TakeTruth() {
  std::vector<trace::ChannelTrace> traces;
  for (const auto& channel : channels_) traces.push_back(channel->TakeTruth());
  return traces;
}

}  // namespace stunt::sim
