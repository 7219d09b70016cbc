#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <cstdint>
#include <vector>

#include "stunt/hil/system_under_test.h"
#include "stunt/trace/channel.h"
#include "stunt/trace/detection.h"
#include "stunt/v1/detector_service.pb.h"
#include "stunt/v1/types.pb.h"

namespace stunt::rpc {

void ToWire(const trace::ChannelSpec& spec, v1::ChannelSpec& wire);
void ToWire(const trace::SampleBlock& block, v1::SampleBatch& wire);
void ToWire(const trace::Detection& detection, v1::Detection& wire);
void ToWire(const hil::DetectorInfo& info, v1::DescribeDetectorResponse& wire);

[[nodiscard]] trace::Detection FromWire(const v1::Detection& wire);
[[nodiscard]] hil::DetectorInfo FromWire(const v1::DescribeDetectorResponse& wire);

/// Channels of a session as a client proposed them. INVALID_ARGUMENT if one of them makes no sense.
[[nodiscard]] absl::StatusOr<std::vector<trace::ChannelSpec>> ChannelsFromWire(const v1::Configure& wire);

/// Reads the batches of one channel, one after the other.
class BatchReader {
 public:
  /// @pre  the channel passed ChannelsFromWire.
  explicit BatchReader(const v1::ChannelSpec& channel);

  [[nodiscard]] std::uint32_t channel_id() const { return channel_id_; }

  /// Decodes into `block`, whose memory is used again. INVALID_ARGUMENT if the batch contradicts its channel or itself,
  /// holds a value that is not finite, or goes back in sequence or time.
  [[nodiscard]] absl::Status Read(const v1::SampleBatch& batch, trace::SampleBlock& block);

 private:
  [[nodiscard]] absl::Status CheckTimes(const v1::SampleBatch& batch) const;
  [[nodiscard]] absl::Status Decode(const v1::SampleBatch& batch, std::vector<float>& values) const;

  std::uint32_t channel_id_;
  std::uint32_t axes_;
  v1::SampleEncoding encoding_;
  double scale_;
  std::uint64_t next_sequence_ = 0;
  std::int64_t last_ns_;
};

}  // namespace stunt::rpc
