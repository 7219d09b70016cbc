#include "stunt/scenarios/devices.h"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <numbers>
#include <sstream>

#include "stunt/scenarios/scenario.h"
#include "stunt/sim/device.h"
#include "stunt/trace/input_error.h"

namespace stunt::scenarios {
namespace {

constexpr double kG = 9.80665;
constexpr double kDegree = std::numbers::pi / 180;

// The message of the refusal, empty if there is none.
template <typename F>
std::string Refusal(F f) {
  try {
    f();
  } catch (const trace::InputError& error) {
    return error.what();
  }
  return "";
}

std::string RefusalOfDevice(const std::string& text) {
  return Refusal([&] { static_cast<void>(ParseDeviceText(text, "my.yaml")); });
}

// ---- built in ----

TEST(Parts, EveryPartOfTheCatalogueIsThereWithSourceAndVerification) {
  const std::vector<std::string> expected = {
      "adxl372",     "adxl373",          "bma400",          "bmi270",         "bmp390",  "h3lis331dl",
      "icm_42688_p", "icm_45686",        "lps22df",         "lps22hb",        "lps22hh", "lsm6dso",
      "lsm6dsv16x",  "lsm6dsv320x_high", "lsm6dsv80x_high", "lsm6dsv80x_low", "mpu6050"};
  EXPECT_EQ(PartNames(), expected);
  int verified = 0, all = 0;
  for (const std::string& name : PartNames()) {
    const Part& part = FindPart(name);
    EXPECT_EQ(part.name, name);
    EXPECT_GT(part.fields.size(), 5U) << name;
    for (const PartField& field : part.fields) {
      EXPECT_FALSE(field.source.empty()) << name << " " << field.key;
      EXPECT_FALSE(field.values.empty()) << name << " " << field.key;
      verified += field.verified ? 1 : 0;
      ++all;
    }
  }
  EXPECT_GT(verified, 50);
  EXPECT_LT(verified, all / 2);  // most of it is recalled or estimated, and says so
}

// Numbers of the catalogue's table, converted by hand.
TEST(Parts, SpeakDatasheetUnitsOutsideAndSiInside) {
  const Part& part = FindPart("bmi270");
  EXPECT_NEAR(part.accelerometer->range, 16 * kG, 1e-9);
  EXPECT_NEAR(part.accelerometer->noise_density.x, 160e-6 * kG, 1e-12);
  EXPECT_NEAR(part.accelerometer->bias_sd.z, 0.02 * kG, 1e-12);
  EXPECT_NEAR(part.accelerometer->bias_per_k_sd.y, 0.25e-3 * kG, 1e-12);
  EXPECT_NEAR(part.accelerometer->scale_sd.y, 0.004, 1e-12);
  EXPECT_NEAR(part.accelerometer->nonlinearity_sd.y, 1e-4, 1e-12);
  EXPECT_NEAR(part.accelerometer->resolution, 0.488e-3 * kG, 1e-12);
  EXPECT_NEAR(part.accelerometer->rectification_sd.x, 0.5e-3 / kG, 1e-12);
  EXPECT_NEAR(part.gyroscope->range, 2000 * kDegree, 1e-9);
  EXPECT_NEAR(part.gyroscope->noise_density.x, 0.007 * kDegree, 1e-12);
  EXPECT_NEAR(part.gyroscope->bias_instability.x, 6 * kDegree / 3600, 1e-12);
  EXPECT_NEAR(part.gyroscope->bias_sd.x, 0.5 * kDegree, 1e-12);
  EXPECT_NEAR(part.gyroscope->g_sensitivity_sd.x, 0.1 * kDegree / kG, 1e-12);
  EXPECT_EQ(part.fifo_bytes, 2048);
  EXPECT_NEAR(part.power.at(0).current_a, 685e-6, 1e-12);
  EXPECT_NEAR(FindPart("adxl373").high_g->range, 400 * kG, 1e-9);
  EXPECT_NEAR(FindPart("bmp390").barometer->range_hi, 125000, 1e-9);
}

TEST(Devices, EveryDeviceRecordsAtRest) {
  for (const std::string& name : DeviceNames()) {
    const Device& device = FindDevice(name);
    EXPECT_EQ(device.spec.name, name);
    EXPECT_FALSE(device.description.empty());
    sim::DeviceRecorder recorder(device.spec, "left_wrist", 1e-3, random::StreamKey{1, 2}, 1);
    for (int k = 0; k < 3000; ++k) recorder.Push({{0, 0, kG}, {0, 0, 0}});
    const auto channels = recorder.Take();
    ASSERT_EQ(channels.size(), sim::ChannelCount(device.spec));
    const std::size_t last = channels[0].samples.size() - 1;
    EXPECT_NEAR(static_cast<double>(last), 3 * device.spec.imu.accelerometer.rate_hz, 12) << name;
    EXPECT_NEAR(static_cast<double>(channels[0].samples.values[3 * last + 2]), kG, 1.5) << name;
    EXPECT_EQ(channels[0].samples.TimeNs(7), channels[1].samples.TimeNs(7)) << name;  // one chip, one clock
  }
}

// What the suites and the fidelity comparison rest on: as these devices were before they had files.
TEST(Devices, OldNamesKeepRangeRateBandwidthRoundingAndNoise) {
  const sim::DeviceSpec& watch = FindDevice("watch").spec;
  EXPECT_EQ(watch.imu.accelerometer.rate_hz, 100);
  EXPECT_EQ(watch.imu.accelerometer.bandwidth_hz, 40);
  EXPECT_EQ(watch.imu.gyroscope.bandwidth_hz, 33);
  EXPECT_NEAR(watch.imu.accelerometer.noise_density.x, 110e-6 * kG, 1e-12);
  EXPECT_NEAR(watch.imu.accelerometer.resolution, 0.488e-3 * kG, 1e-12);
  EXPECT_EQ(watch.strap->frequency_hz, 20);
  const sim::DeviceSpec& fitness = FindDevice("fitness_watch").spec;
  EXPECT_EQ(fitness.imu.accelerometer.rate_hz, 50);
  EXPECT_NEAR(fitness.imu.accelerometer.range, 4 * kG, 1e-9);
  EXPECT_EQ(fitness.imu.accelerometer.resolution, 0.1);
  EXPECT_EQ(fitness.imu.gyroscope.resolution, 0.1);
  EXPECT_NEAR(fitness.imu.accelerometer.noise_density.x, 160e-6 * kG, 1e-12);
  EXPECT_EQ(fitness.clock.period_error_sd, 0);
  const sim::DeviceSpec& belt = FindDevice("belt").spec;
  EXPECT_EQ(belt.imu.accelerometer.rate_hz, 200);
  EXPECT_EQ(belt.imu.gyroscope.bandwidth_hz, 42);
  EXPECT_NEAR(belt.imu.gyroscope.noise_density.x, 0.03 * kDegree, 1e-12);
  EXPECT_FALSE(belt.strap);
  const sim::DeviceSpec& ideal = FindDevice("ideal").spec;
  EXPECT_EQ(ideal.imu.accelerometer.noise_density, 0);
  EXPECT_EQ(ideal.imu.accelerometer.scale_sd, 0);
}

TEST(Devices, FitnessWatchClipsAtFourGAndRoundsToTenths) {
  sim::DeviceRecorder recorder(FindDevice("fitness_watch").spec, "left_wrist", 1e-3, random::StreamKey{1, 2}, 1);
  for (int k = 0; k < 1000; ++k) recorder.Push({{100 * std::sin(0.02 * k), 0, 9.8}, {std::sin(0.009 * k), 0, 0}});
  const auto channels = recorder.Take();
  float most = 0;
  for (const float v : channels[0].samples.values) {
    most = std::max(most, std::abs(v));
    EXPECT_NEAR(v * 10, std::round(v * 10), 1e-4);
  }
  EXPECT_EQ(most, 39.2F);
  EXPECT_EQ(channels[0].samples.period_ns, 20'000'000);
}

TEST(Devices, UnknownNamesAreRefusedWithTheNearest) {
  EXPECT_NE(Refusal([] { static_cast<void>(FindDevice("fitnes_watch")); }).find("fitness_watch"), std::string::npos);
  EXPECT_NE(Refusal([] { static_cast<void>(FindPart("bmi27")); }).find("bmi270"), std::string::npos);
}

TEST(Devices, DigestsTellDevicesApart) { EXPECT_NE(DeviceDigest("watch"), DeviceDigest("fitness_watch")); }

// ---- files ----

constexpr const char* kMine = R"(schema: stunt.device/v1
name: mine
description: a device of mine
source: "measured"
parts: {imu: bmi270, high_g: adxl372}
accelerometer:
  rate_hz: 100
  bandwidth_hz: 40
  noise_ug_rthz: [150, 160, 300]
  offset_mg: [10, -20, 30]
gyroscope: {rate_hz: 100, bandwidth_hz: 40, filter_order: 4}
high_g: {rate_hz: 400, bandwidth_hz: 160}
hand_over: {enter_g: 15, leave_g: 10, hold_ms: 20}
clock: {rate_error_ppm: 500, stamp_jitter_us: 30}
transport: {fifo_depth: 64, fifo_watermark: 16, latency_ms: 12, loss: 0.01}
temperature: {profile: [[0, 20], [60, 30]]}
)";

TEST(LoadDevice, ReadsPartsAndWhatTheDeviceSaysBeside) {
  const sim::DeviceSpec spec = ParseDeviceText(kMine, "my.yaml").spec;
  EXPECT_EQ(spec.name, "mine");
  EXPECT_NEAR(spec.imu.accelerometer.noise_density.z, 300e-6 * kG, 1e-12);
  EXPECT_NEAR(spec.imu.accelerometer.bias.y, -0.02 * kG, 1e-12);
  EXPECT_NEAR(spec.imu.accelerometer.scale_sd.x, 0.004, 1e-12);  // of the part
  EXPECT_NEAR(spec.high_g->range, 200 * kG, 1e-9);
  EXPECT_NEAR(spec.hand_over.hold_s, 0.02, 1e-12);
  EXPECT_NEAR(spec.clock.period_error_sd, 5e-4, 1e-12);
  EXPECT_EQ(spec.transport.fifo_watermark, 16);
  EXPECT_EQ(spec.temperature.At(30), 25);
  EXPECT_EQ(spec.power.at(0).name, "adxl372.accelerometer_high_performance");
}

TEST(LoadDevice, ReadsSlowSensorsFromTheirPartAndBeside) {
  const std::string text =
      std::string(kMine) + "barometer: {rate_hz: 50, noise_pa_rms: 0.9}\nheart_rate: {method: electrical}\ngnss: {}\n";
  const sim::SlowSensorSpecs plain = ParseDeviceText(text, "my.yaml").spec.slow;
  EXPECT_EQ(plain.Count(), 3u);
  EXPECT_EQ(plain.barometer->noise_rms, 0.9);
  EXPECT_FALSE(plain.heart_rate->optical);
  EXPECT_EQ(plain.heart_rate->lock_per_min, 0);
  EXPECT_FALSE(plain.microphone);
  std::string with_part = text;
  with_part.replace(with_part.find("imu: bmi270"), 11, "imu: bmi270, barometer: lps22df");
  const sim::BarometerSpec barometer = *ParseDeviceText(with_part, "my.yaml").spec.slow.barometer;
  EXPECT_EQ(barometer.bias_sd, 20);     // of the part
  EXPECT_EQ(barometer.noise_rms, 0.9);  // the device's own
  EXPECT_EQ(barometer.range_lo, 26'000);
}

TEST(LoadDevice, RefusesSlowSensorsThatCannotBe) {
  const auto refusal = [](const std::string& line) { return RefusalOfDevice(std::string(kMine) + line); };
  const auto expect = [&](const std::string& line, const std::string& part) {
    EXPECT_TRUE(refusal(line).starts_with("my.yaml:17: ")) << refusal(line);
    EXPECT_NE(refusal(line).find(part), std::string::npos) << refusal(line);
  };
  expect("heart_rate: {}\n", "key 'method' is missing");
  expect("heart_rate: {method: acoustic}\n", "accepted: optical, electrical");
  expect("barometer: {rate_hz: -1}\n", "'rate_hz' is '-1'");
  expect("microphone: {flor_db: 3}\n", "noise_floor_db");
  std::string fast = std::string(kMine) + "barometer: {rate_hz: 500}\n";
  fast.replace(fast.find("imu: bmi270"), 11, "imu: bmi270, barometer: lps22hb");
  EXPECT_NE(RefusalOfDevice(fast).find("0.01 to 75"), std::string::npos) << RefusalOfDevice(fast);
}

std::string Changed(const std::string& from, const std::string& to) {
  std::string text = kMine;
  return text.replace(text.find(from), from.size(), to);
}

TEST(LoadDevice, RefusesWithFileLineAndWhatIsAccepted) {
  const auto expect = [](const std::string& text, const std::string& begin, const std::string& part) {
    const std::string refusal = RefusalOfDevice(text);
    EXPECT_TRUE(refusal.starts_with(begin)) << refusal;
    EXPECT_NE(refusal.find(part), std::string::npos) << refusal;
  };
  expect(Changed("noise_ug_rthz", "noise_mg_rthz"), "my.yaml:9: unknown key 'noise_mg_rthz'", "noise_ug_rthz");
  expect(Changed("[150, 160, 300]", "-150"), "my.yaml:9: 'noise_ug_rthz' is '-150'", "at least 0");
  expect(Changed("[150, 160, 300]", "[150, 160, -3]"), "my.yaml:9: 'noise_ug_rthz[2]' is '-3'", "at least 0");
  expect(Changed("imu: bmi270", "imu: adxl372"), "my.yaml:5: 'imu' is 'adxl372', of kind high_g_accelerometer",
         "accepted");
  expect(Changed("imu: bmi270", "imu: bmi2700"), "my.yaml:5: 'imu'", "bmi270");
  expect(Changed("rate_hz: 400", "rate_hz: 9000"), "my.yaml:12: 'high_g' asks 9000 Hz of adxl372", "at most 6400");
  expect(Changed("fifo_watermark: 16", "fifo_watermark: 65"), "my.yaml:15: 'fifo_watermark' is '65'", "0 to 64");
  expect(Changed("loss: 0.01", "loss: 1.01"), "my.yaml:15: 'loss'", "0 to 1");
  expect(Changed("[60, 30]", "[0, 30]"), "my.yaml:16: 'profile[1]'", "order of time");
  expect(Changed("filter_order: 4", "filter_order: 3"), "my.yaml:11: 'filter_order'", "even");
  expect(Changed("hand_over", "handover"), "my.yaml:1:", "hand_over");
}

TEST(LoadDevice, APartMustSayWhereANumberComesFrom) {
  const std::string text =
      "schema: stunt.part/v1\nname: x\nkind: accelerometer\nsource: y\naccelerometer:\n  range_g: 16\n";
  EXPECT_EQ(Refusal([&] { static_cast<void>(ParsePartText(text, "x.yaml")); }),
            "x.yaml:6: 'range_g' is a bare number; accepted: {value: …, source: \"…\", verified: true or false}");
}

TEST(ParseDevice, SaysHowADeviceIsWorn) {
  const DeviceAt plain = ParseDevice("watch@left_wrist", "--device");
  EXPECT_EQ(plain.tightness, 1);
  EXPECT_EQ(&SpecOf(plain), &FindDevice("watch").spec);
  const std::string text = "watch@left_wrist,inside_out,turn=-30,shift=15,tightness=0.4";
  const DeviceAt worn = ParseDevice(text, "--device");
  EXPECT_TRUE(worn.wearing.inside_out);
  EXPECT_NEAR(worn.wearing.turn, -30 * kDegree, 1e-12);
  EXPECT_NEAR(worn.wearing.shift, 0.015, 1e-12);
  EXPECT_TRUE(SpecOf(worn).strap->Loose());
  EXPECT_EQ(ToString(worn), text);
  EXPECT_EQ(ParseDevice(ToString(worn), "--device"), worn);
}

TEST(ParseDevice, RefusesWhatNobodyCanWear) {
  const auto refusal = [](const std::string& text) {
    return Refusal([&] { static_cast<void>(ParseDevice(text, "--device")); });
  };
  EXPECT_EQ(
      refusal("watch@left_wrist,upside_down"),
      "--device: device 'watch@left_wrist,upside_down': 'upside_down'; accepted: inside_out, flipped, turn=DEGREES, "
      "shift=MM, tightness=0 to 1");
  EXPECT_NE(refusal("watch@left_wrist,tightness=2").find("a number from 0 to 1"), std::string::npos);
  EXPECT_NE(refusal("watch@left_wrist,turn=x").find("a number from -180 to 180"), std::string::npos);
  EXPECT_NE(refusal("watch@left_wrist,").find("accepted: inside_out"), std::string::npos);
  EXPECT_NE(refusal("belt@waist,tightness=0.5").find("no strap"), std::string::npos);
}

TEST(ParseDevice, TakesADeviceFileInPlaceOfAName) {
  const std::string path = ::testing::TempDir() + "my_device.yaml";
  std::ofstream(path) << kMine;
  const DeviceAt device = ParseDevice(path + "@left_wrist", "--device");
  EXPECT_EQ(device.name, "mine");
  EXPECT_EQ(device.site, "left_wrist");
  EXPECT_EQ(ToString(device), path + "@left_wrist");
  EXPECT_EQ(ParseDevice(ToString(device), "--device"), device);
}

// ---- Kalibr ----

constexpr const char* kKalibr = R"(#Accelerometers
accelerometer_noise_density: 1.86e-03   #Noise density (continuous-time)
accelerometer_random_walk:   4.33e-04   #Bias random walk

#Gyroscopes
gyroscope_noise_density:     1.87e-04   #Noise density (continuous-time)
gyroscope_random_walk:       2.66e-05   #Bias random walk

rostopic:                    /imu0      #the IMU ROS topic
update_rate:                 200.0      #Hz (for discretization of the values above)
)";

// Kalibr's own discretisation: a sample's σ is density / √Δt, the walk's step random_walk · √Δt.
TEST(Kalibr, GivesNoiseOfItsOwnDiscretisation) {
  const Device device = ParseDeviceText(kKalibr, "dir/imu.yaml");
  EXPECT_EQ(device.spec.name, "imu");
  EXPECT_EQ(device.spec.imu.gyroscope.rate_hz, 200);
  EXPECT_NEAR(device.spec.imu.accelerometer.random_walk.x, 4.33e-4, 1e-12);
  sim::ImuErrorModel model(device.spec.imu, random::StreamKey{3, 4});
  double squares = 0, n = 0;
  for (std::uint64_t k = 0; k < 40; ++k) {
    sim::MotionBlock block;
    block.specific_force.Resize(1024);
    block.angular_rate.Resize(1024);
    model.Apply(k, block);
    for (std::size_t i = 1; i < 1024; ++i) {  // differences: the walk is far below
      const double d = block.angular_rate.axis[1][i] - block.angular_rate.axis[1][i - 1];
      squares += d * d / 2;
      ++n;
    }
  }
  EXPECT_NEAR(std::sqrt(squares / n) / (1.87e-4 * std::sqrt(200.0)), 1, 0.02);
}

TEST(Kalibr, ReadsWhatTheCalibrationWrites) {
  const std::string written = std::string("imu0:\n  T_i_b:\n  - [1.0, 0.0, 0.0, 0.0]\n  - [0.0, 1.0, 0.0, 0.0]\n") +
                              "  - [0.0, 0.0, 1.0, 0.0]\n  - [0.0, 0.0, 0.0, 1.0]\n" +
                              "  accelerometer_noise_density: 0.01\n  accelerometer_random_walk: 0.0002\n" +
                              "  gyroscope_noise_density: 0.005\n  gyroscope_random_walk: 4.0e-06\n" +
                              "  model: calibrated\n  rostopic: /imu0\n  time_offset: 0.0\n  update_rate: 200.0\n";
  EXPECT_NEAR(ParseDeviceText(written, "imu.yaml").spec.imu.accelerometer.noise_density.x, 0.01 * std::sqrt(2.0),
              1e-12);
}

TEST(Kalibr, RefusesUnknownUnitsAndNegativeDensitiesWithTheirLine) {
  const auto changed = [](const std::string& from, const std::string& to) {
    std::string text = kKalibr;
    return RefusalOfDevice(text.replace(text.find(from), from.size(), to));
  };
  EXPECT_TRUE(changed("1.87e-04", "-1.87e-04").starts_with("my.yaml:6: 'gyroscope_noise_density' is '-1.87e-04'"));
  const std::string unit = changed("rostopic:", "gyroscope_noise_density_mdps: 3\nrostopic:");
  EXPECT_TRUE(unit.starts_with("my.yaml:9: unknown key 'gyroscope_noise_density_mdps'")) << unit;
  EXPECT_TRUE(changed("2.66e-05", "2.66e-05 rad/s").starts_with("my.yaml:7: 'gyroscope_random_walk'"));
  EXPECT_NE(changed("update_rate", "rate").find("update_rate"), std::string::npos);
  const std::string model = changed("rostopic:", "model: scale-misalignment\nrostopic:");
  EXPECT_TRUE(model.starts_with("my.yaml:9: 'model' is 'scale-misalignment'")) << model;
}

}  // namespace
}  // namespace stunt::scenarios
