#include "stunt/metrics/interval.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace stunt::metrics {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

struct BinomialVector {
  std::int64_t k, n;
  Interval clopper_pearson, wilson;
};

// scipy 1.10.1, binomtest(k, n).proportion_ci(0.95). 174/226 is also the "76.99 % (70.95-82.31)" that was published in
// JMIR Formative Research 2022;6(3):e30121, and 14/300 the 4.7 % of Abou et al. 2022.
const BinomialVector kBinomialVectors[] = {
    {0, 10, {0.0, 0.3084971078187608}, {0.0, 0.2775327998628892}},
    {5, 10, {0.18708602844739855, 0.8129139715526015}, {0.236593090512564, 0.7634069094874361}},
    {10, 10, {0.6915028921812392, 1.0}, {0.7224672001371107, 1.0}},
    {0, 100, {0.0, 0.03621669264517641}, {0.0, 0.03699349820698568}},
    {95, 100, {0.8871650888945373, 0.9835681208179479}, {0.8882495307680808, 0.9784563208456319}},
    {99, 100, {0.9455406146079194, 0.9997468539670226}, {0.9455138038212946, 0.9982325679358593}},
    {100, 100, {0.9637833073548235, 1.0}, {0.9630065017930143, 1.0}},
    {174, 226, {0.7094690682941591, 0.8231267431394711}, {0.7108007660737361, 0.8199999024652487}},
    {14, 300, {0.025744649467230946, 0.0770598381063587}, {0.027998933682334012, 0.07679736022792105}},
    {59, 59, {0.9393910990496601, 1.0}, {0.9388706294732116, 1.0}},
    {299, 299, {0.9877384040924649, 1.0}, {0.9873152809537594, 1.0}},
};

TEST(ClopperPearson, AgreesWithScipyAndPublishedIntervals) {
  for (const BinomialVector& v : kBinomialVectors) {
    const Interval interval = ClopperPearson(v.k, v.n).value();
    EXPECT_NEAR(interval.lo, v.clopper_pearson.lo, 1e-12) << v.k << "/" << v.n;
    EXPECT_NEAR(interval.hi, v.clopper_pearson.hi, 1e-12) << v.k << "/" << v.n;
  }
}

TEST(Wilson, AgreesWithScipy) {
  for (const BinomialVector& v : kBinomialVectors) {
    const Interval interval = Wilson(v.k, v.n).value();
    EXPECT_NEAR(interval.lo, v.wilson.lo, 1e-12) << v.k << "/" << v.n;
    EXPECT_NEAR(interval.hi, v.wilson.hi, 1e-12) << v.k << "/" << v.n;
  }
}

// P(at least k of n) by adding up the terms, not by an incomplete beta function.
double ChanceOfAtLeast(int k, int n, double p) {
  double sum = 0;
  for (int i = k; i <= n; ++i) {
    const double log_ways = std::lgamma(n + 1.0) - std::lgamma(i + 1.0) - std::lgamma(n - i + 1.0);
    sum += std::exp(log_ways + i * std::log(p) + (n - i) * std::log1p(-p));
  }
  return sum;
}

TEST(ClopperPearson, BoundsLeaveTheWholeErrorOnTheAskedSide) {
  for (const double confidence : {0.8, 0.95, 0.99}) {
    for (const auto& [k, n] : {std::pair{3, 17}, {9, 12}, {1, 40}}) {
      const double lower = ClopperPearson(k, n, {confidence, Side::kLower}).value().lo;
      const double upper = ClopperPearson(k, n, {confidence, Side::kUpper}).value().hi;
      EXPECT_NEAR(ChanceOfAtLeast(k, n, lower), 1 - confidence, 1e-10);
      EXPECT_NEAR(1 - ChanceOfAtLeast(k + 1, n, upper), 1 - confidence, 1e-10);
      EXPECT_EQ(ClopperPearson(k, n, {confidence, Side::kLower}).value().hi, 1);
      EXPECT_EQ(ClopperPearson(k, n, {confidence, Side::kUpper}).value().lo, 0);
    }
  }
}

