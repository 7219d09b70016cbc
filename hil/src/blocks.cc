#include "blocks.h"

#include <fmt/format.h>

#include <set>
#include <string>
#include <utility>

namespace stunt::hil {
namespace {

absl::Status CheckChannel(const trace::ChannelTrace& channel, const trace::CaseInfo& info) {
  const trace::ChannelSpec& spec = channel.spec;
  const trace::SampleBlock& samples = channel.samples;
  const auto bad = [&](const std::string& what) {
    return absl::InvalidArgumentError(fmt::format("channel {} of {}: {}", spec.channel_id, spec.device, what));
  };
  if (samples.channel_id != spec.channel_id) return bad("its samples carry another channel id");
  if (samples.axes <= 0 || samples.axes != spec.axes) return bad("its samples have another number of axes");
  if (samples.values.size() % static_cast<std::size_t>(samples.axes) != 0) return bad("its last sample is torn");
  const std::size_t count = samples.size();
  if (!samples.time_offsets_ns.empty() && samples.time_offsets_ns.size() != count) {
    return bad("it has not one time for each sample");
  }
  for (std::size_t i = 0; i < count; ++i) {
    const std::int64_t t = samples.TimeNs(i);
    if (t < info.start_ns || t > info.end_ns) {
      return bad(fmt::format("sample {} at {} ns is outside the case ({} to {} ns)", i, t, info.start_ns, info.end_ns));
    }
    if (i > 0 && t < samples.TimeNs(i - 1)) return bad(fmt::format("sample {} goes back in time", i));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckRecording(const trace::Recording& recording) {
  std::set<std::uint32_t> ids;
  for (const trace::ChannelTrace& channel : recording.channels) {
    if (!ids.insert(channel.spec.channel_id).second) {
      return absl::InvalidArgumentError(fmt::format("two channels have the id {}", channel.spec.channel_id));
    }
    if (absl::Status status = CheckChannel(channel, recording.info); !status.ok()) return status;
  }
  return absl::OkStatus();
}

BlockMerger::BlockMerger(std::vector<const trace::ChannelTrace*> channels, std::int64_t origin_ns,
                         std::int64_t block_ns)
    : channels_(std::move(channels)), origin_ns_(origin_ns), block_ns_(block_ns) {
  for (const trace::ChannelTrace* channel : channels_) pieces_.push_back(CutFrom(channel->samples, 0));
}

BlockMerger::Piece BlockMerger::CutFrom(const trace::SampleBlock& samples, std::size_t begin) const {
  Piece piece{begin, begin, 0};
  if (begin == samples.size()) return piece;
  const std::int64_t window = (samples.TimeNs(begin) - origin_ns_) / block_ns_;
  while (piece.end < samples.size() && (samples.TimeNs(piece.end) - origin_ns_) / block_ns_ == window) ++piece.end;
  piece.last_ns = samples.TimeNs(piece.end - 1);
  return piece;
}

std::optional<trace::SampleBlock> BlockMerger::Next() {
  std::optional<std::size_t> earliest;
  for (std::size_t c = 0; c < pieces_.size(); ++c) {
    if (pieces_[c].begin == pieces_[c].end) continue;
    if (!earliest || pieces_[c].last_ns < pieces_[*earliest].last_ns) earliest = c;
  }
  if (!earliest) return std::nullopt;

  const trace::SampleBlock& all = channels_[*earliest]->samples;
  Piece& piece = pieces_[*earliest];
  trace::SampleBlock block;
  block.channel_id = all.channel_id;
  block.first_sequence = all.first_sequence + piece.begin;
  block.first_time_ns = all.TimeNs(piece.begin);
  block.period_ns = all.period_ns;
  block.axes = all.axes;
  const auto axes = static_cast<std::size_t>(all.axes);
  const float* const values = all.values.data();
  block.values.assign(values + piece.begin * axes, values + piece.end * axes);
  if (!all.time_offsets_ns.empty()) {
    for (std::size_t i = piece.begin; i < piece.end; ++i) {
      block.time_offsets_ns.push_back(all.TimeNs(i) - block.first_time_ns);
    }
  }
  piece = CutFrom(all, piece.end);
  return block;
}

}  // namespace stunt::hil
