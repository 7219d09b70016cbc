#pragma once

#include <Eigen/Core>
#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "stunt/random/random.h"
#include "stunt/sim/sensor_spec.h"

namespace stunt::sim {

/// Errors of one virtual unit of one sensor, in the sensor's unit; `x` is the ideal input, ΔT that from 25 °C.
///
///   y = (1 + scale + scale_per_k ΔT) (M x) + asymmetry |x| / 2 + R N(x / R) · nonlinearity + rectification x²
///       + bias + bias_per_k ΔT + G f + g2 f²,      N(u) = (u³ − u) · 3√3 / 2 (largest 1 on −1 … 1)
///
/// with powers and products taken axis by axis, R the range, f the specific force (gyroscope only).
///
/// @source sensitivity, misalignment, second- and third-order terms: IEEE 1293-2018 and IEEE 952-1997; names: IEEE
/// 2700.
struct InertialUnit {
  Eigen::Vector3d bias = {0, 0, 0};
  Eigen::Vector3d scale = {0, 0, 0};
  Eigen::Matrix3d alignment = Eigen::Matrix3d::Identity();  // M: ones and cross-axis shares
  Eigen::Vector3d asymmetry = {0, 0, 0};
  Eigen::Vector3d nonlinearity = {0, 0, 0};
  Eigen::Vector3d rectification = {0, 0, 0};
  Eigen::Matrix3d g_sensitivity = Eigen::Matrix3d::Zero();  // G
  Eigen::Vector3d g2_sensitivity = {0, 0, 0};
  Eigen::Vector3d bias_per_k = {0, 0, 0};
  Eigen::Vector3d scale_per_k = {0, 0, 0};
};

/// One unit as it comes from the factory. Every term has a stream of its own below `key`.
[[nodiscard]] InertialUnit DrawUnit(const InertialSensorSpec& spec, random::StreamKey key);

/// Its bias after it was switched on, anew with every key.
[[nodiscard]] Eigen::Vector3d DrawTurnOnBias(const InertialSensorSpec& spec, random::StreamKey key);

/// @throws std::invalid_argument for numbers that no sensor can have; the message begins with `what`.
void CheckSensor(const InertialSensorSpec& spec, const std::string& what);

/// Three axes of samples, each axis contiguous.
struct AxisBlock {
  std::array<std::vector<double>, 3> axis;

  [[nodiscard]] std::size_t size() const { return axis[0].size(); }
  void Resize(std::size_t n) {
    for (std::vector<double>& a : axis) a.resize(n);
  }
  void Clear() { Resize(0); }
  void Append(const Eigen::Vector3d& v) {
    for (std::size_t i = 0; i < 3; ++i) axis[i].push_back(v[static_cast<Eigen::Index>(i)]);
  }
};

/// Ideal readings at a site over time.
struct MotionBlock {
  AxisBlock specific_force;  // m/s²
  AxisBlock angular_rate;    // rad/s

  [[nodiscard]] std::size_t size() const { return specific_force.size(); }
};

/// The noise of one sensor at its output rate: white noise with the spectrum of the anti-alias filter, flicker and
/// random walk. A block depends on the key and its number alone: any block, in any order, gives the bytes that it has
/// in a run.
///
/// Flicker and walk are made from spacings on where they matter: what is left out above is below 4 % of the density of
/// the white noise there.
class SensorNoise {
 public:
  static constexpr std::size_t kBlock = 1024;  // samples

  SensorNoise(const InertialSensorSpec& spec, random::StreamKey key);
  ~SensorNoise();
  SensorNoise(SensorNoise&&) noexcept;
  SensorNoise& operator=(SensorNoise&&) noexcept;

  /// Noise of samples block · kBlock … Resizes `out` to kBlock.
  void Block(std::uint64_t block, AxisBlock& out) const;

 private:
  struct Parts;
  std::unique_ptr<const Parts> parts_;
};

/// Errors of accelerometer and gyroscope at their output rate, for whoever has ideal samples and needs no mount, no
/// anti-alias filter and no clock: what MATLAB's imuSensor does. Both sensors have the accelerometer's rate.
class ImuErrorModel {
 public:
  static constexpr std::size_t kBlock = SensorNoise::kBlock;

  /// Unit and noise are drawn below `key`.
  ImuErrorModel(const ImuSpec& spec, random::StreamKey key, TemperatureProfile temperature = {});
  ~ImuErrorModel();
  ImuErrorModel(ImuErrorModel&&) noexcept;
  ImuErrorModel& operator=(ImuErrorModel&&) noexcept;

  /// Ideal samples block · kBlock … become measured ones: unit errors, noise, quantisation, range. Any block, in any
  /// order. Clip recovery needs the past and is left to DeviceRecorder.
  /// @pre samples.size() ≤ kBlock
  void Apply(std::uint64_t block, MotionBlock& samples);

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace stunt::sim
