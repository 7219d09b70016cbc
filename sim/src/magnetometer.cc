#include "slow_sensor.h"

namespace stunt::sim::internal {
namespace {

using Eigen::Matrix3d;
using Eigen::Vector3d;

Vector3d Normals(random::Stream& stream) {
  const double x = stream.Normal(), y = stream.Normal(), z = stream.Normal();
  return {x, y, z};
}

class Magnetometer : public SlowSensor {
 public:
  Magnetometer(const MagnetometerSpec& spec, const Surroundings& surroundings, random::StreamKey key)
      : spec_(spec), field_W_(MagneticField(surroundings)), noise_(key.Derive("noise")) {
    random::Stream unit(key.Derive("unit"));
    hard_iron_ = spec.hard_iron_sd * Normals(unit);
    for (double& element : soft_iron_.reshaped()) element += spec.soft_iron_sd * unit.Normal();
    random::Stream place(key.Derive("place"));
    if (surroundings.sky == Sky::kIndoors) field_W_ += spec.disturbance_sd * Normals(place);
  }

  void Read(const SiteState& state, std::span<float> values) override {
    const Vector3d reading =
        soft_iron_ * (state.R_WS.transpose() * field_W_) + hard_iron_ + spec_.noise_rms * Normals(noise_);
    for (std::size_t a = 0; a < 3; ++a) {
      const double value = Rounded(reading[static_cast<Eigen::Index>(a)], spec_.resolution);
      values[a] = static_cast<float>(std::clamp(value, -spec_.range, spec_.range));
    }
  }

  void Truth(const SiteState& state, std::span<float> values) const override {
    const Vector3d field = state.R_WS.transpose() * field_W_;
    for (std::size_t a = 0; a < 3; ++a) values[a] = static_cast<float>(field[static_cast<Eigen::Index>(a)]);
  }

 private:
  MagnetometerSpec spec_;
  Vector3d field_W_;
  random::Stream noise_;
  Vector3d hard_iron_ = Vector3d::Zero();
  Matrix3d soft_iron_ = Matrix3d::Identity();
};

}  // namespace

std::unique_ptr<SlowSensor> MakeMagnetometer(const MagnetometerSpec& spec, const Surroundings& surroundings,
                                             random::StreamKey key) {
  return std::make_unique<Magnetometer>(spec, surroundings, key);
}

}  // namespace stunt::sim::internal
