#include "stunt/metrics/energy.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <tuple>

#include "energy_fields.h"
#include "metric_makers.h"
#include "stunt/trace/input_error.h"

namespace stunt::metrics {

std::vector<EnergyTerm> DeviceEnergy(const trace::DeviceActivity& activity, const EnergyParameters& p) {
  const double t = activity.duration_s;
  const double samples = static_cast<double>(activity.accelerometer_samples + activity.gyroscope_samples);
  const auto wakeups = static_cast<double>(activity.fifo_wakeups);
  const auto inferences = static_cast<double>(activity.inferences);
  const auto bytes = static_cast<double>(activity.radio_bytes);
  const double accelerometer_a =
      std::min(p.accelerometer_a_per_hz.value * activity.accelerometer_rate_hz, p.accelerometer_full_a.value);
  const double gyroscope_a = activity.gyroscope_rate_hz > 0 ? p.gyroscope_a.value : 0;
  // The sleep current that a working cycle replaces is left in: three orders below the active one.
  const double joule_per_cycle = p.mcu_supply_v.value * p.mcu_active_a_per_hz.value;
  return {
      {"sensor_sleep", p.sensor_supply_v.value * p.imu_sleep_a.value * t},
      {"accelerometer", p.sensor_supply_v.value * accelerometer_a * t},
      {"gyroscope", p.sensor_supply_v.value * gyroscope_a * t},
      {"mcu_sleep", p.mcu_supply_v.value * p.mcu_sleep_a.value * t},
      {"wakeups", joule_per_cycle * p.cycles_per_wakeup.value * wakeups},
      {"samples", joule_per_cycle * p.cycles_per_sample.value * samples},
      {"inferences", inferences * (joule_per_cycle * p.cycles_per_inference.value +
                                   p.macs_per_inference.value * p.joule_per_mac.value)},
      {"radio_bytes", p.radio_joule_per_byte.value * bytes},
      {"radio_events", p.radio_joule_per_event.value * t / p.radio_event_interval_s.value},
  };
}

namespace {

/// 95 % quantile of the normal distribution: lo and hi of a lognormal lie this many sigmas from its median.
constexpr double kNormal95 = 1.6448536269514722;

/// The constants that some devices share, and what those devices did in all cases together.
struct ParameterSet {
  Slice slice;  // {device} where the constants are its own
  EnergyParameters nominal;
  std::vector<trace::DeviceActivity> activities;  // one per device and rates
};

double DrawOne(const EnergyParameter& parameter, random::Stream& stream) {
  const double lo = parameter.lo, mode = parameter.value, hi = parameter.hi;
  if (!(lo < hi)) return mode;
  if (parameter.kind == ParameterKind::kAssumed && lo > 0) {
    return mode * std::exp(std::log(hi / lo) / (2 * kNormal95) * stream.Normal());
  }
  const double u = stream.Uniform();  // triangle, by inversion
  const double rising = (mode - lo) / (hi - lo);
  return u < rising ? lo + std::sqrt(u * (hi - lo) * (mode - lo)) : hi - std::sqrt((1 - u) * (hi - lo) * (hi - mode));
}

/// draws[f][i]: value i of parameter f. Each parameter has its own stream, so a new one leaves the others alone.
std::vector<std::vector<double>> DrawAll(const ParameterSet& set, const EnergyConfig& config) {
  random::StreamKey key = config.key.Derive("energy");
  for (const auto& [tag, device] : set.slice) key = key.Derive(device);
  std::vector<std::vector<double>> draws;
  for (const auto field : kEnergyFields) {
    const EnergyParameter& parameter = set.nominal.*field;
    random::Stream stream(key.Derive(parameter.name));
    std::vector<double> values(static_cast<std::size_t>(config.draws));
    for (double& value : values) value = DrawOne(parameter, stream);
    draws.push_back(std::move(values));
  }
  return draws;
}

void CheckConfig(const EnergyConfig& config) {
  if (config.draws < 100)
    throw trace::InputError(fmt::format("{} energy draws are too few; at least 100", config.draws));
  const auto check = [](const EnergyParameters& parameters) {
    for (const EnergyParameter& p : List(parameters)) {
      if (p.lo >= 0 && p.lo <= p.value && p.value <= p.hi && std::isfinite(p.hi)) continue;
      throw trace::InputError(fmt::format("energy parameter {}: needs 0 <= lo <= value <= hi, got {} <= {} <= {}",
                                          p.name, p.lo, p.value, p.hi));
    }
    if (parameters.radio_event_interval_s.lo <= 0)
      throw trace::InputError("energy parameter radio_event_interval must be positive");
  };
  check(config.parameters);
  for (const auto& [device, parameters] : config.by_device) check(parameters);
}

/// The model is linear in what a device did at given rates, so activities of like rates are added before any draw.
std::vector<ParameterSet> CollectSets(const std::vector<const trace::RunRecord*>& records, const EnergyConfig& config) {
  using Key = std::tuple<std::string, double, double>;
  std::map<Key, trace::DeviceActivity> sums;
  for (const trace::RunRecord* record : records) {
    for (const trace::DeviceActivity& one : record->activity) {
      trace::DeviceActivity& sum = sums[Key{one.device, one.accelerometer_rate_hz, one.gyroscope_rate_hz}];
      sum.device = one.device;
      sum.accelerometer_rate_hz = one.accelerometer_rate_hz;
      sum.gyroscope_rate_hz = one.gyroscope_rate_hz;
      sum.duration_s += one.duration_s;
      sum.accelerometer_samples += one.accelerometer_samples;
      sum.gyroscope_samples += one.gyroscope_samples;
      sum.fifo_wakeups += one.fifo_wakeups;
      sum.inferences += one.inferences;
      sum.radio_bytes += one.radio_bytes;
    }
  }
  std::map<Slice, ParameterSet> sets;
  for (const auto& [key, sum] : sums) {
    const auto own = config.by_device.find(sum.device);
    const bool is_own = own != config.by_device.end();
    const Slice slice = is_own ? Slice{{"device", sum.device}} : Slice{};
    ParameterSet& set = sets[slice];
    set.slice = slice;
    set.nominal = is_own ? own->second : config.parameters;
    set.activities.push_back(sum);
  }
  std::vector<ParameterSet> list;
  for (auto& [slice, set] : sets) list.push_back(std::move(set));
  return list;
}

/// Joules of all cases, draw by draw: {} = everything, {device}, {term}.
using Draws = std::map<Slice, std::vector<double>>;

Draws EvaluateDraws(const std::vector<ParameterSet>& sets, const EnergyConfig& config) {
  const auto n = static_cast<std::size_t>(config.draws);
  Draws draws;
  for (const ParameterSet& set : sets) {
    const auto values = DrawAll(set, config);
    EnergyParameters drawn = set.nominal;
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t f = 0; f < kEnergyFields.size(); ++f) (drawn.*kEnergyFields[f]).value = values[f][i];
      for (const trace::DeviceActivity& activity : set.activities) {
        for (const EnergyTerm& term : DeviceEnergy(activity, drawn)) {
          for (const Slice& slice : {Slice{}, Slice{{"device", activity.device}}, Slice{{"term", term.name}}}) {
            auto& joules = draws[slice];
            joules.resize(n, 0);
            joules[i] += term.joule;
          }
        }
      }
    }
  }
  return draws;
}

