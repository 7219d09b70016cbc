#pragma once

#include <algorithm>
#include <cmath>

#include "smooth.h"

namespace stunt::motion_models {

/// How far the plan of the strides is behind the clock. Nothing as long as the body is where the plan has it; for a
/// body that was held up the plan falls back, for one that was pushed ahead it hurries, until they meet again. Without
/// it the spring between them saturates, and a jogger runs in place for good. C² in time: the wish passes two filters
/// before it becomes a rate.
class StrideClock {
 public:
  /// @param lag    the plan's pelvis ahead of the body's, along the way [m].
  /// @param share  0 … 1: how far the subject is in control of its steps.
  /// @param dt     s
  void Advance(double lag, double share, double dt) {
    const double wish = share * Smooth((std::abs(lag) - kDeadBand) / kFull) * (lag > 0 ? kSlowest : -kHaste);
    const double pass = std::min(1.0, dt / kFilter);
    filtered_ += pass * (wish - filtered_);
    rate_ += pass * (filtered_ - rate_);
    delay_ += rate_ * dt;
  }
  /// Of the plan [s]; negative: ahead of the clock.
  [[nodiscard]] double delay() const { return delay_; }

 private:
  // EST. A steady walker's pelvis stays within 6 cm of the plan, a jogger's within 10.
  static constexpr double kDeadBand = 0.1;  // m
  static constexpr double kFull = 0.2;      // m beyond it at which the answer is full
  static constexpr double kSlowest = 0.9;   // of its speed that the plan gives up
  static constexpr double kHaste = 0.5;     // of its speed that it gains
  static constexpr double kFilter = 0.05;   // s, of each filter

  double filtered_ = 0;
  double rate_ = 0;
  double delay_ = 0;
};

}  // namespace stunt::motion_models
