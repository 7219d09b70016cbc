#include "energy_fields.h"

namespace stunt::metrics {

// "read" = seen in the named source; "recalled" = from memory of a datasheet, not seen again; "assumed" = our estimate.
EnergyParameters DefaultWatchEnergy() {
  using enum ParameterKind;
  return {
      .sensor_supply_v = {"sensor_supply", 1.8, 1.71, 3.3, "V", kAssumed,
                          "usual rail of a watch; LSM6DSO takes 1.71 to 3.6 V (recalled)"},
      .imu_sleep_a = {"imu_sleep", 3e-6, 2e-6, 6e-6, "A", kAssumed, "LSM6DSO power-down, recalled"},
      .accelerometer_a_per_hz = {"accelerometer_per_hz", 23e-6 / 52, 0.3e-6, 0.7e-6, "A/Hz", kAssumed,
                                 "LSM6DSO low-power mode: 26 uA at 52 Hz less 3 uA asleep, recalled"},
      .accelerometer_full_a = {"accelerometer_full", 170e-6, 140e-6, 200e-6, "A", kAssumed,
                               "LSM6DSO accelerometer alone, high-performance mode, recalled"},
      .gyroscope_a = {"gyroscope", 264e-6, 200e-6, 380e-6, "A", kAssumed,
                      "LSM6DSO low-power mode, six axes 290 uA less accelerometer 26 uA (recalled); hi: "
                      "high-performance mode, 550 uA (read, STMicroelectronics DS12140) less 170 uA"},
      .mcu_supply_v = {"mcu_supply", 3.3, 3.0, 3.6, "V", kAssumed, "supply at which the active current is quoted"},
      .mcu_sleep_a = {"mcu_sleep", 1.5e-6, 1e-6, 6e-6, "A", kAssumed,
                      "nRF52840 System ON with three RAM banks 1.5 uA (read, embedwise.pages.dev nRF52 power "
                      "profiler), taken for the M33"},
      .mcu_active_a_per_hz = {"mcu_active_per_hz", 19.5e-12, 16e-12, 64e-12, "A/Hz", kAssumed,
                              "STM32U575 at 160 MHz with SMPS 19.5 uA/MHz; hi: nRF5340 64 uA/MHz; both recalled"},
      .cycles_per_wakeup = {"cycles_per_wakeup", 8000, 2000, 40000, "1", kAssumed,
                            "50 us at 160 MHz: oscillator start, interrupt, FIFO header, return to sleep"},
      .cycles_per_sample = {"cycles_per_sample", 600, 200, 3000, "1", kAssumed,
                            "six bytes over SPI by DMA, scaling, a few filters"},
      .cycles_per_inference = {"cycles_per_inference", 5000, 1000, 50000, "1", kAssumed,
                               "rules over a window of features"},
      .macs_per_inference = {"macs_per_inference", 0, 0, 0, "1", kAssumed,
                             "a rule-based detector has none; a network states its own"},
      .joule_per_mac = {"energy_per_mac", 0.378e-9, 0.3e-9, 1.065e-9, "J", kMeasured,
                        "MLPerf Tiny v1.1 (read): NUCLEO-U575ZI-Q kws 1004.2 uJ / 2.657 M MAC; hi: NUCLEO-L4R5ZI "
                        "2833.1 uJ for the same network"},
      .radio_joule_per_byte = {"radio_per_byte", 0.25e-6, 0.15e-6, 1.2e-6, "J", kAssumed,
                               "BLE long packets at 1 Mbit/s; 4.8 mA x 3 V x 8 us = 0.115 uJ in the air (read, as "
                               "mcu_sleep) and the rest assumed; lo: 2 Mbit/s, hi: 20-byte packets"},
      .radio_joule_per_event = {"radio_per_event", 12e-6, 6e-6, 25e-6, "J", kAssumed,
                                "empty BLE connection event, recalled"},
      .radio_event_interval_s = {"radio_event_interval", 1.0, 0.5, 2.0, "s", kAssumed,
                                 "BLE interval times peripheral latency of an idle wearable"},
  };
}

std::vector<EnergyParameter> List(const EnergyParameters& parameters) {
  std::vector<EnergyParameter> list;
  for (const auto field : kEnergyFields) list.push_back(parameters.*field);
  return list;
}

std::string_view ToString(ParameterKind kind) {
  switch (kind) {
    case ParameterKind::kMeasured:
      return "measured";
    case ParameterKind::kDatasheetTypical:
      return "datasheet_typ";
    case ParameterKind::kDatasheetMaximum:
      return "datasheet_max";
    case ParameterKind::kAssumed:
      return "assumed";
  }
  return "";
}

}  // namespace stunt::metrics
