#include "stunt/fidelity/case.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "stunt/detectors/fall_phases.h"
#include "stunt/fidelity/detector_bank.h"
#include "stunt/trace/input_error.h"

namespace stunt::fidelity {
namespace {

using Eigen::Vector3d;

constexpr double kShortest = 2;            // s
constexpr double kImpactTolerance = 1;     // s around a fall's impact in which its peak is looked for
constexpr double kBefore = 4, kAfter = 5;  // s kept around the peak
constexpr double kStandardGravity = 9.80665;

const trace::ChannelTrace& Find(const trace::Recording& recording, trace::SensorKind kind, const char* what) {
  for (const trace::ChannelTrace& channel : recording.channels) {
    if (channel.spec.kind == kind && channel.samples.axes == 3) return channel;
  }
  throw trace::InputError(fmt::format("{}: has no {}", recording.info.case_id, what));
}

std::vector<Vector3d> Vectors(const trace::SampleBlock& samples) {
  std::vector<Vector3d> vectors(samples.size());
  for (std::size_t i = 0; i < vectors.size(); ++i) {
    vectors[i] =
        Eigen::Vector3f(samples.values[3 * i], samples.values[3 * i + 1], samples.values[3 * i + 2]).cast<double>();
  }
  return vectors;
}

std::vector<double> Times(const trace::SampleBlock& samples) {
  std::vector<double> times(samples.size());
  for (std::size_t i = 0; i < times.size(); ++i) times[i] = static_cast<double>(samples.TimeNs(i)) * 1e-9;
  return times;
}

// Every impact that builtin:fall would look at, from the same band at its own rate.
std::vector<detectors::FallFeatures> Phases(const metrics::Waveform& waveform) {
  detectors::FallPhases phases{detectors::FallSettings{}};
  std::vector<detectors::FallFeatures> all;
  const auto add = [&](std::vector<detectors::FallFeatures> some) { all.insert(all.end(), some.begin(), some.end()); };
  for (std::size_t i = 0; i < waveform.size(); ++i) {
    const double t = static_cast<double>(i) / waveform.rate_hz;
    add(phases.Push(std::llround(t * 1e9), waveform.a_S[i] * kStandardGravity));
  }
  add(phases.Finish());
  return all;
}

void Keep(metrics::Waveform& waveform, std::size_t& peak) {
  const auto before = static_cast<std::size_t>(kBefore * waveform.rate_hz);
  const auto after = static_cast<std::size_t>(kAfter * waveform.rate_hz);
  const std::size_t first = peak > before ? peak - before : 0;
  const std::size_t last = std::min(waveform.size(), peak + after + 1);
  const auto cut = [&](std::vector<Vector3d>& v) {
    v = {v.begin() + static_cast<std::ptrdiff_t>(first), v.begin() + static_cast<std::ptrdiff_t>(last)};
  };
  cut(waveform.a_S);
  cut(waveform.w_S);
  waveform.start_s += static_cast<double>(first) / waveform.rate_hz;
  peak -= first;
}

}  // namespace

Trial MakeTrial(const trace::Recording& recording, std::string code) {
  const trace::ChannelTrace& accelerometer =
      Find(recording, trace::SensorKind::kAccelerometer, "accelerometer with three axes");
  const trace::ChannelTrace& gyroscope = Find(recording, trace::SensorKind::kGyroscope, "gyroscope with three axes");
  const std::vector<double> times = Times(accelerometer.samples);
  std::vector<Vector3d> a_S = Vectors(accelerometer.samples), w_S = Vectors(gyroscope.samples);
  w_S.resize(a_S.size(), w_S.empty() ? Vector3d::Zero() : w_S.back());  // the two end a sample apart at most
  if (times.size() < 8 || times.back() - times.front() < kShortest) {
    throw trace::InputError(fmt::format("{}: shorter than {} s", recording.info.case_id, kShortest));
  }
  Trial trial;
  trial.code = std::move(code);
  trial.subject_id = recording.info.subject_id;
  trial.fall = recording.info.label == "fall";
  trial.waveform = metrics::InCommonBand(times, a_S, w_S);
  double from = times.front(), to = times.back();
  if (trial.fall && !recording.info.truth.events.empty()) {
    const double impact = static_cast<double>(recording.info.truth.events.front().ref_ns) * 1e-9;
    from = impact - kImpactTolerance;
    to = impact + kImpactTolerance;
  }
  trial.peak = metrics::PeakIndex(trial.waveform, from, to);
  trial.features = metrics::FeaturesAround(trial.waveform, trial.peak);
  trial.alarms =
      Alarms(trial.features, Phases(metrics::InCommonBand(times, a_S, w_S, detectors::FallSettings{}.rate_hz)));
  Keep(trial.waveform, trial.peak);
  return trial;
}

}  // namespace stunt::fidelity
