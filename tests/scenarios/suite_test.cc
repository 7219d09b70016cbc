#include "stunt/scenarios/suite.h"

#include <gmock/gmock.h>

#include "fixture.h"

namespace stunt::scenarios {
namespace {

using test::Fixture;
using test::Refusal;
using test::ScratchRoot;
using ::testing::HasSubstr;

constexpr const char* kFile = "scenarios/suites/both.yaml";

std::string RefusalAfter(const std::string& from, const std::string& to) {
  const ScratchRoot scratch;
  scratch.Edit(kFile, from, to);
  return Refusal([&] { static_cast<void>(LoadSuite(scratch.path() / kFile, scratch.folders())); });
}

TEST(Suite, LoadsEveryField) {
  const DataFolders folders = Fixture();
  const Suite suite = LoadSuite(folders.Suite("both"), folders);
  EXPECT_EQ(suite.id, "both");
  EXPECT_EQ(suite.seed, 7u);
  EXPECT_EQ(suite.population.id, "people");
  EXPECT_EQ(suite.subjects, 5u);
  EXPECT_EQ(suite.match.at("fall").post_s, 20);
  EXPECT_EQ(suite.match.at("fall").refractory_s, 10);
  EXPECT_EQ(suite.match.at("crash").refractory_s, 30);
  EXPECT_EQ(suite.threshold, 0.5);
  ASSERT_TRUE(suite.exposure);
  EXPECT_EQ(suite.exposure->id, "office_day_v1");
  EXPECT_EQ(suite.exposure->hours_per_day.at("adl_hop"), 1.5);
  EXPECT_EQ(suite.max_error_fraction, 0.1);
  ASSERT_EQ(suite.entries.size(), 2u);
  EXPECT_EQ(suite.entries[0].variants, 10u);
  EXPECT_EQ(suite.entries[0].tags.at("kind"), "plain");
  ASSERT_EQ(suite.entries[1].grid.size(), 2u);
  EXPECT_EQ(suite.entries[1].grid[0].values.size(), 4u);
  ASSERT_EQ(suite.gates.size(), 2u);
  EXPECT_EQ(suite.gates[0].confidence, 0.95);
  EXPECT_EQ(suite.gates[0].slice.at("sex"), "female");
  EXPECT_EQ(suite.gates[0].min_evidence, "modelled");
  EXPECT_EQ(suite.gates[1].confidence, std::nullopt);
  EXPECT_EQ(suite.gates[1].min_evidence, "measured");
}

TEST(Suite, MistakesAreRefusedWithTheirPlace) {
  EXPECT_THAT(RefusalAfter("seed: 7\n", ""), HasSubstr("key 'seed' is missing"));
  EXPECT_THAT(RefusalAfter("seed: 7", "seed: -7"), HasSubstr("both.yaml:3: 'seed' is '-7'"));
  EXPECT_THAT(RefusalAfter("scenario: fall_hop", "scenario: fall_hip"),
              HasSubstr("both.yaml:13: 'scenario' cannot be found: no scenario 'fall_hip'"));
  EXPECT_THAT(RefusalAfter("population: people", "population: poeple"), HasSubstr("did you mean 'people'?"));
  EXPECT_THAT(RefusalAfter("exposure_profile: office_day_v1", "exposure_profile: office_day_v2"),
              HasSubstr("both.yaml:10: 'exposure_profile' cannot be found: no exposure profile 'office_day_v2'"));
  EXPECT_THAT(RefusalAfter("variants: 10", "variants: 0"), HasSubstr("from 1 to 1000000"));
  EXPECT_THAT(RefusalAfter("variants: 10", "variant: 10"), HasSubstr("did you mean 'variants'?"));
  EXPECT_THAT(RefusalAfter("confidence: none", "confidence: some"), HasSubstr("accepted: none, or a number"));
  EXPECT_THAT(RefusalAfter(", confidence: none", ""), HasSubstr("key 'confidence' is missing"));
  EXPECT_THAT(RefusalAfter("confidence: none", "confidence: none, side: upper"), HasSubstr("accepted: lower"));
  EXPECT_THAT(RefusalAfter("op: \">=\"", "op: \"=>\""), HasSubstr("accepted: >=, >, <=, <"));
  EXPECT_THAT(RefusalAfter("fall: {post_s: 20}", "fal: {post_s: 20}"), HasSubstr("did you mean 'fall'?"));
  EXPECT_THAT(RefusalAfter("[0.2, 0.3, 0.5, 0.55]", "0.2"), HasSubstr("'height_m' is '0.2'; accepted: a list"));
  EXPECT_THAT(RefusalAfter("max_error_fraction: 0.1", "max_error_fraction: 1.1"), HasSubstr("from 0 to 1"));
}

}  // namespace
}  // namespace stunt::scenarios
