#include "wire.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <string>

namespace stunt::rpc {
namespace {

static_assert(std::endian::native == std::endian::little, "samples travel as they lie in memory");

constexpr int kMaxChannels = 256;
constexpr std::uint32_t kMaxAxes = 16;
constexpr std::size_t kMaxName = 128;
// Times and lengths within these can be added without overflow.
constexpr std::int64_t kMaxTimeNs = std::int64_t{1} << 60;  // 36 years
constexpr std::int64_t kMaxPeriodNs = std::int64_t{1} << 40;
constexpr std::uint64_t kMaxSequence = std::uint64_t{1} << 60;
constexpr std::uint32_t kMaxSamples = 1 << 20;

absl::Status Invalid(const std::string& message) { return absl::InvalidArgumentError(message); }

std::size_t WidthOf(v1::SampleEncoding encoding) {
  switch (encoding) {
    case v1::SAMPLE_ENCODING_INT16_LE:
      return 2;
    case v1::SAMPLE_ENCODING_FLOAT32_LE:
    case v1::SAMPLE_ENCODING_INT32_LE:
      return 4;
    case v1::SAMPLE_ENCODING_FLOAT64_LE:
      return 8;
    default:
      return 0;
  }
}

template <typename Stored>
void DecodeAs(const std::string& data, double scale, std::vector<float>& values) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    Stored stored;
    std::memcpy(&stored, data.data() + i * sizeof(Stored), sizeof(Stored));
    values[i] = static_cast<float>(scale * static_cast<double>(stored));
  }
}

absl::Status CheckSpec(const v1::ChannelSpec& wire) {
  const auto bad = [&](const std::string& what) {
    return Invalid(fmt::format("channel {}: {}", wire.channel_id(), what));
  };
  if (!v1::SensorKind_IsValid(wire.kind()) || wire.kind() == v1::SENSOR_KIND_UNSPECIFIED) {
    return bad(fmt::format("kind {} is not known", static_cast<int>(wire.kind())));
  }
  if (WidthOf(wire.encoding()) == 0) {
    return bad(fmt::format("encoding {} is not known", static_cast<int>(wire.encoding())));
  }
  if (wire.axes() < 1 || wire.axes() > kMaxAxes) {
    return bad(fmt::format("{} axes; 1 to {} are accepted", wire.axes(), kMaxAxes));
  }
  for (const double number : {wire.rate_hz(), wire.range(), wire.resolution()}) {
    if (!(number >= 0) || !std::isfinite(number)) return bad("its rate, range or resolution is negative or not finite");
  }
  if (!std::isfinite(wire.scale())) return bad("its scale is not finite");
  if (wire.fifo_watermark() > kMaxSamples) return bad("its FIFO watermark is too large");
  for (const std::string* name : {&wire.device(), &wire.clock(), &wire.site(), &wire.unit()}) {
    if (name->size() > kMaxName) return bad(fmt::format("a name of more than {} characters", kMaxName));
  }
  return absl::OkStatus();
}

trace::ChannelSpec FromWire(const v1::ChannelSpec& wire) {
  trace::ChannelSpec spec;
  spec.channel_id = wire.channel_id();
  spec.kind = static_cast<trace::SensorKind>(wire.kind());
  spec.device = wire.device();
  spec.clock = wire.clock();
  spec.site = wire.site();
  spec.unit = wire.unit();
  spec.axes = static_cast<int>(wire.axes());
  spec.rate_hz = wire.rate_hz();
  spec.range = wire.range();
  spec.resolution = wire.resolution();
  spec.fifo_watermark = static_cast<int>(wire.fifo_watermark());
  return spec;
}

}  // namespace

void ToWire(const trace::ChannelSpec& spec, v1::ChannelSpec& wire) {
  wire.set_channel_id(spec.channel_id);
  wire.set_kind(static_cast<v1::SensorKind>(spec.kind));
  wire.set_device(spec.device);
  wire.set_clock(spec.clock);
  wire.set_site(spec.site);
  wire.set_unit(spec.unit);
  wire.set_axes(static_cast<std::uint32_t>(spec.axes));
  wire.set_rate_hz(spec.rate_hz);
  wire.set_range(spec.range);
  wire.set_resolution(spec.resolution);
  wire.set_fifo_watermark(static_cast<std::uint32_t>(spec.fifo_watermark));
  wire.set_encoding(v1::SAMPLE_ENCODING_FLOAT32_LE);
}

