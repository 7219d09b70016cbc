#pragma once

#include <Eigen/Core>
#include <array>
#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

namespace stunt::metrics {

/// One inertial sensor's signal, evenly sampled, in a band that simulated and recorded signals share.
struct Waveform {
  double rate_hz = 32;
  double start_s = 0;                // time of the first sample
  std::vector<Eigen::Vector3d> a_S;  // specific force, g
  std::vector<Eigen::Vector3d> w_S;  // angular rate, rad/s; as many

  [[nodiscard]] std::size_t size() const { return a_S.size(); }
};

/// Band and rate in which waveforms are compared. Recordings of one set may differ in their true sampling rate by label
/// (WEDA-FALL: falls 39.8 Hz, daily living 49.7 Hz); below 14 Hz they do not.
inline constexpr double kCommonBand = 14;  // Hz
inline constexpr double kCommonRate = 32;  // Hz

/// Samples at any increasing times: low-passed at kCommonBand without delay (fourth order Butterworth, forward and
/// backward) where they are faster than twice that, then resampled.
/// @param time_s  at least 8, increasing
/// @param a_S     m/s², w_S rad/s; as many as times
[[nodiscard]] Waveform InCommonBand(std::span<const double> time_s, std::span<const Eigen::Vector3d> a_S,
                                    std::span<const Eigen::Vector3d> w_S, double rate_hz = kCommonRate);

/// What is compared of a waveform. Windows are relative to its peak.
enum class Feature : std::size_t {
  kPeak,        // largest |a|, g
  kLowest,      // least |a| in the 1.5 s before, g
  kLowTime,     // time below 0.8 g in the 1.5 s before, s
  kWidth,       // of the peak at half its height above 1 g, s
  kGyroPeak,    // largest |w| within ±1.5 s, rad/s
  kGyroRms,     // root mean square of |w| within ±3 s, rad/s
  kTilt,        // angle between mean a of −3 … −1 s and of +1.5 … +4 s, degree
  kStill,       // standard deviation of |a| in +1.5 … +4 s, g
  kGyroStill,   // root mean square of |w| in +1.5 … +4 s, rad/s
  kRms,         // standard deviation of |a| within ±3 s, g
  kFrequency,   // strongest of 0.5 … 4 Hz in |a| within ±4 s, Hz
  kBandSlow,    // log10 of |a|'s rms in 0.5 … 2 Hz within ±4 s, g
  kBandMiddle,  // the same in 2 … 5 Hz
  kBandFast,    // the same in 5 … 12 Hz
  kCount,
};
inline constexpr std::size_t kFeatures = static_cast<std::size_t>(Feature::kCount);
using Features = std::array<double, kFeatures>;

[[nodiscard]] std::string_view Name(Feature feature);

/// Index of the largest |a| with from_s <= time <= to_s; of all where nothing is there.
[[nodiscard]] std::size_t PeakIndex(const Waveform& waveform, double from_s, double to_s);

/// Features around the sample `peak`. Parts of a window that the waveform lacks are left out; where nothing is left,
/// the nearest samples stand in, so that every feature is finite.
[[nodiscard]] Features FeaturesAround(const Waveform& waveform, std::size_t peak);

}  // namespace stunt::metrics
