#include "stunt/hil/run_asap.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <map>

#include "test_doubles.h"

namespace stunt {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

using hil::RunAsap;
using ::testing::HasSubstr;
using testing::kSecond;
using testing::ThresholdDouble;
using testing::TwoBumps;

std::string Message(const absl::Status& status) { return std::string(status.message()); }

TEST(RunAsap, FeedsEverySampleOnceInTimeOrder) {
  trace::Recording recording = TwoBumps();
  ThresholdDouble detector;
  ASSERT_TRUE(RunAsap(recording, detector).ok());
  std::map<std::uint32_t, std::vector<float>> seen;
  std::int64_t previous_end = 0;
  for (const trace::SampleBlock& block : detector.blocks) {
    const std::int64_t end = block.TimeNs(block.size() - 1);
    EXPECT_GE(end, previous_end);
    previous_end = end;
    std::vector<float>& values = seen[block.channel_id];
    EXPECT_EQ(block.first_sequence, values.size() / 3);
    EXPECT_LE(end - block.first_time_ns, kSecond / 10);
    values.insert(values.end(), block.values.begin(), block.values.end());
  }
  EXPECT_EQ(seen[1], recording.channels[0].samples.values);
  EXPECT_EQ(seen[2], recording.channels[1].samples.values);
  EXPECT_EQ(detector.blocks.size(), 200u);  // 100 windows of 0.1 s, two channels
}

TEST(RunAsap, KeepsUnevenTimes) {
  trace::Recording recording = TwoBumps();
  trace::SampleBlock& samples = recording.channels[0].samples;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    samples.time_offsets_ns.push_back(static_cast<std::int64_t>(i) * 9'973'211 + (i % 3) * 1'000'003);
  }
  ThresholdDouble detector;
  ASSERT_TRUE(RunAsap(recording, detector).ok());
  std::size_t next = 0;
  for (const trace::SampleBlock& block : detector.blocks) {
    if (block.channel_id != 1) continue;
    for (std::size_t i = 0; i < block.size(); ++i) EXPECT_EQ(block.TimeNs(i), samples.TimeNs(next++));
  }
  EXPECT_EQ(next, samples.size());
}

