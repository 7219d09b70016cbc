#include "stunt/sweeps/run_cases.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>

#include "stunt/trace/input_error.h"

namespace stunt::sweeps {
namespace {

using ::testing::HasSubstr;

// Reports one "fall" at the end of every trace; dies in the cases that it is told to.
class FakeDetector : public hil::SystemUnderTest {
 public:
  explicit FakeDetector(std::set<float> dies_at = {}, std::string digest = "d")
      : dies_at_(std::move(dies_at)), digest_(std::move(digest)) {}

  absl::StatusOr<hil::DetectorInfo> Describe() override {
    hil::DetectorInfo info;
    info.name = "fake";
    info.version = "1";
    info.digest = digest_;
    info.labels = {"fall"};
    return info;
  }
  absl::Status Open(const std::vector<trace::ChannelSpec>&, const hil::SessionOptions&) override {
    last_ns_ = 0;
    flushed_ = polled_ = false;
    return absl::OkStatus();
  }
  absl::Status Push(const trace::SampleBlock& block) override {
    if (dies_at_.contains(block.values.at(0))) return absl::UnavailableError("connection reset");
    last_ns_ = block.TimeNs(block.size() - 1);
    return absl::OkStatus();
  }
  absl::StatusOr<std::vector<trace::Detection>> Poll() override {
    if (!flushed_ || polled_) return std::vector<trace::Detection>{};
    polled_ = true;
    trace::Detection detection;
    detection.detection_id = "1";
    detection.label = "fall";
    detection.score = 1;
    detection.decision_sample_time_ns = last_ns_;
    return std::vector<trace::Detection>{detection};
  }
  absl::StatusOr<hil::SessionSummary> Flush() override {
    flushed_ = true;
    hil::SessionSummary summary;
    summary.consumed_through_ns = last_ns_;
    return summary;
  }

