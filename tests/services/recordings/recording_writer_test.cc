// Files that depend on their content alone, appear whole or not at all, and need no memory for their length.

#include "stunt/recordings/recording_writer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmath>
#include <fstream>
#include <string>

#include "../datasets/temporary_folder.h"
#include "recordings.h"
#include "stunt/trace/input_error.h"

namespace stunt::recordings {
namespace {

using datasets::MessageOf;
using testing::HasSubstr;

class Writer : public datasets::TemporaryFolder {
 protected:
  [[nodiscard]] std::vector<std::string> Names() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(folder_)) {
      names.push_back(entry.path().filename().string());
    }
    return names;
  }
};

TEST_F(Writer, GivesTheSameBytesForTheSameCalls) {
  const std::vector<test::Content> contents = {test::SomeContent("fall-1", 9000), test::SomeContent("fall-2", 50)};
  ASSERT_TRUE(test::Write(folder_ / "a.h5", contents).ok());
  const std::vector<char> what_the_heap_held(10'000'000, 'x');
  ASSERT_TRUE(test::Write(folder_ / "b.h5", contents).ok());
  EXPECT_GT(Bytes(folder_ / "a.h5").size(), 100'000U);
  EXPECT_TRUE(Bytes(folder_ / "a.h5") == Bytes(folder_ / "b.h5"));
}

TEST_F(Writer, LeavesNothingBehindWithoutCommit) {
  {
    absl::StatusOr<RecordingWriter> writer = RecordingWriter::Create(folder_ / "a.h5", "x");
    ASSERT_TRUE(writer.ok());
    ASSERT_TRUE(test::WriteCase(*writer, test::SomeContent("fall-1"), 100).ok());
    EXPECT_FALSE(std::filesystem::exists(folder_ / "a.h5"));
  }
  EXPECT_THAT(Names(), testing::IsEmpty());
}

TEST_F(Writer, KeepsAnOlderFileUntilCommit) {
  const std::filesystem::path path = Put("a.h5", "older");
  absl::StatusOr<RecordingWriter> writer = RecordingWriter::Create(path, "x");
  ASSERT_TRUE(writer.ok());
  EXPECT_EQ(Bytes(path), "older");
  ASSERT_TRUE(writer->Commit().ok());
  EXPECT_THAT(Bytes(path), HasSubstr("HDF"));
  EXPECT_THAT(Names(), testing::ElementsAre("a.h5"));
}

TEST_F(Writer, RefusesWhereItCannotWrite) {
  EXPECT_THAT(MessageOf([&] { CheckOut(folder_ / "absent" / "a.h5"); }), HasSubstr("absent/a.h5"));
  EXPECT_THAT(MessageOf([&] { CheckOut(folder_ / "a.hdf"); }), HasSubstr(".h5"));
  EXPECT_FALSE(RecordingWriter::Create(folder_ / "absent" / "a.h5", "x").ok());
  EXPECT_THAT(Names(), testing::IsEmpty());
}

TEST_F(Writer, RefusesWhatAFileCannotHold) {
  const test::Content content = test::SomeContent("fall-1", 10);
  const auto status_of = [&](const std::function<absl::Status(RecordingWriter&)>& call) {
    absl::StatusOr<RecordingWriter> writer = RecordingWriter::Create(folder_ / "a.h5", "x");
    EXPECT_TRUE(writer.ok());
    EXPECT_TRUE(writer->BeginCase("fall-1", content.provenance, content.devices).ok());
    absl::Status status = call(*writer);
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    return std::string(status.message());
  };
  const auto appending = [&](Signal signal, const std::function<void(trace::ChannelTrace&)>& change) {
    trace::ChannelTrace channel = content.degraded[0];
    change(channel);
    return status_of([&](RecordingWriter& writer) {
      if (absl::Status s = writer.AppendSamples(signal, std::vector{content.degraded[1]}); !s.ok()) return s;
      return writer.AppendSamples(signal, std::vector{channel});
    });
  };
  constexpr Signal kDegraded = Signal::kDegraded;
  EXPECT_THAT(appending(kDegraded, [](auto& c) { c.samples.values[4] = NAN; }), HasSubstr("not finite"));
  EXPECT_THAT(appending(kDegraded, [](auto& c) { c.samples.period_ns = -1; }), HasSubstr("after"));
  EXPECT_THAT(appending(kDegraded, [](auto& c) { c.spec.device = "moon@left_wrist"; }), HasSubstr("moon@left_wrist"));
  EXPECT_THAT(appending(kDegraded, [](auto& c) { c.spec.device = "ring@left_hand"; }), HasSubstr("two sensors"));
  EXPECT_THAT(appending(Signal::kClean, [](auto&) {}), HasSubstr("clean samples"));
  EXPECT_THAT(status_of([&](RecordingWriter& w) { return w.BeginCase("b", {}, {}); }), HasSubstr("within a case"));
  EXPECT_THAT(status_of([&](RecordingWriter& w) { return w.Commit(); }), HasSubstr("without an end"));
  EXPECT_THAT(status_of([&](RecordingWriter& w) { return w.AppendPose(content.pose, {}); }), HasSubstr("segments"));
  EXPECT_THAT(Names(), testing::IsEmpty());
}

TEST_F(Writer, RefusesCasesThatCannotBe) {
  absl::StatusOr<RecordingWriter> writer = RecordingWriter::Create(folder_ / "a.h5", "x");
  ASSERT_TRUE(writer.ok());
  for (const char* id : {"", ".", "..", "a/b", "a b", "é"}) EXPECT_FALSE(writer->BeginCase(id, {}, {}).ok()) << id;
  ASSERT_TRUE(test::WriteCase(*writer, test::SomeContent("fall-1", 10), 100).ok());
  EXPECT_THAT(std::string(test::WriteCase(*writer, test::SomeContent("fall-1", 10), 100).message()),
              HasSubstr("fall-1 twice"));
}

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kSanitized = true;
#else
constexpr bool kSanitized = false;
#endif

/// Peak resident memory of this process since the last reset, kB.
long PeakMemory() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmHWM:")) return std::stol(line.substr(6));
  }
  return -1;
}

