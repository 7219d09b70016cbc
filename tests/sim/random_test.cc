#include "stunt/random/random.h"

#include <Random123/philox.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <string_view>
#include <vector>

#include "stunt/random/normals.h"

namespace stunt::random {
namespace {

// Published vector: FNV-1a 64 of "foobar" (Fowler, Noll, Vo; draft-eastlake-fnv).
TEST(HashBytes, MatchesPublishedVector) { EXPECT_EQ(HashBytes("foobar"), 0x85944171f73967e8ULL); }

// Published vector: philox4x64-10, counter 0, key 0 (kat_vectors of Random123).
TEST(Stream, MatchesRandom123KnownAnswer) {
  Stream stream(StreamKey{0, 0});
  EXPECT_EQ(stream.Bits(), 0x16554d9eca36314cULL);
  EXPECT_EQ(stream.Bits(), 0xdb20fe9d672d0fdcULL);
  EXPECT_EQ(stream.Bits(), 0xd7e772cee186176bULL);
  EXPECT_EQ(stream.Bits(), 0x7e68b68aec7ba23bULL);
}

TEST(Stream, MomentsOfDrawsAreThoseOfTheDistributions) {
  Stream stream(StreamKey{1, 2}.Derive("moments"));
  const int n = 200000;
  double sum = 0, squares = 0, fourth = 0, uniform = 0, poisson = 0;
  for (int i = 0; i < n; ++i) {
    const double z = stream.Normal();
    sum += z;
    squares += z * z;
    fourth += z * z * z * z;
    uniform += stream.Uniform(-2, 6);
    poisson += stream.Poisson(0.5);
  }
  EXPECT_NEAR(sum / n, 0, 5 / std::sqrt(n));
  EXPECT_NEAR(squares / n, 1, 5 * std::sqrt(2.0 / n));
  EXPECT_NEAR(fourth / n, 3, 5 * std::sqrt(96.0 / n));
  EXPECT_NEAR(uniform / n, 2, 5 * 8 / std::sqrt(12.0 * n));
  EXPECT_NEAR(poisson / n, 0.5, 5 * std::sqrt(0.5 / n));
}

TEST(Stream, NamesGiveIndependentStreams) {
  const StreamKey root{42, 7};
  Stream a(root.Derive("a")), b(root.Derive("b")), again(root.Derive("a"));
  double product = 0;
  for (int i = 0; i < 10000; ++i) {
    const double x = a.Normal();
    EXPECT_EQ(x, again.Normal());
    product += x * b.Normal();
  }
  EXPECT_NEAR(product / 10000, 0, 5 / std::sqrt(10000));
}

TEST(Stream, ABlockCanBeComputedAlone) {
  Stream from_start(StreamKey{3, 4});
  for (int i = 0; i < 4 * 5; ++i) (void)from_start.Bits();
  Stream at_block(StreamKey{3, 4}, 5);
  for (int i = 0; i < 8; ++i) EXPECT_EQ(from_start.Bits(), at_block.Bits());
}

TEST(Stream, BelowIsUniformOverItsRange) {
  Stream stream(StreamKey{5, 6});
  std::vector<int> count(7);
  for (int i = 0; i < 70000; ++i) ++count[stream.Below(7)];
  for (const int c : count) EXPECT_NEAR(c, 10000, 5 * std::sqrt(10000));
}

// Oracle: Box–Muller with libm on the words that Philox gives for the same counters.
TEST(FillNormals, EqualsBoxMullerWithLibm) {
  const StreamKey key{8, 9};
  std::vector<double> normals(4096);
  FillNormals(key, 800, normals);
  double worst = 0;
  for (std::size_t n = 0; n < normals.size(); ++n) {
    const auto words = r123::Philox4x64()({{(800 + n) / 8, 1, 0, 0}}, {{key.high, key.low}});
    const std::uint64_t word = words[n % 4];
    const double radius = std::sqrt(-2 * std::log((static_cast<double>(word & 0xffffffff) + 0.5) * 0x1p-32));
    const double angle = 2 * std::numbers::pi * ((static_cast<double>(word >> 32) + 0.5) * 0x1p-32 - 0.125);
    const double expected = n % 8 < 4 ? radius * std::cos(angle) : radius * std::sin(angle);
    worst = std::max(worst, std::abs(normals[n] - expected));
  }
  EXPECT_LT(worst, 1e-14);  // measured 3e-15
}

TEST(FillNormals, AnyStretchCanBeComputedAlone) {
  const StreamKey key{8, 9};
  std::vector<double> all(1000), part(24), one(8);
  FillNormals(key, 0, all);
  FillNormals(key, 512, part);
  FillNormals(key, 992, one);
  EXPECT_TRUE(std::equal(part.begin(), part.end(), all.begin() + 512));
  EXPECT_TRUE(std::equal(one.begin(), one.end(), all.begin() + 992));
}

// Expected: shares of the normal distribution beyond 1, 2, 3 and 4 and moments, from a table.
TEST(FillNormals, IsNormalIntoItsTails) {
  std::vector<double> x(1 << 20);
  FillNormals(StreamKey{2, 3}, 0, x);
  const auto n = static_cast<double>(x.size());
  double sum = 0, squares = 0, fourth = 0, neighbours = 0, lanes = 0;
  double beyond[4] = {0, 0, 0, 0};
  for (std::size_t i = 0; i < x.size(); ++i) {
    sum += x[i];
    squares += x[i] * x[i];
    fourth += std::pow(x[i], 4);
    if (i > 0) neighbours += x[i] * x[i - 1];
    if (i > 3) lanes += x[i] * x[i - 4];  // cosine and sine of one pair
    for (int k = 0; k < 4; ++k) beyond[k] += x[i] > k + 1 ? 1 : 0;
  }
  EXPECT_NEAR(sum / n, 0, 4 / std::sqrt(n));
  EXPECT_NEAR(squares / n, 1, 4 * std::sqrt(2 / n));
  EXPECT_NEAR(fourth / n, 3, 4 * std::sqrt(96 / n));
  EXPECT_NEAR(neighbours / n, 0, 4 / std::sqrt(n));
  EXPECT_NEAR(lanes / n, 0, 4 / std::sqrt(n));
  const double expected[4] = {0.158655254, 0.022750132, 0.001349898, 0.0000316712};
  for (int k = 0; k < 4; ++k) EXPECT_NEAR(beyond[k] / n, expected[k], 4 * std::sqrt(expected[k] / n)) << k + 1;
}

// The bytes of a build without AVX2 (see sim/src/vector_clones.h).
TEST(FillNormals, HasTheSameBytesOnEveryProcessor) {
  std::vector<double> x(1 << 16);
  FillNormals(StreamKey{4, 5}, 0, x);
  const std::string_view bytes(reinterpret_cast<const char*>(x.data()), x.size() * sizeof(double));
  EXPECT_EQ(HashBytes(bytes), 0x3f3e682efd28addaULL);
}

}  // namespace
}  // namespace stunt::random
