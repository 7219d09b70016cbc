#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <Eigen/Geometry>
#include <cmath>
#include <limits>
#include <numbers>

#include "stunt/detectors/detectors.h"
#include "stunt/detectors/fall_phases.h"
#include "stunt/random/random.h"

namespace stunt::detectors {
namespace {

using Eigen::Vector3d;
using testing::HasSubstr;
using Samples = std::vector<Vector3d>;  // m/s², at 50 Hz

constexpr double kG = 9.80665;  // m/s²
constexpr std::int64_t kPeriodNs = 20'000'000;
constexpr std::int64_t kStartNs = 5'000'000'000;

trace::ChannelSpec Accelerometer(double rate_hz = 50) {
  trace::ChannelSpec spec;
  spec.channel_id = 3;
  spec.kind = trace::SensorKind::kAccelerometer;
  spec.device = "watch@left_wrist";
  spec.rate_hz = rate_hz;
  return spec;
}

trace::SampleBlock Block(const Samples& samples, std::size_t from, std::size_t to) {
  trace::SampleBlock block;
  block.channel_id = 3;
  block.first_sequence = from;
  block.first_time_ns = kStartNs + static_cast<std::int64_t>(from) * kPeriodNs;
  block.period_ns = kPeriodNs;
  for (std::size_t i = from; i < to; ++i) {
    for (int axis = 0; axis < 3; ++axis) block.values.push_back(static_cast<float>(samples[i][axis]));
  }
  return block;
}

/// Runs a session in blocks of the sizes that `next_size` gives.
template <typename NextSize>
std::vector<trace::Detection> Detect(hil::SystemUnderTest& detector, const Samples& samples, const NextSize& next_size,
                                     hil::SessionOptions options = {}) {
  std::vector<trace::Detection> detections;
  const auto poll = [&] {
    const auto polled = detector.Poll();
    EXPECT_TRUE(polled.ok());
    detections.insert(detections.end(), polled->begin(), polled->end());
  };
  EXPECT_TRUE(detector.Open({Accelerometer()}, options).ok());
  for (std::size_t from = 0; from < samples.size();) {
    const std::size_t to = std::min(samples.size(), from + next_size());
    EXPECT_TRUE(detector.Push(Block(samples, from, to)).ok());
    poll();
    from = to;
  }
  EXPECT_TRUE(detector.Flush().ok());
  poll();
  return detections;
}

std::vector<trace::Detection> Detect(const Samples& samples, hil::SessionOptions options = {}) {
  auto detector = MakeDetector("builtin:fall");
  EXPECT_TRUE(detector.ok());
  return Detect(
      **detector, samples, [] { return std::size_t{10}; }, options);
}

struct Profile {
  double impact_g = 3;   // amplitude of the impact's ringing
  double turn_deg = 80;  // of the forearm
  double shaking_g = 0;  // after the fall, at 3 Hz
  double before_s = 6;
  double after_s = 8;
};

/// Still, 0.4 s nearly weightless, 0.4 s of ringing at 6 Hz that decays, and still in another posture.
Samples Fall(const Profile& profile) {
  random::Stream stream(random::StreamKey{.high = 3, .low = 5});
  const Vector3d up_before = Vector3d(0.1, -0.3, 1).normalized();
  const Vector3d up_after =
      Eigen::AngleAxisd(profile.turn_deg * std::numbers::pi / 180, up_before.unitOrthogonal()) * up_before;
  const Vector3d blow = Vector3d(0.6, 0.5, -0.4).normalized();
  Samples samples;
  const double total_s = profile.before_s + 0.8 + profile.after_s;
  for (double t = 0; t < total_s; t += 0.02) {
    const double impact_s = t - profile.before_s - 0.4;
    Vector3d f = impact_s < 0 ? up_before : up_after;
    if (impact_s >= -0.4 && impact_s < 0) f *= 0.4;
    if (impact_s >= 0 && impact_s < 0.4) {
      f += blow * profile.impact_g * std::exp(-2 * impact_s) * std::cos(2 * std::numbers::pi * 6 * impact_s);
    }
    if (impact_s > 0.4) f += blow * profile.shaking_g * std::sin(2 * std::numbers::pi * 3 * t);
    samples.push_back(kG * f + 0.05 * Vector3d(stream.Normal(), stream.Normal(), stream.Normal()));
  }
  return samples;
}

TEST(FallDetector, AFallIsReportedOnceAndSoon) {
  const std::vector<trace::Detection> detections = Detect(Fall({}));
  ASSERT_EQ(detections.size(), 1U);
  EXPECT_EQ(detections[0].label, "fall");
  EXPECT_TRUE(detections[0].above_threshold);
  EXPECT_GT(detections[0].score, 0.9);
  EXPECT_LE(detections[0].score, 1);
  const std::int64_t impact_ns = kStartNs + 6'400'000'000;
  EXPECT_GE(detections[0].decision_sample_time_ns, impact_ns + 3'900'000'000);
  EXPECT_LE(detections[0].decision_sample_time_ns, impact_ns + 4'200'000'000);
  EXPECT_LT(*detections[0].claimed_start_ns, impact_ns + 200'000'000);
  EXPECT_GT(*detections[0].claimed_end_ns, impact_ns);
}

TEST(FallDetector, EveryPhaseIsNeeded) {
  EXPECT_TRUE(Detect(Fall({.impact_g = 0.3})).empty()) << "lying down";
  EXPECT_TRUE(Detect(Fall({.turn_deg = 8})).empty()) << "hitting a table";
  EXPECT_TRUE(Detect(Fall({.shaking_g = 1.5})).empty()) << "running on";
  EXPECT_EQ(Detect(Fall({.shaking_g = 0.1})).size(), 1U) << "moving a little after a fall";
}

TEST(FallDetector, StrongImpactsAmongStrongImpactsAreNoFall) {
  Samples jog;  // 2.7 impacts a second, then the arm is lowered
  for (double t = 0; t < 20; t += 0.02) {
    const double beat = t < 12 ? 2.5 * std::pow(std::max(0.0, std::sin(2 * std::numbers::pi * 2.7 * t)), 2) : 0;
    jog.push_back(kG * (t < 12 ? Vector3d(1 + beat, 0.2, 0) : Vector3d(0.1, 0, 1)));
  }
  EXPECT_TRUE(Detect(jog).empty());
}

TEST(FallDetector, RestNeverAlarms) {
  random::Stream stream(random::StreamKey{.high = 9, .low = 9});
  for (int round = 0; round < 20; ++round) {
    const Vector3d up = Vector3d(stream.Normal(), stream.Normal(), stream.Normal()).normalized() * kG;
    Samples rest;
    for (int i = 0; i < 3000; ++i)
      rest.push_back(up + 0.3 * Vector3d(stream.Normal(), stream.Normal(), stream.Normal()));
    EXPECT_TRUE(Detect(rest, {.seed = 0, .emit_candidates = true}).empty());
  }
}

TEST(FallDetector, BlocksDoNotMatter) {
  Samples samples = Fall({});
  const Samples weak = Fall({.impact_g = 2.5, .turn_deg = 40});
  samples.insert(samples.end(), weak.begin(), weak.end());
  samples.resize(samples.size() - 300);  // Flush decides the last one
  const hil::SessionOptions options{.seed = 0, .emit_candidates = true};
  const std::vector<trace::Detection> whole = Detect(samples, options);
  ASSERT_GE(whole.size(), 2U);
  auto detector = MakeDetector("builtin:fall");
  random::Stream stream(random::StreamKey{.high = 1, .low = 4});
  for (int round = 0; round < 50; ++round) {  // the same object: every session begins afresh
    const std::size_t largest = 1 + stream.Below(200);
    const auto cut = Detect(
        **detector, samples, [&] { return 1 + stream.Below(largest); }, options);
    ASSERT_EQ(cut.size(), whole.size());
    for (std::size_t i = 0; i < cut.size(); ++i) {
      EXPECT_EQ(cut[i].score, whole[i].score);
      EXPECT_EQ(cut[i].detection_id, whole[i].detection_id);
      EXPECT_EQ(cut[i].decision_sample_time_ns, whole[i].decision_sample_time_ns);
    }
  }
}

TEST(FallDetector, SessionsDoNotSeeEachOther) {
  auto detector = MakeDetector("builtin:fall");
  const auto ten = [] { return std::size_t{10}; };
  const Samples fall = Fall({});
  const auto first = Detect(**detector, fall, ten);
  ASSERT_EQ(first.size(), 1U);
  // A session that stops in the middle of a fall, without a flush.
  ASSERT_TRUE((*detector)->Open({Accelerometer()}, {}).ok());
  ASSERT_TRUE((*detector)->Push(Block(fall, 0, 340)).ok());
  EXPECT_TRUE(Detect(**detector, Samples(500, Vector3d(kG, 0, 0)), ten).empty());
  const auto again = Detect(**detector, fall, ten);
  ASSERT_EQ(again.size(), first.size());
  EXPECT_EQ(again[0].score, first[0].score);
  EXPECT_EQ(again[0].detection_id, first[0].detection_id);
}

TEST(FallDetector, FlushDecidesWithWhatIsThere) {
  for (const double after_s : {0.8, 1.5, 3.0}) {
    const auto detections = Detect(Fall({.after_s = after_s}));
    ASSERT_EQ(detections.size(), 1U) << after_s;
    EXPECT_LE(detections[0].decision_sample_time_ns, kStartNs + static_cast<std::int64_t>((6.8 + after_s) * 1e9));
  }
  EXPECT_EQ(Detect(Fall({.before_s = 0.5})).size(), 1U) << "a trace that begins just before the fall";
  EXPECT_TRUE(Detect(Samples{}).empty());
  EXPECT_TRUE(Detect(Samples(1, Vector3d(30, 30, 30))).empty());
}

TEST(FallDetector, CandidatesComeOnlyWhenAskedFor) {
  const Samples weak = Fall({.impact_g = 2, .turn_deg = 30});
  EXPECT_TRUE(Detect(weak).empty());
  const auto candidates = Detect(weak, {.seed = 0, .emit_candidates = true});
  ASSERT_EQ(candidates.size(), 1U);
  EXPECT_FALSE(candidates[0].above_threshold);
  EXPECT_GT(candidates[0].score, 0.01);
  EXPECT_LT(candidates[0].score, FallSettings{}.threshold);
}

// Joined, the two parts are a fall; but nobody knows what was before the impact.
TEST(FallDetector, AGapBeginsANewTrace) {
  const Samples fall = Fall({});
  auto detector = MakeDetector("builtin:fall");
  for (const std::int64_t gap_ns : {0L, 60'000'000'000L}) {
    ASSERT_TRUE((*detector)->Open({Accelerometer()}, {}).ok());
    ASSERT_TRUE((*detector)->Push(Block(fall, 0, 322)).ok());  // up to the impact
    trace::SampleBlock later = Block(fall, 322, fall.size());
    later.first_time_ns += gap_ns;
    ASSERT_TRUE((*detector)->Push(later).ok());
    ASSERT_TRUE((*detector)->Flush().ok());
    EXPECT_EQ((*detector)->Poll()->size(), gap_ns == 0 ? 1U : 0U);
  }
}

TEST(FallDetector, WorkIsCounted) {
  auto detector = MakeDetector("builtin:fall");
  const Samples fall = Fall({});
  ASSERT_TRUE((*detector)->Open({Accelerometer()}, {}).ok());
  ASSERT_TRUE((*detector)->Push(Block(fall, 0, fall.size())).ok());
  const auto summary = (*detector)->Flush();
  ASSERT_TRUE(summary.ok());
  EXPECT_EQ(summary->inference_count, 1U);
  EXPECT_EQ(summary->consumed_through_ns, kStartNs + static_cast<std::int64_t>(fall.size() - 1) * kPeriodNs);
}

TEST(FallDetector, WhatDoesNotFitIsRefused) {
  auto detector = MakeDetector("builtin:fall");
  trace::ChannelSpec gyroscope = Accelerometer();
  gyroscope.kind = trace::SensorKind::kGyroscope;
  EXPECT_EQ((*detector)->Open({gyroscope}, {}).code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ((*detector)->Open({Accelerometer(100)}, {}).code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ((*detector)->Push(Block(Samples(5, Vector3d::Ones()), 0, 5)).code(), absl::StatusCode::kFailedPrecondition);

  ASSERT_TRUE((*detector)->Open({gyroscope, Accelerometer(49.7)}, {}).ok());
  trace::SampleBlock block = Block(Samples(5, Vector3d::Ones()), 0, 5);
  ASSERT_TRUE((*detector)->Push(block).ok());
  EXPECT_EQ((*detector)->Push(block).code(), absl::StatusCode::kInvalidArgument) << "the same times again";
  block.first_time_ns += 1'000'000'000;
  block.values[4] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_EQ((*detector)->Push(block).code(), absl::StatusCode::kInvalidArgument);
  block.values.resize(4);
  EXPECT_EQ((*detector)->Push(block).code(), absl::StatusCode::kInvalidArgument);
  block.channel_id = 77;
  EXPECT_TRUE((*detector)->Push(block).ok()) << "other channels are none of its business";
}

TEST(Detectors, AreMadeByName) {
  const auto wrong = MakeDetector("builtin:cough");
  EXPECT_EQ(wrong.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(wrong.status().message()), HasSubstr("builtin:fall"));
  for (const BuiltinDetector& listed : ListDetectors()) {
    auto detector = MakeDetector(listed.name);
    ASSERT_TRUE(detector.ok());
    EXPECT_EQ((*detector)->Describe()->name, listed.name);
    EXPECT_EQ((*detector)->Describe()->needs.at(0).rate_hz, 50);
  }
}

// Oracle: d/dt of A sin 2π f t has the mean magnitude 4 A f and the median magnitude 2π f A cos 45°.
TEST(FallPhases, FeaturesOfSinesAndTurns) {
  const FallSettings settings;
  FallPhases phases(settings);
  const double pi = std::numbers::pi;
  std::vector<FallFeatures> found;
  for (int i = 0; i < 600; ++i) {
    const double t = 0.02 * i - 5;  // the middle of the impact
    Vector3d f = t < 0 ? Vector3d(0, 0, 1) : Vector3d(std::sin(0.9), 0, std::cos(0.9));
    if (t < -0.7) f.y() += 0.5 * std::sin(2 * pi * 3 * t);
    if (std::abs(t) <= 0.7) f.y() += 3 * (1 - 0.1 * std::abs(t)) * std::sin(2 * pi * 5 * t);
    if (t > 0.7) f.y() += 0.5 * std::sin(2 * pi * 3.1 * t);
    for (const FallFeatures& features : phases.Push(20'000'000LL * i, kG * f)) found.push_back(features);
  }
  ASSERT_EQ(found.size(), 1U);
  // Of the turn at t = 0 the impact's window sees a share: |Δf| = 2 sin 0.45 within 31 samples of 0.02 s.
  const double turn = 2 * std::sin(0.45) / (31 * 0.02);
  EXPECT_NEAR(found[0].impact_jerk, 4 * 3 * 5 - 4 * 0.5 * 3, 0.05 * 60 + turn);
  EXPECT_NEAR(found[0].posture_change_deg, 0.9 * 180 / pi, 2);
  EXPECT_NEAR(found[0].activity_after_jerk, 2 * pi * 3.1 * 0.5 * std::cos(pi / 4), 0.3);
  EXPECT_NEAR(1e-9 * static_cast<double>(found[0].impact_ns), 5, 0.5);
  EXPECT_NEAR(1e-9 * static_cast<double>(found[0].last_sample_ns - found[0].impact_ns), 4, 0.021);
}

TEST(FallPhases, ASensorThatSticksIsOneImpact) {
  FallPhases phases{FallSettings{}};
  std::size_t count = 0;
  for (int i = 0; i < 1200; ++i) {
    const bool strikes = i >= 300 && i < 600;
    count += phases.Push(20'000'000LL * i, kG * Vector3d(0, strikes ? 3.5 : 0, strikes ? 0 : 1)).size();
  }
  EXPECT_EQ(count, 1U);
}

TEST(FallPhases, TheSensorsFrameDoesNotMatter) {
  const Eigen::Quaterniond turn = Eigen::Quaterniond(0.3, -0.5, 0.7, 0.2).normalized();
  FallPhases straight{FallSettings{}};
  FallPhases turned{FallSettings{}};
  std::int64_t time_ns = 0;
  std::size_t count = 0;
  for (const Vector3d& f : Fall({.impact_g = 2.6})) {  // below the clip in every frame
    const auto a = straight.Push(time_ns, f);
    const auto b = turned.Push(time_ns, turn * f);
    time_ns += kPeriodNs;
    ASSERT_EQ(a.size(), b.size());
    for (std::size_t i = 0; i < a.size(); ++i, ++count) {
      EXPECT_NEAR(a[i].impact_jerk, b[i].impact_jerk, 1e-9);
      EXPECT_NEAR(a[i].posture_change_deg, b[i].posture_change_deg, 1e-9);
      EXPECT_NEAR(a[i].activity_after_jerk, b[i].activity_after_jerk, 1e-9);
    }
  }
  EXPECT_EQ(count, 1U);
}

TEST(FallPhases, WhatIsBeyondTheSmallestRangeIsNotSeen) {
  for (const double range_g : {4.1, 8.0, 16.0}) {
    FallPhases limited{FallSettings{}};
    FallPhases free{FallSettings{}};
    std::int64_t time_ns = 0;
    for (const Vector3d& f : Fall({.impact_g = 14})) {
      const auto a = free.Push(time_ns, f);
      const auto b = limited.Push(time_ns, f.cwiseMax(-range_g * kG).cwiseMin(range_g * kG));
      time_ns += kPeriodNs;
      ASSERT_EQ(a.size(), b.size());
      for (std::size_t i = 0; i < a.size(); ++i) EXPECT_EQ(a[i].impact_jerk, b[i].impact_jerk);
    }
  }
}

TEST(FallScore, IsAProductOfPhasesThatAreHalfAtTheirHalf) {
  FallSettings settings;
  settings.impact = {.half = 10, .steepness = 2};
  settings.posture = {.half = 40, .steepness = 3};
  settings.activity = {.half = 5, .steepness = 1};
  // 20/10 squared against 1: 4/5. 80/40 cubed: 8/9. 5/15 the other way: 3/4.
  const FallFeatures features{
      .impact_ns = 0, .last_sample_ns = 0, .impact_jerk = 20, .posture_change_deg = 80, .activity_after_jerk = 5.0 / 3};
  EXPECT_NEAR(FallScore(features, settings), 4.0 / 5 * 8 / 9 * 3 / 4, 1e-15);
  EXPECT_EQ(PhaseWeight{}.Grows(1), 0.5);
  EXPECT_EQ(PhaseWeight{}.Grows(0), 0);
  EXPECT_EQ(PhaseWeight{}.Falls(0), 1);
}

}  // namespace
}  // namespace stunt::detectors
