#include "detect_stream.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "transport.h"
#include "wire.h"

namespace stunt::rpc {
namespace {

constexpr std::size_t kMaxPackedBytes = 64 << 10;
constexpr int kMaxEventsInPassing = 64;

}  // namespace

DetectStream::~DetectStream() {
  context_.TryCancel();
  queue_.Shutdown();
  void* tag = nullptr;
  bool ok = false;
  while (queue_.Next(&tag, &ok)) {
  }
}

absl::Status DetectStream::Open(const v1::Configure& configure, std::chrono::milliseconds timeout) {
  const Clock::time_point end = Clock::now() + timeout;
  call_ = stub_.PrepareAsyncDetect(&context_, &queue_);
  call_->StartCall(Tag(Operation::kStart));
  absl::Status status = WaitUntil(&DetectStream::IsStarted, timeout, end);
  if (!status.ok()) return status;
  v1::DetectRequest request;
  *request.mutable_configure() = configure;
  StartRead();
  StartWrite(request);
  return WaitUntil(&DetectStream::IsConfigured, timeout, end);
}

absl::Status DetectStream::Push(const trace::SampleBlock& block) {
  if (writing_) Pass();
  if (!CanPack()) {
    if (absl::Status status = WaitUntil(&DetectStream::CanPack, limits_.watchdog); !status.ok()) return status;
  }
  if (!error_.ok()) return error_;
  if (flushing_) return absl::FailedPreconditionError("the session was flushed");
  if (block.size() == 0) return absl::InvalidArgumentError("a block without samples");
  if (!seen_) seen_ = {block.first_time_ns, block.first_time_ns};
  seen_->start_ns = std::min(seen_->start_ns, block.first_time_ns);
  seen_->through_ns = std::max(seen_->through_ns, block.TimeNs(block.size() - 1));
  ToWire(block, *packed_.mutable_samples()->add_batches());
  packed_bytes_ += block.values.size() * sizeof(float);
  if (!writing_) SendPacked();
  return absl::OkStatus();
}

absl::StatusOr<std::vector<trace::Detection>> DetectStream::Poll() {
  if (!finished_) Pass();
  if (!error_.ok()) return error_;
  return std::exchange(detections_, {});
}

absl::StatusOr<hil::SessionSummary> DetectStream::Flush() {
  const Clock::time_point end = Clock::now() + limits_.flush_timeout;
  absl::Status status = WaitUntil(&DetectStream::IsWritten, limits_.watchdog, end);
  if (!status.ok()) return status;
  if (std::exchange(flushing_, true)) return absl::FailedPreconditionError("the session was flushed");
  v1::DetectRequest request;
  request.mutable_flush();
  StartWrite(request);
  status = WaitUntil(&DetectStream::IsFlushed, limits_.watchdog, end);
  if (status.ok()) status = WaitUntil(&DetectStream::IsFinished, limits_.watchdog, end);
  if (!status.ok()) return status;
  return *summary_;
}

void DetectStream::Pass() {
  for (int i = 0; i < kMaxEventsInPassing && HandleNext(Clock::time_point::min()); ++i) {
  }
}

absl::Status DetectStream::WaitUntil(bool (DetectStream::*done)() const, std::chrono::milliseconds limit,
                                     Clock::time_point end) {
  std::uint64_t progress = progress_;
  Clock::time_point deadline = std::min(end, Clock::now() + limit);
  while (error_.ok() && !(this->*done)()) {
    HandleNext(deadline);
    const Clock::time_point now = Clock::now();
    if (progress != progress_) {
      progress = progress_;
      deadline = std::min(end, now + limit);
    }
    if (now >= deadline && error_.ok() && !(this->*done)()) {
      Fail(absl::DeadlineExceededError("the detector is stuck: no progress within its time limit"));
    }
  }
  return error_;
}

bool DetectStream::HandleNext(Clock::time_point deadline) {
  const auto now = Clock::now();
  const gpr_timespec when =
      deadline <= now ? gpr_inf_past(GPR_CLOCK_MONOTONIC)
                      : gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC),
                                     gpr_time_from_micros(
                                         std::chrono::duration_cast<std::chrono::microseconds>(deadline - now).count(),
                                         GPR_TIMESPAN));
  void* tag = nullptr;
  bool ok = false;
  if (queue_.AsyncNext(&tag, &ok, when) != grpc::CompletionQueue::GOT_EVENT) return false;
  Handle(static_cast<Operation>(reinterpret_cast<std::intptr_t>(tag)), ok);
  return true;
}

