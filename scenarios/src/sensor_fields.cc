#include "sensor_fields.h"

#include <fmt/format.h>

#include <numbers>
#include <span>

#include "stunt/sim/body.h"

namespace stunt::scenarios::internal {
namespace {

using motion_models::NumberRange;
using motion_models::SizeRange;
using motion_models::YamlSection;
using motion_models::YamlValue;
using sim::InertialSensorSpec;
using sim::PerAxis;

constexpr double kG = sim::kStandardGravity;
constexpr double kDegree = std::numbers::pi / 180;
constexpr NumberRange kNotNegative{.lo = 0};

struct ScalarField {
  const char* key;
  double unit;  // in SI
  double InertialSensorSpec::*field;
};

struct AxisField {
  const char* key;
  double unit;
  PerAxis InertialSensorSpec::*field;
  bool is_signed = false;
};

constexpr ScalarField kAnyScalars[] = {
    {"rate_hz", 1, &InertialSensorSpec::rate_hz},
    {"bandwidth_hz", 1, &InertialSensorSpec::bandwidth_hz},
    {"clip_recovery_ms", 1e-3, &InertialSensorSpec::clip_recovery_s},
    {"pipeline_delay_ms", 1e-3, &InertialSensorSpec::pipeline_delay_s},
};
constexpr ScalarField kAccelerometerScalars[] = {
    {"range_g", kG, &InertialSensorSpec::range},
    {"resolution_mg", 1e-3 * kG, &InertialSensorSpec::resolution},
    {"resolution_mps2", 1, &InertialSensorSpec::resolution},
};
constexpr ScalarField kGyroscopeScalars[] = {
    {"range_dps", kDegree, &InertialSensorSpec::range},
    {"resolution_mdps", 1e-3 * kDegree, &InertialSensorSpec::resolution},
    {"resolution_radps", 1, &InertialSensorSpec::resolution},
};
constexpr AxisField kAnyAxes[] = {
    {"scale_pct", 0.01, &InertialSensorSpec::scale_sd},
    {"scale_asymmetry_pct", 0.01, &InertialSensorSpec::scale_asymmetry_sd},
    {"nonlinearity_pct", 0.01, &InertialSensorSpec::nonlinearity_sd},
    {"misalignment_pct", 0.01, &InertialSensorSpec::misalignment_sd},
    {"scale_pct_per_k", 0.01, &InertialSensorSpec::scale_per_k_sd},
};
constexpr AxisField kAccelerometerAxes[] = {
    {"noise_ug_rthz", 1e-6 * kG, &InertialSensorSpec::noise_density},
    {"bias_instability_ug", 1e-6 * kG, &InertialSensorSpec::bias_instability},
    {"random_walk_ug_rts", 1e-6 * kG, &InertialSensorSpec::random_walk},
    {"offset_mg", 1e-3 * kG, &InertialSensorSpec::bias, true},
    {"bias_mg", 1e-3 * kG, &InertialSensorSpec::bias_sd},
    {"turn_on_bias_mg", 1e-3 * kG, &InertialSensorSpec::turn_on_bias_sd},
    {"bias_mg_per_k", 1e-3 * kG, &InertialSensorSpec::bias_per_k_sd},
    {"rectification_mg_per_g2", 1e-3 / kG, &InertialSensorSpec::rectification_sd},
};
constexpr AxisField kGyroscopeAxes[] = {
    {"noise_mdps_rthz", 1e-3 * kDegree, &InertialSensorSpec::noise_density},
    {"bias_instability_dph", kDegree / 3600, &InertialSensorSpec::bias_instability},
    {"random_walk_mdps_rts", 1e-3 * kDegree, &InertialSensorSpec::random_walk},
    {"offset_dps", kDegree, &InertialSensorSpec::bias, true},
    {"bias_dps", kDegree, &InertialSensorSpec::bias_sd},
    {"turn_on_bias_dps", kDegree, &InertialSensorSpec::turn_on_bias_sd},
    {"bias_dps_per_k", kDegree, &InertialSensorSpec::bias_per_k_sd},
    {"g_sensitivity_dps_per_g", kDegree / kG, &InertialSensorSpec::g_sensitivity_sd},
    {"g2_sensitivity_dps_per_g2", kDegree / (kG * kG), &InertialSensorSpec::g2_sensitivity_sd},
};

/// Reads one sensor's keys, in whichever of the two forms.
class Reader {
 public:
  Reader(YamlSection& section, std::vector<PartField>* fields) : section_(section), fields_(fields) {}

  std::optional<std::vector<double>> Read(const char* key, SizeRange size, NumberRange range) {
    const auto value = section_.Find(key);
    if (!value) return std::nullopt;
    if (fields_ == nullptr && !value->IsMap()) {
      if (value->IsList() || size.lo > 1) return value->Numbers(size, range);
      return std::vector<double>{value->Number(range)};
    }
    const SourcedValue sourced = ReadSourced(*value, size, range);
    if (fields_ != nullptr) {
      fields_->push_back({section_.name(), key, sourced.values, sourced.source, sourced.verified});
    }
    return sourced.values;
  }

