#pragma once

#include <array>

#include "stunt/metrics/energy.h"

namespace stunt::metrics {

/// Every parameter once, in the order in which it is listed.
inline constexpr std::array kEnergyFields = {
    &EnergyParameters::sensor_supply_v,
    &EnergyParameters::imu_sleep_a,
    &EnergyParameters::accelerometer_a_per_hz,
    &EnergyParameters::accelerometer_full_a,
    &EnergyParameters::gyroscope_a,
    &EnergyParameters::mcu_supply_v,
    &EnergyParameters::mcu_sleep_a,
    &EnergyParameters::mcu_active_a_per_hz,
    &EnergyParameters::cycles_per_wakeup,
    &EnergyParameters::cycles_per_sample,
    &EnergyParameters::cycles_per_inference,
    &EnergyParameters::macs_per_inference,
    &EnergyParameters::joule_per_mac,
    &EnergyParameters::radio_joule_per_byte,
    &EnergyParameters::radio_joule_per_event,
    &EnergyParameters::radio_event_interval_s,
};
static_assert(sizeof(EnergyParameters) == kEnergyFields.size() * sizeof(EnergyParameter), "a parameter is not listed");

}  // namespace stunt::metrics
