#include "stunt/metrics/samples.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

// Published implementations as oracles: NumPy 1.24 and SciPy 1.10 on the same values.
namespace stunt::metrics {
namespace {

using Values = std::vector<double>;

const std::vector<double> kA = {0.3, 1.2, 1.2, 2.5, 3.1, 4.0, 0.9};
const std::vector<double> kB = {0.5, 1.2, 2.0, 2.0, 5.5};

TEST(Quantile, IsThatOfNumpy) {
  const std::vector<std::pair<double, double>> expected = {{0, 0.3},   {0.1, 0.66}, {0.25, 1.05},
                                                           {0.5, 1.2}, {0.9, 3.46}, {1, 4.0}};
  for (const auto& [p, value] : expected) EXPECT_NEAR(*Quantile(kA, p), value, 1e-12) << p;
  EXPECT_EQ(Quantile(Values{7.0}, 0.3), 7.0);
  EXPECT_FALSE(Quantile({}, 0.5));
}

TEST(KolmogorovSmirnov, IsThatOfScipy) {
  EXPECT_NEAR(*KolmogorovSmirnov(kA, kB), 0.22857142857142856, 1e-12);
  EXPECT_NEAR(*KolmogorovSmirnov(kB, kA), 0.22857142857142856, 1e-12);
}

TEST(KolmogorovSmirnov, IsZeroForTheSameAndOneForTheApart) {
  EXPECT_EQ(KolmogorovSmirnov(kA, kA), 0);
  EXPECT_EQ(KolmogorovSmirnov(kA, Values{10.0, 11.0}), 1);
  EXPECT_FALSE(KolmogorovSmirnov(kA, {}));
}

// Oracle: both distribution functions counted value by value, in Python.
TEST(Cramer, IsItsDefinition) { EXPECT_NEAR(*Cramer(kA, kB), 0.15118578920369088, 1e-12); }

TEST(Cramer, IsZeroForTheSameAndAThirdsRootForTheApart) {
  EXPECT_EQ(Cramer(kA, kA), 0);
  EXPECT_FALSE(Cramer(kA, {}));
  Values low, high;
  for (int i = 0; i < 1000; ++i) (low.push_back(i), high.push_back(5000 + i));
  EXPECT_NEAR(*Cramer(low, high), std::sqrt(1.0 / 3), 1e-3);
}

TEST(Wasserstein, IsThatOfScipy) { EXPECT_NEAR(*Wasserstein(kA, kB), 0.7314285714285713, 1e-12); }

TEST(Wasserstein, OfAShiftIsTheShift) {
  std::vector<double> shifted = kA;
  for (double& x : shifted) x += 0.7;
  EXPECT_NEAR(*Wasserstein(kA, shifted), 0.7, 1e-12);
}

TEST(MeanRanks, ShareTies) { EXPECT_EQ(MeanRanks(kA), (std::vector<double>{1, 3.5, 3.5, 5, 6, 7, 2})); }

TEST(Spearman, IsThatOfScipy) {
  const std::vector<double> x = {1, 2, 2, 4, 5, 6, 3}, y = {2, 1, 3, 3, 7, 5, 3};
  EXPECT_NEAR(*Spearman(x, y), 0.8414522910076115, 1e-12);
}

TEST(Spearman, IsUndefinedForAConstantAndForTwoPairs) {
  EXPECT_FALSE(Spearman(Values{1.0, 2, 3}, Values{4.0, 4, 4}));
  EXPECT_FALSE(Spearman(Values{1.0, 2}, Values{4.0, 5}));
}

TEST(RocAuc, IsMannWhitneysShare) {
  EXPECT_NEAR(*RocAuc(kA, kB), 0.45714285714285713, 1e-12);
  EXPECT_NEAR(*RocAuc(kB, kA), 1 - 0.45714285714285713, 1e-12);
  EXPECT_EQ(RocAuc(Values{3.0, 4}, Values{1.0, 2}), 1);
  EXPECT_FALSE(RocAuc(kA, {}));
}

}  // namespace
}  // namespace stunt::metrics