TEST(RunAsap, RecordsWhatWasSaidAndWhatItTook) {
  trace::Recording recording = TwoBumps();
  recording.channels[0].spec.fifo_watermark = 32;
  recording.channels[1].spec.fifo_watermark = 7;
  ThresholdDouble detector;
  const auto record = RunAsap(recording, detector);
  ASSERT_TRUE(record.ok()) << record.status();
  ASSERT_EQ(record->detections.size(), 2u);
  // 9.81 + 40 exp(-((t - t0) / 0.03)²) first exceeds 30 (with the slower terms) some 0.02 s before t0.
  EXPECT_NEAR(static_cast<double>(record->detections[0].decision_sample_time_ns) * 1e-9, 3.18, 0.011);
  EXPECT_NEAR(static_cast<double>(record->detections[1].decision_sample_time_ns) * 1e-9, 7.49, 0.011);
  EXPECT_EQ(record->status, trace::RunStatus::kCompleted);
  EXPECT_EQ(record->consumed_through_ns, 9'990'000'000);
  EXPECT_EQ(record->inference_count, 200u);
  EXPECT_GT(record->detector_compute_ns, 0);
  EXPECT_TRUE(record->conversions.empty());
  ASSERT_EQ(record->activity.size(), 1u);
  const trace::DeviceActivity& activity = record->activity[0];
  EXPECT_EQ(activity.device, "watch@left_wrist");
  EXPECT_DOUBLE_EQ(activity.duration_s, 10);
  EXPECT_EQ(activity.accelerometer_samples, 1000u);
  EXPECT_EQ(activity.gyroscope_samples, 500u);
  EXPECT_DOUBLE_EQ(activity.accelerometer_rate_hz, 100);
  EXPECT_DOUBLE_EQ(activity.gyroscope_rate_hz, 50);
  EXPECT_EQ(activity.fifo_wakeups, 72u);  // of the busier channel: 500 / 7 rounded up, no 1000 / 32 on top
  EXPECT_EQ(activity.inferences, 200u);
  EXPECT_EQ(activity.radio_bytes, 40u);
}

TEST(RunAsap, OnlyAlarmsGoOverTheRadio) {
  for (const std::uint64_t bytes : {20u, 40u}) {
    ThresholdDouble detector;
    hil::RunOptions options;
    options.alarm_bytes = bytes;
    EXPECT_EQ(RunAsap(TwoBumps(), detector, options)->activity[0].radio_bytes, 2 * bytes);
    detector.alarms = false;
    const auto quiet = RunAsap(TwoBumps(), detector, options);
    EXPECT_EQ(quiet->detections.size(), 2u);
    EXPECT_EQ(quiet->activity[0].radio_bytes, 0u);
  }
}

TEST(RunAsap, CountsAWakeupPerSampleWithoutAFifo) {
  ThresholdDouble detector;
  const auto record = RunAsap(TwoBumps(), detector);
  ASSERT_TRUE(record.ok());
  EXPECT_EQ(record->activity[0].fifo_wakeups, 1000u);
}

TEST(RunAsap, SensorsThatTheDetectorDoesNotTakeStayOff) {
  ThresholdDouble detector;
  detector.info.needs = {{trace::SensorKind::kAccelerometer, 0, true}};
  const auto record = RunAsap(TwoBumps(), detector);
  ASSERT_TRUE(record.ok());
  EXPECT_EQ(record->activity[0].gyroscope_samples, 0u);
  EXPECT_EQ(record->activity[0].gyroscope_rate_hz, 0);
  ASSERT_EQ(detector.channels.size(), 1u);
}

TEST(RunAsap, FeedsOnlyTheDevicesAskedFor) {
  trace::Recording recording = TwoBumps();
  recording.channels[1].spec.device = "phone@pocket";
  ThresholdDouble detector;
  hil::RunOptions options;
  options.devices = {"watch@left_wrist"};
  ASSERT_TRUE(RunAsap(recording, detector, options).ok());
  ASSERT_EQ(detector.channels.size(), 1u);
  EXPECT_EQ(detector.channels[0].channel_id, 1u);
}

TEST(RunAsap, MissingChannelIsInvalidArgumentAndSaysWhatThereIs) {
  ThresholdDouble detector;
  detector.info.needs = {{trace::SensorKind::kBarometer, 25, true}};
  const auto record = RunAsap(TwoBumps(), detector);
  EXPECT_EQ(record.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Message(record.status()),
            "detector threshold, case two_bumps: the detector needs barometer data at 25 Hz; the recording has "
            "watch@left_wrist accelerometer at 100 Hz, watch@left_wrist gyroscope at 50 Hz");
}

// Test doubles that misbehave in one way each.

class DiesInMidStream : public ThresholdDouble {
 public:
  absl::Status Push(const trace::SampleBlock& block) override {
    if (block.first_time_ns > 5 * kSecond) return absl::UnavailableError("link lost");
    return ThresholdDouble::Push(block);
  }
};

TEST(RunAsap, DetectorThatDiesKeepsItsCode) {
  DiesInMidStream detector;
  const absl::Status status = RunAsap(TwoBumps(), detector).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(Message(status), "detector threshold, case two_bumps: link lost");
  const trace::RunRecord failed = hil::FailedRun(TwoBumps().info, status);
  EXPECT_EQ(failed.status, trace::RunStatus::kError);
  EXPECT_EQ(failed.reason, Message(status));
  EXPECT_EQ(failed.info.case_id, "two_bumps");
}

class Late : public ThresholdDouble {  // says everything at the end, the last first
 public:
  absl::StatusOr<std::vector<trace::Detection>> Poll() override {
    if (!flushed_) return std::vector<trace::Detection>{};
    std::reverse(pending.begin(), pending.end());
    return pending;
  }
  absl::StatusOr<hil::SessionSummary> Flush() override {
    flushed_ = true;
    return summary;
  }

 private:
  bool flushed_ = false;
};

TEST(RunAsap, LateDetectionsAreKeptAndSorted) {
  ThresholdDouble prompt;
  Late late;
  const auto expected = RunAsap(TwoBumps(), prompt);
  const auto record = RunAsap(TwoBumps(), late);
  ASSERT_TRUE(record.ok()) << record.status();
  ASSERT_EQ(record->detections.size(), 2u);
  for (int i : {0, 1}) EXPECT_EQ(record->detections[i].detection_id, expected->detections[i].detection_id);
}

class Repeats : public ThresholdDouble {  // says each thing with every poll
 public:
  absl::StatusOr<std::vector<trace::Detection>> Poll() override {
    auto said = pending;
    if (contradict && !said.empty()) said.back().score += static_cast<double>(++polls_);
    return said;
  }
  bool contradict = false;

 private:
  int polls_ = 0;
};

TEST(RunAsap, RepeatedDetectionsCountOnce) {
  Repeats detector;
  const auto record = RunAsap(TwoBumps(), detector);
  ASSERT_TRUE(record.ok()) << record.status();
  EXPECT_EQ(record->detections.size(), 2u);
}

TEST(RunAsap, ContradictingRepeatIsAnError) {
  Repeats detector;
  detector.contradict = true;
  const absl::Status status = RunAsap(TwoBumps(), detector).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInternal);
  EXPECT_THAT(Message(status), HasSubstr("two different detections have the id"));
}

