#include "slow_sensor.h"

namespace stunt::sim::internal {
namespace {

constexpr double kReference = 20e-6;  // Pa
constexpr double kFast = 0.125;       // s: time weighting F of IEC 61672-1

double Square(double level_db) { return kReference * kReference * std::pow(10, level_db / 10); }
double Level(double square) { return 10 * std::log10(std::max(square, 1e-20) / (kReference * kReference)); }

class Microphone : public SlowSensor {
 public:
  Microphone(const MicrophoneSpec& spec, const Surroundings& surroundings, random::StreamKey key)
      : spec_(spec),
        events_(surroundings.sound_events),
        ambience_db_(surroundings.sound_db),
        stream_(key.Derive("ambience")),
        wander_(5, 1 / spec.rate_hz, stream_),
        error_db_(spec.error_sd_db * random::Stream(key.Derive("unit")).Normal()),
        square_(Square(ambience_db_)) {}

  void Step(const SiteState& state) override {
    const double near = std::max(state.body_distance_m, 0.1);
    const double body = state.body_sound_pa / near;
    double square = Square(ambience_db_ + wander_db_) + body * body;
    for (const SoundEvent& event : events_) {
      const bool sounds = state.time_s >= event.at_s && state.time_s < event.at_s + event.for_s;
      if (sounds) square += Square(LevelAt(event.level_db, event.distance_m));
    }
    square_ += (square - square_) * (1 - std::exp(-state.dt_s / kFast));
  }

  void Read(const SiteState&, std::span<float> values) override {
    wander_db_ = kWander * wander_.Next(stream_);
    const double heard = Level(square_ + Square(spec_.floor_db)) + error_db_;
    values[0] = static_cast<float>(Rounded(std::min(heard, spec_.overload_db), spec_.resolution_db));
  }

  void Truth(const SiteState&, std::span<float> values) const override {
    values[0] = static_cast<float>(Level(square_));
  }

 private:
  static constexpr double kWander = 2;  // dB, standard deviation of the ambience (EST)

  MicrophoneSpec spec_;
  std::vector<SoundEvent> events_;
  double ambience_db_;
  random::Stream stream_;
  GaussMarkov wander_;
  double error_db_;
  double wander_db_ = 0;
  double square_;  // Pa², weighted
};

}  // namespace

std::unique_ptr<SlowSensor> MakeMicrophone(const MicrophoneSpec& spec, const Surroundings& surroundings,
                                           random::StreamKey key) {
  return std::make_unique<Microphone>(spec, surroundings, key);
}

}  // namespace stunt::sim::internal
