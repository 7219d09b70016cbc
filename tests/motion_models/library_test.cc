#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <ostream>

#include "performing.h"
#include "stunt/sim/site.h"

// Every motion of the library, performed.
namespace stunt::motion_models {
namespace {

using test::DataFolder;
using test::Draw;
using test::Library;

// Blocks for others to extend.
bool IsPart(const std::string& id) {
  return id == "fall_reaction" || id == "fall_from_walk" || id == "fall_from_chair";
}

bool IsFall(const Motion& motion) { return motion.event_at && motion.id != "stumble_recover"; }

std::vector<std::string> Performable() {
  std::vector<std::string> ids;
  for (const auto& entry : std::filesystem::directory_iterator(DataFolder())) {
    const std::string id = entry.path().stem().string();
    if (!IsPart(id)) ids.push_back(id);
  }
  std::sort(ids.begin(), ids.end());
  return ids;
}

// STUNT_MOTION_DRAWS=20 is the nightly run.
int Draws() {
  const char* asked = std::getenv("STUNT_MOTION_DRAWS");
  return asked != nullptr ? std::atoi(asked) : 6;
}

class EveryMotion : public ::testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(Library, EveryMotion, ::testing::ValuesIn(Performable()),
                         [](const auto& motion) { return motion.param; });

TEST_P(EveryMotion, PerformsWithoutDivergenceAndEndsAsItShould) {
  const Motion& motion = Library(GetParam());
  int down = 0;
  for (int i = 0; i < Draws(); ++i) {
    const Draw draw(GetParam(), static_cast<std::uint64_t>(i));
    SCOPED_TRACE("draw " + std::to_string(i) + ", stature " + std::to_string(draw.subject.stature_m));
    try {
      Performer performer = draw.Perform();
      while (!performer.Done()) performer.Step();
      const Happening& happening = performer.happening();
      down += happening.ended_down ? 1 : 0;
      if (IsFall(motion) && happening.first_contact) {
        EXPECT_GT(*happening.first_contact, *happening.onset);
        EXPECT_TRUE(happening.impact_peak.has_value());
        EXPECT_GT(happening.impact_force, 200);
      }
    } catch (const PerformError& error) {
      ADD_FAILURE() << error.what();
    }
  }
  if (IsFall(motion)) {
    EXPECT_GE(down, 0.8 * Draws());
  } else {
    EXPECT_EQ(down, 0);
  }
}

}  // namespace
}  // namespace stunt::motion_models