 private:
  std::set<float> dies_at_;
  std::string digest_;
  std::int64_t last_ns_ = 0;
  bool flushed_ = false;
  bool polled_ = false;
};

// Case i holds the value i in every sample and is named so that the order of names is not the order of indices.
trace::Recording MakeRecording(const trace::CaseInfo& info, std::size_t index) {
  trace::Recording recording;
  recording.info = info;
  trace::ChannelTrace channel;
  channel.spec.channel_id = 1;
  channel.spec.kind = trace::SensorKind::kAccelerometer;
  channel.spec.device = channel.spec.clock = "watch@wrist";
  channel.spec.rate_hz = 50;
  channel.samples.channel_id = 1;
  channel.samples.period_ns = 20'000'000;
  channel.samples.values.assign(3 * (50 + index), static_cast<float>(index));
  recording.info.end_ns = 20'000'000 * static_cast<std::int64_t>(50 + index);
  recording.channels.push_back(std::move(channel));
  return recording;
}

CaseSet MakeSet(std::size_t count) {
  CaseSet set;
  for (std::size_t i = 0; i < count; ++i) {
    trace::CaseInfo info;
    info.case_id = "case_" + std::to_string((i * 7) % count);
    info.label = "adl";
    set.cases.push_back(info);
  }
  set.make = [cases = set.cases](std::size_t index) -> absl::StatusOr<trace::Recording> {
    return MakeRecording(cases[index], index);
  };
  return set;
}

DetectorFactory Always(const std::set<float>& dies_at = {}) {
  return [dies_at] { return std::make_unique<FakeDetector>(dies_at); };
}

const trace::RunRecord& Find(const CasesRun& run, const std::string& case_id) {
  return *std::find_if(run.records.begin(), run.records.end(),
                       [&](const trace::RunRecord& record) { return record.info.case_id == case_id; });
}

TEST(RunCases, RecordsAreInTheOrderOfCaseIdsWhateverTheNumberOfWorkers) {
  const CaseSet set = MakeSet(40);
  std::vector<std::vector<std::string>> seen;
  for (const int jobs : {1, 2, 7}) {
    RunCasesOptions options;
    options.jobs = jobs;
    const absl::StatusOr<CasesRun> run = RunCases(set, Always(), options);
    ASSERT_TRUE(run.ok()) << run.status();
    std::vector<std::string>& lines = seen.emplace_back();
    for (const trace::RunRecord& record : run->records) {
      ASSERT_EQ(record.detections.size(), 1U) << record.reason;
      lines.push_back(record.info.case_id + " " + std::to_string(record.detections[0].decision_sample_time_ns));
    }
    EXPECT_EQ(lines.size(), 40U);
    EXPECT_TRUE(std::is_sorted(run->records.begin(), run->records.end(),
                               [](const auto& a, const auto& b) { return a.info.case_id < b.info.case_id; }));
    EXPECT_FALSE(run->interrupted);
  }
  EXPECT_EQ(seen[0], seen[1]);
  EXPECT_EQ(seen[0], seen[2]);
}

TEST(RunCases, AnUnreachableDetectorRunsNothing) {
  CaseSet set = MakeSet(3);
  std::atomic<int> made = 0;
  set.make = [&](std::size_t) -> absl::StatusOr<trace::Recording> {
    ++made;
    return absl::InternalError("not asked for");
  };
  const auto nobody = []() -> absl::StatusOr<std::unique_ptr<hil::SystemUnderTest>> {
    return absl::UnavailableError("nobody listens");
  };
  const absl::StatusOr<CasesRun> run = RunCases(set, nobody, {});
  EXPECT_EQ(run.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(made, 0);
}

TEST(RunCases, ADetectorThatDiesCostsItsCaseAndIsReplacedForTheOthers) {
  const CaseSet set = MakeSet(6);
  const absl::StatusOr<CasesRun> run = RunCases(set, Always({2.0F}), {});
  ASSERT_TRUE(run.ok());
  for (std::size_t i = 0; i < 6; ++i) {
    const trace::RunRecord& record = Find(*run, set.cases[i].case_id);
    EXPECT_EQ(record.status, i == 2 ? trace::RunStatus::kError : trace::RunStatus::kCompleted) << record.reason;
  }
  EXPECT_THAT(Find(*run, set.cases[2].case_id).reason, HasSubstr("connection reset"));
}

TEST(RunCases, ADetectorThatStaysAwayIsAskedForOnceMoreAndThenEveryCaseIsAnError) {
  const CaseSet set = MakeSet(6);
  int asked = 0;
  const auto once = [&]() -> absl::StatusOr<std::unique_ptr<hil::SystemUnderTest>> {
    if (++asked > 1) return absl::UnavailableError("nobody listens");
    return std::make_unique<FakeDetector>(std::set<float>{2.0F});
  };
  const absl::StatusOr<CasesRun> run = RunCases(set, once, {});
  ASSERT_TRUE(run.ok());
  EXPECT_EQ(asked, 2);
  EXPECT_EQ(std::count_if(run->records.begin(), run->records.end(),
                          [](const auto& record) { return record.status == trace::RunStatus::kError; }),
            4);
}

TEST(RunCases, ADetectorThatComesBackAsAnotherOneIsNotTrusted) {
  const CaseSet set = MakeSet(3);
  int asked = 0;
  const auto changing = [&]() -> absl::StatusOr<std::unique_ptr<hil::SystemUnderTest>> {
    return std::make_unique<FakeDetector>(std::set<float>{0.0F}, ++asked == 1 ? "old" : "new");
  };
  const absl::StatusOr<CasesRun> run = RunCases(set, changing, {});
  ASSERT_TRUE(run.ok());
  EXPECT_THAT(Find(*run, set.cases[1].case_id).reason, HasSubstr("changed its digest"));
}

TEST(RunCases, ACaseThatIsNotWhatItPromisesIsSkippedAndASimulatorFaultIsAnError) {
  CaseSet set = MakeSet(3);
  set.make = [cases = set.cases](std::size_t index) -> absl::StatusOr<trace::Recording> {
    if (index == 0) return absl::FailedPreconditionError("the body did not fall");
    if (index == 1) throw std::runtime_error("NaN at 1.2 s");
    return MakeRecording(cases[index], index);
  };
  const absl::StatusOr<CasesRun> run = RunCases(set, Always(), {});
  ASSERT_TRUE(run.ok());
  EXPECT_EQ(Find(*run, set.cases[0].case_id).status, trace::RunStatus::kSkipped);
  EXPECT_EQ(Find(*run, set.cases[0].case_id).reason, "the body did not fall");
  EXPECT_EQ(Find(*run, set.cases[1].case_id).status, trace::RunStatus::kError);
  EXPECT_EQ(Find(*run, set.cases[2].case_id).status, trace::RunStatus::kCompleted);
}

TEST(RunCases, BadInputEndsTheRunWithTheMessageOfTheFirstCaseInOrder) {
  CaseSet set = MakeSet(20);
  set.make = [cases = set.cases](std::size_t index) -> absl::StatusOr<trace::Recording> {
    // The later fault is found first.
    if (index == 4) std::this_thread::sleep_for(std::chrono::milliseconds(30));
    if (index == 4 || index == 5) throw trace::InputError("case " + std::to_string(index));
    return MakeRecording(cases[index], index);
  };
  RunCasesOptions options;
  options.jobs = 3;
  try {
    const auto run = RunCases(set, Always(), options);
    FAIL() << "no error";
  } catch (const trace::InputError& error) {
    EXPECT_STREQ(error.what(), "case 4");
  }
}

TEST(RunCases, StopsBetweenCasesAndSaysThatItWasInterrupted) {
  CaseSet set = MakeSet(20);
  std::atomic<bool> stop = false;
  RunCasesOptions options;
  options.stop = &stop;
  options.progress = [&](std::size_t done, std::size_t all) {
    EXPECT_EQ(all, 20U);
    if (done == 3) stop = true;
  };
  const absl::StatusOr<CasesRun> run = RunCases(set, Always(), options);
  ASSERT_TRUE(run.ok());
  EXPECT_TRUE(run->interrupted);
  EXPECT_EQ(run->records.size(), 3U);
}

}  // namespace
}  // namespace stunt::sweeps
