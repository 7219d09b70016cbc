#include "fall_detector.h"

#include <absl/status/status.h>
#include <fmt/format.h>

#include <chrono>
#include <cmath>
#include <utility>

#include "stunt/detectors/fall_phases.h"
#include "stunt/random/random.h"

namespace stunt::detectors {
namespace {

constexpr std::string_view kVersion = "1";
constexpr double kRateTolerance = 0.05;

std::int64_t DeviceNowNs() {
  return std::chrono::nanoseconds(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/// Changes with every setting, so that cached results of other settings are not taken for these.
std::string Digest(const FallSettings& s) {
  return fmt::format(
      "{:016x}",
      random::HashBytes(fmt::format(
          "fall {} {} {} {} {} {} {} {} {} {} {} {} {} {} {} {} {} {} {} {} {}", kVersion, s.rate_hz, s.clip_mps2,
          s.low_pass_hz, s.trigger_g, s.trigger_window_s, s.dominance_s, s.impact_s, s.before_from_s, s.before_to_s,
          s.after_from_s, s.after_to_s, s.impact.half, s.impact.steepness, s.posture.half, s.posture.steepness,
          s.activity.half, s.activity.steepness, s.threshold, s.candidate_floor, s.largest_gap_s)));
}

class FallDetector : public hil::SystemUnderTest {
 public:
  explicit FallDetector(const FallSettings& settings) : settings_(settings), phases_(settings) {}

  absl::StatusOr<hil::DetectorInfo> Describe() override {
    const double window_s = settings_.after_to_s - settings_.before_from_s;
    return hil::DetectorInfo{
        .name = "builtin:fall",
        .version = std::string(kVersion),
        .digest = Digest(settings_),
        .labels = {"fall"},
        .needs = {{.kind = trace::SensorKind::kAccelerometer, .rate_hz = settings_.rate_hz, .required = true}},
        .default_threshold = settings_.threshold,
        .algorithmic_window_ns = static_cast<std::int64_t>(std::llround(window_s * 1e9)),
        .supports_candidates = true};
  }

  absl::Status Open(const std::vector<trace::ChannelSpec>& channels, const hil::SessionOptions& options) override {
    const trace::ChannelSpec* chosen = nullptr;
    for (const trace::ChannelSpec& channel : channels) {
      const bool fits = channel.kind == trace::SensorKind::kAccelerometer && channel.axes == 3 &&
                        std::abs(channel.rate_hz - settings_.rate_hz) <= kRateTolerance * settings_.rate_hz;
      if (fits && chosen == nullptr) chosen = &channel;
    }
    if (chosen == nullptr) {
      return absl::InvalidArgumentError(
          fmt::format("builtin:fall needs an accelerometer with three axes at {} Hz", settings_.rate_hz));
    }
    channel_id_ = chosen->channel_id;
    options_ = options;
    is_open_ = true;
    phases_ = FallPhases(settings_);
    detections_.clear();
    detection_count_ = 0;
    summary_ = {};
    last_time_ns_.reset();
    return absl::OkStatus();
  }

  absl::Status Push(const trace::SampleBlock& block) override {
    if (!is_open_) return absl::FailedPreconditionError("builtin:fall: no session is open");
    if (block.channel_id != channel_id_) return absl::OkStatus();  // a channel that is not needed
    const std::int64_t arrival_ns = DeviceNowNs();
    if (absl::Status status = Check(block); !status.ok()) return status;
    for (std::size_t i = 0; i < block.size(); ++i) {
      const Eigen::Vector3d a_S =
          Eigen::Vector3f(block.values[3 * i], block.values[3 * i + 1], block.values[3 * i + 2]).cast<double>();
      Judge(phases_.Push(block.TimeNs(i), a_S), arrival_ns);
    }
    if (block.size() > 0) {
      last_time_ns_ = block.TimeNs(block.size() - 1);
      summary_.consumed_through_ns = *last_time_ns_;
    }
    summary_.compute_ns += static_cast<std::uint64_t>(DeviceNowNs() - arrival_ns);
    return absl::OkStatus();
  }

  absl::StatusOr<std::vector<trace::Detection>> Poll() override { return std::exchange(detections_, {}); }

  absl::StatusOr<hil::SessionSummary> Flush() override {
    if (!is_open_) return absl::FailedPreconditionError("builtin:fall: no session is open");
    const std::int64_t arrival_ns = DeviceNowNs();
    Judge(phases_.Finish(), arrival_ns);
    summary_.compute_ns += static_cast<std::uint64_t>(DeviceNowNs() - arrival_ns);
    is_open_ = false;
    return summary_;
  }

 private:
  [[nodiscard]] absl::Status Check(const trace::SampleBlock& block) const {
    if (block.axes != 3 || block.values.size() % 3 != 0 ||
        (!block.time_offsets_ns.empty() && block.time_offsets_ns.size() != block.size())) {
      return absl::InvalidArgumentError("builtin:fall: a block whose times, axes and values do not fit together");
    }
    for (const float value : block.values) {
      if (!std::isfinite(value)) return absl::InvalidArgumentError("builtin:fall: a value that is not finite");
    }
    std::optional<std::int64_t> previous_ns = last_time_ns_;
    for (std::size_t i = 0; i < block.size(); ++i) {
      if (previous_ns && block.TimeNs(i) <= *previous_ns) {
        return absl::InvalidArgumentError("builtin:fall: samples are not in the order of their times");
      }
      previous_ns = block.TimeNs(i);
    }
    return absl::OkStatus();
  }

  void Judge(const std::vector<FallFeatures>& impacts, std::int64_t arrival_ns) {
    for (const FallFeatures& impact : impacts) {
      ++summary_.inference_count;
      const double score = FallScore(impact, settings_);
      const bool is_alarm = score >= settings_.threshold;
      if (!is_alarm && (!options_.emit_candidates || score < settings_.candidate_floor)) continue;
      const auto half_ns = static_cast<std::int64_t>(settings_.impact_s * 1e9);
      trace::Detection detection;
      detection.detection_id = fmt::format("fall-{}", ++detection_count_);
      detection.label = "fall";
      detection.score = score;
      detection.above_threshold = is_alarm;
      detection.decision_sample_time_ns = impact.last_sample_ns;
      detection.decision_device_ns = DeviceNowNs();
      detection.first_input_device_ns = arrival_ns;
      detection.claimed_start_ns = impact.impact_ns - half_ns;
      detection.claimed_end_ns = impact.impact_ns + half_ns;
      detections_.push_back(std::move(detection));
    }
  }

  FallSettings settings_;
  FallPhases phases_;
  hil::SessionOptions options_;
  std::uint32_t channel_id_ = 0;
  bool is_open_ = false;
  std::optional<std::int64_t> last_time_ns_;
  std::vector<trace::Detection> detections_;
  int detection_count_ = 0;
  hil::SessionSummary summary_;
};

}  // namespace

std::unique_ptr<hil::SystemUnderTest> MakeFallDetector(const FallSettings& settings) {
  return std::make_unique<FallDetector>(settings);
}

}  // namespace stunt::detectors
