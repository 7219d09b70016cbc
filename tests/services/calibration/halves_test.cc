#include "stunt/calibration/halves.h"

#include <gtest/gtest.h>

namespace stunt::calibration {
namespace {

using People = std::set<std::string>;

TEST(FittedHalf, IsEveryOtherPerson) {
  EXPECT_EQ(FittedHalf({{"U01", ""}, {"U02", ""}, {"U03", ""}, {"U04", ""}, {"U05", ""}}),
            (People{"U01", "U03", "U05"}));
  EXPECT_EQ(FittedHalf({}), People{});
}

TEST(FittedHalf, SharesOutEveryGroup) {
  const People half =
      FittedHalf({{"A", "young"}, {"B", "elder"}, {"C", "young"}, {"D", "elder"}, {"E", "young"}, {"F", "young"}});
  EXPECT_EQ(half, (People{"B", "A", "E"}));  // elders B D, then young A C E F
}

}  // namespace
}  // namespace stunt::calibration
