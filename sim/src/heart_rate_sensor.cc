#include <array>
#include <optional>

#include "slow_sensor.h"
#include "stunt/sim/body.h"

namespace stunt::sim::internal {
namespace {

/// Strength and rhythm of the motion at a site, from the magnitude of its specific force.
class Rhythm {
 public:
  void Step(const SiteState& state) {
    constexpr double kMean = 2, kStrength = 4;  // s
    const double f = state.specific_force / kStandardGravity;
    if (!started_) mean_ = f;
    started_ = true;
    mean_ += (f - mean_) * state.dt_s / kMean;
    const double deviation = f - mean_;
    square_ += (deviation * deviation - square_) * state.dt_s / kStrength;
    smooth_ += (deviation - smooth_) * std::min(1.0, state.dt_s / kSmooth);
    if (smooth_ < 0) below_ = true;
    if (below_ && smooth_ > kOver) {
      below_ = false;
      Crossed(state.time_s);
    }
    if (state.time_s - last_ > kLongest) count_ = 0;
  }

  /// rms of |a| about its mean [g]
  [[nodiscard]] double strength() const { return std::sqrt(square_); }

  /// Steps per minute, where the last ones came evenly.
  [[nodiscard]] std::optional<double> Cadence() const {
    if (count_ < intervals_.size()) return std::nullopt;
    const auto [least, most] = std::ranges::minmax(intervals_);
    if (most > 1.4 * least) return std::nullopt;
    double sum = 0;
    for (const double interval : intervals_) sum += interval;
    return 60 * static_cast<double>(intervals_.size()) / sum;
  }

 private:
  static constexpr double kSmooth = 0.05;                    // s
  static constexpr double kOver = 0.03;                      // g: a still hand has no rhythm
  static constexpr double kShortest = 0.25, kLongest = 1.2;  // s between steps

  void Crossed(double time) {
    const double interval = time - last_;
    if (interval < kShortest) return;
    last_ = time;
    if (interval > kLongest) {
      count_ = 0;
      return;
    }
    intervals_[next_++ % intervals_.size()] = interval;
    ++count_;
  }

  double mean_ = 0, square_ = 0, smooth_ = 0;
  bool started_ = false, below_ = false;
  double last_ = -1e9;
  std::array<double, 6> intervals_{};
  std::size_t next_ = 0, count_ = 0;
};

class HeartRateSensor : public SlowSensor {
 public:
  HeartRateSensor(const HeartRateSpec& spec, random::StreamKey key)
      : spec_(spec),
        stream_(key.Derive("errors")),
        slow_(kCorrelation, 1 / spec.rate_hz, stream_),
        locks_(spec.optical ? spec.lock_per_min : 0, spec.lock_s, 1 / spec.rate_hz),
        dropouts_(spec.dropout_per_min, spec.dropout_s, 1 / spec.rate_hz) {}

  void Step(const SiteState& state) override {
    rhythm_.Step(state);
    if (state.heart_bpm == 0) return;
    if (average_ == 0) average_ = state.heart_bpm;
    average_ += (state.heart_bpm - average_) * std::min(1.0, state.dt_s / spec_.window_s);
  }

  void Read(const SiteState& state, std::span<float> values) override {
    const double sd = spec_.noise_rest_bpm + (spec_.optical ? spec_.noise_motion_bpm * rhythm_.strength() : 0);
    const double noise = sd * slow_.Next(stream_);
    const std::optional<double> cadence = rhythm_.Cadence();
    const bool locked = locks_.Next(cadence.has_value(), stream_) && cadence;
    const bool dropped = dropouts_.Next(true, stream_);
    const double bpm =
        dropped || state.heart_bpm == 0 ? 0 : std::clamp((locked ? *cadence : average_) + noise, 25.0, 240.0);
    values[0] = static_cast<float>(std::round(bpm));
  }

  void Truth(const SiteState& state, std::span<float> values) const override {
    values[0] = static_cast<float>(state.heart_bpm);
  }

 private:
  static constexpr double kCorrelation = 10;  // s (EST)

  HeartRateSpec spec_;
  random::Stream stream_;
  GaussMarkov slow_;
  Spells locks_, dropouts_;
  Rhythm rhythm_;
  double average_ = 0;
};

}  // namespace

std::unique_ptr<SlowSensor> MakeHeartRateSensor(const HeartRateSpec& spec, random::StreamKey key) {
  return std::make_unique<HeartRateSensor>(spec, key);
}

}  // namespace stunt::sim::internal