double Total(const ParameterSet& set, const EnergyParameters& parameters) {
  double joule = 0;
  for (const trace::DeviceActivity& activity : set.activities) {
    for (const EnergyTerm& term : DeviceEnergy(activity, parameters)) joule += term.joule;
  }
  return joule;
}

double Variance(const std::vector<double>& values) {
  const auto n = static_cast<double>(values.size());
  double sum = 0, squares = 0;
  for (const double value : values) {
    const double off = value - values.front();  // so that equal values have exactly none
    sum += off;
    squares += off * off;
  }
  return std::max(0.0, (squares - sum * sum / n) / (n - 1));
}

/// Variance of the total when one parameter alone is drawn and the others stay nominal, as a share of their sum.
std::vector<Metric> VarianceShares(const std::vector<ParameterSet>& sets, const EnergyConfig& config,
                                   const Metric& like) {
  std::vector<Metric> shares;
  double sum = 0;
  for (const ParameterSet& set : sets) {
    const auto values = DrawAll(set, config);
    for (std::size_t f = 0; f < kEnergyFields.size(); ++f) {
      EnergyParameters drawn = set.nominal;
      std::vector<double> totals;
      for (const double value : values[f]) {
        (drawn.*kEnergyFields[f]).value = value;
        totals.push_back(Total(set, drawn));
      }
      Metric share = like;
      share.name = "energy.variance_share";
      share.slice = set.slice;
      share.slice["parameter"] = (set.nominal.*kEnergyFields[f]).name;
      share.unit = "1";
      share.value = Variance(totals);
      sum += *share.value;
      shares.push_back(std::move(share));
    }
  }
  for (Metric& share : shares) {
    if (sum > 0) {
      share.value = *share.value / sum;
    } else {
      share.value = std::nullopt;
      share.reason = "no parameter is uncertain";
    }
  }
  return shares;
}

