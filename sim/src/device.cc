#include "stunt/sim/device.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <stdexcept>
#include <utility>

#include "filter.h"
#include "front_end.h"
#include "loose_mount.h"

namespace stunt::sim {
namespace {

using internal::Butterworth;
using random::StreamKey;
using trace::SensorKind;

constexpr double kHighestBandwidth = 0.4;  // of the physics rate, for a filter that still looks like one
constexpr double kNanoseconds = 1e9;
constexpr std::size_t kSteps = 128;  // worked on at once: stays in the first cache

const InertialSensorSpec& Checked(const InertialSensorSpec& spec, const std::string& what, double dt) {
  CheckSensor(spec, what);
  if (!(spec.rate_hz * dt <= 1 + 1e-9)) {
    throw std::invalid_argument(
        fmt::format("{}: rate {} Hz must be above 0 and at most the physics rate {} Hz", what, spec.rate_hz, 1 / dt));
  }
  if (!(spec.bandwidth_hz * dt <= kHighestBandwidth)) {
    throw std::invalid_argument(fmt::format("{}: bandwidth {} Hz must be above 0 and at most {} Hz at this step", what,
                                            spec.bandwidth_hz, kHighestBandwidth / dt));
  }
  return spec;
}

trace::ChannelSpec Channel(SensorKind kind, const InertialSensorSpec& spec, const DeviceSpec& device,
                           std::string_view site, std::uint32_t id) {
  const std::string name = fmt::format("{}@{}", device.name, site);
  return {.channel_id = id,
          .kind = kind,
          .device = name,
          .clock = name,
          .site = std::string(site),
          .unit = kind == SensorKind::kGyroscope ? "rad/s" : "m/s²",
          .axes = 3,
          .rate_hz = spec.rate_hz,
          .range = spec.range,
          .resolution = spec.resolution,
          .fifo_watermark = device.transport.fifo_watermark};
}

}  // namespace

/// Front end, filter, sampler and converter of one sensor.
class DeviceRecorder::Sensor {
 public:
  Sensor(const InertialSensorSpec& spec, trace::ChannelSpec channel, const DeviceSpec& device, const InertialUnit& unit,
         const SampleClock& clock, double dt, StreamKey key)
      : channel_(std::move(channel)),
        dt_(dt),
        delay_(spec.pipeline_delay_s),
        history_(4 + static_cast<std::size_t>(std::ceil(delay_ / dt))),
        thermometer_(device.temperature),
        front_(Checked(spec, channel_.device, dt), unit, DrawTurnOnBias(spec, key), dt),
        filter_(spec.bandwidth_hz, spec.filter_order, dt),
        clock_(clock),
        noise_(spec, key.Derive("noise")),
        converter_(spec.resolution, spec.range) {
    Plan(0);
  }

  /// @param force  what the gyroscope's g-sensitivity sees; null for accelerometers.
  void Push(const AxisBlock& ideal, const AxisBlock* force) {
    work_ = ideal;
    Digest(force);
    if (step_ == 0) {
      const Eigen::Vector3d first(work_.axis[0][0], work_.axis[1][0], work_.axis[2][0]);
      filter_.Settle(first);
      for (std::size_t i = 0; i < history_; ++i) filtered_.Append(first);
    }
    filter_.Filter(work_);
    for (std::size_t a = 0; a < 3; ++a) {
      filtered_.axis[a].insert(filtered_.axis[a].end(), work_.axis[a].begin(), work_.axis[a].end());
    }
    step_ += work_.size();
    Emit();
    for (std::vector<double>& axis : filtered_.axis) axis.erase(axis.begin(), axis.end() - static_cast<long>(history_));
  }

  trace::ChannelTrace Take() {
    trace::SampleBlock block;
    block.channel_id = channel_.channel_id;
    block.first_sequence = taken_;
    block.first_time_ns = clock_.StampNs(taken_);
    block.values = std::exchange(values_, {});
    const double period_ns = kNanoseconds / channel_.rate_hz;
    block.period_ns = std::llround(period_ns);
    if (!clock_.exact() || std::abs(period_ns - static_cast<double>(block.period_ns)) > 1e-6) {
      for (std::uint64_t n = taken_; n < next_sample_; ++n) {
        block.time_offsets_ns.push_back(clock_.StampNs(n) - block.first_time_ns);
      }
    }
    taken_ = next_sample_;
    return {channel_, std::move(block)};
  }

  [[nodiscard]] const SampleClock& clock() const { return clock_; }

 private:
  void Digest(const AxisBlock* force) {
    warmth_.resize(work_.size());
    if (front_.needs_temperature()) thermometer_.Fill((static_cast<double>(step_) + 0.5) * dt_, dt_, warmth_);
    front_.AddErrors(work_, force, warmth_);
    front_.Clip(work_);
  }

