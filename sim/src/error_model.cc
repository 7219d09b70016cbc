#include "stunt/sim/error_model.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <stdexcept>
#include <string_view>
#include <utility>

#include "filter.h"
#include "front_end.h"
#include "slow_noise.h"
#include "stunt/random/normals.h"

namespace stunt::sim {
namespace {

using Eigen::Matrix3d;
using Eigen::Vector3d;
using random::StreamKey;

constexpr double kHighestBandwidth = 0.4;  // of a sample rate, for a filter that still looks like one
constexpr double kForgotten = 1e-12;       // what is left of a filter's past after its warm-up
constexpr double kLeftOut = 0.04;          // of the white density: slow noise below this is not made
constexpr std::uint64_t kWhiteOrigin = std::uint64_t{1} << 32;  // number of sample 0; before it come warm-ups

Vector3d Draw(const PerAxis& sd, StreamKey key, std::string_view term) {
  random::Stream stream(key.Derive(term));
  const double x = stream.Normal();
  const double y = stream.Normal();
  return {sd.x * x, sd.y * y, sd.z * stream.Normal()};
}

Matrix3d DrawMatrix(const PerAxis& sd, StreamKey key, std::string_view term) {
  random::Stream stream(key.Derive(term));
  Matrix3d m;
  for (int row = 0; row < 3; ++row) {
    for (int column = 0; column < 3; ++column) m(row, column) = sd[static_cast<std::size_t>(row)] * stream.Normal();
  }
  return m;
}

// Largest spacing 2^level samples at which a density that falls below the white one's share only above its band. The
// band of a spacing h ends near 1 / (8 h).
int FinestLevel(double spacing_samples) {
  if (!(spacing_samples > 1)) return 0;
  // Without any such noise the spacing is infinite, which no int can hold.
  const double within = std::min(spacing_samples, static_cast<double>(internal::kNoiseBlock));
  return static_cast<int>(std::floor(std::log2(within)));
}

double Largest(const PerAxis& v) { return std::max({v.x, v.y, v.z}); }

// B² / (π f) = kLeftOut N² at f = 1 / (8 h); the axis that asks for the finest spacing decides.
int FlickerLevel(double B, double N, double rate) {
  if (N == 0) return 0;
  return FinestLevel(kLeftOut * N * N * std::numbers::pi / (8 * B * B) * rate);
}

// K² / (2 π² f²) = kLeftOut N² at f = 1 / (8 h).
int WalkLevel(const PerAxis& K, const PerAxis& N, double rate) {
  double spacing = HUGE_VAL;
  for (std::size_t a = 0; a < 3; ++a) {
    if (K[a] != 0) spacing = std::min(spacing, std::sqrt(2 * kLeftOut) * std::numbers::pi * N[a] / (8 * K[a]) * rate);
  }
  return FinestLevel(spacing);
}

}  // namespace

void CheckSensor(const InertialSensorSpec& spec, const std::string& what) {
  const auto refuse = [&](const std::string& why) { throw std::invalid_argument(fmt::format("{}: {}", what, why)); };
  if (!(spec.rate_hz > 0)) refuse(fmt::format("rate {} Hz must be above 0", spec.rate_hz));
  if (!(spec.bandwidth_hz > 0)) refuse(fmt::format("bandwidth {} Hz must be above 0", spec.bandwidth_hz));
  if (spec.filter_order <= 0 || spec.filter_order % 2 != 0) {
    refuse(fmt::format("filter order {} must be even", spec.filter_order));
  }
  if (spec.range == 0 && Largest(spec.nonlinearity_sd) > 0) refuse("nonlinearity is a share of a range; it has none");
  const std::pair<const char*, const PerAxis*> tolerances[] = {{"noise density", &spec.noise_density},
                                                               {"bias instability", &spec.bias_instability},
                                                               {"random walk", &spec.random_walk},
                                                               {"bias", &spec.bias_sd},
                                                               {"turn-on bias", &spec.turn_on_bias_sd},
                                                               {"scale", &spec.scale_sd},
                                                               {"scale asymmetry", &spec.scale_asymmetry_sd},
                                                               {"nonlinearity", &spec.nonlinearity_sd},
                                                               {"misalignment", &spec.misalignment_sd},
                                                               {"bias per kelvin", &spec.bias_per_k_sd},
                                                               {"scale per kelvin", &spec.scale_per_k_sd},
                                                               {"rectification", &spec.rectification_sd},
                                                               {"g-sensitivity", &spec.g_sensitivity_sd},
                                                               {"g²-sensitivity", &spec.g2_sensitivity_sd}};
  for (const auto& [name, value] : tolerances) {
    for (std::size_t a = 0; a < 3; ++a) {
      if (!((*value)[a] >= 0)) refuse(fmt::format("{} {} must be at least 0", name, (*value)[a]));
    }
  }
  for (const double value : {spec.range, spec.resolution, spec.clip_recovery_s, spec.pipeline_delay_s}) {
    if (!(value >= 0)) refuse("range, resolution, clip recovery and pipeline delay must be at least 0");
  }
}

InertialUnit DrawUnit(const InertialSensorSpec& spec, StreamKey key) {
  InertialUnit unit;
  unit.bias = Vector3d(spec.bias.x, spec.bias.y, spec.bias.z) + Draw(spec.bias_sd, key, "bias");
  unit.scale = Draw(spec.scale_sd, key, "scale");
  unit.alignment = DrawMatrix(spec.misalignment_sd, key, "misalignment");
  unit.alignment.diagonal().setOnes();
  unit.asymmetry = Draw(spec.scale_asymmetry_sd, key, "asymmetry");
  unit.nonlinearity = Draw(spec.nonlinearity_sd, key, "nonlinearity");
  unit.rectification = Draw(spec.rectification_sd, key, "rectification");
  unit.g_sensitivity = DrawMatrix(spec.g_sensitivity_sd, key, "g");
  unit.g2_sensitivity = Draw(spec.g2_sensitivity_sd, key, "g2");
  unit.bias_per_k = Draw(spec.bias_per_k_sd, key, "bias_per_k");
  unit.scale_per_k = Draw(spec.scale_per_k_sd, key, "scale_per_k");
  return unit;
}

Vector3d DrawTurnOnBias(const InertialSensorSpec& spec, StreamKey key) {
  return Draw(spec.turn_on_bias_sd, key, "turn_on_bias");
}

// ---- noise ----

struct SensorNoise::Parts {
  PerAxis white_sigma;
  std::optional<internal::Butterworth> filter;  // settled at 0; copied before use
  std::size_t warm_up = 0;                      // samples
  std::array<StreamKey, 3> white_keys;
  std::vector<internal::FlickerNoise> flicker;  // by axis
  internal::RandomWalk walk;
};

SensorNoise::SensorNoise(const InertialSensorSpec& spec, StreamKey key) {
  const double period = 1 / spec.rate_hz;
  Parts parts = {
      .white_sigma = {},
      .filter = {},
      .white_keys = {},
      .flicker = {},
      .walk = internal::RandomWalk({spec.random_walk.x, spec.random_walk.y, spec.random_walk.z}, period,
                                   WalkLevel(spec.random_walk, spec.noise_density, spec.rate_hz), key.Derive("walk"))};
  const double wide = std::sqrt(spec.rate_hz / 2);
  const PerAxis& N = spec.noise_density;
  parts.white_sigma = {N.x * wide, N.y * wide, N.z * wide};
  if (spec.bandwidth_hz <= kHighestBandwidth * spec.rate_hz) {  // else white up to Nyquist
    parts.filter.emplace(spec.bandwidth_hz, spec.filter_order, period);
    const double samples = std::log(kForgotten) / std::log(parts.filter->SlowestDecay());
    parts.warm_up = static_cast<std::size_t>(std::ceil(samples / random::kNormalGroup)) * random::kNormalGroup;
  }
  for (std::size_t a = 0; a < 3; ++a) {
    parts.white_keys[a] = key.Derive("white").Derive(a);
    parts.flicker.emplace_back(spec.bias_instability[a], period,
                               FlickerLevel(spec.bias_instability[a], N[a], spec.rate_hz),
                               key.Derive("flicker").Derive(a));
  }
  parts_ = std::make_unique<const Parts>(std::move(parts));
}

SensorNoise::~SensorNoise() = default;
SensorNoise::SensorNoise(SensorNoise&&) noexcept = default;
SensorNoise& SensorNoise::operator=(SensorNoise&&) noexcept = default;

void SensorNoise::Block(std::uint64_t block, AxisBlock& out) const {
  static_assert(kBlock == internal::kNoiseBlock);
  const Parts& p = *parts_;
  out.Resize(p.warm_up + kBlock);
  for (std::size_t a = 0; a < 3; ++a) {
    if (p.white_sigma[a] == 0) {
      std::fill(out.axis[a].begin(), out.axis[a].end(), 0.0);
      continue;
    }
    random::FillNormals(p.white_keys[a], kWhiteOrigin + block * kBlock - p.warm_up, out.axis[a]);
    for (double& v : out.axis[a]) v *= p.white_sigma[a];
  }
  if (p.filter) {
    internal::Butterworth filter = *p.filter;
    filter.Filter(out);
  }
  for (std::size_t a = 0; a < 3; ++a) {
    std::vector<double>& values = out.axis[a];
    values.erase(values.begin(), values.begin() + static_cast<long>(p.warm_up));
    const std::span<double, kBlock> span(values.data(), kBlock);
    p.flicker[a].Add(block, span);
    p.walk.Add(block, static_cast<int>(a), span);
  }
}

// ---- samples in, samples out ----

struct ImuErrorModel::Parts {
  struct Sensor {
    internal::FrontEnd front;
    SensorNoise noise;
    internal::Converter converter;
  };
  double rate_hz;
  internal::Thermometer thermometer;
  Sensor accelerometer, gyroscope;
  AxisBlock force;  // of the block: what the gyroscope's g-sensitivity sees
  AxisBlock noise;
  std::vector<double> warmth;

