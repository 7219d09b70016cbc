#include "stunt/random/random.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

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

}  // namespace
}  // namespace stunt::random
