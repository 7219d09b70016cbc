#pragma once

#include <absl/status/status.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "stunt/hil/system_under_test.h"
#include "stunt/v1/detector_service.pb.h"
#include "wire.h"

namespace stunt::rpc {

/// The server's side of one Detect stream, without the stream: takes requests, gives responses.
class DetectorSession {
 public:
  /// @param progress_interval  a Progress is given when nothing was for that long.
  DetectorSession(std::unique_ptr<hil::SystemUnderTest> detector, std::chrono::milliseconds progress_interval)
      : detector_(std::move(detector)), progress_interval_(progress_interval) {}

  /// Handles one request. Responses to it, in order, are in responses(), whose memory is used again.
  /// FAILED_PRECONDITION for a message out of order, INVALID_ARGUMENT for one that contradicts itself, else what the
  /// detector said.
  [[nodiscard]] absl::Status Handle(const v1::DetectRequest& request);

  [[nodiscard]] const std::vector<v1::DetectResponse>& responses() const { return responses_; }
  [[nodiscard]] bool finished() const { return state_ == State::kFlushed; }

 private:
  enum class State { kFresh, kOpen, kFlushed };
  using Clock = std::chrono::steady_clock;

  absl::Status Configure(const v1::Configure& configure);
  absl::Status Feed(const v1::SampleFrame& frame);
  absl::Status Flush();
  absl::Status Drain();
  void AddProgressIfDue();
  v1::DetectResponse& AddResponse();
  BatchReader* ReaderOf(std::uint32_t channel_id);

  std::unique_ptr<hil::SystemUnderTest> detector_;
  std::chrono::milliseconds progress_interval_;
  State state_ = State::kFresh;
  std::vector<BatchReader> readers_;
  trace::SampleBlock block_;
  std::vector<v1::DetectResponse> responses_;
  std::int64_t consumed_through_ns_ = 0;
  std::uint64_t detections_ = 0;
  Clock::duration compute_{0};
  Clock::time_point last_response_ = Clock::now();
};

}  // namespace stunt::rpc
