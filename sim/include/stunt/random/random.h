#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <string_view>

namespace stunt::random {

/// 64-bit FNV-1a of the bytes; the same on every machine.
[[nodiscard]] std::uint64_t HashBytes(std::string_view bytes, std::uint64_t seed = 0xcbf29ce484222325ULL);

/// Names one stream of random numbers. Streams with different keys are independent, and a new stream leaves the others
/// as they were.
struct StreamKey {
  std::uint64_t high = 0;
  std::uint64_t low = 0;

  /// The key of a stream called `name` below this one.
  [[nodiscard]] StreamKey Derive(std::string_view name) const;
  [[nodiscard]] StreamKey Derive(std::uint64_t number) const;
};

/// Counter-based generator (Philox 4×64-10 of Random123) on one stream. Position i of a stream can be computed alone.
/// Draws are ours, because the distributions of <random> differ between standard libraries.
class Stream {
 public:
  explicit Stream(StreamKey key, std::uint64_t first_block = 0) : key_(key), block_(first_block) {}

  [[nodiscard]] std::uint64_t Bits();                  // 64 uniform bits
  [[nodiscard]] double Uniform();                      // [0, 1), 53 bits
  [[nodiscard]] double Uniform(double lo, double hi);  // [lo, hi)
  [[nodiscard]] double Normal();                       // mean 0, standard deviation 1 (Box–Muller)
  [[nodiscard]] std::uint64_t Below(std::uint64_t n);  // 0 … n−1, without bias; n > 0
  [[nodiscard]] int Poisson(double mean);              // by inversion; mean below 50

 private:
  void Refill();

  StreamKey key_;
  std::uint64_t block_ = 0;  // next Philox counter
  std::array<std::uint64_t, 4> words_{};
  int left_ = 0;
  double spare_normal_ = 0;
  bool has_spare_ = false;
};

}  // namespace stunt::random
