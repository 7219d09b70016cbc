#include "slow_sensor_fields.h"

#include <fmt/format.h>

namespace stunt::scenarios::internal {
namespace {

using motion_models::NumberRange;
using motion_models::YamlSection;
using motion_models::YamlValue;

constexpr NumberRange kNotNegative{.lo = 0};
constexpr NumberRange kRate{.lo = 0.01, .hi = 1000};

sim::BarometerSpec ReadBarometer(YamlSection section, const Part* part) {
  sim::BarometerSpec spec;
  double rate_max = kRate.hi;
  if (part != nullptr) {
    const BarometerPart& sheet = *part->barometer;
    spec.bias_sd = sheet.absolute_accuracy;
    spec.bias_per_k_sd = sheet.bias_per_k;
    spec.noise_rms = sheet.noise_rms;
    spec.range_lo = sheet.range_lo;
    spec.range_hi = sheet.range_hi;
    rate_max = sheet.rate_max_hz;
  }
  spec.rate_hz = section.NumberOr("rate_hz", spec.rate_hz, {.lo = kRate.lo, .hi = rate_max});
  spec.bandwidth_hz = section.NumberOr("bandwidth_hz", spec.bandwidth_hz, {.lo = 1e-3, .hi = 500});
  spec.noise_rms = section.NumberOr("noise_pa_rms", spec.noise_rms, kNotNegative);
  spec.bias_sd = section.NumberOr("absolute_accuracy_pa", spec.bias_sd, kNotNegative);
  spec.bias_per_k_sd = section.NumberOr("bias_pa_per_k", spec.bias_per_k_sd, kNotNegative);
  spec.resolution = section.NumberOr("resolution_pa", spec.resolution, kNotNegative);
  section.Finish();
  return spec;
}

sim::MagnetometerSpec ReadMagnetometer(YamlSection section) {
  sim::MagnetometerSpec spec;
  spec.rate_hz = section.NumberOr("rate_hz", spec.rate_hz, kRate);
  spec.noise_rms = section.NumberOr("noise_ut_rms", spec.noise_rms, kNotNegative);
  spec.hard_iron_sd = section.NumberOr("hard_iron_ut", spec.hard_iron_sd, kNotNegative);
  spec.soft_iron_sd = 0.01 * section.NumberOr("soft_iron_pct", 100 * spec.soft_iron_sd, {.lo = 0, .hi = 50});
  spec.disturbance_sd = section.NumberOr("disturbance_ut", spec.disturbance_sd, kNotNegative);
  spec.resolution = section.NumberOr("resolution_ut", spec.resolution, kNotNegative);
  spec.range = section.NumberOr("range_ut", spec.range, {.lo = 1});
  section.Finish();
  return spec;
}

sim::GnssSpec ReadGnss(YamlSection section) {
  sim::GnssSpec spec;
  spec.rate_hz = section.NumberOr("rate_hz", spec.rate_hz, {.lo = kRate.lo, .hi = 25});
  spec.position_sd_open = section.NumberOr("position_error_open_m", spec.position_sd_open, kNotNegative);
  spec.position_sd_urban = section.NumberOr("position_error_urban_m", spec.position_sd_urban, kNotNegative);
  spec.correlation_s = section.NumberOr("correlation_s", spec.correlation_s, {.lo = 0.1});
  spec.speed_sd_open = section.NumberOr("speed_error_open_mps", spec.speed_sd_open, kNotNegative);
  spec.speed_sd_urban = section.NumberOr("speed_error_urban_mps", spec.speed_sd_urban, kNotNegative);
  spec.outages_per_min_urban = section.NumberOr("outages_per_min_urban", spec.outages_per_min_urban, kNotNegative);
  spec.outage_s = section.NumberOr("outage_s", spec.outage_s, {.lo = 0.1});
  section.Finish();
  return spec;
}

sim::HeartRateSpec ReadHeartRate(YamlSection section) {
  sim::HeartRateSpec spec;
  spec.optical = section.OneOf("method", {"optical", "electrical"}) == "optical";
  if (!spec.optical) {
    spec.window_s = 3;
    spec.noise_rest_bpm = 0.5;
    spec.noise_motion_bpm = spec.lock_per_min = spec.dropout_per_min = 0;
  }
  spec.rate_hz = section.NumberOr("rate_hz", spec.rate_hz, {.lo = kRate.lo, .hi = 25});
  spec.window_s = section.NumberOr("window_s", spec.window_s, {.lo = 0.1, .hi = 120});
  spec.noise_rest_bpm = section.NumberOr("noise_rest_bpm", spec.noise_rest_bpm, kNotNegative);
  spec.noise_motion_bpm = section.NumberOr("noise_motion_bpm_per_g", spec.noise_motion_bpm, kNotNegative);
  spec.lock_per_min = section.NumberOr("cadence_lock_per_min", spec.lock_per_min, kNotNegative);
  spec.lock_s = section.NumberOr("cadence_lock_s", spec.lock_s, {.lo = 0.1});
  spec.dropout_per_min = section.NumberOr("dropout_per_min", spec.dropout_per_min, kNotNegative);
  spec.dropout_s = section.NumberOr("dropout_s", spec.dropout_s, {.lo = 0.1});
  section.Finish();
  return spec;
}

sim::MicrophoneSpec ReadMicrophone(YamlSection section) {
  sim::MicrophoneSpec spec;
  spec.rate_hz = section.NumberOr("rate_hz", spec.rate_hz, kRate);
  spec.floor_db = section.NumberOr("noise_floor_db", spec.floor_db, {.lo = -20, .hi = 100});
  spec.overload_db = section.NumberOr("overload_db", spec.overload_db, {.lo = 60, .hi = 200});
  spec.error_sd_db = section.NumberOr("sensitivity_error_db", spec.error_sd_db, kNotNegative);
  spec.resolution_db = section.NumberOr("resolution_db", spec.resolution_db, kNotNegative);
  section.Finish();
  return spec;
}

sim::PressureEvent ReadPressureEvent(YamlSection section) {
  sim::PressureEvent event;
  event.at_s = section.Number("at_s", kNotNegative);
  event.amplitude_pa = section.Number("amplitude_pa", {.lo = -1e5, .hi = 1e5});
  event.rise_s = section.NumberOr("rise_s", event.rise_s, {.lo = 1e-4});
  event.hold_s = section.NumberOr("hold_s", event.hold_s, kNotNegative);
  event.decay_s = section.NumberOr("decay_s", event.decay_s, {.lo = 1e-4});
  section.Finish();
  return event;
}

sim::SoundEvent ReadSoundEvent(YamlSection section) {
  sim::SoundEvent event;
  event.at_s = section.Number("at_s", kNotNegative);
  event.for_s = section.Number("for_s", {.lo = 1e-3});
  event.level_db = section.Number("level_db", {.lo = 0, .hi = 200});
  event.distance_m = section.NumberOr("distance_m", event.distance_m, {.lo = 0.1});
  section.Finish();
  return event;
}

}  // namespace

sim::SlowSensorSpecs ReadSlowSensors(YamlSection& root, const Part* barometer) {
  sim::SlowSensorSpecs specs;
  if (auto section = root.FindChild("barometer")) specs.barometer = ReadBarometer(std::move(*section), barometer);
  if (auto section = root.FindChild("magnetometer")) specs.magnetometer = ReadMagnetometer(std::move(*section));
  if (auto section = root.FindChild("gnss")) specs.gnss = ReadGnss(std::move(*section));
  if (auto section = root.FindChild("heart_rate")) specs.heart_rate = ReadHeartRate(std::move(*section));
  if (auto section = root.FindChild("microphone")) specs.microphone = ReadMicrophone(std::move(*section));
  return specs;
}

sim::Surroundings ReadSurroundings(YamlSection& root) {
  sim::Surroundings s;
  auto found = root.FindChild("surroundings");
  if (!found) return s;
  YamlSection& section = *found;
  const std::string sky = section.OneOfOr("sky", "indoors", {"open", "urban", "indoors"});
  s.sky = sky == "open" ? sim::Sky::kOpen : sky == "urban" ? sim::Sky::kUrban : sim::Sky::kIndoors;
  s.latitude_deg = section.NumberOr("latitude_deg", s.latitude_deg, {.lo = -89, .hi = 89});
  s.longitude_deg = section.NumberOr("longitude_deg", s.longitude_deg, {.lo = -180, .hi = 180});
  s.altitude_m = section.NumberOr("altitude_m", s.altitude_m, {.lo = -450, .hi = 9000});
  s.sea_level_pa = 100 * section.NumberOr("sea_level_hpa", 0.01 * s.sea_level_pa, {.lo = 870, .hi = 1085});
  s.pressure_trend_pa_h = 100 * section.NumberOr("pressure_trend_hpa_h", 0, {.lo = -10, .hi = 10});
  s.field_ut = section.NumberOr("magnetic_field_ut", s.field_ut, {.lo = 0, .hi = 1000});
  s.inclination_deg = section.NumberOr("inclination_deg", s.inclination_deg, {.lo = -90, .hi = 90});
  s.declination_deg = section.NumberOr("declination_deg", s.declination_deg, {.lo = -180, .hi = 180});
  s.sound_db = section.NumberOr("sound_db", s.sound_db, {.lo = 0, .hi = 130});
  for (const YamlValue& event : section.ListOrEmpty("pressure_events", {1, 100})) {
    s.pressure_events.push_back(ReadPressureEvent(event.Section()));
  }
  for (const YamlValue& event : section.ListOrEmpty("sound_events", {1, 100})) {
    s.sound_events.push_back(ReadSoundEvent(event.Section()));
  }
  section.Finish();
  return s;
}

}  // namespace stunt::scenarios::internal
