#include <benchmark/benchmark.h>

#include <cmath>
#include <ctime>
#include <vector>

#include "stunt/sim/device.h"
#include "stunt/sim/pose_path.h"

// Sensors alone, per second of this process' CPU time, one thread.
namespace stunt::sim {
namespace {

constexpr double kRate = 100;        // Hz
constexpr double kOversampling = 4;  // of ideal motion before the anti-alias filter

double CpuSeconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

// Every term of the error model, of the size that parts in watches have.
DeviceSpec WholeErrorModel() {
  InertialSensorSpec accelerometer = {.rate_hz = kRate, .bandwidth_hz = 40, .filter_order = 4};
  accelerometer.range = 156.9;
  accelerometer.resolution = 0.00479;
  accelerometer.clip_recovery_s = 0.002;
  accelerometer.noise_density = 1.1e-3;
  accelerometer.bias_instability = 4e-4;
  accelerometer.random_walk = 1e-5;
  accelerometer.bias_sd = 0.2;
  accelerometer.turn_on_bias_sd = 0.02;
  accelerometer.scale_sd = accelerometer.misalignment_sd = 0.01;
  accelerometer.scale_asymmetry_sd = accelerometer.nonlinearity_sd = 0.005;
  accelerometer.rectification_sd = 1e-4;
  accelerometer.bias_per_k_sd = 1e-3;
  accelerometer.scale_per_k_sd = 1e-4;
  InertialSensorSpec gyroscope = accelerometer;
  gyroscope.range = 34.9;
  gyroscope.resolution = 0.00122;
  gyroscope.noise_density = 6.6e-5;
  gyroscope.bias_instability = 2e-5;
  gyroscope.random_walk = 1e-6;
  gyroscope.rectification_sd = 0;
  gyroscope.g_sensitivity_sd = 1e-4;
  gyroscope.g2_sensitivity_sd = 1e-6;
  return {.name = "bench",
          .imu = {accelerometer, gyroscope},
          .strap = StrapSpec{},
          .source = "",
          .clock = {.period_error_sd = 0.01,
                    .period_drift_sd = 1e-7,
                    .sample_jitter_s = 5e-5,
                    .stamp_error_sd = 2e-5,
                    .stamp_jitter_s = 1e-4,
                    .data_ready_delay_s = 1e-3},
          .temperature = {.start_c = 22, .end_c = 33}};
}

PosePath Path(double seconds) {
  const double knot = 0.02;
  std::vector<PosePath::Knot> knots;
  for (double t = -knot; t < seconds + 3 * knot; t += knot) {
    const Eigen::AngleAxisd turn(0.9 * std::sin(5.1 * t), Eigen::Vector3d(0.3, 0.8, std::cos(t)).normalized());
    knots.push_back({{0.2 * std::sin(6.2 * t), 1.3 * t, 0.1 * std::cos(12 * t)}, Eigen::Quaterniond(turn)});
  }
  return {knot, knots};
}

// Six-axis samples at their output rate: ideal ones in, measured ones out.
void BM_ErrorModel(benchmark::State& state) {
  const DeviceSpec spec = WholeErrorModel();
  ImuErrorModel model(spec.imu, random::StreamKey{1, 2}, spec.temperature);
  MotionBlock ideal;
  Path(12).Sense(Eigen::Isometry3d::Identity(), {0, 0, -9.80665}, 0, 1 / kRate, ImuErrorModel::kBlock, ideal);
  MotionBlock samples;
  std::uint64_t block = 0;
  const double start = CpuSeconds();
  for (auto _ : state) {
    samples = ideal;
    model.Apply(block++, samples);
    benchmark::DoNotOptimize(samples.angular_rate.axis[2].data());
  }
  state.counters["samples_per_cpu_s"] =
      static_cast<double>(state.iterations()) * static_cast<double>(ImuErrorModel::kBlock) / (CpuSeconds() - start);
}
BENCHMARK(BM_ErrorModel);

// One device's accelerometer and gyroscope at 100 Hz from a given path: readings at four times the rate, strap, errors,
// filter, clock, noise, rounding.
void BM_SynthesizeKinematic(benchmark::State& state) {
  const DeviceSpec spec = WholeErrorModel();
  const double seconds = 60;
  const PosePath path = Path(seconds);
  Eigen::Isometry3d X_BS(Eigen::AngleAxisd(0.4, Eigen::Vector3d(1, 2, -1).normalized()));
  X_BS.translation() << 0.03, -0.1, 0.02;
  const double step = 1 / (kOversampling * kRate);
  const std::size_t block = 400;
  MotionBlock motion;
  std::uint64_t run = 0;
  const double start = CpuSeconds();
  for (auto _ : state) {
    DeviceRecorder recorder(spec, "left_wrist", step, random::StreamKey{1, ++run}, 1);
    for (double t = 0; t < seconds - 0.5; t += static_cast<double>(block) * step) {
      path.Sense(X_BS, {0, 0, -9.80665}, t + 0.5 * step, step, block, motion);
      recorder.PushBlock(motion);
    }
    benchmark::DoNotOptimize(recorder.Take());
  }
  state.counters["sensor_s_per_cpu_s"] = static_cast<double>(state.iterations()) * seconds / (CpuSeconds() - start);
}
BENCHMARK(BM_SynthesizeKinematic);

}  // namespace
}  // namespace stunt::sim
