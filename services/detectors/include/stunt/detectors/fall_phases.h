#pragma once

#include <Eigen/Core>
#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "stunt/detectors/fall_score.h"

namespace stunt::detectors {

/// Finds impacts in a stream of accelerometer samples and describes what came before and after each.
///
/// Takes samples one at a time at FallSettings::rate_hz and holds the last 8 s; what it says does not depend on how the
/// samples were cut into blocks.
class FallPhases {
 public:
  explicit FallPhases(const FallSettings& settings);

  /// @param time_ns  sensor time, increasing.
  /// @param a_S      specific force in the sensor frame, m/s².
  /// @returns        what is complete with this sample.
  [[nodiscard]] std::vector<FallFeatures> Push(std::int64_t time_ns, const Eigen::Vector3d& a_S);

  /// Ends the stream: describes the impacts that wait, from the samples there are. An impact with too little before or
  /// after it to see a posture (0.3 s before, 0.8 s after) is dropped. Afterwards a new stream may begin.
  [[nodiscard]] std::vector<FallFeatures> Finish();

 private:
  struct Sample {
    std::int64_t time_ns = 0;
    Eigen::Vector3d a_S = Eigen::Vector3d::Zero();  // low-passed, g
    double magnitude = 0;                           // |a|, g
    double jerk = 0;                                // |Δa|·rate, g/s
    double mean_magnitude = 0;                      // of trigger_window_s around it, g; set when its window is full
  };

  // Sample counts of the windows of FallSettings.
  struct Counts {
    std::ptrdiff_t trigger, dominance, impact, before_from, before_to, after_from, after_to, kept;
  };

  [[nodiscard]] Eigen::Vector3d LowPass(const Eigen::Vector3d& a_S);
  [[nodiscard]] bool Has(std::ptrdiff_t index) const { return index >= first_ && index < end_; }
  [[nodiscard]] Sample& At(std::ptrdiff_t index) { return samples_[static_cast<std::size_t>(index - first_)]; }
  [[nodiscard]] const Sample& At(std::ptrdiff_t index) const {
    return samples_[static_cast<std::size_t>(index - first_)];
  }
  void SetMeanMagnitude(std::ptrdiff_t index);
  void NoteImpact(std::ptrdiff_t index);
  [[nodiscard]] std::optional<FallFeatures> Describe(std::ptrdiff_t impact) const;
  [[nodiscard]] Eigen::Vector3d MeanVector(std::ptrdiff_t from, std::ptrdiff_t to) const;
  [[nodiscard]] double MeanJerk(std::ptrdiff_t from, std::ptrdiff_t to) const;
  [[nodiscard]] double MedianJerk(std::ptrdiff_t from, std::ptrdiff_t to) const;
  void Restart();

  FallSettings settings_;
  Counts counts_;
  std::array<double, 5> filter_;                 // b0 b1 b2 a1 a2
  std::array<Eigen::Vector3d, 4> filter_state_;  // input 1, 2 and output 1, 2 samples ago
  std::deque<Sample> samples_;                   // indices first_ … end_ − 1
  std::ptrdiff_t first_ = 0;
  std::ptrdiff_t end_ = 0;
  std::deque<std::ptrdiff_t> waiting_;  // impacts whose time after is not over
};

}  // namespace stunt::detectors
