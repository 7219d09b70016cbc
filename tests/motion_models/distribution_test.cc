#include "stunt/motion_models/distribution.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "refusal.h"

namespace stunt::motion_models {
namespace {

using test::Refusal;
using ::testing::HasSubstr;

Distribution FromText(const std::string& text) {
  const YamlFile file = YamlFile::Parse(fmt::format("d: {}\n", text), "x.yaml");
  return ReadDistribution(file.Root().Get("d"));
}

std::string RefusalOf(const std::string& text) {
  return Refusal([&] { static_cast<void>(FromText(text)); });
}

// Quantiles of the standard normal distribution, Abramowitz & Stegun table 26.5 (and 26.6 for the tail).
TEST(Distribution, NormalQuantilesMatchPublishedTables) {
  const Distribution d = FromText("{normal: {mean: 10, sd: 2}}");
  EXPECT_NEAR(FromUniform(d, 0.5), 10, 1e-12);
  EXPECT_NEAR(FromUniform(d, 0.975), 10 + 2 * 1.959963984540054, 1e-9);
  EXPECT_NEAR(FromUniform(d, 0.1), 10 - 2 * 1.281551565544600, 1e-9);
  EXPECT_NEAR(FromUniform(d, 0.00135), 10 - 2 * 2.999976992703400, 1e-6);
}

// Oracle: rejection from the untruncated distribution by another generator (Box-Muller), Kolmogorov-Smirnov distance.
double KsDistance(const Distribution& d, const std::function<double(random::Stream&)>& oracle) {
  constexpr std::size_t kN = 20000;
  random::Stream a(random::StreamKey{1, 1}), b(random::StreamKey{2, 2});
  std::vector<double> x, y;
  for (std::size_t i = 0; i < kN; ++i) {
    x.push_back(Draw(d, a));
    y.push_back(oracle(b));
  }
  std::sort(x.begin(), x.end());
  std::sort(y.begin(), y.end());
  double worst = 0;
  std::size_t j = 0;
  for (std::size_t i = 0; i < kN; ++i) {
    if (i + 1 < kN && x[i + 1] == x[i]) continue;  // ties count together
    while (j < kN && y[j] <= x[i]) ++j;
    worst = std::max(worst, std::abs(static_cast<double>(i + 1) - static_cast<double>(j)) / kN);
  }
  return worst;
}
constexpr double kKsBound = 0.0193;  // two samples of 20 000, α = 0.1 %; measured 0.005 to 0.010

double NormalBetween(random::Stream& s, double mean, double sd, double lo, double hi) {
  for (;;) {
    const double x = mean + sd * s.Normal();
    if (x >= lo && x <= hi) return x;
  }
}

TEST(Distribution, DrawsAgreeWithRejectionSampling) {
  EXPECT_LT(KsDistance(FromText("{truncnorm: {mean: 1.2, sd: 0.5, lo: 0.9, hi: 2.5}}"),
                       [](random::Stream& s) { return NormalBetween(s, 1.2, 0.5, 0.9, 2.5); }),
            kKsBound);
  EXPECT_LT(KsDistance(FromText("{truncnorm: {mean: -1, sd: 0.5, lo: 0, hi: 3}}"),
                       [](random::Stream& s) { return NormalBetween(s, -1, 0.5, 0, 3); }),
            kKsBound);
  EXPECT_LT(KsDistance(FromText("{lognormal: {median: 1.5, sigma: 0.6}}"),
                       [](random::Stream& s) { return 1.5 * std::exp(0.6 * s.Normal()); }),
            kKsBound);
  EXPECT_LT(KsDistance(FromText("{lognormal: {median: 1.5, sigma: 0.6, lo: 1, hi: 4}}"),
                       [](random::Stream& s) {
                         return 1.5 * std::exp(NormalBetween(s, 0, 0.6, std::log(1 / 1.5), std::log(4 / 1.5)));
                       }),
            kKsBound);
  EXPECT_LT(
      KsDistance(FromText("{poisson: 2.5}"), [](random::Stream& s) { return static_cast<double>(s.Poisson(2.5)); }),
      kKsBound);
}

TEST(Distribution, FarTailsStayInsideTheirBounds) {
  for (const std::string text :
       {"{truncnorm: {mean: 0, sd: 1, lo: 12, hi: 13}}", "{truncnorm: {mean: 0, sd: 1, lo: -90, hi: -80}}",
        "{truncnorm: {mean: 0, sd: 1, lo: 80, hi: 90}}", "{lognormal: {median: 1, sigma: 0.1, lo: 50, hi: 60}}"}) {
    const Distribution d = FromText(text);
    const NumberRange support = Support(d);
    for (const double u : {0.0, 1e-9, 0.3, 0.5, 0.999, 1.0}) {
      EXPECT_GE(FromUniform(d, u), support.lo) << text << u;
      EXPECT_LE(FromUniform(d, u), support.hi) << text << u;
    }
  }
  // Far out P(Z > z) is close to exp(-z²/2) / z, so the median 12 + t solves 12 t + t²/2 + ln(1 + t/12) = ln 2.
  const double t = FromUniform(FromText("{truncnorm: {mean: 0, sd: 1, lo: 12, hi: 20}}"), 0.5) - 12;
  EXPECT_NEAR(12 * t + t * t / 2 + std::log1p(t / 12), std::log(2),
              2e-4);  // measured 6e-5, the next term of the series
}

TEST(Distribution, DiscreteOnesHitEveryValueInProportion) {
  const auto share = [](const std::string& text, double value) {
    const Distribution d = FromText(text);
    int hits = 0;
    for (int i = 0; i < 10000; ++i) hits += FromUniform(d, (i + 0.5) / 10000) == value ? 1 : 0;
    return hits / 10000.0;
  };
  EXPECT_DOUBLE_EQ(share("{bernoulli: 0.08}", 1), 0.08);
  EXPECT_DOUBLE_EQ(share("{bernoulli: 0}", 0), 1);
  EXPECT_DOUBLE_EQ(share("{bernoulli: 1}", 1), 1);
  EXPECT_NEAR(share("{integer: [-1, 3]}", -1), 0.2, 1e-3);
  EXPECT_NEAR(share("{integer: [-1, 3]}", 3), 0.2, 1e-3);
  EXPECT_DOUBLE_EQ(share("{choice: [5, 7, 9], weights: [3, 5, 2]}", 5), 0.3);
  EXPECT_DOUBLE_EQ(share("{choice: [5, 7, 9], weights: [3, 5, 2]}", 7), 0.5);
  EXPECT_DOUBLE_EQ(share("{choice: [wood, mat, ice], weights: [1, 0, 1]}", 2), 0.5);
  EXPECT_DOUBLE_EQ(share("{choice: [wood, mat, ice], weights: [1, 0, 1]}", 1), 0);
  EXPECT_NEAR(share("{poisson: 0.5}", 0), std::exp(-0.5), 1e-3);
}

// A quantile function never falls; designs such as Latin hypercubes rely on it.
TEST(Distribution, QuantilesNeverFall) {
  for (const std::string text : {"{uniform: [1, 2]}", "{normal: {mean: 0, sd: 1}}", "{bernoulli: 0.3}", "{poisson: 3}",
                                 "{truncnorm: {mean: 0, sd: 1, lo: 1, hi: 2}}", "{integer: [0, 9]}",
                                 "{truncnorm: {mean: 0, sd: 1, lo: -2, hi: -1}}", "{lognormal: {median: 1, sigma: 1}}",
                                 "{lognormal: {median: 1, sigma: 1, lo: 2, hi: 5}}"}) {
    const Distribution d = FromText(text);
    for (double u = 0; u < 1; u += 0.01) EXPECT_LE(FromUniform(d, u), FromUniform(d, u + 0.01)) << text << " at " << u;
    EXPECT_LT(FromUniform(d, 0), FromUniform(d, 1)) << text;
  }
}

TEST(Distribution, EveryDrawTakesExactlyOneUniform) {
  for (const std::string text : {"3", "{uniform: [1, 2]}", "{normal: {mean: 0, sd: 1}}",
                                 "{truncnorm: {mean: 0, sd: 1, lo: 5, hi: 6}}", "{lognormal: {median: 1, sigma: 1}}",
                                 "{choice: [1, 2]}", "{bernoulli: 0.1}", "{integer: [0, 9]}", "{poisson: 3}"}) {
    random::Stream drawn(random::StreamKey{7, 7}), skipped(random::StreamKey{7, 7});
    static_cast<void>(Draw(FromText(text), drawn));
    static_cast<void>(skipped.Bits());
    EXPECT_EQ(drawn.Bits(), skipped.Bits()) << text;
  }
}

TEST(Distribution, TextReadsBackToTheSameDistribution) {
  for (const std::string text :
       {"0.1", "{uniform: [0.1, 0.30000000000000004]}", "{normal: {mean: -1e-30, sd: 2}}", "{bernoulli: 0.3}",
        "{truncnorm: {mean: 0, sd: 1, lo: 5, hi: 6}}", "{lognormal: {median: 1, sigma: 1}}", "{integer: [0, 9]}",
        "{lognormal: {median: 1, sigma: 1, lo: 0.5, hi: 3}}", "{choice: [a, b], weights: [2, 1]}", "{choice: [1, 2.5]}",
        "{poisson: 3}"}) {
    const Distribution d = FromText(text);
    EXPECT_EQ(FromText(ToText(d)), d) << text << " as " << ToText(d);
  }
}

TEST(Distribution, NonsenseIsRefused) {
  EXPECT_THAT(RefusalOf("{uniform: [2, 1]}"), HasSubstr("x.yaml:1: 'uniform' is [2, 1]; accepted: [lo, hi]"));
  EXPECT_THAT(RefusalOf("{uniform: [1]}"), HasSubstr("a list of 2 values"));
  EXPECT_THAT(RefusalOf("{normal: {mean: 0, sd: -1}}"), HasSubstr("from 0 to 1e+100"));
  EXPECT_THAT(RefusalOf("{normal: {mean: 1e308, sd: 1}}"), HasSubstr("from -1e+100 to 1e+100"));
  EXPECT_THAT(RefusalOf("{uniform: [-1.7e308, 0]}"), HasSubstr("from -1e+100 to 1e+100"));
  EXPECT_THAT(RefusalOf("{truncnorm: {mean: 0, sd: 0, lo: 1, hi: 2}}"), HasSubstr("sd 0"));
  EXPECT_THAT(RefusalOf("{truncnorm: {mean: 0, sd: 1, lo: 3, hi: 2}}"), HasSubstr("above"));
  EXPECT_THAT(RefusalOf("{lognormal: {median: 0, sigma: 1}}"), HasSubstr("'median'"));
  EXPECT_THAT(RefusalOf("{lognormal: {median: 1e-300, sigma: 1, lo: 1e99}}"), HasSubstr("'median'"));
  EXPECT_THAT(RefusalOf("{choice: [1, 2], weights: [0, 0]}"), HasSubstr("all 0"));
  EXPECT_THAT(RefusalOf("{choice: [1, 2], weights: [1]}"), HasSubstr("a list of 2"));
  EXPECT_THAT(RefusalOf("{choice: [1, wood]}"), HasSubstr("mixes"));
  EXPECT_THAT(RefusalOf("{choice: [wood, wood]}"), HasSubstr("already"));
  EXPECT_THAT(RefusalOf("{choice: []}"), HasSubstr("1 to 1000"));
  EXPECT_THAT(RefusalOf("{bernoulli: 1.5}"), HasSubstr("from 0 to 1"));
  EXPECT_THAT(RefusalOf("{poisson: 1000}"), HasSubstr("from 0 to 50"));
  EXPECT_THAT(RefusalOf("{integer: [0.5, 2]}"), HasSubstr("whole number"));
  EXPECT_THAT(RefusalOf("{uniform: [0, 1], poisson: 2}"), HasSubstr("two distributions"));
  EXPECT_THAT(RefusalOf("{unifrom: [0, 1]}"), HasSubstr("did you mean 'uniform'?"));
  EXPECT_THAT(RefusalOf("{}"), HasSubstr("names no distribution"));
}

}  // namespace
}  // namespace stunt::motion_models