  // Where sample n is: on the grid where the rate divides the physics rate. It is due once it is taken and its
  // neighbours are there: the step itself on the grid, else two on either side.
  void Plan(std::uint64_t n) {
    next_sample_ = n;
    const double taken = clock_.Taken(n) / dt_ - 0.5;  // steps after the first
    const double shown = std::max(0.0, taken - delay_ / dt_);
    const double whole = std::round(shown);
    const double position = std::abs(shown - whole) < 1e-6 ? whole : shown;
    next_step_ = static_cast<std::uint64_t>(position);
    next_share_ = position - static_cast<double>(next_step_);
    next_due_ = std::max(next_step_ + (next_share_ > 0 ? 2 : 0), static_cast<std::uint64_t>(taken + 1e-6));
  }

  void Emit() {
    for (; next_due_ < step_; Plan(next_sample_ + 1)) {
      Interpolate(filtered_.size() - static_cast<std::size_t>(step_ - next_step_), next_share_);
    }
    if (sampled_.size() > 0) Convert();
  }

  // Lagrange's cubic through the steps at −1, 0, 1, 2.
  void Interpolate(std::size_t at, double s) {
    if (s == 0) {
      for (std::size_t a = 0; a < 3; ++a) sampled_.axis[a].push_back(filtered_.axis[a][at]);
      return;
    }
    const double before = -s * (s - 1) * (s - 2) / 6, here = (s + 1) * (s - 1) * (s - 2) / 2;
    const double next = -(s + 1) * s * (s - 2) / 2, after = (s + 1) * s * (s - 1) / 6;
    for (std::size_t a = 0; a < 3; ++a) {
      const double* const f = filtered_.axis[a].data() + at;
      sampled_.axis[a].push_back((before * f[-1] + after * f[2]) + (here * f[0] + next * f[1]));
    }
  }

  void Convert() {
    const std::size_t count = sampled_.size();
    const std::uint64_t first = next_sample_ - count;
    for (std::size_t done = 0; done < count;) {
      const std::uint64_t block = (first + done) / SensorNoise::kBlock;
      const std::size_t at = (first + done) % SensorNoise::kBlock;
      if (block != noise_block_) noise_.Block(noise_block_ = block, noise_values_);
      const std::size_t stretch = std::min(count - done, SensorNoise::kBlock - at);
      for (std::size_t a = 0; a < 3; ++a) {
        double* const x = sampled_.axis[a].data() + done;
        const double* const noise = noise_values_.axis[a].data() + at;
        for (std::size_t i = 0; i < stretch; ++i) x[i] += noise[i];
      }
      done += stretch;
    }
    for (std::vector<double>& axis : sampled_.axis) converter_.Convert(axis);
    const std::size_t old = values_.size();
    values_.resize(old + 3 * count);
    for (std::size_t i = 0; i < count; ++i) {
      for (std::size_t a = 0; a < 3; ++a) values_[old + 3 * i + a] = static_cast<float>(sampled_.axis[a][i]);
    }
    sampled_.Clear();
  }

  trace::ChannelSpec channel_;
  double dt_;
  double delay_;
  std::size_t history_;  // filtered steps kept for samples to come
  internal::Thermometer thermometer_;
  internal::FrontEnd front_;
  Butterworth filter_;
  SampleClock clock_;
  SensorNoise noise_;
  internal::Converter converter_;
  AxisBlock work_;              // input on its way through the front end
  std::vector<double> warmth_;  // K, beside work_
  AxisBlock filtered_;          // its last history_ steps before, and those of this block
  AxisBlock sampled_;           // not converted yet
  AxisBlock noise_values_;      // of noise_block_
  std::uint64_t noise_block_ = UINT64_MAX;
  std::uint64_t step_ = 0;  // steps pushed
  std::uint64_t next_sample_ = 0;
  std::uint64_t next_step_ = 0;  // at or before what it shows
  double next_share_ = 0;        // of a step, beyond next_step_
  std::uint64_t next_due_ = 0;   // step that must be there
  std::uint64_t taken_ = 0;      // samples handed out
  std::vector<float> values_;
};

struct DeviceRecorder::Mount {
  Mount(const StrapSpec& strap, double dt) : section(strap.frequency_hz, strap.damping_ratio, 1, dt) {
    if (strap.Loose()) loose.emplace(strap, dt);
  }

  internal::Section section;
  bool settled = false;
  std::optional<internal::LooseMount> loose;  // in place of the section

