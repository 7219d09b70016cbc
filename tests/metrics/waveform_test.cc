#include "stunt/metrics/waveform.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <numbers>
#include <vector>

// Features of signals whose features follow by hand.
namespace stunt::metrics {
namespace {

using Eigen::Vector3d;

constexpr double kG = 9.80665;
constexpr double kPi = std::numbers::pi;

struct Signal {
  std::vector<double> time_s;
  std::vector<Vector3d> a, w;
};

using Function = std::function<Vector3d(double t)>;

// 12 s; a in g, w in rad/s.
Signal Sampled(double rate_hz, const Function& a, const Function& w) {
  Signal signal;
  for (int i = 0; i <= static_cast<int>(12 * rate_hz); ++i) {
    const double t = i / rate_hz;
    signal.time_s.push_back(t);
    signal.a.emplace_back(kG * a(t));
    signal.w.push_back(w(t));
  }
  return signal;
}

Waveform Common(const Signal& s) { return InCommonBand(s.time_s, s.a, s.w); }

Vector3d Rest(double) { return Vector3d::UnitZ(); }
Vector3d Still(double) { return Vector3d::Zero(); }

double At(const Features& features, Feature feature) { return features[static_cast<std::size_t>(feature)]; }

constexpr double kPeakAt = 6;  // s

Features About(const Waveform& waveform) {
  return FeaturesAround(waveform, PeakIndex(waveform, kPeakAt - 0.5, kPeakAt + 0.5));
}

// A bump of cos², slow enough to pass the common band whole.
double Bump(double t, double height, double half_s) {
  const double u = (t - kPeakAt) / half_s;
  return std::abs(u) < 1 ? height * std::pow(std::cos(0.5 * kPi * u), 2) : 0;
}

TEST(InCommonBand, KeepsWhatIsSlowAndDropsWhatIsFast) {
  const auto rms_of = [](double hz) {
    const auto a = [hz](double t) { return Vector3d(0, 0, 1 + 0.5 * std::sin(2 * kPi * hz * t)); };
    const Waveform waveform = Common(Sampled(100, a, Still));
    double sum = 0;
    int count = 0;
    for (std::size_t i = 64; i + 64 < waveform.size(); ++i, ++count) sum += std::pow(waveform.a_S[i].z() - 1, 2);
    return std::sqrt(sum / count) / (0.5 / std::sqrt(2));
  };
  EXPECT_NEAR(rms_of(3), 1, 0.03);
  EXPECT_NEAR(rms_of(kCommonBand), 0.5, 0.08);  // both ways: −3 dB twice
  EXPECT_LT(rms_of(30), 0.02);
}

TEST(InCommonBand, AgreesWhateverTheRateOfTheRecording) {
  const auto a = [](double t) { return Vector3d(0.3 * std::sin(7 * t), 0.2, 1 + Bump(t, 2.5, 0.25)); };
  const auto w = [](double t) { return Vector3d(2 * std::sin(9 * t), 0, Bump(t, 4, 0.4)); };
  const Features slow = About(Common(Sampled(39.8, a, w))), fast = About(Common(Sampled(200, a, w)));
  for (std::size_t i = 0; i < kFeatures; ++i) {
    const double tolerance = 0.05 * std::abs(fast[i]) + 0.03;
    EXPECT_NEAR(slow[i], fast[i], tolerance) << Name(static_cast<Feature>(i));
  }
}

TEST(Features, OfRestAreNone) {
  const Features f = About(Common(Sampled(50, Rest, Still)));
  EXPECT_NEAR(At(f, Feature::kPeak), 1, 1e-9);
  EXPECT_NEAR(At(f, Feature::kLowest), 1, 1e-9);
  EXPECT_EQ(At(f, Feature::kLowTime), 0);
  EXPECT_NEAR(At(f, Feature::kTilt), 0, 1e-6);
  EXPECT_NEAR(At(f, Feature::kRms), 0, 1e-9);
  EXPECT_NEAR(At(f, Feature::kGyroPeak), 0, 1e-9);
  EXPECT_NEAR(At(f, Feature::kBandFast), -3, 1e-9);  // the floor
}

TEST(Features, OfABumpAreItsHeightAndWidth) {
  const auto a = [](double t) { return Vector3d(0, 0, 1 + Bump(t, 3, 0.3)); };
  const Features f = About(Common(Sampled(50, a, Still)));
  EXPECT_NEAR(At(f, Feature::kPeak), 4, 0.06);
  EXPECT_NEAR(At(f, Feature::kWidth), 0.3, 0.015);  // of cos² at half height: half its base
  EXPECT_NEAR(At(f, Feature::kLowest), 1, 0.02);
}

TEST(Features, OfADipAreItsDepthAndTime) {
  // 0.3 g for half a second before the peak, with edges as long as the band lets them be.
  const auto a = [](double t) {
    const double dip = t > kPeakAt - 0.9 && t < kPeakAt - 0.4 ? 0.7 : 0;
    return Vector3d(0, 0, 1 - dip + Bump(t, 2, 0.2));
  };
  const Features f = About(Common(Sampled(100, a, Still)));
  EXPECT_NEAR(At(f, Feature::kLowest), 0.3, 0.09);  // with the filter's ringing
  EXPECT_NEAR(At(f, Feature::kLowTime), 0.5, 0.07);
}

TEST(Features, OfATurnAreItsAngleAndRate) {
  // 60° about x within a second about the peak, and quiet afterwards.
  const double angle = kPi / 3;
  const auto turned = [angle](double t) { return angle * std::clamp(t - (kPeakAt - 0.5), 0.0, 1.0); };
  const auto a = [turned](double t) {
    return Vector3d((1 + Bump(t, 2, 0.2)) * Vector3d(0, std::sin(turned(t)), std::cos(turned(t))));
  };
  const auto w = [angle](double t) { return Vector3d(std::abs(t - kPeakAt) < 0.5 ? -angle : 0, 0, 0); };
  const Features f = About(Common(Sampled(50, a, w)));
  EXPECT_NEAR(At(f, Feature::kTilt), 60, 0.5);
  EXPECT_NEAR(At(f, Feature::kGyroPeak), angle, 0.15 * angle);
  EXPECT_NEAR(At(f, Feature::kGyroRms), angle * std::sqrt(1.0 / 6), 0.1 * angle);  // one of six seconds
  EXPECT_NEAR(At(f, Feature::kGyroStill), 0, 1e-3);
}

TEST(Features, OfASineAreItsFrequencyAndItsBand) {
  for (const double hz : {1.0, 3.0, 7.0}) {
    const auto a = [hz](double t) { return Vector3d(0, 0, 1 + 0.4 * std::sin(2 * kPi * hz * t)); };
    const Features f = About(Common(Sampled(100, a, Still)));
    const double rms = std::log10(0.4 / std::sqrt(2));
    if (hz < 4) {
      EXPECT_NEAR(At(f, Feature::kFrequency), hz, 0.13);
    }
    EXPECT_NEAR(At(f, hz < 2 ? Feature::kBandSlow : hz < 5 ? Feature::kBandMiddle : Feature::kBandFast), rms, 0.05);
    EXPECT_LT(At(f, hz < 5 ? Feature::kBandFast : Feature::kBandSlow), rms - 1);
    EXPECT_NEAR(At(f, Feature::kRms), std::pow(10, rms), 0.02);
    EXPECT_NEAR(At(f, Feature::kStill), std::pow(10, rms), 0.02);
  }
}

TEST(Features, AreFiniteWhereTheWaveformEndsAtThePeak) {
  const Waveform waveform = Common(Sampled(50, Rest, Still));
  for (const std::size_t peak : {std::size_t{0}, waveform.size() - 1}) {
    for (const double value : FeaturesAround(waveform, peak)) EXPECT_TRUE(std::isfinite(value));
  }
}

TEST(PeakIndex, LooksOnlyWhereItIsTold) {
  const auto a = [](double t) { return Vector3d(0, 0, 1 + Bump(t, 3, 0.3) + 2 * Bump(t + 4, 3, 0.3)); };
  const Waveform waveform = Common(Sampled(50, a, Still));
  EXPECT_NEAR(static_cast<double>(PeakIndex(waveform, 5, 7)) / kCommonRate, 6, 0.05);
  EXPECT_NEAR(static_cast<double>(PeakIndex(waveform, 0, 12)) / kCommonRate, 2, 0.05);
}

}  // namespace
}  // namespace stunt::metrics
