#include <array>
#include <numbers>

#include "slow_sensor.h"

namespace stunt::sim::internal {
namespace {

using Eigen::Vector3d;

constexpr double kDegree = std::numbers::pi / 180;
constexpr double kUpShare = 1.7;  // vertical over horizontal error (EST: the geometry of satellites above)

/// Degrees of latitude and longitude to the metre, north and east of a place on the WGS 84 ellipsoid.
struct DegreesPerMetre {
  double north, east;
};

DegreesPerMetre At(double latitude_deg) {
  constexpr double kA = 6378137, kE2 = 6.69437999014e-3;
  const double sine = std::sin(latitude_deg * kDegree);
  const double w = std::sqrt(1 - kE2 * sine * sine);
  return {1 / (kA * (1 - kE2) / (w * w * w) * kDegree),
          1 / (kA / w * std::max(std::cos(latitude_deg * kDegree), 1e-6) * kDegree)};
}

class Gnss : public SlowSensor {
 public:
  Gnss(const GnssSpec& spec, const Surroundings& surroundings, random::StreamKey key)
      : surroundings_(surroundings),
        scale_(At(surroundings.latitude_deg)),
        urban_(surroundings.sky == Sky::kUrban),
        position_sd_(urban_ ? spec.position_sd_urban : spec.position_sd_open),
        speed_sd_(urban_ ? spec.speed_sd_urban : spec.speed_sd_open),
        stream_(key.Derive("errors")),
        east_(spec.correlation_s, 1 / spec.rate_hz, stream_),
        north_(spec.correlation_s, 1 / spec.rate_hz, stream_),
        up_(spec.correlation_s, 1 / spec.rate_hz, stream_),
        outages_(spec.outages_per_min_urban, spec.outage_s, 1 / spec.rate_hz) {}

  void Step(const SiteState& state) override {
    moved_ += state.dt_s * state.velocity_W;
    passed_s_ += state.dt_s;
  }

  void Read(const SiteState& state, std::span<float> values) override {
    velocity_ = moved_ / std::max(passed_s_, 1e-9);
    moved_.setZero();
    passed_s_ = 0;
    const double east = east_.Next(stream_), north = north_.Next(stream_), up = up_.Next(stream_);
    const double speed_east = stream_.Normal(), speed_north = stream_.Normal();
    const bool lost = outages_.Next(urban_, stream_);
    if (lost || surroundings_.sky == Sky::kIndoors) {
      std::ranges::fill(values, 0.0F);
      values[5] = -1;
      return;
    }
    Fill(state.position_W + position_sd_ * Vector3d(east, north, kUpShare * up),
         velocity_ + speed_sd_ * Vector3d(speed_east, speed_north, 0), std::numbers::sqrt2 * position_sd_, values);
  }

  void Truth(const SiteState& state, std::span<float> values) const override {
    Fill(state.position_W, velocity_, 0, values);
  }

 private:
  void Fill(const Vector3d& position, const Vector3d& velocity, double accuracy, std::span<float> values) const {
    const double course = std::atan2(velocity.x(), velocity.y()) / kDegree;
    const std::array<double, 6> fix = {surroundings_.latitude_deg + position.y() * scale_.north,
                                       surroundings_.longitude_deg + position.x() * scale_.east,
                                       surroundings_.altitude_m + position.z(),
                                       std::hypot(velocity.x(), velocity.y()),
                                       course < 0 ? course + 360 : course,
                                       accuracy};
    std::ranges::transform(fix, values.begin(), [](double value) { return static_cast<float>(value); });
  }

  Surroundings surroundings_;
  DegreesPerMetre scale_;
  bool urban_;
  double position_sd_, speed_sd_;
  random::Stream stream_;
  GaussMarkov east_, north_, up_;
  Spells outages_;
  Vector3d moved_ = Vector3d::Zero();  // since the last fix …
  double passed_s_ = 0;                // … in this time
  Vector3d velocity_ = Vector3d::Zero();
};

}  // namespace

std::unique_ptr<SlowSensor> MakeGnss(const GnssSpec& spec, const Surroundings& surroundings, random::StreamKey key) {
  return std::make_unique<Gnss>(spec, surroundings, key);
}

}  // namespace stunt::sim::internal