class Floods : public ThresholdDouble {
 public:
  absl::StatusOr<std::vector<trace::Detection>> Poll() override {
    trace::Detection one;
    one.label = "fall";
    return std::vector<trace::Detection>(1000, one);
  }
};

TEST(RunAsap, FloodIsAnError) {
  Floods detector;
  const absl::Status status = RunAsap(TwoBumps(), detector).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInternal);
  EXPECT_THAT(Message(status), HasSubstr("more than 100000 detections"));
}

class Forgets : public ThresholdDouble {
 public:
  explicit Forgets(std::int64_t error_ns) : error_ns_(error_ns) {}
  absl::StatusOr<hil::SessionSummary> Flush() override {
    summary.consumed_through_ns += error_ns_;
    return summary;
  }

 private:
  std::int64_t error_ns_;
};

TEST(RunAsap, DetectorThatDidNotSeeEverythingIsAnError) {
  for (const std::int64_t error_ns : {std::int64_t{-1}, kSecond}) {
    Forgets detector(error_ns);
    const absl::Status status = RunAsap(TwoBumps(), detector).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInternal);
    EXPECT_THAT(Message(status), HasSubstr("the last sample is at 9990000000 ns"));
  }
}

class Says : public ThresholdDouble {  // one detection, at the first poll
 public:
  explicit Says(const trace::Detection& detection) : detection_(detection) {}
  absl::StatusOr<std::vector<trace::Detection>> Poll() override {
    if (std::exchange(said_, true)) return std::vector<trace::Detection>{};
    return std::vector<trace::Detection>{detection_};
  }

 private:
  trace::Detection detection_;
  bool said_ = false;
};

absl::Status Hearing(const std::function<void(trace::Detection&)>& spoil) {
  trace::Detection detection;
  detection.detection_id = "a";
  detection.label = "fall";
  detection.decision_sample_time_ns = 30'000'000;
  spoil(detection);
  Says detector(detection);
  return RunAsap(TwoBumps(), detector).status();
}

