#include "assignment.h"

#include <gtest/gtest.h>

#include <array>
#include <tuple>

#include "stunt/random/random.h"

namespace stunt::metrics {
namespace {

/// What makes one matching better than another, best = smallest: fewer unmatched, cheaper, and left by left the lower
/// right (unmatched counts as the highest).
using Rank = std::tuple<int, std::int64_t, std::vector<int>>;

Rank RankOf(int rights, const std::vector<int>& right_of, const std::vector<std::vector<std::int64_t>>& cost) {
  int unmatched = 0;
  std::int64_t sum = 0;
  std::vector<int> order;
  for (std::size_t left = 0; left < right_of.size(); ++left) {
    const int right = right_of[left];
    unmatched += right < 0;
    sum += right < 0 ? 0 : cost[left][right];
    order.push_back(right < 0 ? rights : right);
  }
  return {unmatched, sum, order};
}

/// Tries every matching.
void TryAll(int rights, const std::vector<std::vector<std::int64_t>>& cost, std::vector<int>& right_of,
            std::vector<bool>& taken, std::vector<int>& best) {
  if (right_of.size() == cost.size()) {
    if (best.empty() || RankOf(rights, right_of, cost) < RankOf(rights, best, cost)) best = right_of;
    return;
  }
  const std::size_t left = right_of.size();
  for (int right = -1; right < rights; ++right) {
    if (right >= 0 && (taken[right] || cost[left][right] < 0)) continue;
    if (right >= 0) taken[right] = true;
    right_of.push_back(right);
    TryAll(rights, cost, right_of, taken, best);
    right_of.pop_back();
    if (right >= 0) taken[right] = false;
  }
}

TEST(Assign, FindsTheBestOfAllMatchings) {
  random::Stream stream(random::StreamKey{7, 1});
  const auto below = [&](int n) { return static_cast<int>(stream.Below(n)); };
  for (int trial = 0; trial < 20000; ++trial) {
    const int lefts = 1 + below(4);
    const int rights = 1 + below(5);
    const int dearest = std::array{1, 3, 50}[below(3)];  // few different costs, so that ties are the rule
    std::vector<std::vector<std::int64_t>> cost(lefts, std::vector<std::int64_t>(rights, -1));  // −1 = not allowed
    std::vector<Pair> pairs;
    for (int left = 0; left < lefts; ++left) {
      for (int right = 0; right < rights; ++right) {
        if (below(3) == 0) continue;
        cost[left][right] = below(dearest);
        pairs.push_back({left, right, cost[left][right]});
      }
    }
    std::vector<int> best, right_of;
    std::vector<bool> taken(rights, false);
    TryAll(rights, cost, right_of, taken, best);
    ASSERT_EQ(Assign(lefts, rights, pairs), best) << "trial " << trial;
  }
}

TEST(Assign, TakesAStepBackToMatchOneMore) {
  // The cheapest pair (0, 0) alone would leave left 1 without a partner.
  EXPECT_EQ(Assign(2, 2, {{0, 0, 1}, {0, 1, 100}, {1, 0, 1}}), (std::vector<int>{1, 0}));
}

TEST(Assign, EmptySidesMatchNothing) {
  EXPECT_EQ(Assign(0, 3, {}), std::vector<int>{});
  EXPECT_EQ(Assign(2, 0, {}), (std::vector<int>{-1, -1}));
}

// A day-long chain of overlapping windows must not take noticeable time.
TEST(Assign, LongChainsStayFast) {
  std::vector<Pair> pairs;
  for (int i = 0; i < 60; ++i) {
    for (int d = 0; d < 3; ++d) pairs.push_back({i, i + d, (i * 7 + d * 3) % 11});
  }
  const std::vector<int> right_of = Assign(60, 62, pairs);
  for (const int right : right_of) EXPECT_GE(right, 0);
}

}  // namespace
}  // namespace stunt::metrics
