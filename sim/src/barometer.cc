#include <numbers>

#include "slow_sensor.h"
#include "stunt/sim/sensor_spec.h"

namespace stunt::sim::internal {
namespace {

class Barometer : public SlowSensor {
 public:
  Barometer(const BarometerSpec& spec, const Surroundings& surroundings, random::StreamKey key)
      : spec_(spec), surroundings_(surroundings), noise_(key.Derive("noise")) {
    random::Stream unit(key.Derive("unit"));
    bias_ = spec.bias_sd * unit.Normal();
    bias_per_k_ = spec.bias_per_k_sd * unit.Normal();
  }

  void Step(const SiteState& state) override {
    const double pressure = PressureAt(surroundings_, state.position_W.z(), state.time_s);
    if (!started_) filtered_ = pressure;
    started_ = true;
    filtered_ += (pressure - filtered_) * (1 - std::exp(-2 * std::numbers::pi * spec_.bandwidth_hz * state.dt_s));
  }

  void Read(const SiteState& state, std::span<float> values) override {
    const double warmth = state.temperature_c - kReferenceTemperature;
    const double reading = filtered_ + bias_ + bias_per_k_ * warmth + spec_.noise_rms * noise_.Normal();
    values[0] = static_cast<float>(std::clamp(Rounded(reading, spec_.resolution), spec_.range_lo, spec_.range_hi));
  }

  void Truth(const SiteState& state, std::span<float> values) const override {
    values[0] = static_cast<float>(PressureAt(surroundings_, state.position_W.z(), state.time_s));
  }

 private:
  BarometerSpec spec_;
  Surroundings surroundings_;
  random::Stream noise_;
  double bias_ = 0, bias_per_k_ = 0;
  double filtered_ = 0;
  bool started_ = false;
};

}  // namespace

std::unique_ptr<SlowSensor> MakeBarometer(const BarometerSpec& spec, const Surroundings& surroundings,
                                          random::StreamKey key) {
  return std::make_unique<Barometer>(spec, surroundings, key);
}

}  // namespace stunt::sim::internal
