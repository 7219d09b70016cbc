#include "stunt/sim/sample_clock.h"

#include <algorithm>
#include <cmath>

#include "stunt/random/normals.h"

namespace stunt::sim {
namespace {

constexpr std::uint64_t kStretch = 256;  // samples of jitter made at once
constexpr double kLongestJitter = 0.2;   // of a period, twice: neither samples nor stamps change places
constexpr double kNanoseconds = 1e9;

}  // namespace

ClockUnit DrawClock(const ClockSpec& spec, random::StreamKey key) {
  const auto draw = [&](double sd, const char* name) { return sd * random::Stream(key.Derive(name)).Normal(); };
  return {draw(spec.period_error_sd, "period"), draw(spec.period_drift_sd, "drift"),
          draw(spec.stamp_error_sd, "stamp")};
}

SampleClock::SampleClock(const ClockSpec& spec, const ClockUnit& unit, double rate_hz, double first,
                         random::StreamKey key)
    : spec_(spec),
      unit_(unit),
      rate_hz_(rate_hz),
      first_(first),
      exact_(unit.period_error == 0 && unit.period_drift == 0 && unit.stamp_error == 0 && spec.sample_jitter_s == 0 &&
             spec.stamp_jitter_s == 0 && spec.data_ready_delay_s == 0),
      sampling_(key.Derive("sampling"), spec.sample_jitter_s, kLongestJitter / rate_hz),
      stamping_(key.Derive("stamping"), spec.stamp_jitter_s, kLongestJitter / rate_hz) {}

double SampleClock::Taken(std::uint64_t n) const {
  const double nominal = static_cast<double>(n) / rate_hz_;
  const double late = nominal * (unit_.period_error + 0.5 * unit_.period_drift * nominal);
  return std::max(first_, first_ + nominal + late + sampling_.At(n));
}

std::int64_t SampleClock::StampNs(std::uint64_t n) const {
  const double nominal = static_cast<double>(n) / rate_hz_;
  if (exact_) return std::llround((first_ + nominal) * kNanoseconds);
  return std::llround((Ready(n) * (1 + unit_.stamp_error) + stamping_.At(n)) * kNanoseconds);
}

double SampleClock::Jitter::At(std::uint64_t n) const {
  if (sigma_ == 0) return 0;
  if (n / kStretch != block_) {
    block_ = n / kStretch;
    normals_.resize(kStretch);
    random::FillNormals(key_, block_ * kStretch, normals_);
  }
  return std::clamp(sigma_ * normals_[n % kStretch], -limit_, limit_);
}

}  // namespace stunt::sim
