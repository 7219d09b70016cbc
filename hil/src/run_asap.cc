#include "stunt/hil/run_asap.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <optional>
#include <string_view>
#include <utility>

#include "blocks.h"
#include "stunt/hil/convert.h"

namespace stunt::hil {
namespace {

using Clock = std::chrono::steady_clock;

std::int64_t NsSince(Clock::time_point start) {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now() - start).count();
}

bool SameStatement(const trace::Detection& a, const trace::Detection& b) {
  return a.label == b.label && a.score == b.score && a.above_threshold == b.above_threshold &&
         a.decision_sample_time_ns == b.decision_sample_time_ns && a.claimed_start_ns == b.claimed_start_ns &&
         a.claimed_end_ns == b.claimed_end_ns && a.quantity == b.quantity && a.quantity_unit == b.quantity_unit;
}

/// Takes down what a detector says, as long as it keeps to the limits.
class Statements {
 public:
  Statements(const DetectorInfo& info, const DetectorLimits& limits) : info_(info), limits_(limits) {}

  absl::Status Add(std::vector<trace::Detection> detections, const SeenTime& seen) {
    received_ += detections.size();
    if (received_ > limits_.max_detections) {
      return absl::InternalError(fmt::format("more than {} detections in one case", limits_.max_detections));
    }
    for (trace::Detection& detection : detections) {
      if (absl::Status status = AddOne(std::move(detection), seen); !status.ok()) {
        return absl::InternalError(status.message());
      }
    }
    return absl::OkStatus();
  }

  std::vector<trace::Detection> Sorted() && {
    std::ranges::stable_sort(detections_, {}, &trace::Detection::decision_sample_time_ns);
    return std::move(detections_);
  }

 private:
  absl::Status AddOne(trace::Detection detection, const SeenTime& seen) {
    if (absl::Status status = CheckDetection(detection, seen, limits_); !status.ok()) return status;
    if (!info_.labels.empty() && std::ranges::find(info_.labels, detection.label) == info_.labels.end()) {
      return absl::InternalError(fmt::format("it reports \"{}\", which is not among its labels", detection.label));
    }
    if (!detection.detection_id.empty()) {
      const auto [known, is_new] = by_id_.emplace(detection.detection_id, detections_.size());
      if (!is_new && !SameStatement(detections_[known->second], detection)) {
        return absl::InternalError(fmt::format("two different detections have the id \"{}\"", detection.detection_id));
      }
      if (!is_new) return absl::OkStatus();
    }
    detections_.push_back(std::move(detection));
    return absl::OkStatus();
  }

  const DetectorInfo& info_;
  const DetectorLimits& limits_;
  std::size_t received_ = 0;
  std::vector<trace::Detection> detections_;
  std::map<std::string, std::size_t> by_id_;
};

std::vector<trace::DeviceActivity> ActivityOf(const std::vector<const trace::ChannelTrace*>& channels,
                                              double duration_s) {
  std::vector<trace::DeviceActivity> all;
  std::map<std::string, std::uint64_t> inertial_wakeups;
  for (const trace::ChannelTrace* channel : channels) {
    const trace::ChannelSpec& spec = channel->spec;
    auto device = std::ranges::find(all, spec.device, &trace::DeviceActivity::device);
    if (device == all.end()) {
      trace::DeviceActivity fresh;
      fresh.device = spec.device;
      fresh.duration_s = duration_s;
      device = all.insert(all.end(), std::move(fresh));
    }
    const std::uint64_t samples = channel->samples.size();
    const auto together = static_cast<std::uint64_t>(std::max(1, spec.fifo_watermark));
    const std::uint64_t wakeups = (samples + together - 1) / together;
    if (spec.kind == trace::SensorKind::kAccelerometer) {
      device->accelerometer_samples += samples;
      device->accelerometer_rate_hz = spec.rate_hz;
    } else if (spec.kind == trace::SensorKind::kGyroscope) {
      device->gyroscope_samples += samples;
      device->gyroscope_rate_hz = spec.rate_hz;
    } else {
      device->fifo_wakeups += wakeups;
      continue;
    }
    std::uint64_t& inertial = inertial_wakeups[spec.device];
    inertial = std::max(inertial, wakeups);
  }
  for (trace::DeviceActivity& device : all) device.fifo_wakeups += inertial_wakeups[device.device];
  return all;
}

/// One case and its detector, from Open to the record.
class AsapRun {
 public:
  AsapRun(const trace::Recording& recording, SystemUnderTest& sut, const RunOptions& options)
      : recording_(recording), sut_(sut), options_(options) {}