  static Sensor Make(const InertialSensorSpec& spec, StreamKey key, const char* name) {
    CheckSensor(spec, name);
    const StreamKey own = key.Derive(name);
    const InertialUnit unit = DrawUnit(spec, own.Derive("unit"));
    return {internal::FrontEnd(spec, unit, DrawTurnOnBias(spec, own), 1 / spec.rate_hz),
            SensorNoise(spec, own.Derive("noise")), internal::Converter(spec.resolution, spec.range)};
  }

  void Apply(Sensor& sensor, std::uint64_t block, AxisBlock& x, const AxisBlock* f) {
    sensor.front.AddErrors(x, f, warmth);
    sensor.front.Clip(x);
    sensor.noise.Block(block, noise);
    for (std::size_t a = 0; a < 3; ++a) {
      for (std::size_t i = 0; i < x.size(); ++i) x.axis[a][i] += noise.axis[a][i];
      sensor.converter.Convert(x.axis[a]);
    }
  }
};

ImuErrorModel::ImuErrorModel(const ImuSpec& spec, StreamKey key, TemperatureProfile temperature) {
  ImuSpec same = spec;
  same.gyroscope.rate_hz = spec.accelerometer.rate_hz;
  same.accelerometer.clip_recovery_s = same.gyroscope.clip_recovery_s = 0;
  parts_ = std::make_unique<Parts>(Parts{.rate_hz = spec.accelerometer.rate_hz,
                                         .thermometer = internal::Thermometer(std::move(temperature)),
                                         .accelerometer = Parts::Make(same.accelerometer, key, "accelerometer"),
                                         .gyroscope = Parts::Make(same.gyroscope, key, "gyroscope"),
                                         .force = {},
                                         .noise = {},
                                         .warmth = {}});
}

ImuErrorModel::~ImuErrorModel() = default;
ImuErrorModel::ImuErrorModel(ImuErrorModel&&) noexcept = default;
ImuErrorModel& ImuErrorModel::operator=(ImuErrorModel&&) noexcept = default;

void ImuErrorModel::Apply(std::uint64_t block, MotionBlock& samples) {
  Parts& p = *parts_;
  p.warmth.resize(samples.size());
  const double start = static_cast<double>(block * kBlock) / p.rate_hz;
  if (p.accelerometer.front.needs_temperature() || p.gyroscope.front.needs_temperature()) {
    p.thermometer.Fill(start, 1 / p.rate_hz, p.warmth);
  }
  p.force = samples.specific_force;
  p.Apply(p.accelerometer, block, samples.specific_force, nullptr);
  p.Apply(p.gyroscope, block, samples.angular_rate, &p.force);
}

}  // namespace stunt::sim
