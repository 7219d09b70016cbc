#pragma once

#include <absl/status/status.h>

#include <cstdint>
#include <optional>
#include <vector>

#include "stunt/trace/recording.h"

namespace stunt::hil {

/// OK if the channels of a recording agree with themselves and with its span; else INVALID_ARGUMENT.
[[nodiscard]] absl::Status CheckRecording(const trace::Recording& recording);

/// Cuts channels into blocks and merges them by the time of their last sample.
class BlockMerger {
 public:
  /// Cuts where time since origin_ns passes a multiple of block_ns. No sample may be before origin_ns.
  BlockMerger(std::vector<const trace::ChannelTrace*> channels, std::int64_t origin_ns, std::int64_t block_ns);

  /// The next block, or nothing at the end.
  [[nodiscard]] std::optional<trace::SampleBlock> Next();

 private:
  struct Piece {
    std::size_t begin = 0;
    std::size_t end = 0;  // begin = end: the channel is used up
    std::int64_t last_ns = 0;
  };

  [[nodiscard]] Piece CutFrom(const trace::SampleBlock& samples, std::size_t begin) const;

  std::vector<const trace::ChannelTrace*> channels_;
  std::vector<Piece> pieces_;  // the next one of each channel
  std::int64_t origin_ns_;
  std::int64_t block_ns_;
};

}  // namespace stunt::hil
