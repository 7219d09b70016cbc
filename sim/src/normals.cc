#include "stunt/random/normals.h"

#include <Random123/philox.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cassert>
#include <cmath>
#include <numbers>

#include "vector_clones.h"

namespace stunt::random {
namespace {

constexpr std::size_t kWords = 64;                // worked on at once: two normals each
constexpr std::uint64_t kOwnDomain = 1;           // second word of the counter; Stream has 0 there
constexpr std::uint64_t kTwo52 = 0x433ULL << 52;  // bits of 2^52: or-ing an integer below 2^52 in adds it

using Words = std::array<std::uint64_t, kWords>;
using Values = std::array<double, kWords>;

// Exact for n < 2^52; SSE2 has no such conversion.
[[gnu::always_inline]] inline double ToDouble(std::uint64_t n) { return std::bit_cast<double>(n | kTwo52) - 0x1p52; }

// Of 0 < u < 1. u = 2^k m, √½ ≤ m < √2; log m = 2 artanh(z), z = (m − 1) / (m + 1), |z| < 0.172; rest of the series
// 2e-17.
[[gnu::always_inline]] inline double Log(double u) {
  constexpr std::uint64_t kRootHalf = 0x3fe6a09e667f3bcdULL;
  constexpr std::uint64_t kOne = 0x3ff0000000000000ULL;
  const std::uint64_t t = std::bit_cast<std::uint64_t>(u) + (kOne - kRootHalf);
  const double m = std::bit_cast<double>((t & 0x000fffffffffffffULL) + kRootHalf);
  const double k = ToDouble(t >> 52) - 1023;
  const double z = (m - 1) / (m + 1);
  const double s = z * z;
  double p = 1.0 / 19;
  p = p * s + 1.0 / 17;
  p = p * s + 1.0 / 15;
  p = p * s + 1.0 / 13;
  p = p * s + 1.0 / 11;
  p = p * s + 1.0 / 9;
  p = p * s + 1.0 / 7;
  p = p * s + 1.0 / 5;
  p = p * s + 1.0 / 3;
  return k * std::numbers::ln2 + 2 * (z + z * s * p);
}

// Taylor; |x| ≤ π/4: rest 5e-17.
[[gnu::always_inline]] inline double Sin(double x) {
  const double s = x * x;
  double p = -1.0 / 1307674368000;
  p = p * s + 1.0 / 6227020800;
  p = p * s - 1.0 / 39916800;
  p = p * s + 1.0 / 362880;
  p = p * s - 1.0 / 5040;
  p = p * s + 1.0 / 120;
  p = p * s - 1.0 / 6;
  return x + x * s * p;
}

[[gnu::always_inline]] inline double Cos(double x) {
  const double s = x * x;
  double p = 1.0 / 20922789888000;
  p = p * s - 1.0 / 87178291200;
  p = p * s + 1.0 / 479001600;
  p = p * s - 1.0 / 3628800;
  p = p * s + 1.0 / 40320;
  p = p * s - 1.0 / 720;
  p = p * s + 1.0 / 24;
  return 1 - 0.5 * s + s * s * p;
}

// a where mask is all ones, b where it is 0.
[[gnu::always_inline]] inline double Select(std::uint64_t mask, double a, double b) {
  return std::bit_cast<double>((std::bit_cast<std::uint64_t>(a) & mask) | (std::bit_cast<std::uint64_t>(b) & ~mask));
}

[[gnu::always_inline]] inline double FlipSign(std::uint64_t sign_bit, double a) {
  return std::bit_cast<double>(std::bit_cast<std::uint64_t>(a) ^ sign_bit);
}

STUNT_VECTOR_CLONES void BoxMuller(const Words& words, std::size_t count, Values& first, Values& second) {
  Values radius;
  for (std::size_t i = 0; i < count; ++i) {
    radius[i] = std::sqrt(-2 * Log((ToDouble(words[i] & 0xffffffffU) + 0.5) * 0x1p-32));
  }
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint64_t bits = words[i] >> 32;
    const double x = ((ToDouble(bits & 0x3fffffffU) + 0.5) * 0x1p-30 - 0.5) * (std::numbers::pi / 2);
    const double s = Sin(x);
    const double c = Cos(x);
    const std::uint64_t swap = 0 - ((bits >> 30) & 1);  // odd quadrants: a quarter turn further
    const std::uint64_t sign = (bits >> 31) << 63;      // upper half: half a turn further
    first[i] = radius[i] * FlipSign(sign, Select(swap, -s, c));
    second[i] = radius[i] * FlipSign(sign, Select(swap, c, s));
  }
}

}  // namespace

void FillNormals(StreamKey key, std::uint64_t first, std::span<double> out) {
  assert(first % kNormalGroup == 0 && out.size() % kNormalGroup == 0);
  const r123::Philox4x64::key_type philox_key = {{key.high, key.low}};
  std::uint64_t counter = first / kNormalGroup;
  for (std::size_t done = 0; done < out.size();) {
    const std::size_t count = std::min(2 * kWords, out.size() - done);  // normals of this round
    Words words;
    for (std::size_t i = 0; i < count / 2; i += 4) {
      const auto group = r123::Philox4x64()({{counter++, kOwnDomain, 0, 0}}, philox_key);
      for (std::size_t j = 0; j < 4; ++j) words[i + j] = group[j];
    }
    Values a, b;
    BoxMuller(words, count / 2, a, b);
    for (std::size_t i = 0; i < count / 2; i += 4) {
      std::copy_n(a.begin() + static_cast<long>(i), 4, out.begin() + static_cast<long>(done + 2 * i));
      std::copy_n(b.begin() + static_cast<long>(i), 4, out.begin() + static_cast<long>(done + 2 * i + 4));
    }
    done += count;
  }
}

}  // namespace stunt::random