TEST(RunAsap, HostileStatementsAreErrors) {
  static constexpr std::int64_t kLowest = std::numeric_limits<std::int64_t>::min();
  static constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
  ASSERT_TRUE(Hearing([](auto&) {}).ok());
  const auto expect_error = [](const std::function<void(trace::Detection&)>& spoil, const std::string& words) {
    const absl::Status status = Hearing(spoil);
    EXPECT_EQ(status.code(), absl::StatusCode::kInternal) << words;
    EXPECT_THAT(Message(status), HasSubstr(words));
  };
  expect_error([](auto& d) { d.label = ""; }, "no label");
  expect_error([](auto& d) { d.label = "crash"; }, "\"crash\", which is not among its labels");
  expect_error([](auto& d) { d.label = std::string(129, 'x'); }, "129 characters");
  expect_error([](auto& d) { d.detection_id = std::string(1 << 20, 'x'); }, "1048576 characters");
  expect_error([](auto& d) { d.detection_id = "a\n\x1b[31m"; }, "\\n\\x1b[31m");
  expect_error([](auto& d) { d.quantity_unit = "\xff\xfe"; }, "\\xff\\xfe");
  expect_error([](auto& d) { d.score = kNan; }, "score is nan");
  expect_error([](auto& d) { d.quantity = -kInfinity; }, "quantity is -inf");
  expect_error([](auto& d) { d.decision_sample_time_ns = -1; }, "decides on a sample at -1 ns");
  // Nothing later than 0.09 s was pushed when it says so.
  expect_error([](auto& d) { d.decision_sample_time_ns = kSecond; }, "it was given 0 to");
  expect_error([](auto& d) { d.claimed_start_ns = kLowest; }, "far outside");
  expect_error(
      [](auto& d) {
        d.claimed_start_ns = 2;
        d.claimed_end_ns = 1;
      },
      "to end before");
}

TEST(RunAsap, HostileDescriptionIsAnError) {
  const auto describe = [](const std::function<void(hil::DetectorInfo&)>& spoil) {
    ThresholdDouble detector;
    spoil(detector.info);
    return RunAsap(TwoBumps(), detector).status().code();
  };
  EXPECT_EQ(describe([](auto&) {}), absl::StatusCode::kOk);
  EXPECT_EQ(describe([](auto& i) { i.name = ""; }), absl::StatusCode::kInternal);
  EXPECT_EQ(describe([](auto& i) { i.version = std::string(129, 'v'); }), absl::StatusCode::kInternal);
  EXPECT_EQ(describe([](auto& i) { i.labels.assign(1001, "x"); }), absl::StatusCode::kInternal);
  EXPECT_EQ(describe([](auto& i) {
              i.needs = {{trace::SensorKind::kGyroscope, kNaN, true}};
            }),
            absl::StatusCode::kInternal);
  EXPECT_EQ(describe([](auto& i) { i.default_threshold = kInfinity; }), absl::StatusCode::kInternal);
}

TEST(RunAsap, RecordingThatContradictsItselfIsInvalid) {
  const auto run = [](const std::function<void(trace::Recording&)>& spoil) {
    trace::Recording recording = TwoBumps();
    spoil(recording);
    ThresholdDouble detector;
    return RunAsap(recording, detector).status().code();
  };
  constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;
  EXPECT_EQ(run([](auto& r) { r.channels[1].spec.channel_id = 1; }), kInvalid);
  EXPECT_EQ(run([](auto& r) { r.channels[1].samples.channel_id = r.channels[1].spec.channel_id = 1; }), kInvalid);
  EXPECT_EQ(run([](auto& r) { r.channels[0].samples.values.pop_back(); }), kInvalid);
  EXPECT_EQ(run([](auto& r) { r.channels[0].samples.axes = 0; }), kInvalid);
  EXPECT_EQ(run([](auto& r) { r.channels[0].samples.time_offsets_ns = {1, 2}; }), kInvalid);
  EXPECT_EQ(run([](auto& r) { r.channels[0].samples.period_ns = -1; }), kInvalid);
  EXPECT_EQ(run([](auto& r) { r.info.end_ns = kSecond; }), kInvalid);
  EXPECT_EQ(run([](auto& r) { r.channels.clear(); }), kInvalid);
}

}  // namespace
}  // namespace stunt