void ToWire(const trace::SampleBlock& block, v1::SampleBatch& wire) {
  wire.set_channel_id(block.channel_id);
  wire.set_first_sequence(block.first_sequence);
  wire.set_sample_count(static_cast<std::uint32_t>(block.size()));
  wire.set_first_time_ns(block.first_time_ns);
  wire.set_period_ns(block.period_ns);
  wire.mutable_time_offsets_ns()->Assign(block.time_offsets_ns.begin(), block.time_offsets_ns.end());
  wire.mutable_data()->assign(reinterpret_cast<const char*>(block.values.data()), block.values.size() * sizeof(float));
}

void ToWire(const trace::Detection& detection, v1::Detection& wire) {
  wire.set_detection_id(detection.detection_id);
  wire.set_label(detection.label);
  wire.set_score(detection.score);
  wire.set_above_threshold(detection.above_threshold);
  wire.set_decision_sample_time_ns(detection.decision_sample_time_ns);
  wire.set_decision_device_ns(detection.decision_device_ns);
  wire.set_first_input_device_ns(detection.first_input_device_ns);
  if (detection.claimed_start_ns) wire.set_claimed_start_ns(*detection.claimed_start_ns);
  if (detection.claimed_end_ns) wire.set_claimed_end_ns(*detection.claimed_end_ns);
  wire.set_quantity(detection.quantity);
  wire.set_quantity_unit(detection.quantity_unit);
}

void ToWire(const hil::DetectorInfo& info, v1::DescribeDetectorResponse& wire) {
  wire.set_name(info.name);
  wire.set_version(info.version);
  wire.set_digest(info.digest);
  for (const std::string& label : info.labels) wire.add_labels(label);
  for (const hil::ChannelNeed& need : info.needs) {
    v1::ChannelNeed& wire_need = *wire.add_needs();
    wire_need.set_kind(static_cast<v1::SensorKind>(need.kind));
    wire_need.set_rate_hz(need.rate_hz);
    wire_need.set_required(need.required);
    wire_need.set_unit(need.unit);
    for (const std::string& site : need.sites) wire_need.add_sites(site);
  }
  wire.set_default_threshold(info.default_threshold);
  wire.set_algorithmic_window_ns(info.algorithmic_window_ns);
  wire.mutable_capabilities()->set_supports_candidates(info.supports_candidates);
}

trace::Detection FromWire(const v1::Detection& wire) {
  trace::Detection detection;
  detection.detection_id = wire.detection_id();
  detection.label = wire.label();
  detection.score = wire.score();
  detection.above_threshold = wire.above_threshold();
  detection.decision_sample_time_ns = wire.decision_sample_time_ns();
  detection.decision_device_ns = wire.decision_device_ns();
  detection.first_input_device_ns = wire.first_input_device_ns();
  if (wire.has_claimed_start_ns()) detection.claimed_start_ns = wire.claimed_start_ns();
  if (wire.has_claimed_end_ns()) detection.claimed_end_ns = wire.claimed_end_ns();
  detection.quantity = wire.quantity();
  detection.quantity_unit = wire.quantity_unit();
  return detection;
}

hil::DetectorInfo FromWire(const v1::DescribeDetectorResponse& wire) {
  hil::DetectorInfo info;
  info.name = wire.name();
  info.version = wire.version();
  info.digest = wire.digest();
  info.labels.assign(wire.labels().begin(), wire.labels().end());
  for (const v1::ChannelNeed& need : wire.needs()) {
    info.needs.push_back({static_cast<trace::SensorKind>(need.kind()),
                          need.rate_hz(),
                          need.required(),
                          need.unit(),
                          {need.sites().begin(), need.sites().end()}});
  }
  info.default_threshold = wire.default_threshold();
  info.algorithmic_window_ns = wire.algorithmic_window_ns();
  info.supports_candidates = wire.capabilities().supports_candidates();
  return info;
}

