#include "stunt/sim/device.h"

#include <fmt/format.h>

#include <cmath>
#include <stdexcept>

#include "filter.h"

namespace stunt::sim {
namespace {

using Eigen::Vector3d;
using internal::Butterworth;
using trace::SensorKind;

constexpr double kHighestBandwidth = 0.4;  // of a sample rate, for a filter that still looks like one
constexpr double kNanoseconds = 1e9;

const InertialSensorSpec& Checked(const InertialSensorSpec& spec, const std::string& what, double dt) {
  if (!(spec.rate_hz > 0 && spec.rate_hz * dt <= 1 + 1e-9)) {
    throw std::invalid_argument(
        fmt::format("{}: rate {} Hz must be above 0 and at most the physics rate {} Hz", what, spec.rate_hz, 1 / dt));
  }
  if (!(spec.bandwidth_hz > 0 && spec.bandwidth_hz * dt <= kHighestBandwidth)) {
    throw std::invalid_argument(fmt::format("{}: bandwidth {} Hz must be above 0 and at most {} Hz at this step", what,
                                            spec.bandwidth_hz, kHighestBandwidth / dt));
  }
  if (spec.filter_order <= 0 || spec.filter_order % 2 != 0) {
    throw std::invalid_argument(fmt::format("{}: filter order {} must be even", what, spec.filter_order));
  }
  return spec;
}

Vector3d Draw(random::Stream& stream) {
  const double x = stream.Normal();
  const double y = stream.Normal();
  return {x, y, stream.Normal()};
}

/// White noise of a given density with the spectrum of the anti-alias filter, made at the output rate.
class FilteredNoise {
 public:
  FilteredNoise(const InertialSensorSpec& spec, random::StreamKey key)
      : stream_(key), sigma_(spec.noise_density * std::sqrt(spec.rate_hz / 2)) {
    if (spec.bandwidth_hz > kHighestBandwidth * spec.rate_hz) return;  // white up to Nyquist
    filter_.emplace(spec.bandwidth_hz, spec.filter_order, 1 / spec.rate_hz);
    const int settling = static_cast<int>(std::ceil(3 * spec.rate_hz / spec.bandwidth_hz));
    for (int i = 0; i < settling; ++i) (void)Next();
  }

  Vector3d Next() {
    if (sigma_ == 0) return Vector3d::Zero();
    const Vector3d white = sigma_ * Draw(stream_);
    return filter_ ? filter_->Step(white) : white;
  }

 private:
  random::Stream stream_;
  double sigma_;
  std::optional<Butterworth> filter_;
};

trace::ChannelSpec Channel(SensorKind kind, const InertialSensorSpec& spec, const std::string& device,
                           std::string_view site, std::uint32_t id) {
  return {.channel_id = id,
          .kind = kind,
          .device = device,
          .clock = device,
          .site = std::string(site),
          .unit = kind == SensorKind::kAccelerometer ? "m/s²" : "rad/s",
          .axes = 3,
          .rate_hz = spec.rate_hz,
          .range = spec.range,
          .resolution = spec.resolution,
          .fifo_watermark = 0};
}

}  // namespace

/// Filter, sampler and converter of one sensor.
class DeviceRecorder::Sensor {
 public:
  Sensor(const InertialSensorSpec& spec, trace::ChannelSpec channel, double dt, random::StreamKey key)
      : spec_(Checked(spec, channel.device, dt)),
        channel_(std::move(channel)),
        dt_(dt),
        filter_(spec.bandwidth_hz, spec.filter_order, dt),
        noise_(spec, key.Derive("noise")) {
    random::Stream stream(key.Derive("bias"));
    bias_ = spec.bias_sd * Draw(stream);
    largest_ = spec.range == 0        ? HUGE_VAL
               : spec.resolution == 0 ? spec.range
                                      : std::floor(spec.range / spec.resolution * (1 + 1e-12)) * spec.resolution;
  }

  void Push(const Vector3d& truth) {
    const Vector3d input = Clipped(truth + bias_);
    if (step_ == 0) {
      filter_.Settle(input);
      previous_ = input;
    }
    const Vector3d output = filter_.Step(input);
    for (; next_position_ <= static_cast<double>(step_); next_position_ = Position(++next_sample_)) {
      const double back = static_cast<double>(step_) - next_position_;  // 0 … 1 step
      Emit(output + back * (previous_ - output));
    }
    previous_ = output;
    ++step_;
  }

