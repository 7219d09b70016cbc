#include "assignment.h"

#include <algorithm>
#include <limits>
#include <map>
#include <numeric>
#include <tuple>

namespace stunt::metrics {
namespace {

struct Matching {
  std::vector<int> right_of;  // by left
  int size = 0;
  std::int64_t cost = 0;

  [[nodiscard]] bool AsGoodAs(const Matching& other) const { return size == other.size && cost == other.cost; }
};

/// Minimum-cost matching of maximum size by successive shortest augmenting paths. After each augmentation the matching
/// is the cheapest of its size, so the one from which no path is left is what is asked for.
/// @source Edmonds and Karp 1972, J. ACM 19:248; shortest paths by Bellman-Ford, since residual costs are negative.
class ShortestPaths {
 public:
  ShortestPaths(int lefts, int rights, const std::vector<Pair>& pairs)
      : pairs_(pairs), right_of_(lefts, -1), left_of_(rights, -1), cost_of_(lefts, 0) {}

  Matching Solve() {
    while (Augment()) {
    }
    Matching matching{right_of_, 0, 0};
    for (std::size_t left = 0; left < right_of_.size(); ++left) {
      if (right_of_[left] < 0) continue;
      ++matching.size;
      matching.cost += cost_of_[left];
    }
    return matching;
  }

 private:
  static constexpr std::int64_t kFar = std::numeric_limits<std::int64_t>::max();

  bool Augment() {
    std::vector<std::int64_t> to_left(right_of_.size(), kFar), to_right(left_of_.size(), kFar);
    std::vector<const Pair*> via(left_of_.size(), nullptr);
    for (std::size_t left = 0; left < right_of_.size(); ++left) {
      if (right_of_[left] < 0) to_left[left] = 0;
    }
    for (bool changed = true; changed;) {
      changed = false;
      for (const Pair& pair : pairs_) {
        if (right_of_[pair.left] == pair.right || to_left[pair.left] == kFar) continue;
        const std::int64_t distance = to_left[pair.left] + pair.cost;
        if (distance >= to_right[pair.right]) continue;
        changed = true;
        to_right[pair.right] = distance;
        via[pair.right] = &pair;
        const int taken_by = left_of_[pair.right];
        if (taken_by >= 0) to_left[taken_by] = distance - cost_of_[taken_by];
      }
    }
    int end = -1;
    for (int right = 0; right < static_cast<int>(left_of_.size()); ++right) {
      const bool reachable = left_of_[right] < 0 && to_right[right] != kFar;
      if (reachable && (end < 0 || to_right[right] < to_right[end])) end = right;
    }
    if (end < 0) return false;
    while (end >= 0) {
      const Pair& pair = *via[end];
      const int next = right_of_[pair.left];
      right_of_[pair.left] = pair.right;
      left_of_[pair.right] = pair.left;
      cost_of_[pair.left] = pair.cost;
      end = next;
    }
    return true;
  }

  const std::vector<Pair>& pairs_;
  std::vector<int> right_of_;
  std::vector<int> left_of_;
  std::vector<std::int64_t> cost_of_;  // of the pair that a left is in
};

/// Among equally good matchings, fixes left after left to its first choice that still leads to the best.
Matching SolveWithTies(int lefts, int rights, std::vector<Pair> pairs) {
  Matching best = ShortestPaths(lefts, rights, pairs).Solve();
  std::sort(pairs.begin(), pairs.end(),
            [](const Pair& a, const Pair& b) { return std::tie(a.left, a.right) < std::tie(b.left, b.right); });
  for (int left = 0; left < lefts; ++left) {
    std::vector<int> choices;
    for (const Pair& pair : pairs) {
      if (pair.left == left) choices.push_back(pair.right);
    }
    for (const int choice : choices) {
      if (choice == best.right_of[left]) break;
      std::vector<Pair> forced;
      std::copy_if(pairs.begin(), pairs.end(), std::back_inserter(forced), [&](const Pair& pair) {
        return (pair.left == left) == (pair.right == choice);  // the choice itself, and what does not touch it
      });
      const Matching candidate = ShortestPaths(lefts, rights, forced).Solve();
      if (candidate.AsGoodAs(best) && candidate.right_of[left] == choice) {
        best = candidate;
        break;
      }
    }
    const int chosen = best.right_of[left];
    std::erase_if(pairs, [&](const Pair& pair) { return (pair.left == left) != (pair.right == chosen); });
  }
  return best;
}

int Root(std::vector<int>& parent, int node) {
  while (parent[node] != node) node = parent[node] = parent[parent[node]];
  return node;
}

}  // namespace

std::vector<int> Assign(int lefts, int rights, const std::vector<Pair>& pairs) {
  // Windows rarely overlap, so almost every component is one left with a few rights.
  std::vector<int> parent(lefts + rights);
  std::iota(parent.begin(), parent.end(), 0);
  for (const Pair& pair : pairs) parent[Root(parent, pair.left)] = Root(parent, lefts + pair.right);
  std::map<int, std::vector<Pair>> components;
  for (const Pair& pair : pairs) components[Root(parent, pair.left)].push_back(pair);

  std::vector<int> right_of(lefts, -1);
  for (auto& [root, component] : components) {
    std::vector<int> left_ids, right_ids;
    for (const Pair& pair : component) {
      left_ids.push_back(pair.left);
      right_ids.push_back(pair.right);
    }
    for (auto* ids : {&left_ids, &right_ids}) {
      std::sort(ids->begin(), ids->end());
      ids->erase(std::unique(ids->begin(), ids->end()), ids->end());
    }
    const auto index = [](const std::vector<int>& ids, int id) {
      return static_cast<int>(std::lower_bound(ids.begin(), ids.end(), id) - ids.begin());
    };
    for (Pair& pair : component) {
      pair.left = index(left_ids, pair.left);
      pair.right = index(right_ids, pair.right);
    }
    const Matching matching =
        SolveWithTies(static_cast<int>(left_ids.size()), static_cast<int>(right_ids.size()), component);
    for (std::size_t i = 0; i < left_ids.size(); ++i) {
      if (matching.right_of[i] >= 0) right_of[left_ids[i]] = right_ids[matching.right_of[i]];
    }
  }
  return right_of;
}

}  // namespace stunt::metrics
