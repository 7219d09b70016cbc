#pragma once

#include <algorithm>
#include <cmath>
#include <memory>
#include <span>

#include "stunt/random/random.h"
#include "stunt/sim/slow_sensors.h"

namespace stunt::sim::internal {

/// One sensor that is read now and then. Step() sees every physics step, Read() and Truth() what is put out at its end.
class SlowSensor {
 public:
  virtual ~SlowSensor() = default;
  virtual void Step(const SiteState&) {}
  /// Call once a sample, in order: errors have a history.
  virtual void Read(const SiteState& state, std::span<float> values) = 0;
  virtual void Truth(const SiteState& state, std::span<float> values) const = 0;
};

/// First-order Gauss–Markov process: mean 0, standard deviation 1, correlation e^(−t/τ).
class GaussMarkov {
 public:
  GaussMarkov(double correlation_s, double interval_s, random::Stream& stream)
      : keep_(std::exp(-interval_s / correlation_s)), fresh_(std::sqrt(1 - keep_ * keep_)), value_(stream.Normal()) {}
  /// The next value; `interval_s` later than the one before.
  double Next(random::Stream& stream) {
    value_ = keep_ * value_ + fresh_ * stream.Normal();
    return value_;
  }

 private:
  double keep_, fresh_, value_;
};

/// Something that begins at a mean rate and lasts for a time with an exponential distribution.
class Spells {
 public:
  Spells(double per_min, double mean_s, double interval_s)
      : chance_(1 - std::exp(-per_min * interval_s / 60)), mean_s_(mean_s), interval_s_(interval_s) {}
  /// One interval on. @param possible  whether one can begin.
  bool Next(bool possible, random::Stream& stream) {
    left_s_ -= interval_s_;
    const double begin = stream.Uniform(), length = stream.Uniform();  // drawn in any case: the same numbers for all
    if (left_s_ <= 0 && possible && begin < chance_) left_s_ = -mean_s_ * std::log(1 - length);
    return left_s_ > 0;
  }

 private:
  double chance_, mean_s_, interval_s_;
  double left_s_ = 0;
};

inline double Rounded(double value, double resolution) {
  return resolution > 0 ? resolution * std::round(value / resolution) : value;
}

[[nodiscard]] std::unique_ptr<SlowSensor> MakeBarometer(const BarometerSpec&, const Surroundings&, random::StreamKey);
[[nodiscard]] std::unique_ptr<SlowSensor> MakeMagnetometer(const MagnetometerSpec&, const Surroundings&,
                                                           random::StreamKey);
[[nodiscard]] std::unique_ptr<SlowSensor> MakeGnss(const GnssSpec&, const Surroundings&, random::StreamKey);
[[nodiscard]] std::unique_ptr<SlowSensor> MakeHeartRateSensor(const HeartRateSpec&, random::StreamKey);
[[nodiscard]] std::unique_ptr<SlowSensor> MakeMicrophone(const MicrophoneSpec&, const Surroundings&, random::StreamKey);

}  // namespace stunt::sim::internal
