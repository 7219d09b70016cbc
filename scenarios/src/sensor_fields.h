#pragma once

#include <string>
#include <vector>

#include "stunt/motion_models/strict_yaml.h"
#include "stunt/scenarios/devices.h"

namespace stunt::scenarios::internal {

enum class SensorType { kAccelerometer, kGyroscope };

/// Reads the keys of one inertial sensor into `spec`; what is absent stays. Numbers stand alone, as one for all axes or
/// a list of three, or as {value, source, verified}; a part's must be the latter.
/// @param fields  gets everything that was read, if not null: then it is a part.
/// @returns       rate_max_hz, 0 if it is absent.
double ReadSensor(motion_models::YamlSection section, SensorType type, sim::InertialSensorSpec& spec,
                  std::vector<PartField>* fields);

/// One number of a part, {value, source, verified}.
struct SourcedValue {
  std::vector<double> values;
  std::string source;
  bool verified = false;
};
[[nodiscard]] SourcedValue ReadSourced(const motion_models::YamlValue& value, motion_models::SizeRange size,
                                       motion_models::NumberRange range);

/// The imu.yaml of Kalibr. See docs/devices.md for its conventions.
[[nodiscard]] Device ReadKalibr(motion_models::YamlSection root, const std::string& name);

}  // namespace stunt::scenarios::internal
