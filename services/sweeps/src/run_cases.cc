#include "stunt/sweeps/run_cases.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <exception>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include "stunt/random/random.h"
#include "stunt/trace/input_error.h"

namespace stunt::sweeps {
namespace {

using Clock = std::chrono::steady_clock;

std::int64_t NanosecondsSince(Clock::time_point start) {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now() - start).count();
}

trace::RunRecord SkippedRun(const trace::CaseInfo& info, const absl::Status& why) {
  trace::RunRecord record;
  record.info = info;
  record.status = trace::RunStatus::kSkipped;
  record.reason = std::string(why.message());
  return record;
}

struct NamedDetector {
  std::unique_ptr<hil::SystemUnderTest> sut;
  hil::DetectorInfo info;
};

absl::StatusOr<NamedDetector> MakeNamedDetector(const DetectorFactory& make) {
  absl::StatusOr<std::unique_ptr<hil::SystemUnderTest>> sut = make();
  if (!sut.ok()) return sut.status();
  absl::StatusOr<hil::DetectorInfo> info = (*sut)->Describe();
  if (!info.ok()) return info.status();
  return NamedDetector{*std::move(sut), *std::move(info)};
}

// What the workers share: the next case to take, the records, and the first input error.
class Board {
 public:
  Board(const CaseSet& set, const RunCasesOptions& options) : set_(set), options_(options) {
    records_.resize(set.cases.size());
  }

  // The next case to run, or nothing when all are taken or the run is to stop.
  std::optional<std::size_t> Take() {
    const std::lock_guard lock(mutex_);
    if (options_.stop != nullptr && options_.stop->load()) return std::nullopt;
    if (input_error_ || next_ == set_.cases.size()) return std::nullopt;
    return next_++;
  }

  void Finish(std::size_t index, trace::RunRecord record) {
    const std::lock_guard lock(mutex_);
    records_[index] = std::move(record);
    ++done_;
    if (options_.progress) options_.progress(done_, set_.cases.size());
  }

  // Cases are taken in order, so that every case before this one will still be heard.
  void FailInput(std::size_t index, std::string message) {
    const std::lock_guard lock(mutex_);
    if (!input_error_ || index < input_error_->first) input_error_.emplace(index, std::move(message));
  }

  // After the workers have ended. @throws trace::InputError of the first case that had one.
  CasesRun Collect() {
    if (input_error_) throw trace::InputError(input_error_->second);
    CasesRun run;
    run.interrupted = done_ < set_.cases.size();
    for (std::size_t i = 0; i < records_.size(); ++i) {
      if (records_[i]) run.origin.push_back(i);
    }
    // Stable: two folders may hold files of the same name.
    std::stable_sort(run.origin.begin(), run.origin.end(), [&](std::size_t a, std::size_t b) {
      return records_[a]->info.case_id < records_[b]->info.case_id;
    });
    for (const std::size_t i : run.origin) run.records.push_back(*std::move(records_[i]));
    return run;
  }

 private:
  const CaseSet& set_;
  const RunCasesOptions& options_;
  std::mutex mutex_;
  std::size_t next_ = 0;
  std::size_t done_ = 0;
  std::vector<std::optional<trace::RunRecord>> records_;
  std::optional<std::pair<std::size_t, std::string>> input_error_;
};

// One thread's share of the cases, with a detector of its own.
class Worker {
 public:
  Worker(const CaseSet& set, const DetectorFactory& make_detector, const RunCasesOptions& options,
         std::string expected_digest)
      : set_(set), make_detector_(make_detector), options_(options), expected_digest_(std::move(expected_digest)) {}

  void Adopt(std::unique_ptr<hil::SystemUnderTest> sut) { sut_ = std::move(sut); }

  void Run(Board& board) {
    while (const std::optional<std::size_t> index = board.Take()) {
      try {
        board.Finish(*index, RunOne(*index));
      } catch (const trace::InputError& error) {
        board.FailInput(*index, error.what());
      } catch (const std::exception& error) {
        board.Finish(*index, hil::FailedRun(set_.cases[*index], absl::InternalError(error.what())));
      }
    }
  }

 private:
  trace::RunRecord RunOne(std::size_t index) {
    const trace::CaseInfo& known = set_.cases[index];
    const Clock::time_point start = Clock::now();
    const absl::StatusOr<trace::Recording> recording = set_.make(index);
    const std::int64_t simulate_wall_ns = NanosecondsSince(start);
    if (absl::IsFailedPrecondition(recording.status())) return SkippedRun(known, recording.status());
    if (!recording.ok()) return hil::FailedRun(known, recording.status());

    const Clock::time_point detector_start = Clock::now();
    trace::RunRecord record = RunThroughDetector(*recording);
    record.simulate_wall_ns = simulate_wall_ns;
    record.run_wall_ns = NanosecondsSince(detector_start);
    return record;
  }

  trace::RunRecord RunThroughDetector(const trace::Recording& recording) {
    const absl::Status ready = EnsureDetector();
    if (!ready.ok()) return hil::FailedRun(recording.info, ready);
    hil::RunOptions run = options_.run;
    run.session.seed = random::HashBytes(recording.info.case_id);
    absl::StatusOr<trace::RunRecord> record = hil::RunAsap(recording, *sut_, run);
    if (record.ok()) return *std::move(record);
    sut_.reset();  // its state is not known any more
    return hil::FailedRun(recording.info, record.status());
  }

  // A detector that could not be had again is not asked for a third time: every case would wait for its deadline.
  absl::Status EnsureDetector() {
    if (sut_ != nullptr) return absl::OkStatus();
    if (!gone_.ok()) return gone_;
    absl::StatusOr<NamedDetector> detector = MakeNamedDetector(make_detector_);
    if (!detector.ok()) {
      gone_ = detector.status();
    } else if (detector->info.digest != expected_digest_) {
      gone_ = absl::AbortedError(fmt::format("detector '{}' changed its digest during the run", detector->info.name));
    } else {
      sut_ = std::move(detector->sut);
    }
    return gone_;
  }

  const CaseSet& set_;
  const DetectorFactory& make_detector_;
  const RunCasesOptions& options_;
  std::string expected_digest_;
  std::unique_ptr<hil::SystemUnderTest> sut_;
  absl::Status gone_;
};

}  // namespace

absl::StatusOr<CasesRun> RunCases(const CaseSet& set, const DetectorFactory& make_detector,
                                  const RunCasesOptions& options) {
  absl::StatusOr<NamedDetector> first = MakeNamedDetector(make_detector);
  if (!first.ok()) return first.status();

  Board board(set, options);
  std::vector<std::unique_ptr<Worker>> workers;
  const int count = std::clamp<int>(options.jobs, 1, static_cast<int>(std::max<std::size_t>(1, set.cases.size())));
  workers.reserve(count);
  for (int i = 0; i < count; ++i) {
    workers.push_back(std::make_unique<Worker>(set, make_detector, options, first->info.digest));
  }
  workers.front()->Adopt(std::move(first->sut));
  {
    std::vector<std::jthread> threads;
    for (int i = 1; i < count; ++i) threads.emplace_back([&worker = *workers[i], &board] { worker.Run(board); });
    workers.front()->Run(board);
  }
  CasesRun run = board.Collect();
  run.detector = std::move(first->info);
  return run;
}

}  // namespace stunt::sweeps