TEST(GarwoodPoisson, AgreesWithScipy) {
  struct {
    std::int64_t k;
    Interval two_sided;
    double upper95;
  } const vectors[] = {
      // scipy 1.10.1, chi2.ppf
      {0, {0.0, 3.6888794541139354}, 2.9957322735539895},
      {1, {0.025317807984289876, 5.571643390938898}, 4.743864518390577},
      {2, {0.24220927854396496, 7.22468766772396}, 6.295793621871988},
      {3, {0.6186721228956014, 8.767273069742323}, 7.753656527932725},
      {5, {1.6234863901184207, 11.66833207932267}, 10.513034908741535},
      {10, {4.7953886961324335, 18.39035604201778}, 16.962219235721903},
  };
  for (const auto& v : vectors) {
    EXPECT_NEAR(GarwoodPoisson(v.k).value().lo, v.two_sided.lo, 1e-11);
    EXPECT_NEAR(GarwoodPoisson(v.k).value().hi, v.two_sided.hi, 1e-11);
    EXPECT_NEAR(GarwoodPoisson(v.k, {0.95, Side::kUpper}).value().hi, v.upper95, 1e-11);
    EXPECT_EQ(GarwoodPoisson(v.k, {0.95, Side::kUpper}).value().lo, 0);
    EXPECT_EQ(GarwoodPoisson(v.k, {0.95, Side::kLower}).value().hi, kInfinity);
  }
}

TEST(GarwoodPoisson, ThreeQuietDaysShowLessThanOneAlarmADay) {
  EXPECT_LT(GarwoodPoisson(0, {0.95, Side::kUpper}).value().hi / 3.00, 1);
  EXPECT_GT(GarwoodPoisson(0, {0.95, Side::kUpper}).value().hi / 2.99, 1);
}

TEST(FayFeuer, OneStratumIsGarwoodScaled) {
  const Interval scaled = FayFeuer({{3, 0.25}}).value();
  const Interval plain = GarwoodPoisson(3).value();
  EXPECT_NEAR(scaled.lo, 0.25 * plain.lo, 1e-12);
  EXPECT_NEAR(scaled.hi, 0.25 * plain.hi, 1e-12);
}

// χ² with 2k degrees of freedom has the closed upper tail exp(−x/2) Σ_{i<k} (x/2)^i / i!, an oracle for whole k.
double UpperTail(double x, int k) {
  double term = 1, sum = 0;
  for (int i = 0; i < k; ++i) {
    sum += term;
    term *= x / 2 / (i + 1);
  }
  return std::exp(-x / 2) * sum;
}

TEST(FayFeuer, UnequalWeightsGiveTheGammaIntervalOfTheirMoments) {
  // Counts 1 and 8 at weights 2 and 1: rate 10, variance 12; 2 · 10² / 12 degrees of freedom below. For the upper bound
  // add the larger weight: rate 12, variance 16, so 2 · 9 degrees and scale 16 / 24.
  const Interval interval = FayFeuer({{1, 2.0}, {8, 1.0}}, {0.9, Side::kTwoSided}).value();
  EXPECT_NEAR(UpperTail(interval.hi * 24 / 16, 9), 0.05, 1e-9);
  // Below: counts 4 at weight 1 and 0 elsewhere give rate 4, variance 4, so 2 · 4 degrees and scale 1 / 2.
  const Interval lower = FayFeuer({{4, 1.0}, {0, 5.0}}, {0.9, Side::kTwoSided}).value();
  EXPECT_NEAR(1 - UpperTail(2 * lower.lo, 4), 0.05, 1e-9);
  // The quiet stratum counts above all the same: rate 4 + 5, variance 4 + 25.
  EXPECT_GT(lower.hi, GarwoodPoisson(4, {0.9, Side::kTwoSided}).value().hi);
}