  absl::StatusOr<trace::RunRecord> Run(const DetectorInfo& info) {
    absl::StatusOr<PreparedChannels> prepared = PrepareChannels(recording_, info.needs, options_.devices);
    if (!prepared.ok()) return prepared.status();
    Statements statements(info, options_.limits);
    const absl::StatusOr<SessionSummary> summary = Feed(prepared->channels, statements);
    if (!summary.ok()) return summary.status();

    const trace::CaseInfo& about = recording_.info;
    trace::RunRecord record;
    record.info = about;
    record.detections = std::move(statements).Sorted();
    record.conversions = std::move(prepared->conversions);
    record.inference_count = summary->inference_count;
    record.consumed_through_ns = summary->consumed_through_ns;
    record.detector_compute_ns =
        summary->compute_ns > 0 ? static_cast<std::int64_t>(summary->compute_ns) : inside_detector_ns_;
    const double duration_s = static_cast<double>(about.end_ns - about.start_ns) * 1e-9;
    record.activity = ActivityOf(prepared->channels, duration_s);
    if (!record.activity.empty()) {
      trace::DeviceActivity& host = record.activity.front();
      host.inferences = summary->inference_count;
      const auto alarms = std::ranges::count_if(record.detections, &trace::Detection::above_threshold);
      host.radio_bytes = options_.alarm_bytes * static_cast<std::uint64_t>(alarms);
    }
    return record;
  }

 private:
  // What a call to the detector returns; its wall time is added up.
  template <typename Call>
  auto Timed(Call call) {
    const Clock::time_point start = Clock::now();
    auto result = call();
    inside_detector_ns_ += NsSince(start);
    return result;
  }

  absl::StatusOr<SessionSummary> Feed(const std::vector<const trace::ChannelTrace*>& channels, Statements& statements) {
    std::vector<trace::ChannelSpec> specs;
    for (const trace::ChannelTrace* channel : channels) specs.push_back(channel->spec);
    absl::Status status = Timed([&] { return sut_.Open(specs, options_.session); });
    if (!status.ok()) return status;

    seen_ = {recording_.info.start_ns, recording_.info.start_ns};
    BlockMerger merger(channels, recording_.info.start_ns, options_.block_ns);
    while (const std::optional<trace::SampleBlock> block = merger.Next()) {
      seen_.through_ns = block->TimeNs(block->size() - 1);
      status = Timed([&] { return sut_.Push(*block); });
      if (status.ok()) status = Drain(statements);
      if (!status.ok()) return status;
    }
    absl::StatusOr<SessionSummary> summary = Timed([&] { return sut_.Flush(); });
    if (!summary.ok()) return summary;
    status = Drain(statements);
    if (!status.ok()) return status;
    if (summary->consumed_through_ns < seen_.through_ns || summary->consumed_through_ns > recording_.info.end_ns) {
      return absl::InternalError(
          fmt::format("it says that it consumed the trace through {} ns; the last sample is at {} "
                      "ns",
                      summary->consumed_through_ns, seen_.through_ns));
    }
    return summary;
  }

  absl::Status Drain(Statements& statements) {
    absl::StatusOr<std::vector<trace::Detection>> detections = Timed([&] { return sut_.Poll(); });
    return detections.ok() ? statements.Add(*std::move(detections), seen_) : detections.status();
  }

  const trace::Recording& recording_;
  SystemUnderTest& sut_;
  const RunOptions& options_;
  SeenTime seen_;
  std::int64_t inside_detector_ns_ = 0;
};

absl::Status Annotated(const absl::Status& status, std::string_view detector, std::string_view case_id) {
  const std::string who = detector.empty() ? "the detector" : fmt::format("detector {}", detector);
  return {status.code(), fmt::format("{}, case {}: {}", who, case_id, std::string(status.message()))};
}

}  // namespace

absl::StatusOr<trace::RunRecord> RunAsap(const trace::Recording& recording, SystemUnderTest& sut,
                                         const RunOptions& options) {
  const Clock::time_point start = Clock::now();
  const std::string& case_id = recording.info.case_id;
  if (options.block_ns <= 0) return absl::InvalidArgumentError("block_ns must be positive");
  if (absl::Status status = CheckRecording(recording); !status.ok()) {
    return absl::Status(status.code(), fmt::format("case {}: {}", case_id, std::string(status.message())));
  }
  const absl::StatusOr<DetectorInfo> info = sut.Describe();
  if (!info.ok()) return Annotated(info.status(), "", case_id);
  if (absl::Status status = CheckInfo(*info, options.limits); !status.ok()) {
    return Annotated(absl::InternalError(status.message()), "", case_id);
  }
  absl::StatusOr<trace::RunRecord> record = AsapRun(recording, sut, options).Run(*info);
  if (!record.ok()) return Annotated(record.status(), info->name, case_id);
  record->run_wall_ns = NsSince(start);
  return record;
}

trace::RunRecord FailedRun(const trace::CaseInfo& info, const absl::Status& why) {
  trace::RunRecord record;
  record.info = info;
  record.status = trace::RunStatus::kError;
  record.reason = std::string(why.message());
  return record;
}

}  // namespace stunt::hil
