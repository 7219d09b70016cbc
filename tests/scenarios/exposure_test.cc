#include "stunt/scenarios/exposure.h"

#include <gmock/gmock.h>

#include "fixture.h"

namespace stunt::scenarios {
namespace {

using test::Fixture;
using test::Refusal;
using test::ScratchRoot;
using ::testing::HasSubstr;

constexpr const char* kFile = "scenarios/exposure/office_day_v1.yaml";

std::string RefusalAfter(const std::string& from, const std::string& to) {
  const ScratchRoot scratch;
  scratch.Edit(kFile, from, to);
  return Refusal([&] { static_cast<void>(LoadExposureProfile(scratch.path() / kFile, scratch.folders())); });
}

TEST(ExposureProfile, LoadsEveryField) {
  const DataFolders folders = Fixture();
  const ExposureProfile profile = LoadExposureProfile(folders.Exposure("office_day_v1"), folders);
  EXPECT_EQ(profile.id, "office_day_v1");
  EXPECT_EQ(profile.description, "hops between meetings");
  EXPECT_EQ(profile.source, std::vector<std::string>{"test"});
  EXPECT_EQ(profile.hours_per_day, (std::map<std::string, double>{{"adl_hop", 1.5}, {"fall_hop", 0}}));
}

TEST(ExposureProfile, MistakesAreRefusedWithTheirPlace) {
  EXPECT_THAT(RefusalAfter("adl_hop:", "adl_hip:"),
              HasSubstr("office_day_v1.yaml:5: 'adl_hip' is not known: no scenario 'adl_hip'"));
  EXPECT_THAT(RefusalAfter("adl_hop: 1.5", "adl_hop: -1"), HasSubstr("a number from 0 to 24"));
  EXPECT_THAT(RefusalAfter("1.5, fall_hop: 0", "13, fall_hop: 12"),
              HasSubstr("'hours_per_day' adds up to 25 h; accepted: more than 0 and at most 24"));
  EXPECT_THAT(RefusalAfter("adl_hop: 1.5", "adl_hop: 0"), HasSubstr("adds up to 0 h"));
  EXPECT_THAT(RefusalAfter("source: [test]\n", ""), HasSubstr("key 'source' is missing"));
  EXPECT_THAT(RefusalAfter("hours_per_day:", "hours:"), HasSubstr("key 'hours_per_day' is missing"));
}

}  // namespace
}  // namespace stunt::scenarios