TEST(ZeroFailureTrials, AreThoseOfThePlanningTable) {
  EXPECT_EQ(ZeroFailureTrials(0.90), 29);
  EXPECT_EQ(ZeroFailureTrials(0.95), 59);
  EXPECT_EQ(ZeroFailureTrials(0.99), 299);
  for (const std::int64_t n : {29, 59, 299}) {  // one fewer is not enough
    const double bound = n == 29 ? 0.90 : n == 59 ? 0.95 : 0.99;
    EXPECT_GE(ClopperPearson(n, n, {0.95, Side::kLower}).value().lo, bound);
    EXPECT_LT(ClopperPearson(n - 1, n - 1, {0.95, Side::kLower}).value().lo, bound);
  }
}

TEST(Intervals, AreUndefinedRatherThanInvented) {
  EXPECT_FALSE(ClopperPearson(0, 0));
  EXPECT_FALSE(Wilson(0, 0));
  EXPECT_FALSE(ClopperPearson(3, 2));
  EXPECT_FALSE(Wilson(-1, 2));
  EXPECT_FALSE(ClopperPearson(1, 2, {1.0, Side::kTwoSided}));
  EXPECT_FALSE(GarwoodPoisson(-1));
  EXPECT_FALSE(FayFeuer({}));
  EXPECT_FALSE(FayFeuer({{1, 0.0}}));
  EXPECT_FALSE(ZeroFailureTrials(1.0));
  EXPECT_FALSE(QuantileInterval({}, 0.5));
  EXPECT_FALSE(QuantileInterval({1, 2}, 1.0));
}

TEST(Quantile, RankIsTheCeilingWithoutRoundingNoise) {
  EXPECT_EQ(QuantileRank(10, 0.5), 5);
  EXPECT_EQ(QuantileRank(11, 0.5), 6);
  EXPECT_EQ(QuantileRank(10, 0.9), 9);
  EXPECT_EQ(QuantileRank(200, 0.95), 190);
  EXPECT_EQ(QuantileRank(1, 0.99), 1);
  EXPECT_EQ(QuantileMinimumCount(0.5), 20);
  EXPECT_EQ(QuantileMinimumCount(0.9), 100);
  EXPECT_EQ(QuantileMinimumCount(0.95), 200);
  EXPECT_EQ(QuantileMinimumCount(0.99), 1000);
  EXPECT_EQ(QuantileMinimumCount(0.999), 10000);
}

// Table of the sign test: for n = 10 the 2nd and 9th value hold the median with 97.9 %, the 3rd and 8th with 89.1 %
// (Conover, Practical Nonparametric Statistics, 3rd ed., section 3.2).
TEST(Quantile, IntervalOfTheMedianOfTenIsTheSecondAndNinthValue) {
  const std::vector<double> sorted{1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
  const Interval wide = QuantileInterval(sorted, 0.5, {0.95, Side::kTwoSided}).value();
  EXPECT_EQ(wide.lo, 2);
  EXPECT_EQ(wide.hi, 9);
  const Interval narrow = QuantileInterval(sorted, 0.5, {0.89, Side::kTwoSided}).value();
  EXPECT_EQ(narrow.lo, 3);
  EXPECT_EQ(narrow.hi, 8);
}

// Each of two values is the smaller one with chance 1/4 beyond the median: exactly the allowed tail is allowed.
TEST(Quantile, TailsMayBeUsedUp) {
  const Interval interval = QuantileInterval({1, 2}, 0.5, {0.5, Side::kTwoSided}).value();
  EXPECT_EQ(interval.lo, 1);
  EXPECT_EQ(interval.hi, 2);
}

// With 58 values even the largest exceeds the 95 % quantile with only 1 − 0.95^58 < 95 %; with 59 it does.
TEST(Quantile, HasNoUpperBoundWhereTheLargestValueIsNotSure) {
  std::vector<double> sorted;
  for (int i = 1; i <= 58; ++i) sorted.push_back(i);
  EXPECT_EQ(QuantileInterval(sorted, 0.95, {0.95, Side::kUpper}).value().hi, kInfinity);
  sorted.push_back(59);
  EXPECT_EQ(QuantileInterval(sorted, 0.95, {0.95, Side::kUpper}).value().hi, 59);
  EXPECT_EQ(QuantileInterval(sorted, 0.95, {0.95, Side::kUpper}).value().lo, -kInfinity);
}

}  // namespace
}  // namespace stunt::metrics
