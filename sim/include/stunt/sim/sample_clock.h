#pragma once

#include <cstdint>
#include <vector>

#include "stunt/random/random.h"
#include "stunt/sim/sensor_spec.h"

namespace stunt::sim {

/// Errors of the clocks of one virtual unit.
struct ClockUnit {
  double period_error = 0;  // e, 1
  double period_drift = 0;  // d, 1/s
  double stamp_error = 0;   // c, 1
};

[[nodiscard]] ClockUnit DrawClock(const ClockSpec& spec, random::StreamKey key);

/// When the samples of one sensor are taken, and what is written on them. See ClockSpec for the formula.
class SampleClock {
 public:
  /// @param first  nominal time of sample 0 [s]; jitter takes no sample before it.
  /// @param key    of the sensor's jitter.
  SampleClock(const ClockSpec& spec, const ClockUnit& unit, double rate_hz, double first, random::StreamKey key);

  /// Simulated time at which sample n is taken [s]. Increases with n.
  [[nodiscard]] double Taken(std::uint64_t n) const;
  /// Simulated time at which sample n can be read [s].
  [[nodiscard]] double Ready(std::uint64_t n) const { return Taken(n) + spec_.data_ready_delay_s; }
  /// Stamp of sample n on the device's clock. Increases with n.
  [[nodiscard]] std::int64_t StampNs(std::uint64_t n) const;

  /// True if sample n's time and stamp are first + n / rate.
  [[nodiscard]] bool exact() const { return exact_; }

 private:
  /// Jitter of sample n, of standard deviation 1, cut so that order is kept. Remembers one stretch of it.
  class Jitter {
   public:
    Jitter(random::StreamKey key, double sigma, double limit) : key_(key), sigma_(sigma), limit_(limit) {}
    [[nodiscard]] double At(std::uint64_t n) const;

   private:
    random::StreamKey key_;
    double sigma_;  // s
    double limit_;  // s
    mutable std::uint64_t block_ = UINT64_MAX;
    mutable std::vector<double> normals_;
  };

  ClockSpec spec_;
  ClockUnit unit_;
  double rate_hz_;
  double first_;
  bool exact_;
  Jitter sampling_;
  Jitter stamping_;
};

}  // namespace stunt::sim
