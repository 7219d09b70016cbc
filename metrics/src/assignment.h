#pragma once

#include <cstdint>
#include <vector>

namespace stunt::metrics {

/// One pair that may be matched.
struct Pair {
  int left = 0;
  int right = 0;
  std::int64_t cost = 0;  // ≥ 0
};

/// Matches lefts and rights one to one. Among all matchings: the most pairs; then the least summed cost; then the first
/// in the order that asks left 0, left 1, …: matched before unmatched, and a lower right before a higher one.
/// Returns the right of every left, or −1. Exact.
[[nodiscard]] std::vector<int> Assign(int lefts, int rights, const std::vector<Pair>& pairs);

}  // namespace stunt::metrics