  trace::ChannelTrace Take() {
    trace::SampleBlock block;
    block.channel_id = channel_.channel_id;
    block.first_sequence = taken_;
    block.first_time_ns = TimeNs(taken_);
    block.values = std::move(values_);
    values_.clear();
    const double period_ns = kNanoseconds / spec_.rate_hz;
    block.period_ns = std::llround(period_ns);
    if (std::abs(period_ns - static_cast<double>(block.period_ns)) > 1e-6) {
      for (std::uint64_t n = taken_; n < next_sample_; ++n) {
        block.time_offsets_ns.push_back(TimeNs(n) - block.first_time_ns);
      }
    }
    taken_ = next_sample_;
    return {channel_, std::move(block)};
  }

 private:
  // Of sample n, in steps after the first; on the grid where the rate divides the physics rate.
  [[nodiscard]] double Position(std::uint64_t n) const {
    const double steps = static_cast<double>(n) / (spec_.rate_hz * dt_);
    const double whole = std::round(steps);
    return std::abs(steps - whole) < 1e-6 ? whole : steps;
  }

  [[nodiscard]] std::int64_t TimeNs(std::uint64_t n) const {
    return std::llround((0.5 * dt_ + static_cast<double>(n) / spec_.rate_hz) * kNanoseconds);
  }

  [[nodiscard]] Vector3d Clipped(const Vector3d& v) const { return v.cwiseMax(-largest_).cwiseMin(largest_); }

  void Emit(const Vector3d& filtered) {
    Vector3d value = filtered + noise_.Next();
    if (spec_.resolution > 0) value = spec_.resolution * (value / spec_.resolution).array().round().matrix();
    value = Clipped(value);
    for (const double x : value) values_.push_back(static_cast<float>(x));
  }

  InertialSensorSpec spec_;
  trace::ChannelSpec channel_;
  double dt_;
  Butterworth filter_;
  FilteredNoise noise_;
  Vector3d bias_;
  double largest_;                 // output at the range's end, on the grid of the resolution
  Vector3d previous_ = {0, 0, 0};  // filter output one step ago
  std::uint64_t step_ = 0;         // steps pushed
  std::uint64_t next_sample_ = 0;
  double next_position_ = 0;  // Position(next_sample_)
  std::uint64_t taken_ = 0;   // samples handed out
  std::vector<float> values_;
};

struct DeviceRecorder::Mount {
  internal::Section section;
  bool settled = false;

  Vector3d Step(const Vector3d& specific_force) {
    if (!settled) section.Settle(specific_force);
    settled = true;
    return section.Step(specific_force);
  }
};

DeviceRecorder::DeviceRecorder(const DeviceSpec& spec, std::string_view site, double physics_dt, random::StreamKey key,
                               std::uint32_t first_channel_id) {
  const std::string device = fmt::format("{}@{}", spec.name, site);
  const random::StreamKey own = key.Derive(device);
  const auto sensor = [&](SensorKind kind, const InertialSensorSpec& part, std::uint32_t id, std::string_view name) {
    return std::make_unique<Sensor>(part, Channel(kind, part, device, site, id), physics_dt, own.Derive(name));
  };
  accelerometer_ = sensor(SensorKind::kAccelerometer, spec.imu.accelerometer, first_channel_id, "accelerometer");
  gyroscope_ = sensor(SensorKind::kGyroscope, spec.imu.gyroscope, first_channel_id + 1, "gyroscope");
  if (spec.strap) {
    mount_ = std::make_unique<Mount>(
        Mount{internal::Section(spec.strap->frequency_hz, spec.strap->damping_ratio, 1, physics_dt)});
  }
}

DeviceRecorder::~DeviceRecorder() = default;
DeviceRecorder::DeviceRecorder(DeviceRecorder&&) noexcept = default;
DeviceRecorder& DeviceRecorder::operator=(DeviceRecorder&&) noexcept = default;

void DeviceRecorder::TakeOff() { mount_.reset(); }

void DeviceRecorder::Push(const SiteMotion& motion) {
  accelerometer_->Push(mount_ ? mount_->Step(motion.specific_force) : motion.specific_force);
  gyroscope_->Push(motion.angular_rate);
}

std::vector<trace::ChannelTrace> DeviceRecorder::Take() {
  std::vector<trace::ChannelTrace> channels;
  channels.push_back(accelerometer_->Take());
  channels.push_back(gyroscope_->Take());
  return channels;
}

double GroupDelay(const InertialSensorSpec& sensor, double physics_dt) {
  return Butterworth(sensor.bandwidth_hz, sensor.filter_order, physics_dt).GroupDelay();
}

}  // namespace stunt::sim