/// Peak of a process that writes so many hours of one accelerometer at 100 Hz, clean signal, and poses; kB.
long PeakOfWriting(const std::filesystem::path& path, int hours) {
  const auto write = [&] {
    const test::Content content = test::SomeContent("long", 100);
    absl::StatusOr<RecordingWriter> writer = RecordingWriter::Create(path, "x");
    if (!writer->BeginCase("long", content.provenance, content.devices).ok()) return false;
    trace::ChannelTrace block = content.degraded[1];
    trace::PoseBlock pose = content.pose;
    for (int second = 0; second < 3600 * hours; ++second) {
      block.samples.first_time_ns = second * std::int64_t{1'000'000'000};
      block.samples.period_ns = 10'000'000;
      block.samples.values[0] = static_cast<float>(second);
      const std::vector<trace::ChannelTrace> blocks = {block};
      if (!writer->AppendSamples(Signal::kDegraded, blocks).ok()) return false;
      if (!writer->AppendSamples(Signal::kClean, blocks).ok()) return false;
      if (second % 60 == 0 && !writer->AppendPose(pose, test::Segments()).ok()) return false;
      if (!writer->AppendContacts(std::span(content.info.truth.contacts).first(2)).ok()) return false;
    }
    return writer->EndCase(content.info, "").ok() && writer->Commit().ok();
  };
  const std::filesystem::path answer = path.string() + ".peak";
  const pid_t child = ::fork();
  if (child == 0) {
    std::ofstream("/proc/self/clear_refs") << 5;  // resets the peak
    const bool written = write();
    std::ofstream(answer) << (written ? PeakMemory() : -1);
    ::_exit(0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  long peak = -1;
  std::ifstream(answer) >> peak;
  return peak;
}

TEST_F(Writer, NeedsTheSameMemoryForTenTimesTheLength) {
  if (kSanitized) GTEST_SKIP() << "a sanitizer keeps what was freed";
  const long one = PeakOfWriting(folder_ / "one.h5", 1);
  const long ten = PeakOfWriting(folder_ / "ten.h5", 10);
  RecordProperty("peak_kb_of_1_h", static_cast<int>(one));
  RecordProperty("peak_kb_of_10_h", static_cast<int>(ten));
  std::printf("peak %ld kB for one hour, %ld kB for ten\n", one, ten);
  ASSERT_GT(one, 0);
  EXPECT_LT(ten, one + 1024) << "of 144 MB that ten hours of samples are";
}

}  // namespace
}  // namespace stunt::recordings