absl::StatusOr<std::vector<trace::ChannelSpec>> ChannelsFromWire(const v1::Configure& wire) {
  if (wire.channels_size() < 1 || wire.channels_size() > kMaxChannels) {
    return Invalid(fmt::format("{} channels; 1 to {} are accepted", wire.channels_size(), kMaxChannels));
  }
  std::vector<trace::ChannelSpec> specs;
  for (const v1::ChannelSpec& channel : wire.channels()) {
    if (absl::Status status = CheckSpec(channel); !status.ok()) return status;
    if (std::ranges::find(specs, channel.channel_id(), &trace::ChannelSpec::channel_id) != specs.end()) {
      return Invalid(fmt::format("two channels have the id {}", channel.channel_id()));
    }
    specs.push_back(FromWire(channel));
  }
  return specs;
}

BatchReader::BatchReader(const v1::ChannelSpec& channel)
    : channel_id_(channel.channel_id()),
      axes_(channel.axes()),
      encoding_(channel.encoding()),
      scale_(channel.scale()),
      last_ns_(-kMaxTimeNs) {}

absl::Status BatchReader::Read(const v1::SampleBatch& batch, trace::SampleBlock& block) {
  absl::Status status = CheckTimes(batch);
  if (!status.ok()) return status;
  block.channel_id = batch.channel_id();
  block.first_sequence = batch.first_sequence();
  block.first_time_ns = batch.first_time_ns();
  block.period_ns = batch.period_ns();
  block.time_offsets_ns.assign(batch.time_offsets_ns().begin(), batch.time_offsets_ns().end());
  block.axes = static_cast<int>(axes_);
  block.values.resize(std::size_t{batch.sample_count()} * axes_);
  status = Decode(batch, block.values);
  if (!status.ok()) return status;
  next_sequence_ = batch.first_sequence() + batch.sample_count();
  last_ns_ = block.TimeNs(batch.sample_count() - 1);
  return absl::OkStatus();
}

absl::Status BatchReader::CheckTimes(const v1::SampleBatch& batch) const {
  const auto bad = [&](const std::string& what) { return Invalid(fmt::format("channel {}: {}", channel_id_, what)); };
  const std::uint64_t count = batch.sample_count();
  if (count < 1 || count > kMaxSamples) return bad(fmt::format("{} samples; 1 to {} are accepted", count, kMaxSamples));
  if (batch.data().size() != count * axes_ * WidthOf(encoding_)) {
    return bad(fmt::format("{} bytes do not hold {} samples of {} values", batch.data().size(), count, axes_));
  }
  if (batch.first_sequence() < next_sequence_ || batch.first_sequence() > kMaxSequence) {
    return bad(fmt::format("sequence {} comes after {}", batch.first_sequence(), next_sequence_));
  }
  if (batch.first_time_ns() < last_ns_) return bad(fmt::format("time goes back to {} ns", batch.first_time_ns()));
  if (batch.first_time_ns() > kMaxTimeNs || batch.period_ns() < 0 || batch.period_ns() > kMaxPeriodNs) {
    return bad(fmt::format("a first time of {} ns or a period of {} ns is out of bounds", batch.first_time_ns(),
                           batch.period_ns()));
  }
  const auto& offsets = batch.time_offsets_ns();
  if (offsets.empty()) return absl::OkStatus();
  if (static_cast<std::uint64_t>(offsets.size()) != count) return bad("not one time for each sample");
  if (!std::ranges::is_sorted(offsets) || offsets[0] < 0 || offsets[offsets.size() - 1] > kMaxTimeNs) {
    return bad("its time offsets go back or are out of bounds");
  }
  return absl::OkStatus();
}

absl::Status BatchReader::Decode(const v1::SampleBatch& batch, std::vector<float>& values) const {
  switch (encoding_) {
    case v1::SAMPLE_ENCODING_FLOAT32_LE:
      std::memcpy(values.data(), batch.data().data(), batch.data().size());
      break;
    case v1::SAMPLE_ENCODING_FLOAT64_LE:
      DecodeAs<double>(batch.data(), 1, values);
      break;
    case v1::SAMPLE_ENCODING_INT16_LE:
      DecodeAs<std::int16_t>(batch.data(), scale_, values);
      break;
    default:
      DecodeAs<std::int32_t>(batch.data(), scale_, values);
      break;
  }
  if (std::ranges::all_of(values, [](float value) { return std::isfinite(value); })) return absl::OkStatus();
  return Invalid(fmt::format("channel {}: a value is not finite", channel_id_));
}

}  // namespace stunt::rpc