  void Filter(MotionBlock& motion) {
    if (loose) return loose->Apply(motion);
    AxisBlock& force = motion.specific_force;
    if (!settled) section.Settle({force.axis[0][0], force.axis[1][0], force.axis[2][0]});
    settled = true;
    section.Filter(force);
  }
};

DeviceUnit DrawDevice(const DeviceSpec& spec, StreamKey key) {
  DeviceUnit unit;
  unit.accelerometer = DrawUnit(spec.imu.accelerometer, key.Derive("accelerometer"));
  unit.gyroscope = DrawUnit(spec.imu.gyroscope, key.Derive("gyroscope"));
  if (spec.high_g) unit.high_g = DrawUnit(*spec.high_g, key.Derive("high_g"));
  unit.clock = DrawClock(spec.clock, key.Derive("clock"));
  return unit;
}

DeviceRecorder::DeviceRecorder(const DeviceSpec& spec, std::string_view site, double physics_dt, StreamKey key,
                               std::uint32_t first_channel_id, const std::optional<DeviceUnit>& given)
    : pending_(std::make_unique<MotionBlock>()) {
  const StreamKey own = key.Derive(fmt::format("{}@{}", spec.name, site));
  unit_ = given ? *given : DrawDevice(spec, own.Derive("unit"));
  const DeviceUnit& unit = unit_;
  const auto add = [&](SensorKind kind, const InertialSensorSpec& part, const InertialUnit& errors,
                       std::string_view name) {
    const auto id = first_channel_id + static_cast<std::uint32_t>(sensors_.size());
    // Sensors of one rate are sampled and stamped together.
    const StreamKey jitter = own.Derive("clock").Derive(static_cast<std::uint64_t>(std::llround(1e3 * part.rate_hz)));
    const SampleClock clock(spec.clock, unit.clock, part.rate_hz, 0.5 * physics_dt, jitter);
    sensors_.push_back(std::make_unique<Sensor>(part, Channel(kind, part, spec, site, id), spec, errors, clock,
                                                physics_dt, own.Derive(name)));
  };
  add(SensorKind::kAccelerometer, spec.imu.accelerometer, unit.accelerometer, "accelerometer");
  add(SensorKind::kGyroscope, spec.imu.gyroscope, unit.gyroscope, "gyroscope");
  if (spec.high_g) add(SensorKind::kHighGAccelerometer, *spec.high_g, unit.high_g.value_or(InertialUnit()), "high_g");
  if (spec.strap) mount_ = std::make_unique<Mount>(*spec.strap, physics_dt);
}

DeviceRecorder::~DeviceRecorder() = default;
DeviceRecorder::DeviceRecorder(DeviceRecorder&&) noexcept = default;
DeviceRecorder& DeviceRecorder::operator=(DeviceRecorder&&) noexcept = default;

void DeviceRecorder::TakeOff() {
  Work();
  mount_.reset();
}

void DeviceRecorder::Push(const SiteMotion& motion) {
  pending_->specific_force.Append(motion.specific_force);
  pending_->angular_rate.Append(motion.angular_rate);
  if (pending_->size() >= kSteps) Work();
}

void DeviceRecorder::PushBlock(const MotionBlock& motion) {
  for (std::size_t done = 0; done < motion.size();) {
    const std::size_t count = std::min(motion.size() - done, kSteps - pending_->size());
    for (std::size_t a = 0; a < 3; ++a) {
      const auto append = [&](std::vector<double>& to, const std::vector<double>& from) {
        to.insert(to.end(), from.begin() + static_cast<long>(done), from.begin() + static_cast<long>(done + count));
      };
      append(pending_->specific_force.axis[a], motion.specific_force.axis[a]);
      append(pending_->angular_rate.axis[a], motion.angular_rate.axis[a]);
    }
    done += count;
    if (pending_->size() == kSteps) Work();
  }
}

void DeviceRecorder::Work() {
  if (pending_->size() == 0) return;
  AxisBlock& force = pending_->specific_force;
  if (mount_) mount_->Filter(*pending_);
  sensors_[0]->Push(force, nullptr);
  sensors_[1]->Push(pending_->angular_rate, &force);
  if (sensors_.size() > 2) sensors_[2]->Push(force, nullptr);
  force.Clear();
  pending_->angular_rate.Clear();
}

std::vector<trace::ChannelTrace> DeviceRecorder::Take() {
  Work();
  std::vector<trace::ChannelTrace> channels;
  for (const auto& sensor : sensors_) channels.push_back(sensor->Take());
  return channels;
}

const SampleClock& DeviceRecorder::clock(std::size_t channel) const { return sensors_.at(channel)->clock(); }

StrapSpec Loosened(const StrapSpec& strap, double tightness) {
  if (tightness >= 1) return strap;
  const double slack = 1 - tightness;
  const double soft = 1 - 0.6 * slack;
  const auto widen = [&](PerAxis& play, double most) {
    for (double* const p : {&play.x, &play.y, &play.z}) *p += most * slack;
  };
  StrapSpec loose = strap;
  loose.frequency_hz *= soft;
  loose.damping_ratio *= 1 - 0.5 * slack;
  loose.tilt_frequency_hz = soft * (strap.tilt_frequency_hz > 0 ? strap.tilt_frequency_hz : 20);
  loose.tilt_damping_ratio *= 1 - 0.5 * slack;
  widen(loose.play, 0.003);
  widen(loose.tilt_play, 4 * std::numbers::pi / 180);
  return loose;
}

std::uint32_t ChannelCount(const DeviceSpec& spec) { return spec.high_g ? 3 : 2; }

double GroupDelay(const InertialSensorSpec& sensor, double physics_dt) {
  return Butterworth(sensor.bandwidth_hz, sensor.filter_order, physics_dt).GroupDelay() + sensor.pipeline_delay_s;
}

}  // namespace stunt::sim
