#include "stunt/detectors/fall_phases.h"

#include <Eigen/Geometry>
#include <algorithm>
#include <cmath>
#include <numbers>

namespace stunt::detectors {
namespace {

constexpr double kStandardGravity = 9.80665;  // m/s²
constexpr double kShortestBeforeS = 0.2;      // enough of a window to see a posture
constexpr double kShortestAfterS = 0.5;
constexpr double kImpactOverS = 0.3;  // no posture is read from samples closer to the impact

/// Second order Butterworth low-pass by the bilinear transform: b0 b1 b2 a1 a2, with a0 = 1.
/// @source Oppenheim & Schafer, Discrete-Time Signal Processing, ch. 7.
std::array<double, 5> Butterworth(double corner_hz, double rate_hz) {
  const double k = std::tan(std::numbers::pi * corner_hz / rate_hz);
  const double scale = 1 / (1 + std::numbers::sqrt2 * k + k * k);
  return {k * k * scale, 2 * k * k * scale, k * k * scale, 2 * (k * k - 1) * scale,
          (1 - std::numbers::sqrt2 * k + k * k) * scale};
}

double AngleDeg(const Eigen::Vector3d& u, const Eigen::Vector3d& v) {
  return std::atan2(u.cross(v).norm(), u.dot(v)) * 180 / std::numbers::pi;
}

}  // namespace

FallPhases::FallPhases(const FallSettings& settings)
    : settings_(settings), filter_(Butterworth(settings.low_pass_hz, settings.rate_hz)) {
  const auto count = [&](double seconds) {
    return static_cast<std::ptrdiff_t>(std::lround(seconds * settings.rate_hz));
  };
  counts_ = {.trigger = count(settings.trigger_window_s) / 2,
             .dominance = count(settings.dominance_s),
             .impact = count(settings.impact_s),
             .before_from = count(settings.before_from_s),
             .before_to = count(settings.before_to_s),
             .after_from = count(settings.after_from_s),
             .after_to = count(settings.after_to_s),
             .kept = count(settings.after_to_s - settings.before_from_s + settings.dominance_s)};
}

void FallPhases::Restart() {
  samples_.clear();
  waiting_.clear();
  first_ = 0;
  end_ = 0;
}

Eigen::Vector3d FallPhases::LowPass(const Eigen::Vector3d& a_S) {
  if (end_ == 0) filter_state_.fill(a_S);  // as if at rest before, so that no step is seen
  const auto& [b0, b1, b2, a1, a2] = filter_;
  auto& [x1, x2, y1, y2] = filter_state_;
  const Eigen::Vector3d y = b0 * a_S + b1 * x1 + b2 * x2 - a1 * y1 - a2 * y2;
  x2 = x1;
  x1 = a_S;
  y2 = y1;
  y1 = y;
  return y;
}

std::vector<FallFeatures> FallPhases::Push(std::int64_t time_ns, const Eigen::Vector3d& a_S) {
  std::vector<FallFeatures> found;
  const auto largest_gap_ns = static_cast<std::int64_t>(settings_.largest_gap_s * 1e9);
  if (end_ > 0 && time_ns - samples_.back().time_ns > largest_gap_ns) found = Finish();

  Sample sample{.time_ns = time_ns};
  const Eigen::Vector3d limited = a_S.cwiseMax(-settings_.clip_mps2).cwiseMin(settings_.clip_mps2);
  sample.a_S = LowPass(limited / kStandardGravity);
  sample.magnitude = sample.a_S.norm();
  if (end_ > 0) sample.jerk = (sample.a_S - samples_.back().a_S).norm() * settings_.rate_hz;
  samples_.push_back(sample);
  ++end_;
  if (end_ - first_ > counts_.kept) {
    samples_.pop_front();
    ++first_;
  }

  SetMeanMagnitude(end_ - 1 - counts_.trigger);
  NoteImpact(end_ - 1 - counts_.trigger - counts_.dominance);
  while (!waiting_.empty() && end_ >= waiting_.front() + counts_.after_to) {
    if (std::optional<FallFeatures> features = Describe(waiting_.front())) found.push_back(*features);
    waiting_.pop_front();
  }
  return found;
}

std::vector<FallFeatures> FallPhases::Finish() {
  std::vector<FallFeatures> found;
  // What Push would have done while the windows fill up; they are cut at the last sample.
  for (std::ptrdiff_t i = std::max(first_, end_ - counts_.trigger); i < end_; ++i) SetMeanMagnitude(i);
  for (std::ptrdiff_t i = std::max(first_, end_ - counts_.trigger - counts_.dominance); i < end_; ++i) NoteImpact(i);
  for (const std::ptrdiff_t impact : waiting_) {
    if (std::optional<FallFeatures> features = Describe(impact)) found.push_back(*features);
  }
  Restart();
  return found;
}

void FallPhases::SetMeanMagnitude(std::ptrdiff_t index) {
  if (!Has(index)) return;
  const std::ptrdiff_t from = std::max(first_, index - counts_.trigger);
  const std::ptrdiff_t to = std::min(end_, index + counts_.trigger + 1);
  double sum = 0;
  for (std::ptrdiff_t i = from; i < to; ++i) sum += At(i).magnitude;
  At(index).mean_magnitude = sum / static_cast<double>(to - from);
}

void FallPhases::NoteImpact(std::ptrdiff_t index) {
  if (!Has(index) || At(index).mean_magnitude < settings_.trigger_g) return;
  const double here = At(index).mean_magnitude;
  for (std::ptrdiff_t i = std::max(first_, index - counts_.dominance); i < index; ++i) {
    if (At(i).mean_magnitude >= here) return;  // of equal ones the first counts
  }
  for (std::ptrdiff_t i = index + 1; i < std::min(end_, index + counts_.dominance + 1); ++i) {
    if (At(i).mean_magnitude > here) return;
  }
  waiting_.push_back(index);
}

std::optional<FallFeatures> FallPhases::Describe(std::ptrdiff_t impact) const {
  const auto count = [&](double seconds) {
    return static_cast<std::ptrdiff_t>(std::lround(seconds * settings_.rate_hz));
  };
  // Windows move towards the impact where the trace begins or ends too soon for them.
  const std::ptrdiff_t before_from = std::max(first_, impact + counts_.before_from);
  const std::ptrdiff_t before_to = std::max(
      impact + counts_.before_to, std::min(before_from + count(kShortestBeforeS), impact - count(kImpactOverS)));
  const std::ptrdiff_t after_to = std::min(end_, impact + counts_.after_to);
  const std::ptrdiff_t after_from =
      std::min(impact + counts_.after_from, std::max(after_to - count(kShortestAfterS), impact + count(kImpactOverS)));
  if (before_to <= before_from || after_to - after_from < count(kShortestAfterS)) return std::nullopt;

  FallFeatures features;
  features.impact_ns = At(impact).time_ns;
  features.last_sample_ns = At(after_to - 1).time_ns;
  const double before_jerk = MeanJerk(before_from, before_to);
  const double impact_jerk = MeanJerk(std::max(first_, impact - counts_.impact), impact + counts_.impact + 1);
  features.impact_jerk = std::max(0.0, impact_jerk - before_jerk);
  features.posture_change_deg = AngleDeg(MeanVector(before_from, before_to), MeanVector(after_from, after_to));
  features.activity_after_jerk = MedianJerk(after_from, after_to);
  return features;
}

Eigen::Vector3d FallPhases::MeanVector(std::ptrdiff_t from, std::ptrdiff_t to) const {
  Eigen::Vector3d sum = Eigen::Vector3d::Zero();
  for (std::ptrdiff_t i = from; i < to; ++i) sum += At(i).a_S;
  return sum / static_cast<double>(to - from);
}

double FallPhases::MeanJerk(std::ptrdiff_t from, std::ptrdiff_t to) const {
  double sum = 0;
  for (std::ptrdiff_t i = from; i < to; ++i) sum += At(i).jerk;
  return sum / static_cast<double>(to - from);
}

double FallPhases::MedianJerk(std::ptrdiff_t from, std::ptrdiff_t to) const {
  std::vector<double> values;
  for (std::ptrdiff_t i = from; i < to; ++i) values.push_back(At(i).jerk);
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

}  // namespace stunt::detectors
