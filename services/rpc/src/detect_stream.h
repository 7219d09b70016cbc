#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <grpcpp/client_context.h>
#include <grpcpp/completion_queue.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "stunt/hil/limits.h"
#include "stunt/hil/system_under_test.h"
#include "stunt/v1/detector_service.grpc.pb.h"

namespace stunt::rpc {

/// The client's side of one Detect stream.
///
/// Everything happens on the caller's thread: operations are started, and a completion queue is asked what became of
/// them each time that we pass by or have to wait. There is at most one read and one write under way; blocks pushed
/// during a write are packed into the next message. Every wait has an end.
class DetectStream {
 public:
  struct Limits {
    std::chrono::milliseconds watchdog;
    std::chrono::milliseconds flush_timeout;
    int max_batches_per_frame;
    hil::DetectorLimits detector;
  };

  DetectStream(v1::DetectorService::Stub& stub, const Limits& limits) : stub_(stub), limits_(limits) {}
  ~DetectStream();  // cancels what is still under way
  DetectStream(const DetectStream&) = delete;
  DetectStream& operator=(const DetectStream&) = delete;

  [[nodiscard]] grpc::ClientContext& context() { return context_; }  // to set up before Open

  [[nodiscard]] absl::Status Open(const v1::Configure& configure, std::chrono::milliseconds timeout);
  [[nodiscard]] absl::Status Push(const trace::SampleBlock& block);
  [[nodiscard]] absl::StatusOr<std::vector<trace::Detection>> Poll();
  [[nodiscard]] absl::StatusOr<hil::SessionSummary> Flush();

 private:
  using Clock = std::chrono::steady_clock;
  enum class Operation : std::intptr_t { kStart = 1, kRead, kWrite, kFinish };

  // Handles what has happened, without waiting, and not forever.
  void Pass();
  // Handles events until `done` holds. Ends with an error if nothing moves for `limit`, or at `end`.
  [[nodiscard]] absl::Status WaitUntil(bool (DetectStream::*done)() const, std::chrono::milliseconds limit,
                                       Clock::time_point end = Clock::time_point::max());
  // Handles one event, or returns false at the deadline.
  bool HandleNext(Clock::time_point deadline);
  void Handle(Operation operation, bool ok);
  void Hear(const v1::DetectResponse& response);
  absl::Status HearDetections(const v1::DetectionBatch& batch);
  absl::Status HearProgress(std::int64_t consumed_through_ns);
  void Fail(const absl::Status& why);  // keeps the first reason and cancels the call

  void StartWrite(const v1::DetectRequest& request);
  void SendPacked();
  void StartRead() { call_->Read(&response_, Tag(Operation::kRead)); }
  static void* Tag(Operation operation);

  [[nodiscard]] bool IsStarted() const { return started_; }
  [[nodiscard]] bool IsConfigured() const { return configured_; }
  [[nodiscard]] bool CanPack() const;
  [[nodiscard]] bool IsWritten() const { return !writing_ && packed_.samples().batches().empty(); }
  [[nodiscard]] bool IsFlushed() const { return summary_.has_value(); }
  [[nodiscard]] bool IsFinished() const { return finished_; }

  v1::DetectorService::Stub& stub_;
  Limits limits_;
  grpc::ClientContext context_;
  grpc::CompletionQueue queue_;
  std::unique_ptr<grpc::ClientAsyncReaderWriter<v1::DetectRequest, v1::DetectResponse>> call_;
  v1::DetectRequest packed_;  // to be sent next
  std::size_t packed_bytes_ = 0;
  v1::DetectResponse response_;
  grpc::Status final_;
  absl::Status error_;  // why the session is over

  bool started_ = false;
  bool writing_ = false;
  bool configured_ = false;
  bool flushing_ = false;
  bool finished_ = false;
  std::uint64_t progress_ = 0;  // grows with everything that shows the detector to be alive
  std::optional<hil::SeenTime> seen_;
  std::int64_t consumed_through_ns_ = 0;
  std::uint64_t heard_ = 0;  // detections
  std::vector<trace::Detection> detections_;
  std::optional<hil::SessionSummary> summary_;
};

}  // namespace stunt::rpc
