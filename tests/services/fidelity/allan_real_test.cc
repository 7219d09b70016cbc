#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "stunt/datasets/recording_set.h"
#include "stunt/fidelity/allan.h"
#include "stunt/scenarios/devices.h"

namespace stunt::fidelity {
namespace {

constexpr const char* kRecording = "mpu6050_static/set-2_unmoved-with-x-pointing-forward-10min.csv";

// The MPU-6050 preset is fitted to this recording: the test asks whether the fit's three terms carry the whole curve,
// through quantisation and range, and whether the generator makes what it is asked for. 655 s; 64 units, so that the
// chance of the simulation is small against the recording's.
TEST(Mpu6050, AllanCurvesFollowTheRecordedOne) {
  const char* const folder = std::getenv("STUNT_RECORDED_DIR");
  const std::filesystem::path file = std::filesystem::path(folder != nullptr ? folder : "") / kRecording;
  if (!std::filesystem::exists(file)) GTEST_SKIP() << "NO RECORDING: " << file << " (set STUNT_RECORDED_DIR)";
  const StaticCurves recorded = CurvesOf(datasets::RecordingSet::Open(file).Load(0));
  const sim::DeviceSpec& device = scenarios::FindDevice("mpu6050").spec;
  const StaticCurves simulated = SimulateStatic(
      device, {.seconds = static_cast<double>(recorded.samples) / device.imu.accelerometer.rate_hz, .units = 64});
  double worst = 1;
  int beyond = 0;
  for (std::size_t axis = 0; axis < 6; ++axis) {
    const auto& real = recorded.curves[axis];
    const auto& made = simulated.curves[axis];
    ASSERT_EQ(real.size(), made.size());
    for (std::size_t i = 0; i < real.size(); ++i) {
      const double tau = real[i].tau_s;
      if (tau < 0.099) continue;
      if (tau <= 20) {
        const double ratio = made[i].deviation / real[i].deviation;
        worst = std::max({worst, ratio, 1 / ratio});
        EXPECT_LT(std::max(ratio, 1 / ratio), 1.5) << "axis " << axis << " at " << tau << " s";
      } else {
        ++beyond;
        EXPECT_GE(made[i].deviation, real[i].lo) << "axis " << axis << " at " << tau << " s";
        EXPECT_LE(made[i].deviation, real[i].hi) << "axis " << axis << " at " << tau << " s";
      }
    }
  }
  EXPECT_GE(beyond, 12);
  std::printf("worst factor from 0.1 to 20 s: %.3f; %d points beyond\n", worst, beyond);
}

}  // namespace
}  // namespace stunt::fidelity
