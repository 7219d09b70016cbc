#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "stunt/sim/sensor_spec.h"

/// Parts and devices as data: one YAML file each (docs/devices.md), those of scenarios/devices built in. Files speak
/// the units of datasheets, the structs SI.
namespace stunt::scenarios {

/// One number of a part and where it comes from.
struct PartField {
  std::string section;  // "accelerometer", "gyroscope", "high_g", "barometer", "power", ""
  std::string key;      // with its unit
  std::vector<double> values;
  std::string source;
  bool verified = false;  // read at its source, not recalled or estimated
};

/// Pressure sensor.
struct BarometerPart {
  double range_lo = 0, range_hi = 0;  // Pa
  double rate_max_hz = 0;
  double noise_rms = 0;          // Pa, at its best setting
  double relative_accuracy = 0;  // Pa
  double absolute_accuracy = 0;  // Pa
  double bias_per_k = 0;         // Pa/K
};

/// A part from a catalogue of sensors. File schema stunt.part/v1.
struct Part {
  std::string name;
  std::string kind;  // imu, accelerometer, high_g_accelerometer, barometer
  std::string source;
  std::string notes;
  std::optional<sim::InertialSensorSpec> accelerometer, gyroscope, high_g;
  std::optional<BarometerPart> barometer;
  double accelerometer_rate_max_hz = 0, gyroscope_rate_max_hz = 0, high_g_rate_max_hz = 0;
  int fifo_bytes = 0;
  std::vector<sim::PowerMode> power;
  std::vector<PartField> fields;  // everything above, in the file's order
};

/// A device: parts, how they are run, and their clock. File schema stunt.device/v1.
struct Device {
  sim::DeviceSpec spec;
  std::string description;
  std::map<std::string, std::string> parts;  // imu, accelerometer, gyroscope, high_g, barometer: name of the part
  std::vector<std::string> sites;            // where such a device is worn
};

[[nodiscard]] std::vector<std::string> PartNames();
/// @throws trace::InputError for an unknown name; the message lists the nearest.
[[nodiscard]] const Part& FindPart(std::string_view name);

[[nodiscard]] std::vector<std::string> DeviceNames();
/// @throws trace::InputError for an unknown name; the message lists the nearest.
[[nodiscard]] const Device& FindDevice(std::string_view name);

/// Reads a device file, or the imu.yaml of Kalibr (one that has accelerometer_noise_density, at the top or in imu0).
/// @throws trace::InputError for anything that the schemas do not know.
[[nodiscard]] Device LoadDevice(const std::filesystem::path& file);

/// As LoadDevice, of texts. @param name  stands for the file in messages, and names what has no name of its own.
[[nodiscard]] Device ParseDeviceText(std::string_view text, const std::string& name);
[[nodiscard]] Part ParsePartText(std::string_view text, const std::string& name);

/// Hash of the texts that make a built-in device; another one when a number changes.
[[nodiscard]] std::uint64_t DeviceDigest(std::string_view name);

/// Texts of the built-in files, by name.
[[nodiscard]] const std::map<std::string, std::string, std::less<>>& ShippedPartTexts();
[[nodiscard]] const std::map<std::string, std::string, std::less<>>& ShippedDeviceTexts();

}  // namespace stunt::scenarios
