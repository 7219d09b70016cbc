#include "detector_session.h"

#include <fmt/format.h>

#include <algorithm>

namespace stunt::rpc {
namespace {

std::uint64_t InNs(std::chrono::steady_clock::duration duration) {
  return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::nanoseconds>(duration).count());
}

}  // namespace

absl::Status DetectorSession::Handle(const v1::DetectRequest& request) {
  responses_.clear();
  const bool wants_configure = state_ == State::kFresh;
  if (state_ == State::kFlushed || wants_configure != request.has_configure()) {
    return absl::FailedPreconditionError(wants_configure ? "the first message must be Configure"
                                                         : "Configure comes once and nothing after Flush");
  }
  switch (request.message_case()) {
    case v1::DetectRequest::kConfigure:
      return Configure(request.configure());
    case v1::DetectRequest::kSamples:
      return Feed(request.samples());
    case v1::DetectRequest::kFlush:
      return Flush();
    case v1::DetectRequest::MESSAGE_NOT_SET:
      break;
  }
  return absl::InvalidArgumentError("a request without a message, or one of a newer protocol");
}

absl::Status DetectorSession::Configure(const v1::Configure& configure) {
  const absl::StatusOr<std::vector<trace::ChannelSpec>> channels = ChannelsFromWire(configure);
  if (!channels.ok()) return channels.status();
  const hil::SessionOptions options{configure.seed(), configure.emit_candidates()};
  if (absl::Status status = detector_->Open(*channels, options); !status.ok()) return status;
  for (const v1::ChannelSpec& channel : configure.channels()) readers_.emplace_back(channel);
  *AddResponse().mutable_configured()->mutable_accepted() = configure.channels();
  state_ = State::kOpen;
  return absl::OkStatus();
}

absl::Status DetectorSession::Feed(const v1::SampleFrame& frame) {
  for (const v1::SampleBatch& batch : frame.batches()) {
    BatchReader* const reader = ReaderOf(batch.channel_id());
    if (reader == nullptr) {
      return absl::InvalidArgumentError(fmt::format("channel {} was not configured", batch.channel_id()));
    }
    if (absl::Status status = reader->Read(batch, block_); !status.ok()) return status;
    const Clock::time_point start = Clock::now();
    absl::Status status = detector_->Push(block_);
    compute_ += Clock::now() - start;
    if (!status.ok()) return status;
    consumed_through_ns_ = std::max(consumed_through_ns_, block_.TimeNs(block_.size() - 1));
  }
  if (absl::Status status = Drain(); !status.ok()) return status;
  AddProgressIfDue();
  return absl::OkStatus();
}

absl::Status DetectorSession::Flush() {
  const Clock::time_point start = Clock::now();
  const absl::StatusOr<hil::SessionSummary> summary = detector_->Flush();
  compute_ += Clock::now() - start;
  if (!summary.ok()) return summary.status();
  if (absl::Status status = Drain(); !status.ok()) return status;
  v1::Flushed& flushed = *AddResponse().mutable_flushed();
  flushed.set_consumed_through_ns(summary->consumed_through_ns);
  flushed.set_inference_count(summary->inference_count);
  flushed.set_compute_ns(summary->compute_ns > 0 ? summary->compute_ns : InNs(compute_));
  state_ = State::kFlushed;
  return absl::OkStatus();
}

absl::Status DetectorSession::Drain() {
  const Clock::time_point start = Clock::now();
  const absl::StatusOr<std::vector<trace::Detection>> detections = detector_->Poll();
  compute_ += Clock::now() - start;
  if (!detections.ok()) return detections.status();
  if (detections->empty()) return absl::OkStatus();
  v1::DetectionBatch& batch = *AddResponse().mutable_detections();
  batch.set_first_sequence(detections_);
  for (const trace::Detection& detection : *detections) ToWire(detection, *batch.add_detections());
  detections_ += detections->size();
  return absl::OkStatus();
}

void DetectorSession::AddProgressIfDue() {
  if (Clock::now() - last_response_ < progress_interval_) return;
  v1::Progress& progress = *AddResponse().mutable_progress();
  progress.set_consumed_through_ns(consumed_through_ns_);
  progress.set_compute_ns(InNs(compute_));
}

v1::DetectResponse& DetectorSession::AddResponse() {
  last_response_ = Clock::now();
  return responses_.emplace_back();
}

BatchReader* DetectorSession::ReaderOf(std::uint32_t channel_id) {
  const auto reader = std::ranges::find(readers_, channel_id, &BatchReader::channel_id);
  return reader == readers_.end() ? nullptr : &*reader;
}

}  // namespace stunt::rpc