void DetectStream::Handle(Operation operation, bool ok) {
  switch (operation) {
    case Operation::kStart:
      started_ = ok;
      if (!ok) call_->Finish(&final_, Tag(Operation::kFinish));
      if (ok) ++progress_;
      return;
    case Operation::kWrite:
      writing_ = false;  // a failed write is explained by the read that fails with it
      if (ok) ++progress_;
      if (ok && !packed_.samples().batches().empty()) SendPacked();
      return;
    case Operation::kRead:
      if (!ok) {
        call_->Finish(&final_, Tag(Operation::kFinish));
        return;
      }
      Hear(response_);
      StartRead();
      return;
    case Operation::kFinish:
      finished_ = true;
      if (!final_.ok()) Fail(FromGrpc(final_));
      if (!summary_) Fail(absl::UnavailableError("the detector ended the stream before it had seen the whole trace"));
      return;
  }
}

void DetectStream::Hear(const v1::DetectResponse& response) {
  absl::Status status;
  if (!error_.ok()) return;
  if (summary_ || configured_ == response.has_configured()) {
    Fail(absl::InternalError("the detector sends messages in the wrong order"));
    return;
  }
  switch (response.message_case()) {
    case v1::DetectResponse::kConfigured:
      configured_ = true;
      ++progress_;
      break;
    case v1::DetectResponse::kDetections:
      status = HearDetections(response.detections());
      break;
    case v1::DetectResponse::kProgress:
      status = HearProgress(response.progress().consumed_through_ns());
      break;
    case v1::DetectResponse::kFlushed: {
      const v1::Flushed& flushed = response.flushed();
      summary_ = {flushed.consumed_through_ns(), flushed.inference_count(), flushed.compute_ns()};
      ++progress_;
      break;
    }
    case v1::DetectResponse::MESSAGE_NOT_SET:
      break;  // of a newer protocol
  }
  if (!status.ok()) Fail(absl::InternalError(status.message()));
}

absl::Status DetectStream::HearDetections(const v1::DetectionBatch& batch) {
  if (batch.first_sequence() != heard_) {
    return absl::InternalError(fmt::format("detection {} was sent, but {} comes next", batch.first_sequence(), heard_));
  }
  heard_ += static_cast<std::uint64_t>(batch.detections_size());
  if (heard_ > limits_.detector.max_detections) {
    return absl::InternalError(fmt::format("more than {} detections in one case", limits_.detector.max_detections));
  }
  for (const v1::Detection& wire : batch.detections()) {
    trace::Detection detection = FromWire(wire);
    absl::Status status = hil::CheckDetection(detection, seen_.value_or(hil::SeenTime{}), limits_.detector);
    if (!status.ok()) return status;
    detections_.push_back(std::move(detection));
    ++progress_;  // their number is bounded
  }
  return absl::OkStatus();
}

absl::Status DetectStream::HearProgress(std::int64_t consumed_through_ns) {
  if (!seen_ || consumed_through_ns > seen_->through_ns) {
    return absl::InternalError("the detector says that it consumed samples that it was not sent");
  }
  if (consumed_through_ns > consumed_through_ns_) {
    consumed_through_ns_ = consumed_through_ns;
    ++progress_;
  }
  return absl::OkStatus();
}

void DetectStream::Fail(const absl::Status& why) {
  if (!error_.ok()) return;
  error_ = why;
  context_.TryCancel();
}

bool DetectStream::CanPack() const {
  return !writing_ ||
         (packed_.samples().batches_size() < limits_.max_batches_per_frame && packed_bytes_ < kMaxPackedBytes);
}

void DetectStream::StartWrite(const v1::DetectRequest& request) {
  writing_ = true;
  call_->Write(request, Tag(Operation::kWrite));
}

void DetectStream::SendPacked() {
  StartWrite(packed_);  // serialised before it returns
  packed_.mutable_samples()->clear_batches();
  packed_bytes_ = 0;
}

void* DetectStream::Tag(Operation operation) {
  // gRPC's completion queue carries pointers; nothing ever follows this one.
  return reinterpret_cast<void*>(static_cast<std::intptr_t>(operation));  // NOLINT(performance-no-int-to-ptr)
}

}  // namespace stunt::rpc
