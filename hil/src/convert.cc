#include "stunt/hil/convert.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <optional>

namespace stunt::hil {
namespace {

constexpr double kRateTolerance = 0.01;

// Factor from the unit of a kind to the one that a detector asks for; nothing if we do not know that unit.
std::optional<double> UnitFactor(trace::SensorKind kind, std::string_view unit) {
  using enum trace::SensorKind;
  if (unit.empty()) return 1.0;
  if ((kind == kAccelerometer || kind == kHighGAccelerometer) && unit == "g") return 1 / 9.80665;
  if (kind == kGyroscope && unit == "deg/s") return 180 / std::numbers::pi;
  if (kind == kBarometer && unit == "hPa") return 0.01;
  return std::nullopt;
}

// A weighted mean makes sense of the others; not of a course in degrees or of a rate that drops out.
bool CanBeResampled(trace::SensorKind kind) {
  return kind != trace::SensorKind::kGnss && kind != trace::SensorKind::kHeartRate;
}

std::string Describe(const trace::ChannelSpec& spec) {
  return fmt::format("{} {} at {:g} Hz", spec.device, KindName(spec.kind), spec.rate_hz);
}

std::string DescribeAll(const trace::Recording& recording) {
  std::vector<std::string> all;
  for (const trace::ChannelTrace& channel : recording.channels) all.push_back(Describe(channel.spec));
  return all.empty() ? "no channels" : fmt::format("{}", fmt::join(all, ", "));
}

bool Fits(const ChannelNeed& need, const trace::ChannelSpec& spec) {
  return need.kind == spec.kind && (need.sites.empty() || std::ranges::find(need.sites, spec.site) != need.sites.end());
}

void Scale(trace::ChannelTrace& channel, double factor, const std::string& unit) {
  for (float& value : channel.samples.values) value = static_cast<float>(factor * static_cast<double>(value));
  channel.spec.unit = unit;
  channel.spec.range *= factor;
  channel.spec.resolution *= factor;
}

std::string DescribeResampling(const trace::ChannelSpec& spec, double rate_hz) {
  const double lower_rate = std::min(spec.rate_hz, rate_hz);
  return fmt::format(
      "{} resampled to {:g} Hz: flat to {:g} Hz, 55 dB down at {:g} Hz, no delay, uses up to {:.3g} s of "
      "later samples",
      Describe(spec), rate_hz, 0.35 * lower_rate, 0.5 * lower_rate, ResampleReach(spec.rate_hz, rate_hz));
}

// Feeds `input` as the need asks for it, converted if it must be.
absl::Status Feed(const trace::ChannelTrace& input, const ChannelNeed& need, PreparedChannels& prepared) {
  const std::optional<double> factor = UnitFactor(input.spec.kind, need.unit);
  if (!factor) {
    return absl::InvalidArgumentError(fmt::format("the detector asks for the {} in \"{}\", which is not a unit for it",
                                                  KindName(input.spec.kind), need.unit));
  }
  const bool new_rate = need.rate_hz > 0 && std::abs(input.spec.rate_hz - need.rate_hz) > kRateTolerance * need.rate_hz;
  if (new_rate && (!CanBeResampled(input.spec.kind) || input.spec.rate_hz <= 0 || input.samples.size() < 2)) {
    return absl::InvalidArgumentError(
        fmt::format("the detector asks for {:g} Hz, but {} cannot be resampled", need.rate_hz, Describe(input.spec)));
  }
  if (!new_rate && *factor == 1) {
    prepared.channels.push_back(&input);
    return absl::OkStatus();
  }
  trace::ChannelTrace& output = prepared.converted.emplace_back(new_rate ? Resample(input, need.rate_hz) : input);
  prepared.channels.push_back(&output);
  if (new_rate) prepared.conversions.push_back(DescribeResampling(input.spec, need.rate_hz));
  if (*factor != 1) {
    Scale(output, *factor, need.unit);
    prepared.conversions.push_back(fmt::format("{} converted to {}", Describe(input.spec), need.unit));
  }
  return absl::OkStatus();
}

absl::Status CheckRequired(const trace::Recording& recording, const std::vector<ChannelNeed>& needs,
                           const PreparedChannels& prepared) {
  for (const ChannelNeed& need : needs) {
    if (!need.required) continue;
    if (std::ranges::any_of(prepared.channels, [&](const auto* fed) { return Fits(need, fed->spec); })) continue;
    const std::string rate = need.rate_hz > 0 ? fmt::format(" at {:g} Hz", need.rate_hz) : "";
    const std::string where = need.sites.empty() ? "" : fmt::format(" on {}", fmt::join(need.sites, " or "));
    return absl::InvalidArgumentError(fmt::format("the detector needs {} data{}{}; the recording has {}",
                                                  KindName(need.kind), rate, where, DescribeAll(recording)));
  }
  return absl::OkStatus();
}

}  // namespace

std::string_view KindName(trace::SensorKind kind) {
  using enum trace::SensorKind;
  switch (kind) {
    case kUnspecified:
      return "unspecified";
    case kAccelerometer:
      return "accelerometer";
    case kGyroscope:
      return "gyroscope";
    case kMagnetometer:
      return "magnetometer";
    case kBarometer:
      return "barometer";
    case kHeartRate:
      return "heart rate";
    case kGnss:
      return "GNSS";
    case kSoundLevel:
      return "sound level";
    case kPpg:
      return "PPG";
    case kHighGAccelerometer:
      return "high-g accelerometer";
    case kTemperature:
      return "temperature";
  }
  return "unknown";
}

absl::StatusOr<PreparedChannels> PrepareChannels(const trace::Recording& recording,
                                                 const std::vector<ChannelNeed>& needs,
                                                 const std::vector<std::string>& devices) {
  PreparedChannels prepared;
  for (const trace::ChannelTrace& channel : recording.channels) {
    if (!devices.empty() && std::ranges::find(devices, channel.spec.device) == devices.end()) continue;
    if (needs.empty()) {
      prepared.channels.push_back(&channel);
      continue;
    }
    const auto need = std::ranges::find_if(needs, [&](const ChannelNeed& n) { return Fits(n, channel.spec); });
    if (need == needs.end()) continue;
    if (absl::Status status = Feed(channel, *need, prepared); !status.ok()) return status;
  }
  if (absl::Status status = CheckRequired(recording, needs, prepared); !status.ok()) return status;
  if (prepared.channels.empty()) {
    return absl::InvalidArgumentError("nothing to feed the detector with; the recording has " + DescribeAll(recording));
  }
  return prepared;
}

}  // namespace stunt::hil
