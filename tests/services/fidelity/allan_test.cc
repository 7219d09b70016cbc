#include "stunt/fidelity/allan.h"

#include <gtest/gtest.h>

#include <cmath>

#include "stunt/scenarios/devices.h"
#include "stunt/trace/input_error.h"

namespace stunt::fidelity {
namespace {

// Oracle: at 1 s a watch's noise is white: density / √2. Without rounding, which adds to a gyroscope whose step is
// larger than its noise.
TEST(SimulateStatic, OneSecondShowsTheNoiseDensityOfEachSensor) {
  sim::DeviceSpec watch = scenarios::FindDevice("watch").spec;
  watch.imu.accelerometer.resolution = watch.imu.gyroscope.resolution = 0;
  const StaticCurves curves = SimulateStatic(watch, {.seconds = 300, .units = 4});
  for (std::size_t axis = 0; axis < 6; ++axis) {
    const sim::InertialSensorSpec& sensor = axis < 3 ? watch.imu.accelerometer : watch.imu.gyroscope;
    for (const metrics::AllanPoint& p : curves.curves[axis]) {
      if (std::abs(p.tau_s - 1) > 0.01) continue;
      EXPECT_NEAR(p.deviation / (sensor.noise_density.x / std::sqrt(2.0)), 1, 0.15) << axis;
    }
  }
  const std::string svg = AllanSvg(curves, curves);
  EXPECT_NE(svg.find("<svg"), std::string::npos);
  EXPECT_NE(svg.find("gyroscope z"), std::string::npos);
  EXPECT_NE(svg.find("recorded"), std::string::npos);
  EXPECT_EQ(AllanSvg(curves, {}).find("recorded"), std::string::npos);
}

TEST(CurvesOf, ARecordingWithoutGyroscopeIsBadInput) {
  trace::Recording recording;
  recording.channels.resize(1);
  recording.channels[0].spec.kind = trace::SensorKind::kAccelerometer;
  EXPECT_THROW(static_cast<void>(CurvesOf(recording)), trace::InputError);
}

}  // namespace
}  // namespace stunt::fidelity
