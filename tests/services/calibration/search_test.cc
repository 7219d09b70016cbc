#include "stunt/calibration/search.h"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

namespace stunt::calibration {
namespace {

using Points = std::vector<std::vector<double>>;

// A bowl of unequal steepness with its bottom at .3, .8, .5 and .1.
double Bowl(const std::vector<double>& x) {
  const double bottom[] = {0.3, 0.8, 0.5, 0.1};
  double value = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    value += (1 + 3 * static_cast<double>(i)) * (x[i] - bottom[i]) * (x[i] - bottom[i]);
  }
  return value;
}

Points Search(std::uint64_t seed, std::size_t budget) {
  Points points;
  EXPECT_TRUE(Minimise({.start = {0.5, 0.5, 0.9, 0.5}, .budget = budget, .seed = seed}, [&](const auto& x) {
    points.push_back(x);
    return Bowl(x);
  }));
  return points;
}

TEST(Minimise, FindsTheBottomOfABowl) {
  double best = 1;
  for (const auto& point : Search(1, 500)) best = std::min(best, Bowl(point));
  EXPECT_LT(best, 1e-4);
}

TEST(Minimise, BeginsAtTheStartAndLooksNowhereTwiceOrOutside) {
  const Points points = Search(1, 120);
  EXPECT_EQ(points.front(), (std::vector<double>{0.5, 0.5, 0.9, 0.5}));
  EXPECT_EQ(points.size(), 120u);
  EXPECT_EQ(std::set<std::vector<double>>(points.begin(), points.end()).size(), points.size());
  for (const auto& point : points) {
    for (const double x : point) EXPECT_TRUE(x >= 0 && x <= 1) << x;
  }
}

TEST(Minimise, TakesTheSameWayForTheSameSeed) {
  const Points points = Search(7, 60);
  EXPECT_EQ(points, Search(7, 60));
  EXPECT_NE(points, Search(8, 60));
  const Points longer = Search(7, 90);
  EXPECT_EQ(points, Points(longer.begin(), longer.begin() + 60));
}

TEST(Minimise, EndsWhenItIsTold) {
  int looks = 0;
  EXPECT_FALSE(Minimise({.start = {0.5}, .budget = 50, .seed = 1}, [&](const auto& x) -> std::optional<double> {
    if (++looks == 9) return {};
    return Bowl(x);
  }));
  EXPECT_EQ(looks, 9);
}

TEST(Arrived, IsTheMeanOfTheBetterHalfOfTheLastGenerations) {
  ASSERT_EQ(GenerationSize(1), 5u);  // of which two are the better half
  EXPECT_EQ(GenerationOf(0, 1), 0u);
  EXPECT_EQ(GenerationOf(1, 1), 1u);
  EXPECT_EQ(GenerationOf(5, 1), 1u);
  EXPECT_EQ(GenerationOf(6, 1), 2u);
  Points points = {{0.5}, {0.1}, {0.2}, {0.3}, {0.4}, {0.9}};
  std::vector<double> answers = {0, 5, 1, 3, 2, 4};
  const double first = std::log(2.5), second = std::log(2.5) - std::log(2);
  EXPECT_NEAR(Arrived(points, answers)[0], (first * 0.2 + second * 0.4) / (first + second), 1e-12);
  points.push_back({0.7});  // of a generation that is not whole
  answers.push_back(-1);
  EXPECT_NEAR(Arrived(points, answers)[0], (first * 0.2 + second * 0.4) / (first + second), 1e-12);
  EXPECT_EQ(Arrived({{0.5}, {0.1}}, {1, 0}), std::vector<double>{0.5});
}

// A bowl that is shaken anew for every generation.
TEST(Arrived, IsNearTheBottomOfAFunctionThatChangesWithEveryGeneration) {
  Points points;
  std::vector<double> answers;
  EXPECT_TRUE(Minimise({.start = {0.5, 0.5, 0.9, 0.5}, .budget = 400, .seed = 3}, [&](const auto& x) {
    const double shake = 0.05 * std::sin(7.0 * static_cast<double>(GenerationOf(points.size(), 4)));
    points.push_back(x);
    answers.push_back(Bowl({x[0] + shake, x[1] - shake, x[2] + shake, x[3]}) + shake);
    return answers.back();
  }));
  EXPECT_LT(Bowl(Arrived(points, answers)), 0.01);
}

}  // namespace
}  // namespace stunt::calibration
