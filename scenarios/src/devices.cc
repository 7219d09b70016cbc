#include "stunt/scenarios/devices.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <numbers>

#include "sensor_fields.h"
#include "slow_sensor_fields.h"
#include "stunt/motion_models/strict_yaml.h"
#include "stunt/random/random.h"
#include "stunt/sim/body.h"
#include "stunt/sim/error_model.h"
#include "stunt/trace/input_error.h"

namespace stunt::scenarios {
namespace {

using internal::ReadSensor;
using internal::SensorType;
using motion_models::NumberRange;
using motion_models::YamlFile;
using motion_models::YamlSection;
using motion_models::YamlValue;

constexpr NumberRange kNotNegative{.lo = 0};
constexpr NumberRange kShare{.lo = 0, .hi = 1};
constexpr double kMicroampere = 1e-6;

template <typename T>
std::map<std::string, T, std::less<>> ParseAll(const std::map<std::string, std::string, std::less<>>& texts,
                                               const std::function<T(std::string_view, const std::string&)>& parse) {
  std::map<std::string, T, std::less<>> parsed;
  for (const auto& [name, text] : texts) parsed.emplace(name, parse(text, fmt::format("(built in) {}.yaml", name)));
  return parsed;
}

template <typename Map>
std::vector<std::string> Names(const Map& map) {
  std::vector<std::string> names;
  for (const auto& [name, value] : map) names.push_back(name);
  return names;
}

const std::map<std::string, Part, std::less<>>& Parts() {
  static const auto parts = ParseAll<Part>(ShippedPartTexts(), ParsePartText);
  return parts;
}

const std::map<std::string, Device, std::less<>>& Devices() {
  static const auto devices = ParseAll<Device>(ShippedDeviceTexts(), ParseDeviceText);
  return devices;
}

// ---- parts ----

std::vector<sim::PowerMode> ReadPower(YamlSection& root, std::vector<PartField>& fields) {
  std::vector<sim::PowerMode> modes;
  for (const YamlValue& value : root.ListOrEmpty("power", {1, 20})) {
    YamlSection section = value.Section();
    sim::PowerMode mode;
    mode.name = section.Id("mode");
    const double current = section.Number("current_ua", kNotNegative);
    mode.current_a = current * kMicroampere;
    mode.rate_hz = section.NumberOr("rate_hz", 0, kNotNegative);
    mode.source = section.Text("source");
    fields.push_back({"power", mode.name + "_ua", {current}, mode.source, section.Get("verified").Flag()});
    section.Finish();
    modes.push_back(std::move(mode));
  }
  return modes;
}

BarometerPart ReadBarometer(YamlSection section, std::vector<PartField>& fields) {
  const auto read = [&](const char* key, std::size_t count) {
    const internal::SourcedValue v = internal::ReadSourced(section.Get(key), {count, count}, kNotNegative);
    fields.push_back({"barometer", key, v.values, v.source, v.verified});
    return v.values;
  };
  BarometerPart part;
  const std::vector<double> range = read("range_hpa", 2);
  part.range_lo = 100 * range[0];
  part.range_hi = 100 * range[1];
  part.rate_max_hz = read("rate_max_hz", 1)[0];
  part.noise_rms = read("noise_pa_rms", 1)[0];
  part.relative_accuracy = read("relative_accuracy_pa", 1)[0];
  part.absolute_accuracy = read("absolute_accuracy_pa", 1)[0];
  if (section.Has("bias_pa_per_k")) part.bias_per_k = read("bias_pa_per_k", 1)[0];
  section.Finish();
  return part;
}

void CheckSensor(const sim::InertialSensorSpec& spec, const YamlSection& where, std::string_view what) {
  try {
    sim::CheckSensor(spec, std::string(what));
  } catch (const std::invalid_argument& error) {
    where.Refuse(error.what());
  }
}

// ---- devices ----

/// Starts from the part's numbers, if one is named, and reads what the device says beside.
sim::InertialSensorSpec ReadPartAndOwn(YamlSection& root, const char* section_name, SensorType type,
                                       const std::optional<sim::InertialSensorSpec>& part, double rate_max,
                                       const std::string& part_name) {
  sim::InertialSensorSpec spec = part.value_or(sim::InertialSensorSpec());
  static_cast<void>(ReadSensor(root.Child(section_name), type, spec, nullptr));
  if (rate_max > 0 && spec.rate_hz > rate_max) {
    root.Get(section_name)
        .Refuse(fmt::format("asks {} Hz of {}; accepted: at most {} Hz", spec.rate_hz, part_name, rate_max));
  }
  CheckSensor(spec, root, section_name);
  return spec;
}

sim::ClockSpec ReadClock(YamlSection section) {
  sim::ClockSpec clock;
  clock.period_error_sd = 1e-6 * section.NumberOr("rate_error_ppm", 0, kNotNegative);
  clock.period_drift_sd = 1e-6 / 3600 * section.NumberOr("rate_drift_ppm_per_h", 0, kNotNegative);
  clock.sample_jitter_s = 1e-6 * section.NumberOr("sample_jitter_us", 0, kNotNegative);
  clock.stamp_error_sd = 1e-6 * section.NumberOr("stamp_error_ppm", 0, kNotNegative);
  clock.stamp_jitter_s = 1e-6 * section.NumberOr("stamp_jitter_us", 0, kNotNegative);
  clock.data_ready_delay_s = 1e-6 * section.NumberOr("data_ready_delay_us", 0, kNotNegative);
  section.Finish();
  return clock;
}

sim::TransportSpec ReadTransport(YamlSection section) {
  sim::TransportSpec transport;
  transport.fifo_depth = static_cast<int>(section.IntegerOr("fifo_depth", 0, {0, 1'000'000}));
  transport.fifo_watermark = static_cast<int>(section.IntegerOr("fifo_watermark", 0, {0, transport.fifo_depth}));
  transport.latency_s = 1e-3 * section.NumberOr("latency_ms", 0, kNotNegative);
  transport.latency_sd_s = 1e-3 * section.NumberOr("latency_sd_ms", 0, kNotNegative);
  transport.loss = section.NumberOr("loss", 0, kShare);
  transport.stall_share = section.NumberOr("stall_share", 0, kShare);
  transport.stall_s = 1e-3 * section.NumberOr("stall_ms", 0, kNotNegative);
  section.Finish();
  return transport;
}

sim::TemperatureProfile ReadTemperature(YamlSection section) {
  constexpr NumberRange kCelsius{.lo = -100, .hi = 200};
  sim::TemperatureProfile profile;
  if (const auto points = section.Find("profile")) {
    for (const YamlValue& point : points->List({1, 10'000})) {
      const std::vector<double> pair = point.Numbers({2, 2});
      if (!profile.points.empty() && pair[0] <= profile.points.back().first) {
        point.Refuse("is not later than the one before; accepted: [s, °C] in order of time");
      }
      profile.points.emplace_back(pair[0], pair[1]);
    }
  } else {
    profile.start_c = section.Number("start_c", kCelsius);
    profile.end_c = section.NumberOr("end_c", profile.start_c, kCelsius);
    profile.time_constant_s = section.NumberOr("time_constant_s", profile.time_constant_s, {.lo = 1e-3});
  }
  section.Finish();
  return profile;
}

sim::StrapSpec ReadStrap(YamlSection section) {
  sim::StrapSpec strap;
  strap.frequency_hz = section.Number("frequency_hz", {.lo = 0.1, .hi = 1000});
  strap.damping_ratio = section.Number("damping_ratio", {.lo = 0.01, .hi = 10});
  const auto per_axis = [&](const char* key, double unit, double most) {
    const auto value = section.Find(key);
    if (!value) return sim::PerAxis();
    const NumberRange range{.lo = 0, .hi = most};
    if (!value->IsList()) return sim::PerAxis(unit * value->Number(range));
    const std::vector<double> v = value->Numbers({3, 3}, range);
    return sim::PerAxis(unit * v[0], unit * v[1], unit * v[2]);
  };
  strap.play = per_axis("play_mm", 1e-3, 50);
  strap.tilt_play = per_axis("tilt_play_deg", std::numbers::pi / 180, 45);
  strap.tilt_frequency_hz = section.NumberOr("tilt_frequency_hz", 0, {.lo = 0, .hi = 1000});
  strap.tilt_damping_ratio = section.NumberOr("tilt_damping_ratio", strap.tilt_damping_ratio, {.lo = 0.01, .hi = 10});
  strap.lever_m = 1e-3 * section.NumberOr("lever_mm", 1e3 * strap.lever_m, {.lo = 0, .hi = 100});
  strap.gyration_m = 1e-3 * section.NumberOr("gyration_mm", 1e3 * strap.gyration_m, {.lo = 1, .hi = 200});
  section.Finish();
  return strap;
}

sim::HandOverSpec ReadHandOver(YamlSection section) {
  sim::HandOverSpec rule;
  rule.enter = sim::kStandardGravity * section.Number("enter_g", kNotNegative);
  rule.leave = sim::kStandardGravity * section.Number("leave_g", kNotNegative);
  rule.hold_s = 1e-3 * section.Number("hold_ms", kNotNegative);
  section.Finish();
  return rule;
}

/// The parts of a device, by their role.
class PartsOf {
 public:
  explicit PartsOf(YamlSection& root) {
    auto section = root.FindChild("parts");
    if (!section) return;
    for (const char* role : {"imu", "accelerometer", "gyroscope", "high_g", "barometer"}) {
      const auto value = section->Find(role);
      if (!value) continue;
      const std::string name = value->Id();
      try {
        parts_[role] = &FindPart(name);
      } catch (const trace::InputError& error) {
        value->Refuse(fmt::format("cannot be used: {}", error.what()));
      }
      const std::string& kind = parts_[role]->kind;
      const bool fits = std::string_view(role) == "high_g"      ? kind == "high_g_accelerometer"
                        : std::string_view(role) == "barometer" ? kind == "barometer"
                                                                : kind == "imu" || kind == role;
      if (!fits)
        value->Refuse(fmt::format("is '{}', of kind {}; accepted: a part that can be its {}", name, kind, role));
    }
    section->Finish();
  }

  /// The part in a role, or the IMU where there is none.
  [[nodiscard]] const Part* InRole(const std::string& role) const {
    auto found = parts_.find(role);
    if (found == parts_.end() && (role == "accelerometer" || role == "gyroscope")) found = parts_.find("imu");
    return found == parts_.end() ? nullptr : found->second;
  }
  [[nodiscard]] const std::map<std::string, const Part*>& all() const { return parts_; }

 private:
  std::map<std::string, const Part*> parts_;
};

void ReadSensors(YamlSection& root, const PartsOf& parts, sim::DeviceSpec& spec) {
  const auto read = [&](const char* role, SensorType type, auto sensor, auto rate_max) {
    const Part* const part = parts.InRole(role);
    return ReadPartAndOwn(root, role, type, part != nullptr ? part->*sensor : std::nullopt,
                          part != nullptr ? part->*rate_max : 0, part != nullptr ? part->name : "");
  };
  spec.imu.accelerometer =
      read("accelerometer", SensorType::kAccelerometer, &Part::accelerometer, &Part::accelerometer_rate_max_hz);
  spec.imu.gyroscope = read("gyroscope", SensorType::kGyroscope, &Part::gyroscope, &Part::gyroscope_rate_max_hz);
  if (root.Has("high_g")) {
    spec.high_g = read("high_g", SensorType::kAccelerometer, &Part::high_g, &Part::high_g_rate_max_hz);
    spec.hand_over = ReadHandOver(root.Child("hand_over"));
  }
}

Device ReadDevice(YamlSection root) {
  static_cast<void>(root.OneOf("schema", {"stunt.device/v1"}));
  Device device;
  sim::DeviceSpec& spec = device.spec;
  spec.name = root.Id("name");
  device.description = root.Text("description");
  spec.source = root.Text("source");
  if (const auto sites = root.Find("sites")) device.sites = sites->Texts({1, 20});
  const PartsOf parts(root);
  ReadSensors(root, parts, spec);
  spec.slow = internal::ReadSlowSensors(root, parts.InRole("barometer"));
  if (auto section = root.FindChild("strap")) spec.strap = ReadStrap(std::move(*section));
  if (auto section = root.FindChild("clock")) spec.clock = ReadClock(std::move(*section));
  if (auto section = root.FindChild("transport")) spec.transport = ReadTransport(std::move(*section));
  if (auto section = root.FindChild("temperature")) spec.temperature = ReadTemperature(std::move(*section));
  spec.supply_v = root.NumberOr("supply_v", 0, kNotNegative);
  for (const auto& [role, part] : parts.all()) {
    device.parts[role] = part->name;
    for (sim::PowerMode mode : part->power) {
      mode.name = fmt::format("{}.{}", part->name, mode.name);
      spec.power.push_back(std::move(mode));
    }
  }
  root.Finish();
  return device;
}

template <typename Map>
const auto& Look(const Map& map, std::string_view what, std::string_view name) {
  const auto found = map.find(name);
  if (found == map.end()) {
    throw trace::InputError(
        fmt::format("unknown {} '{}' {}", what, name, motion_models::AcceptedWords(name, Names(map))));
  }
  return found->second;
}

}  // namespace

std::vector<std::string> PartNames() { return Names(ShippedPartTexts()); }
const Part& FindPart(std::string_view name) { return Look(Parts(), "part", name); }
std::vector<std::string> DeviceNames() { return Names(ShippedDeviceTexts()); }
const Device& FindDevice(std::string_view name) { return Look(Devices(), "device", name); }

Part ParsePartText(std::string_view text, const std::string& name) {
  const YamlFile file = YamlFile::Parse(text, name);
  YamlSection root = file.Root();
  static_cast<void>(root.OneOf("schema", {"stunt.part/v1"}));
  Part part;
  part.name = root.Id("name");
  part.kind = root.OneOf("kind", {"imu", "accelerometer", "high_g_accelerometer", "barometer"});
  part.source = root.Text("source");
  part.notes = root.TextOr("notes", "");
  const auto sensor = [&](const char* key, SensorType type, std::optional<sim::InertialSensorSpec>& spec,
                          double& rate) {
    rate = ReadSensor(root.Child(key), type, spec.emplace(), &part.fields);
    CheckSensor(*spec, root, key);
  };
  if (part.kind == "imu" || part.kind == "accelerometer") {
    sensor("accelerometer", SensorType::kAccelerometer, part.accelerometer, part.accelerometer_rate_max_hz);
  }
  if (part.kind == "imu") sensor("gyroscope", SensorType::kGyroscope, part.gyroscope, part.gyroscope_rate_max_hz);
  if (part.kind == "high_g_accelerometer") {
    sensor("high_g", SensorType::kAccelerometer, part.high_g, part.high_g_rate_max_hz);
  }
  if (part.kind == "barometer") part.barometer = ReadBarometer(root.Child("barometer"), part.fields);
  if (const auto bytes = root.Find("fifo_bytes")) {
    const internal::SourcedValue v = internal::ReadSourced(*bytes, {1, 1}, {0, 1e6});
    part.fifo_bytes = static_cast<int>(v.values[0]);
    part.fields.push_back({"", "fifo_bytes", v.values, v.source, v.verified});
  }
  part.power = ReadPower(root, part.fields);
  root.Finish();
  return part;
}

Device ParseDeviceText(std::string_view text, const std::string& name) {
  const YamlFile file = YamlFile::Parse(text, name);
  YamlSection root = file.Root();
  if (root.Has("imu0")) {
    YamlSection inner = root.Child("imu0");
    root.Finish();
    return internal::ReadKalibr(std::move(inner), name);
  }
  const bool is_kalibr = !root.Has("schema") && (root.Has("accelerometer_noise_density") || root.Has("rostopic") ||
                                                 root.Has("gyroscope_noise_density") || root.Has("update_rate"));
  return is_kalibr ? internal::ReadKalibr(file.Root(), name) : ReadDevice(file.Root());
}

Device LoadDevice(const std::filesystem::path& file) { return ParseDeviceText(YamlFile::Read(file), file.string()); }

std::uint64_t DeviceDigest(std::string_view name) {
  std::uint64_t digest = random::HashBytes(Look(ShippedDeviceTexts(), "device", name));
  for (const auto& [role, part] : FindDevice(name).parts)
    digest = random::HashBytes(ShippedPartTexts().at(part), digest);
  return digest;
}

}  // namespace stunt::scenarios