 private:
  YamlSection& section_;
  std::vector<PartField>* fields_;
};

void ReadScalars(Reader& reader, std::span<const ScalarField> table, InertialSensorSpec& spec) {
  for (const ScalarField& field : table) {
    if (const auto values = reader.Read(field.key, {1, 1}, kNotNegative))
      spec.*field.field = values->front() * field.unit;
  }
}

void ReadAxes(Reader& reader, std::span<const AxisField> table, InertialSensorSpec& spec) {
  for (const AxisField& field : table) {
    const auto values = reader.Read(field.key, {1, 3}, field.is_signed ? NumberRange{} : kNotNegative);
    if (!values) continue;
    const std::vector<double>& v = *values;
    spec.*field.field =
        v.size() == 3 ? PerAxis(v[0] * field.unit, v[1] * field.unit, v[2] * field.unit) : PerAxis(v[0] * field.unit);
  }
}

}  // namespace

SourcedValue ReadSourced(const YamlValue& value, SizeRange size, NumberRange range) {
  if (!value.IsMap()) value.Refuse("is a bare number; accepted: {value: …, source: \"…\", verified: true or false}");
  YamlSection section = value.Section();
  const YamlValue number = section.Get("value");
  SourcedValue sourced;
  sourced.values = number.IsList() || size.lo > 1 ? number.Numbers(size, range) : std::vector{number.Number(range)};
  sourced.source = section.Text("source");
  sourced.verified = section.Get("verified").Flag();
  section.Finish();
  return sourced;
}

double ReadSensor(YamlSection section, SensorType type, InertialSensorSpec& spec, std::vector<PartField>* fields) {
  const bool is_gyroscope = type == SensorType::kGyroscope;
  Reader reader(section, fields);
  ReadScalars(reader, kAnyScalars, spec);
  ReadAxes(reader, kAnyAxes, spec);
  if (is_gyroscope) {
    ReadScalars(reader, kGyroscopeScalars, spec);
    ReadAxes(reader, kGyroscopeAxes, spec);
  } else {
    ReadScalars(reader, kAccelerometerScalars, spec);
    ReadAxes(reader, kAccelerometerAxes, spec);
  }
  if (const auto order = section.Find("filter_order")) {
    spec.filter_order = static_cast<int>(order->Integer({2, 12}));
    if (spec.filter_order % 2 != 0) order->Refuse("is odd; accepted: an even number from 2 to 12");
  }
  const auto rate_max = reader.Read("rate_max_hz", {1, 1}, kNotNegative);
  section.Finish();
  return rate_max ? rate_max->front() : 0;
}

Device ReadKalibr(YamlSection root, const std::string& name) {
  const auto positive = NumberRange{.lo = 1e-3, .hi = 1e5};
  Device device;
  sim::InertialSensorSpec accelerometer, gyroscope;
  // Kalibr's densities are two-sided (σ of a sample = density / √Δt); ours are one-sided.
  const auto density = [&](const char* key) { return std::numbers::sqrt2 * root.Number(key, kNotNegative); };
  accelerometer.noise_density = density("accelerometer_noise_density");
  accelerometer.random_walk = root.Number("accelerometer_random_walk", kNotNegative);
  gyroscope.noise_density = density("gyroscope_noise_density");
  gyroscope.random_walk = root.Number("gyroscope_random_walk", kNotNegative);
  const double rate = root.Number("update_rate", positive);
  for (sim::InertialSensorSpec* sensor : {&accelerometer, &gyroscope}) {
    sensor->rate_hz = rate;
    sensor->bandwidth_hz = std::min(0.41 * rate, 400.0);  // its noise is white up to Nyquist's frequency
    sensor->filter_order = 4;
  }
  // What Kalibr keeps beside: where the messages come from and how the camera sits to it.
  static_cast<void>(root.TextOr("rostopic", "none"));
  static_cast<void>(root.OneOfOr("model", "calibrated", {"calibrated"}));
  static_cast<void>(root.NumberOr("time_offset", 0));
  if (const auto pose = root.Find("T_i_b")) {
    for (const YamlValue& row : pose->List({4, 4})) static_cast<void>(row.Numbers({4, 4}));
  }
  root.Finish();
  const std::string stem = std::filesystem::path(name).stem().string();
  device.spec.name = motion_models::IsId(stem) ? stem : "kalibr_imu";
  device.spec.imu = {accelerometer, gyroscope};
  device.spec.source = fmt::format("Kalibr parameters of {}", name);
  device.description = "an IMU as Kalibr describes it: white noise and random walk, no other error";
  return device;
}

}  // namespace stunt::scenarios::internal
