#pragma once

#include "stunt/motion_models/strict_yaml.h"
#include "stunt/scenarios/devices.h"
#include "stunt/sim/surroundings.h"

namespace stunt::scenarios::internal {

/// Reads the sections barometer, magnetometer, gnss, heart_rate and microphone of a device file, each if it is there.
/// @param barometer  the part that the device names, or null; its numbers stand where the device says nothing.
[[nodiscard]] sim::SlowSensorSpecs ReadSlowSensors(motion_models::YamlSection& root, const Part* barometer);

/// Reads `surroundings:` of a scenario, if it is there.
[[nodiscard]] sim::Surroundings ReadSurroundings(motion_models::YamlSection& root);

}  // namespace stunt::scenarios::internal
