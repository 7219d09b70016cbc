// What is written comes back; what is damaged or foreign is refused, and takes nothing down.

#include "stunt/recordings/recording_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "../datasets/temporary_folder.h"
#include "message.h"
#include "recordings.h"
#include "stunt/trace/input_error.h"

namespace stunt::recordings {
namespace {

using datasets::MessageOf;
using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

class RecordingFile : public datasets::TemporaryFolder {
 protected:
  [[nodiscard]] std::filesystem::path Written(std::size_t samples = 700) const {
    std::filesystem::path path = folder_ / "two.h5";
    EXPECT_TRUE(test::Write(path, {test::SomeContent("fall-1", samples), test::SomeContent("fall-2", samples)}).ok());
    return path;
  }
};

void ExpectEqual(const trace::ChannelTrace& a, const trace::ChannelTrace& b) {
  EXPECT_EQ(a.spec.channel_id, b.spec.channel_id);
  EXPECT_EQ(a.spec.kind, b.spec.kind);
  EXPECT_EQ(a.spec.device, b.spec.device);
  EXPECT_EQ(a.spec.clock, b.spec.clock);
  EXPECT_EQ(a.spec.site, b.spec.site);
  EXPECT_EQ(a.spec.unit, b.spec.unit);
  EXPECT_EQ(a.spec.axes, b.spec.axes);
  EXPECT_EQ(a.spec.rate_hz, b.spec.rate_hz);
  EXPECT_EQ(a.samples.axes, b.samples.axes);
  EXPECT_EQ(a.samples.values, b.samples.values);
  ASSERT_EQ(a.samples.size(), b.samples.size());
  for (std::size_t i = 0; i < a.samples.size(); ++i) ASSERT_EQ(a.samples.TimeNs(i), b.samples.TimeNs(i)) << i;
}

/// Everything that the file says, in one text.
std::string Everything(const std::filesystem::path& path) {
  const FileSummary summary = Inspect(path);
  std::string all = internal::Pack(summary);
  for (const CaseSummary& one : summary.cases) {
    for (const Signal signal : {Signal::kDegraded, Signal::kClean}) {
      all += internal::Pack(Load(path, one.info.case_id, signal));
    }
    all += internal::Pack(LoadPose(path, one.info.case_id));
  }
  return all;
}

TEST_F(RecordingFile, GivesBackWhatWasWritten) {
  const std::filesystem::path path = Written();
  const test::Content content = test::SomeContent("fall-2");
  const trace::Recording degraded = Load(path, "fall-2");
  ASSERT_EQ(degraded.channels.size(), content.degraded.size());
  for (std::size_t i = 0; i < content.degraded.size(); ++i) {
    ExpectEqual(degraded.channels[i], content.degraded[i]);
    EXPECT_EQ(degraded.channels[i].samples.first_sequence, 5U);
    EXPECT_EQ(degraded.channels[i].spec.range, 39.24);
    EXPECT_EQ(degraded.channels[i].spec.resolution, 0.1);
    EXPECT_EQ(degraded.channels[i].spec.fifo_watermark, 4);
  }
  const trace::Recording clean = Load(path, "fall-2", Signal::kClean);
  ASSERT_EQ(clean.channels.size(), 1U);
  ExpectEqual(clean.channels[0], content.clean[0]);

  const trace::CaseInfo& info = degraded.info;
  EXPECT_EQ(info.case_id, "fall-2");
  EXPECT_EQ(info.scenario_id, content.info.scenario_id);
  EXPECT_EQ(info.label, content.info.label);
  EXPECT_EQ(info.subject_id, content.info.subject_id);
  EXPECT_EQ(info.scope, content.info.scope);
  EXPECT_EQ(info.tags, content.info.tags);
  EXPECT_EQ(info.start_ns, content.info.start_ns);
  EXPECT_EQ(info.end_ns, content.info.end_ns);
  EXPECT_TRUE(info.allow_overlap);

  const trace::PoseBlock pose = LoadPose(path, "fall-2");
  EXPECT_EQ(pose.segments, 3);
  EXPECT_EQ(pose.t_ns, content.pose.t_ns);
  EXPECT_EQ(pose.position_m, content.pose.position_m);
  EXPECT_EQ(pose.orientation, content.pose.orientation);
}

TEST_F(RecordingFile, GivesBackEveryTruthTable) {
  const trace::Truth truth = Load(Written(), "fall-1").info.truth;
  const trace::Truth expected = test::SomeContent("fall-1").info.truth;
  ASSERT_EQ(truth.events.size(), 2U);
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(truth.events[i].event_id, expected.events[i].event_id);
    EXPECT_EQ(truth.events[i].event_class, expected.events[i].event_class);
    EXPECT_EQ(truth.events[i].onset_ns, expected.events[i].onset_ns);
    EXPECT_EQ(truth.events[i].ref_ns, expected.events[i].ref_ns);
    EXPECT_EQ(truth.events[i].end_ns, expected.events[i].end_ns);
    EXPECT_EQ(truth.events[i].severity, expected.events[i].severity);
    EXPECT_EQ(truth.events[i].ignore, expected.events[i].ignore);
  }
  ASSERT_EQ(truth.activities.size(), 1U);
  EXPECT_EQ(truth.activities[0].label, "walking");
  EXPECT_EQ(truth.activities[0].end_ns, 1'000'000'001);
  ASSERT_EQ(truth.repetitions.size(), 1U);
  EXPECT_EQ(truth.repetitions[0].exercise, "squat");
  EXPECT_EQ(truth.repetitions[0].set, 1);
  EXPECT_EQ(truth.repetitions[0].number, 2);
  EXPECT_EQ(truth.repetitions[0].start_ns, 5);
  EXPECT_EQ(truth.repetitions[0].end_ns, 7);
  ASSERT_EQ(truth.contacts.size(), 200U);
  for (std::size_t i = 0; i < 200; ++i) {
    EXPECT_EQ(truth.contacts[i].segment, expected.contacts[i].segment);
    EXPECT_EQ(truth.contacts[i].ground, expected.contacts[i].ground);
    EXPECT_EQ(truth.contacts[i].start_ns, expected.contacts[i].start_ns);
    EXPECT_EQ(truth.contacts[i].end_ns, expected.contacts[i].end_ns);
    EXPECT_EQ(truth.contacts[i].peak_force_n, expected.contacts[i].peak_force_n);
    EXPECT_EQ(truth.contacts[i].impulse_n_s, expected.contacts[i].impulse_n_s);
  }
  ASSERT_EQ(truth.heart_rate.size(), 2U);
  EXPECT_EQ(truth.heart_rate[0].t_ns, 12);
  EXPECT_EQ(truth.heart_rate[0].bpm, 61.5);
}

TEST_F(RecordingFile, SaysWhatItHolds) {
  const std::filesystem::path path = Written();
  EXPECT_EQ(CaseIds(path), (std::vector<std::string>{"fall-1", "fall-2"}));
  const FileSummary summary = Inspect(path);
  EXPECT_EQ(summary.program, "stunt 9.8.7");
  EXPECT_EQ(summary.bytes, std::filesystem::file_size(path));
  ASSERT_EQ(summary.cases.size(), 2U);
  const CaseSummary& one = summary.cases[1];
  const test::Content content = test::SomeContent("fall-2");
  EXPECT_EQ(one.skip_reason, "it did not fall");
  EXPECT_EQ(one.pose_frames, 300U);
  EXPECT_EQ(one.provenance.seed, content.provenance.seed);
  EXPECT_EQ(one.provenance.variant, 3U);
  EXPECT_EQ(one.provenance.program, content.provenance.program);
  EXPECT_EQ(one.provenance.inputs, content.provenance.inputs);
  EXPECT_EQ(one.provenance.parameters, content.provenance.parameters);
  EXPECT_EQ(one.provenance.subject, content.provenance.subject);
  ASSERT_EQ(one.devices.size(), 2U);
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(one.devices[i].device, content.devices[i].device);
    EXPECT_EQ(one.devices[i].site, content.devices[i].site);
    EXPECT_EQ(one.devices[i].segment, content.devices[i].segment);
    EXPECT_EQ(one.devices[i].p_BS_m, content.devices[i].p_BS_m);
    EXPECT_EQ(one.devices[i].q_BS, content.devices[i].q_BS);
    EXPECT_EQ(one.devices[i].spec, content.devices[i].spec);
    EXPECT_EQ(one.devices[i].channels, content.devices[i].channels);
  }
  ASSERT_EQ(one.channels.size(), 4U);
  EXPECT_EQ(one.channels[1].samples, 700U);
  EXPECT_EQ(one.channels[1].clean_samples, 701U);
  EXPECT_EQ(one.channels[1].first_ns, -30'000'001);
  EXPECT_EQ(one.channels[1].last_ns, content.degraded[1].samples.TimeNs(699));
  EXPECT_EQ(one.channels[1].datasheet, R"({"bandwidth_hz": 18})");
  EXPECT_EQ(one.channels[1].frame, "S");
  EXPECT_EQ(one.channels[3].axes, "value");
  EXPECT_EQ(one.channels[3].frame, "none");
}

TEST_F(RecordingFile, WithoutPosesAndSamplesIsOneToo) {
  const std::filesystem::path path = folder_ / "bare.h5";
  absl::StatusOr<RecordingWriter> writer = RecordingWriter::Create(path, "x");
  ASSERT_TRUE(writer.ok());
  ASSERT_TRUE(writer->BeginCase("a", {}, {}).ok());
  trace::CaseInfo info;
  info.case_id = "a";
  ASSERT_TRUE(writer->EndCase(info, "").ok());
  ASSERT_TRUE(writer->Commit().ok());
  EXPECT_TRUE(LoadPose(path, "a").t_ns.empty());
  EXPECT_TRUE(Load(path, "a").channels.empty());
  EXPECT_THAT(MessageOf([&] { (void)Load(path, "b"); }), AllOf(HasSubstr("no case b"), HasSubstr("accepted: a")));
}

TEST_F(RecordingFile, ThatIsNoneIsRefused) {
  const std::string own = Bytes(Written());
  const auto message = [&](const std::filesystem::path& path) { return MessageOf([&] { (void)Inspect(path); }); };
  EXPECT_THAT(message(folder_ / "absent.h5"), HasSubstr("absent.h5: cannot be opened"));
  EXPECT_THAT(message(folder_), HasSubstr("cannot be opened"));
  EXPECT_THAT(message(Put("empty.h5", "")), HasSubstr("empty.h5: is empty"));
  EXPECT_THAT(message(Put("csv.h5", "t_ns,ax_mps2\n1,2\n")), HasSubstr("csv.h5: is no HDF5 file"));
  EXPECT_THAT(message(Put("signature.h5", own.substr(0, 8))), HasSubstr("signature.h5: truncated or damaged"));
  EXPECT_THAT(message(Put("noise.h5", own.substr(0, 8) + std::string(5000, 'x'))), HasSubstr("noise.h5: "));
}

TEST_F(RecordingFile, ThatIsCutAnywhereIsRefused) {
  const std::string whole = Bytes(Written(100));
  ASSERT_GT(whole.size(), 20'000U);
  std::vector<std::size_t> lengths = {1, 7, 8, 9, 47, 48, 49, 95, 96, 100, whole.size() - 1};
  for (std::size_t length = 500; length < whole.size(); length += 1511) lengths.push_back(length);
  for (const std::size_t length : lengths) {
    const std::filesystem::path cut = Put("cut.h5", whole.substr(0, length));
    EXPECT_THAT(MessageOf([&] { (void)Inspect(cut); }), StartsWith(cut.string() + ": ")) << length;
    EXPECT_THAT(MessageOf([&] { (void)Load(cut, "fall-1"); }), StartsWith(cut.string() + ": ")) << length;
  }
}

// One bit is flipped in every 173rd byte. Either the file is refused or it says what it said: the bit was in a place
// that HDF5 keeps free.
TEST_F(RecordingFile, WithAFlippedBitIsRefusedOrUnharmed) {
  const std::filesystem::path path = folder_ / "one.h5";
  ASSERT_TRUE(test::Write(path, {test::SomeContent("fall-1", 100)}).ok());
  const std::string whole = Bytes(path);
  const std::string expected = Everything(path);
  int refused = 0, unharmed = 0;
  for (std::size_t at = 0; at < whole.size(); at += 173) {
    std::string damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ (1 << (at % 8)));
    const std::filesystem::path file = Put("one.h5", damaged);
    try {
      ASSERT_TRUE(Everything(file) == expected) << "wrong content without a word, after a flip at byte " << at;
      ++unharmed;
    } catch (const trace::InputError& error) {
      EXPECT_THAT(error.what(), StartsWith(file.string() + ": "));
      ++refused;
    }
  }
  RecordProperty("refused", refused);
  RecordProperty("unharmed", unharmed);
  std::printf("%d flips refused, %d without effect, of %zu bytes\n", refused, unharmed, whole.size());
  EXPECT_GT(refused, unharmed);
}

}  // namespace
}  // namespace stunt::recordings
