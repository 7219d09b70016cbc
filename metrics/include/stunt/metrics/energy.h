#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "stunt/metrics/metric.h"
#include "stunt/random/random.h"
#include "stunt/trace/run_record.h"

namespace stunt::metrics {

enum class ParameterKind { kMeasured, kDatasheetTypical, kDatasheetMaximum, kAssumed };
[[nodiscard]] std::string_view ToString(ParameterKind kind);

/// One constant of the energy model: what it is, how far off it may be and who says so.
struct EnergyParameter {
  std::string name;
  double value = 0;  // unit below
  double lo = 0;     // measured and datasheet: limits of a triangle with its peak at value;
  double hi = 0;     // assumed: about the 5th and 95th percentile of a lognormal with median value
  std::string unit;
  ParameterKind kind = ParameterKind::kAssumed;
  std::string source;
};

/// Constants of one device. Currents are those of the part, not of its regulator.
struct EnergyParameters {
  EnergyParameter sensor_supply_v;
  EnergyParameter imu_sleep_a;             // whole part, suspended
  EnergyParameter accelerometer_a_per_hz;  // low-power mode: the part is duty-cycled, so current follows the rate
  EnergyParameter accelerometer_full_a;    // always-on mode: the current cannot rise above it
  EnergyParameter gyroscope_a;             // the drive loop runs all the time, whatever the output rate
  EnergyParameter mcu_supply_v;
  EnergyParameter mcu_sleep_a;
  EnergyParameter mcu_active_a_per_hz;   // C per cycle
  EnergyParameter cycles_per_wakeup;     // clock start, interrupt, FIFO header, back to sleep
  EnergyParameter cycles_per_sample;     // bus transfer, scaling, filtering of one three-axis sample
  EnergyParameter cycles_per_inference;  // all of a detector's work that is not counted in MACs
  EnergyParameter macs_per_inference;    // of a network; 0 for rules
  EnergyParameter joule_per_mac;
  EnergyParameter radio_joule_per_byte;
  EnergyParameter radio_joule_per_event;  // connection event without data
  EnergyParameter radio_event_interval_s;
};

/// A watch: LSM6DSO-class IMU, Cortex-M33, BLE. Most values are assumed; each says where it is from.
[[nodiscard]] EnergyParameters DefaultWatchEnergy();

/// The parameters in a fixed order, for tables.
[[nodiscard]] std::vector<EnergyParameter> List(const EnergyParameters& parameters);

/// Terms of the energy of a device [J]: "sensor_sleep", "accelerometer", "gyroscope", "mcu_sleep", "wakeups",
/// "samples", "inferences", "radio_bytes", "radio_events".
struct EnergyTerm {
  std::string name;
  double joule = 0;
};

/// Energy of one device during one case at the parameters' nominal values.
///
///   E = V_s · t · (I_sleep + [acc on] min(i_acc · rate, I_full) + [gyro on] I_gyro)
///     + V_m · (t · I_mcu_sleep + q_cycle · (wakeups · c_wake + samples · c_sample + inferences · c_inf))
///     + inferences · MACs · E_mac + bytes · E_byte + t / interval · E_event
[[nodiscard]] std::vector<EnergyTerm> DeviceEnergy(const trace::DeviceActivity& activity,
                                                   const EnergyParameters& parameters);

struct EnergyConfig {
  EnergyParameters parameters = DefaultWatchEnergy();
  std::map<std::string, EnergyParameters> by_device;  // DeviceActivity::device → its own constants
  int draws = 2000;
  random::StreamKey key{};  // of the run's seed
};

/// Mean energy of a case, from the records that completed and say what their devices did:
///
///   energy.mj_per_case                   p50 of the draws, interval p5 … p95; all devices together
///   energy.mj_per_case{device}, {term}   the same, split
///   energy.mean_mw                       energy / time of the cases
///   energy.uj_per_inference              what inferences add, net of everything else / inferences
///   energy.variance_share{parameter}     share of the variance when this parameter alone is drawn: what to measure
///   next
///
/// Evidence is `modelled`: an estimate, not a measurement. The interval covers the parameters' uncertainty, nothing
/// else.
[[nodiscard]] std::vector<Metric> ScoreEnergy(const std::vector<trace::RunRecord>& records, const EnergyConfig& config);

}  // namespace stunt::metrics