Metric FromDraws(Metric metric, std::string name, std::string unit, std::vector<double> joules, double scale) {
  std::sort(joules.begin(), joules.end());
  const auto at = [&](double p) {
    const std::int64_t rank = QuantileRank(static_cast<std::int64_t>(joules.size()), p);
    return joules[static_cast<std::size_t>(rank - 1)] * scale;
  };
  metric.name = std::move(name);
  metric.unit = std::move(unit);
  metric.value = at(0.5);
  metric.ci_lo = at(0.05);
  metric.ci_hi = at(0.95);
  metric.ci_method = "monte_carlo_p5_p95";
  return metric;
}

}  // namespace

std::vector<Metric> ScoreEnergy(const std::vector<trace::RunRecord>& records, const EnergyConfig& config) {
  CheckConfig(config);
  const MetricMaker make{CommonScope(records)};
  std::vector<const trace::RunRecord*> counted;
  for (const trace::RunRecord& record : records) {
    if (record.status == trace::RunStatus::kCompleted && !record.activity.empty()) counted.push_back(&record);
  }
  // Sums of doubles depend on their order; results must not depend on that of the records.
  std::stable_sort(counted.begin(), counted.end(),
                   [](const auto* a, const auto* b) { return a->info.case_id < b->info.case_id; });
  Metric like = make.Undefined("energy.mj_per_case", {}, "mJ", "no case says what its devices did");
  like.evidence = Evidence::kModelled;
  if (counted.empty()) return {like};
  like.n = static_cast<std::int64_t>(counted.size());
  like.reason = "estimate, not a measurement";

  double case_s = 0, inferences = 0;
  for (const trace::RunRecord* record : counted) {
    case_s += static_cast<double>(record->info.end_ns - record->info.start_ns) / 1e9;
    for (const trace::DeviceActivity& activity : record->activity)
      inferences += static_cast<double>(activity.inferences);
  }
  const std::vector<ParameterSet> sets = CollectSets(counted, config);
  const Draws draws = EvaluateDraws(sets, config);
  std::vector<Metric> metrics;
  for (const auto& [slice, joules] : draws) {
    metrics.push_back(FromDraws(like, "energy.mj_per_case", "mJ", joules, 1e3 / static_cast<double>(counted.size())));
    metrics.back().slice = slice;
  }
  if (case_s > 0) metrics.push_back(FromDraws(like, "energy.mean_mw", "mW", draws.at({}), 1e3 / case_s));
  if (inferences > 0) {
    metrics.push_back(
        FromDraws(like, "energy.uj_per_inference", "uJ", draws.at({{"term", "inferences"}}), 1e6 / inferences));
    metrics.back().n = static_cast<std::int64_t>(inferences);
  }
  for (Metric& share : VarianceShares(sets, config, like)) metrics.push_back(std::move(share));
  return metrics;
}

}  // namespace stunt::metrics
