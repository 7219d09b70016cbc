#include "stunt/datasets/csv_recording.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bit>
#include <limits>
#include <nlohmann/json.hpp>

#include "stunt/datasets/atomic_file.h"
#include "stunt/datasets/recording_set.h"
#include "stunt/random/random.h"
#include "stunt/trace/input_error.h"
#include "temporary_folder.h"

namespace stunt::datasets {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using trace::SensorKind;

class CsvRecording : public TemporaryFolder {};

trace::ChannelTrace Channel(std::uint32_t id, SensorKind kind, const std::string& device, std::size_t count,
                            random::Stream& stream) {
  trace::ChannelTrace channel;
  channel.spec = {.channel_id = id,
                  .kind = kind,
                  .device = device,
                  .clock = device,
                  .site = device.substr(device.find('@') + 1),
                  .unit = kind == SensorKind::kGyroscope ? "rad/s" : "m/s²",
                  .rate_hz = 49.7,
                  .range = 39.24,
                  .resolution = 0.1,
                  .fifo_watermark = 4};
  channel.samples.channel_id = id;
  channel.samples.first_time_ns = -30'000'001;
  channel.samples.period_ns = 20'120'724;
  for (std::size_t i = 0; i < 3 * count; ++i) {
    channel.samples.values.push_back(static_cast<float>(stream.Normal() * 20));
  }
  return channel;
}

trace::Recording ARecording(const std::vector<std::string>& devices) {
  random::Stream stream(random::StreamKey{.high = 7, .low = 11});
  trace::Recording recording;
  recording.info = {.case_id = "case-1",
                    .scenario_id = "fall_fwd_walk_trip",
                    .label = "fall",
                    .subject_id = "s3",
                    .scope = trace::Scope::kSimulatedPopulation,
                    .tags = {{"sex", "f"}, {"surface", "tile \"wet\""}},
                    .start_ns = -30'000'001,
                    .end_ns = 4'000'000'000,
                    .truth = {}};
  recording.info.truth.events = {{.event_id = "e1",
                                  .event_class = "fall",
                                  .onset_ns = 1'000'000'000,
                                  .ref_ns = 1'600'000'000,
                                  .end_ns = 2'100'000'000,
                                  .severity = 0.1,
                                  .ignore = false}};
  recording.info.truth.activities = {{.label = "walk", .start_ns = 0, .end_ns = 1'000'000'000}};
  std::uint32_t id = 0;
  for (const std::string& device : devices) {
    recording.channels.push_back(Channel(id++, SensorKind::kAccelerometer, device, 200, stream));
    recording.channels.push_back(Channel(id++, SensorKind::kGyroscope, device, 200, stream));
  }
  return recording;
}

void ExpectSameBits(const trace::SampleBlock& a, const trace::SampleBlock& b) {
  ASSERT_EQ(a.values.size(), b.values.size());
  for (std::size_t i = 0; i < a.values.size(); ++i) {
    ASSERT_EQ(std::bit_cast<std::uint32_t>(a.values[i]), std::bit_cast<std::uint32_t>(b.values[i])) << i;
  }
  for (std::size_t i = 0; i < a.size(); ++i) ASSERT_EQ(a.TimeNs(i), b.TimeNs(i));
}

TEST_F(CsvRecording, ReadsBackToTheSameBits) {
  trace::Recording recording = ARecording({"watch@left_wrist"});
  std::vector<float>& values = recording.channels[0].samples.values;
  values[0] = -0.0F;
  values[1] = std::numeric_limits<float>::denorm_min();
  values[2] = 9999.999F;
  values[3] = 0.1F;
  const auto written = WriteCsvRecording(recording, folder_ / "trip.csv");
  ASSERT_TRUE(written.ok()) << written.status();
  EXPECT_EQ(*written, (std::vector<fs::path>{folder_ / "trip.csv", folder_ / "trip.truth.json"}));
  EXPECT_TRUE(Bytes(folder_ / "trip.csv").starts_with("t_ns,ax_mps2,ay_mps2,az_mps2,gx_radps,gy_radps,gz_radps\n"));

  const trace::Recording back = ReadCsvRecording(folder_ / "trip.csv");
  ASSERT_EQ(back.channels.size(), 2U);
  for (std::size_t i = 0; i < 2; ++i) {
    ExpectSameBits(recording.channels[i].samples, back.channels[i].samples);
    EXPECT_EQ(back.channels[i].samples.period_ns, 20'120'724);
    EXPECT_TRUE(back.channels[i].samples.time_offsets_ns.empty());
    EXPECT_EQ(back.channels[i].spec.device, "watch@left_wrist");
    EXPECT_EQ(back.channels[i].spec.rate_hz, 49.7);
    EXPECT_EQ(back.channels[i].spec.fifo_watermark, 4);
  }
  EXPECT_EQ(back.info.tags, recording.info.tags);
  EXPECT_EQ(back.info.subject_id, "s3");
  ASSERT_EQ(back.info.truth.events.size(), 1U);
  EXPECT_EQ(back.info.truth.events[0].ref_ns, 1'600'000'000);
  EXPECT_EQ(back.info.truth.events[0].severity, 0.1);
  EXPECT_EQ(back.info.truth.activities[0].label, "walk");
}

TEST_F(CsvRecording, TimesThatJumpSurvive) {
  trace::Recording recording = ARecording({"watch@left_wrist"});
  for (trace::ChannelTrace& channel : recording.channels) {
    for (std::int64_t i = 0; i < 200; ++i) {
      channel.samples.time_offsets_ns.push_back(i * 20'000'000 + (i > 90 ? 777'777'777 : 0) + i % 3);
    }
  }
  ASSERT_TRUE(WriteCsvRecording(recording, folder_ / "a.csv").ok());
  const trace::Recording back = ReadCsvRecording(folder_ / "a.csv");
  ExpectSameBits(recording.channels[0].samples, back.channels[0].samples);
  ExpectSameBits(recording.channels[1].samples, back.channels[1].samples);
}

TEST_F(CsvRecording, SameRecordingGivesSameBytes) {
  ASSERT_TRUE(WriteCsvRecording(ARecording({"watch@left_wrist"}), folder_ / "a.csv").ok());
  fs::create_directories(folder_ / "b");
  ASSERT_TRUE(WriteCsvRecording(ARecording({"watch@left_wrist"}), folder_ / "b" / "a.csv").ok());
  EXPECT_EQ(Bytes(folder_ / "a.csv"), Bytes(folder_ / "b" / "a.csv"));
  EXPECT_EQ(Bytes(folder_ / "a.truth.json"), Bytes(folder_ / "b" / "a.truth.json"));
}

TEST_F(CsvRecording, SeveralDevicesGetAFileEach) {
  trace::Recording recording = ARecording({"watch@left_wrist", "phone@trouser_pocket"});
  const auto written = WriteCsvRecording(recording, folder_ / "a.csv");
  ASSERT_TRUE(written.ok());
  EXPECT_EQ(*written, (std::vector<fs::path>{folder_ / "a_phone_trouser_pocket.csv", folder_ / "a_watch_left_wrist.csv",
                                             folder_ / "a.truth.json"}));
  EXPECT_EQ(ReadCsvRecording(folder_ / "a.truth.json").channels.size(), 4U);
  const trace::Recording watch = ReadCsvRecording(folder_ / "a_watch_left_wrist.csv");
  ASSERT_EQ(watch.channels.size(), 2U);
  EXPECT_EQ(watch.channels[0].spec.site, "left_wrist");
  ExpectSameBits(recording.channels[0].samples, watch.channels[0].samples);
  EXPECT_EQ(RecordingSet::Open(folder_).size(), 1U);
}

TEST_F(CsvRecording, NothingHalfWrittenStays) {
  trace::Recording recording = ARecording({"watch@left_wrist"});
  recording.channels[1].samples.values[7] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_EQ(WriteCsvRecording(recording, folder_ / "a.csv").status().code(), absl::StatusCode::kInvalidArgument);
  recording.channels[1].samples.values.resize(30);
  EXPECT_EQ(WriteCsvRecording(recording, folder_ / "a.csv").status().code(), absl::StatusCode::kInvalidArgument);
  { auto dropped = AtomicFile::Create(folder_ / "b"); }
  EXPECT_TRUE(fs::is_empty(folder_));
  EXPECT_FALSE(WriteFileAtomically(folder_ / "missing" / "c", "x").ok());
}

TEST_F(CsvRecording, AnOlderFileIsReplacedWhole) {
  Put("a", "old");
  {
    auto file = AtomicFile::Create(folder_ / "a");
    ASSERT_TRUE(file.ok() && file->Append("ne").ok() && file->Append("w").ok());
    EXPECT_EQ(Bytes(folder_ / "a"), "old");
    ASSERT_TRUE(file->Commit().ok());
    EXPECT_EQ(file->Append("x").code(), absl::StatusCode::kFailedPrecondition);
  }
  EXPECT_EQ(Bytes(folder_ / "a"), "new");
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_), {}), 1);
}

TEST_F(CsvRecording, OutputMustBeCsv) {
  EXPECT_THAT(MessageOf([&] { (void)WriteCsvRecording(ARecording({"w@x"}), folder_ / "a.txt"); }), HasSubstr(".csv"));
}

TEST_F(CsvRecording, FileCutAtALineIsCaughtByTheTruthFile) {
  ASSERT_TRUE(WriteCsvRecording(ARecording({"watch@left_wrist"}), folder_ / "a.csv").ok());
  std::string text = Bytes(folder_ / "a.csv");
  text.resize(text.rfind('\n', text.size() - 2) + 1);
  Put("a.csv", text);
  EXPECT_THAT(MessageOf([&] { (void)ReadCsvRecording(folder_ / "a.csv"); }),
              AllOf(HasSubstr("199 samples"), HasSubstr("truncated")));
}

TEST_F(CsvRecording, DamagedTruthFilesAreRefused) {
  ASSERT_TRUE(WriteCsvRecording(ARecording({"watch@left_wrist"}), folder_ / "a.csv").ok());
  const nlohmann::json good = nlohmann::json::parse(Bytes(folder_ / "a.truth.json"));
  const auto message = [&](const nlohmann::json& truth) {
    Put("a.truth.json", truth.dump());
    return MessageOf([&] { (void)ReadCsvRecording(folder_ / "a.csv"); });
  };
  nlohmann::json bad = good;
  bad["events"][0]["ref_ns"] = "soon";
  EXPECT_THAT(message(bad), AllOf(HasSubstr("a.truth.json"), HasSubstr("events[0].ref_ns")));
  bad = good;
  bad["end_ns"] = std::numeric_limits<std::int64_t>::max();
  EXPECT_THAT(message(bad), AllOf(HasSubstr("end_ns"), HasSubstr("within ±3e18")));
  bad = good;
  bad["files"][0]["file"] = "../secret.csv";
  EXPECT_THAT(message(bad), HasSubstr("files[0].file"));
  bad = good;
  bad["surprise"] = 1;
  EXPECT_THAT(message(bad), HasSubstr("unknown key surprise"));
  bad = good;
  bad["files"][0]["channels"][1]["kind"] = "accelerometer";
  EXPECT_THAT(message(bad), HasSubstr("files[0].channels"));
  Put("a.truth.json", Bytes(folder_ / "a.csv"));
  EXPECT_THAT(MessageOf([&] { (void)ReadCsvRecording(folder_ / "a.csv"); }), HasSubstr("no valid JSON"));
  Put("a.truth.json", std::string(100'000, '['));
  EXPECT_THAT(MessageOf([&] { (void)ReadCsvRecording(folder_ / "a.csv"); }), HasSubstr("no valid JSON"));
}

// Hostile files, read as single files without truth.
struct Hostile {
  std::string name;
  std::string text;
  std::string message;
};

class HostileCsv : public TemporaryFolder, public testing::WithParamInterface<Hostile> {};

TEST_P(HostileCsv, IsRefusedWithItsPlace) {
  const fs::path path = Put("x.csv", GetParam().text);
  const std::string message = MessageOf([&] { (void)RecordingSet::Open(path).Load(0); });
  EXPECT_THAT(message, AllOf(HasSubstr("x.csv:"), HasSubstr(GetParam().message)));
  EXPECT_LT(message.size(), 500U);
}

const std::string kHead = "t_s,ax,ay,az\n";

INSTANTIATE_TEST_SUITE_P(
    Files, HostileCsv,
    testing::Values(
        Hostile{"Empty", "", "x.csv:1: the file is empty"}, Hostile{"HeaderOnly", kHead, "0 samples"},
        Hostile{"NoHeader", "0,1,2,3\n0.1,1,2,3\n", "x.csv:1: unknown header"},
        Hostile{"Nan", kHead + "0,1,2,3\n0.1,nan,2,3\n", "x.csv:3: ax = \"nan\""},
        Hostile{"NegativeNan", kHead + "0,1,2,3\n0.1,1,2,-nan\n", "x.csv:3: az"},
        Hostile{"Infinity", kHead + "0,1,inf,3\n", "x.csv:2: ay = \"inf\""},
        Hostile{"InfiniteTime", kHead + "inf,1,2,3\n", "x.csv:2: t_s"},
        Hostile{"NanTime", kHead + "nan,1,2,3\n", "x.csv:2: t_s"},
        Hostile{"EmptyField", kHead + "0,1,,3\n", "x.csv:2: ay = \"\""},
        Hostile{"Spaces", kHead + "0, 1,2,3\n", "x.csv:2: ax"}, Hostile{"TooFew", kHead + "0,1,2\n", "4 columns"},
        Hostile{"TooMany", kHead + "0,1,2,3,4\n", "4 columns"},
        Hostile{"BlankLine", kHead + "0,1,2,3\n\n0.1,1,2,3\n", "x.csv:3:"},
        Hostile{"CutInALine", kHead + "0,1,2,3\n0.1,1,2", "truncated"},
        Hostile{"CutInTheLastNumber", kHead + "0,1,2,3\n0.1,1,2,3", "x.csv:3: the file ends in the middle"},
        Hostile{"TimeStandsStill", kHead + "0,1,2,3\n0,1,2,3\n", "x.csv:3: t_s"},
        Hostile{"TimeRunsBack", kHead + "0,1,2,3\n-0.1,1,2,3\n", "a time later"},
        Hostile{"AbsurdAcceleration", kHead + "0,1,20000,3\n", "x.csv:2: ay"},
        Hostile{"AbsurdRate", "t_s,ax,ay,az,gx,gy,gz\n0,1,2,3,4,5,2000\n", "x.csv:2: gz"},
        Hostile{"TooLargeForAFloat", kHead + "0,1,2,1e99\n", "x.csv:2: az"},
        Hostile{"TimeNotWhole", "t_ns,ax_mps2,ay_mps2,az_mps2\n0.5,1,2,3\n", "x.csv:2: t_ns"},
        Hostile{"TimeTooLarge", "t_ns,ax_mps2,ay_mps2,az_mps2\n99999999999999999999,1,2,3\n", "x.csv:2: t_ns"},
        Hostile{"TimeOfTheLeastInteger", "t_ns,ax_mps2,ay_mps2,az_mps2\n-9223372036854775808,1,2,3\n", "x.csv:2: t_ns"},
        Hostile{"TimeWithoutRoomForSums", kHead + "-4e9,1,2,3\n", "x.csv:2: t_s"},
        Hostile{"Binary", std::string("\0\x01\xff\xfe\x7f", 5) + std::string(100, '\x80') + "\n", "unknown header"},
        Hostile{"BinaryRow", kHead + std::string("0,1,\0,3\n", 8), "x.csv:2: ay = \"\\x00\""},
        Hostile{"HugeLine", std::string(3'000'000, 'a') + "\n", "longer than"},
        Hostile{"HugeRow", kHead + "0," + std::string(5'000, '1') + ",2,3\n", "x.csv:2: line longer than"},
        Hostile{"HugeTail", kHead + std::string(600'000, '1'), "x.csv:2: "}),
    [](const auto& test) { return test.param.name; });

TEST_F(CsvRecording, WindowsLineEndsAreFine) {
  const fs::path path = Put("x.csv", "t_s,ax,ay,az\r\n-0.02,1,2,3\r\n0.00,4,5,6\r\n0.02,7,8,9.5\r\n");
  const trace::Recording recording = RecordingSet::Open(path).Load(0);
  ASSERT_EQ(recording.channels.size(), 1U);
  const trace::SampleBlock& samples = recording.channels[0].samples;
  EXPECT_EQ(samples.first_time_ns, -20'000'000);
  EXPECT_EQ(samples.period_ns, 20'000'000);
  EXPECT_EQ(samples.values, (std::vector<float>{1, 2, 3, 4, 5, 6, 7, 8, 9.5F}));
  EXPECT_EQ(recording.channels[0].spec.rate_hz, 50);
  EXPECT_EQ(recording.info.label, "unlabelled");
}

// 1/256 s in files with milliseconds: 3.9 and 4 ms alternate, more than 1 % of the period.
TEST_F(CsvRecording, RoundedTimesBecomeAPeriodOnlyWithinOnePercent) {
  std::string fine = kHead;
  std::string coarse = kHead;
  for (int i = 0; i < 200; ++i) {
    char line[64];
    std::snprintf(line, sizeof line, "%.3f,1,2,3\n", i / 30.0);
    coarse += line;
    std::snprintf(line, sizeof line, "%.4f,1,2,3\n", i / 30.0);
    fine += line;
  }
  const trace::Recording exact = RecordingSet::Open(Put("fine.csv", fine)).Load(0);
  EXPECT_TRUE(exact.channels[0].samples.time_offsets_ns.empty());
  EXPECT_NEAR(static_cast<double>(exact.channels[0].samples.period_ns), 1e9 / 30, 1e3);
  const trace::Recording rough = RecordingSet::Open(Put("coarse.csv", coarse)).Load(0);
  ASSERT_EQ(rough.channels[0].samples.time_offsets_ns.size(), 200U);
  EXPECT_EQ(rough.channels[0].samples.TimeNs(1), 33'000'000);
  EXPECT_NEAR(rough.channels[0].spec.rate_hz, 30, 0.01);
}

// Fuzz-like: a good file with random bytes changed either reads or is refused; it never does anything else.
TEST_F(CsvRecording, RandomDamageIsReadOrRefused) {
  ASSERT_TRUE(WriteCsvRecording(ARecording({"watch@left_wrist"}), folder_ / "a.csv").ok());
  const std::string good = Bytes(folder_ / "a.csv");
  random::Stream stream(random::StreamKey{.high = 1, .low = 2});
  int refused = 0;
  for (int round = 0; round < 300; ++round) {
    std::string bad = good.substr(0, 200 + stream.Below(good.size() - 200));
    for (int hit = 0; hit < 3; ++hit) bad[stream.Below(bad.size())] = static_cast<char>(stream.Below(256));
    const fs::path path = Put("bad.csv", bad);
    try {
      const trace::Recording recording = RecordingSet::Open(path).Load(0);
      EXPECT_GE(recording.channels.at(0).samples.size(), 2U);
    } catch (const trace::InputError&) {
      ++refused;
    }
  }
  EXPECT_GT(refused, 200);
}

}  // namespace
}  // namespace stunt::datasets
