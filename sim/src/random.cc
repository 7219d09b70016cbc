#include "stunt/random/random.h"

#include <Random123/philox.h>

#include <cassert>
#include <cmath>
#include <numbers>

namespace stunt::random {
namespace {

// Finaliser of SplitMix64: every input bit reaches every output bit.
std::uint64_t Mix(std::uint64_t z) {
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
  return z ^ (z >> 31);
}

}  // namespace

std::uint64_t HashBytes(std::string_view bytes, std::uint64_t seed) {
  std::uint64_t h = seed;
  for (const char c : bytes) {
    h ^= static_cast<unsigned char>(c);
    h *= 0x100000001b3ULL;
  }
  return h;
}

StreamKey StreamKey::Derive(std::string_view name) const { return Derive(HashBytes(name)); }

StreamKey StreamKey::Derive(std::uint64_t number) const {
  return {Mix(high + 0x9e3779b97f4a7c15ULL + Mix(number)), Mix(low ^ Mix(number + 0xd1b54a32d192ed03ULL))};
}

void Stream::Refill() {
  const r123::Philox4x64::ctr_type counter = {{block_++, 0, 0, 0}};
  const r123::Philox4x64::key_type key = {{key_.high, key_.low}};
  const auto out = r123::Philox4x64()(counter, key);
  words_ = {out[0], out[1], out[2], out[3]};
  left_ = 4;
}

std::uint64_t Stream::Bits() {
  if (left_ == 0) Refill();
  return words_[static_cast<std::size_t>(4 - left_--)];
}

double Stream::Uniform() { return static_cast<double>(Bits() >> 11) * 0x1p-53; }

double Stream::Uniform(double lo, double hi) { return lo + (hi - lo) * Uniform(); }

double Stream::Normal() {
  if (has_spare_) {
    has_spare_ = false;
    return spare_normal_;
  }
  const double radius = std::sqrt(-2.0 * std::log(1.0 - Uniform()));
  const double angle = 2.0 * std::numbers::pi * Uniform();
  spare_normal_ = radius * std::sin(angle);
  has_spare_ = true;
  return radius * std::cos(angle);
}

std::uint64_t Stream::Below(std::uint64_t n) {
  assert(n > 0);
  const std::uint64_t limit = UINT64_MAX - UINT64_MAX % n;
  std::uint64_t bits = Bits();
  while (bits >= limit) bits = Bits();
  return bits % n;
}

int Stream::Poisson(double mean) {
  assert(mean >= 0 && mean < 50);
  double probability = std::exp(-mean);
  double cumulative = probability;
  const double u = Uniform();
  int k = 0;
  while (u > cumulative && k < 1000) {
    probability *= mean / ++k;
    cumulative += probability;
  }
  return k;
}

}  // namespace stunt::random
