#include "stunt/scenarios/scenario.h"

#include <gmock/gmock.h>

#include "fixture.h"

namespace stunt::scenarios {
namespace {

using test::Fixture;
using test::Refusal;
using test::ScratchRoot;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr const char* kFile = "scenarios/catalog/fall_hop.yaml";

std::string RefusalAfter(const std::string& from, const std::string& to) {
  const ScratchRoot scratch;
  scratch.Edit(kFile, from, to);
  return Refusal([&] { static_cast<void>(LoadScenario(scratch.path() / kFile, scratch.folders())); });
}

TEST(Scenario, LoadsEveryField) {
  const DataFolders folders = Fixture();
  const Scenario s = LoadScenario(folders.Scenario("fall_hop"), folders);
  EXPECT_EQ(s.id, "fall_hop");
  EXPECT_EQ(s.label, "fall");
  EXPECT_EQ(s.event, "fall");
  EXPECT_EQ(s.group, "lab");
  EXPECT_EQ(s.description, "hops and falls");
  EXPECT_EQ(s.source, std::vector<std::string>{"EST"});
  EXPECT_EQ(s.codes, (std::map<std::string, std::string>{{"weda", "F01"}}));
  EXPECT_EQ(s.motion, "hop");
  EXPECT_EQ(s.motion_file, test::FixtureRoot() / "motion_models/data/hop.yaml");
  ASSERT_EQ(s.set.size(), 1u);
  EXPECT_EQ(s.set[0].name, "height_m");
  EXPECT_EQ(s.surface, "mattress");
  EXPECT_EQ(s.devices, (std::vector<DeviceAt>{{"watch", "left_wrist"}}));
  EXPECT_EQ(s.tags.at("pace"), "slow");
  EXPECT_EQ(LoadScenario(folders.Scenario("adl_hop"), folders).surface, "hard_floor");
}

TEST(Scenario, SurroundingsAreARoomUnlessItSaysOtherwise) {
  const DataFolders folders = Fixture();
  EXPECT_EQ(LoadScenario(folders.Scenario("fall_hop"), folders).surroundings.sky, sim::Sky::kIndoors);
  const ScratchRoot scratch;
  scratch.Edit(kFile, "tags: {pace: slow}",
               "surroundings:\n  sky: urban\n  altitude_m: 1600\n  sea_level_hpa: 1000\n  sound_db: 70\n"
               "  pressure_events: [{at_s: 2, amplitude_pa: -20, rise_s: 0.05}]\n"
               "  sound_events: [{at_s: 2, for_s: 0.2, level_db: 85, distance_m: 3}]");
  const sim::Surroundings s = LoadScenario(scratch.path() / kFile, scratch.folders()).surroundings;
  EXPECT_EQ(s.sky, sim::Sky::kUrban);
  EXPECT_EQ(s.altitude_m, 1600);
  EXPECT_EQ(s.sea_level_pa, 100'000);
  ASSERT_EQ(s.pressure_events.size(), 1u);
  EXPECT_EQ(s.pressure_events[0].amplitude_pa, -20);
  EXPECT_EQ(s.pressure_events[0].rise_s, 0.05);
  ASSERT_EQ(s.sound_events.size(), 1u);
  EXPECT_EQ(s.sound_events[0].distance_m, 3);
}

TEST(Scenario, SurroundingsThatCannotBeAreRefused) {
  const auto refusal = [](const std::string& text) {
    return RefusalAfter("tags: {pace: slow}", "surroundings: {" + text + "}");
  };
  EXPECT_THAT(refusal("sky: cloudy"), HasSubstr("accepted: open, urban, indoors"));
  EXPECT_THAT(refusal("altitude_m: 20000"), HasSubstr("-450 to 9000"));
  EXPECT_THAT(refusal("sealevel_hpa: 1000"), HasSubstr("did you mean 'sea_level_hpa'?"));
  EXPECT_THAT(refusal("pressure_events: [{amplitude_pa: 3}]"), HasSubstr("key 'at_s' is missing"));
  EXPECT_THAT(refusal("sound_events: [{at_s: 1, for_s: 1, level_db: 300}]"), HasSubstr("0 to 200"));
}

TEST(Scenario, MistakesAreRefusedWithTheirPlace) {
  EXPECT_THAT(RefusalAfter("tags: {pace: slow}", "tgas: {pace: slow}"),
              HasSubstr("fall_hop.yaml:14: unknown key 'tgas' (accepted: "));
  EXPECT_THAT(RefusalAfter("motion: hop", "motion: hopp"),
              HasSubstr("fall_hop.yaml:8: 'motion' cannot be found: no motion 'hopp'"));
  EXPECT_THAT(RefusalAfter("motion: hop", "motion: hopp"), HasSubstr("did you mean 'hop'?"));
  EXPECT_THAT(RefusalAfter("label: fall", "label: fal"), HasSubstr("did you mean 'fall'?"));
  EXPECT_THAT(RefusalAfter("label: fall", "label: adl"),
              HasSubstr("event 'fall' of a scenario with label 'adl'; accepted: none"));
  EXPECT_THAT(RefusalAfter("id: fall_hop", "id: other"), HasSubstr("accepted: 'fall_hop', the file's name"));
  EXPECT_THAT(RefusalAfter("source: [EST]", "source: []"), HasSubstr("a list of 1 to 100 values"));
  EXPECT_THAT(RefusalAfter("source: [EST]\n", ""), HasSubstr("key 'source' is missing"));
  EXPECT_THAT(RefusalAfter("watch@left_wrist", "watch"), HasSubstr("accepted: NAME@SITE"));
  EXPECT_THAT(RefusalAfter("watch@left_wrist", "../w@left"), HasSubstr("accepted: NAME@SITE"));
  EXPECT_THAT(RefusalAfter("[watch@left_wrist]", "[belt@waist, belt@waist]"), HasSubstr("in the list already"));
  EXPECT_THAT(
      RefusalAfter("watch@left_wrist", "wotch@left_wrist"),
      HasSubstr(
          "device 'wotch@left_wrist': unknown device 'wotch' (did you mean 'watch'? accepted: ankle_pod, belt, "));
  EXPECT_THAT(RefusalAfter("watch@left_wrist", "watch@moon"), HasSubstr("unknown site 'moon' (accepted: chest"));
  EXPECT_THAT(RefusalAfter("{pace: slow}", "{sex: slow}"), HasSubstr("a tag that every case has"));
  EXPECT_THAT(RefusalAfter("weda: F01", "weka: F01"), HasSubstr("accepted: sisfall, weda, kfall"));
  EXPECT_THAT(RefusalAfter("stunt.scenario/v1", "stunt.scenario/v2"), HasSubstr("stunt.scenario/v1"));
}

TEST(DataFolders, FindThingsByIdOrByPath) {
  const DataFolders folders = Fixture();
  EXPECT_EQ(folders.Suite("both"), test::FixtureRoot() / "scenarios/suites/both.yaml");
  EXPECT_EQ(folders.Population("people"), test::FixtureRoot() / "scenarios/populations/people.yaml");
  EXPECT_EQ(folders.Scenario("my/own.yaml", "/base"), "/base/my/own.yaml");
  EXPECT_EQ(folders.Scenario("/abs/own.yaml", "/base"), "/abs/own.yaml");
  EXPECT_EQ(folders.ScenarioIds(), (std::vector<std::string>{"adl_hop", "fall_hop"}));
  EXPECT_THAT(Refusal([&] { static_cast<void>(folders.Scenario("fal_hop")); }), HasSubstr("did you mean 'fall_hop'?"));
  EXPECT_THAT(Refusal([&] { static_cast<void>(folders.Scenario("../suites/both")); }),
              StartsWith("no scenario '../suites/both'"));
  EXPECT_THAT(Refusal([&] { static_cast<void>(DataFolders({}).Suite("both")); }), HasSubstr("STUNT_DATA_DIR"));
}

TEST(DataFolders, RootAboveTheNamedFileComesFirst) {
  const ScratchRoot scratch;
  const DataFolders folders = DataFolders::Find(scratch.path() / "scenarios/suites/both.yaml");
  ASSERT_FALSE(folders.roots().empty());
  EXPECT_EQ(std::filesystem::weakly_canonical(folders.roots().front()),
            std::filesystem::weakly_canonical(scratch.path()));
  // The test program lies in the build folder of the source tree, whose data come second.
  EXPECT_EQ(folders.roots().back(), std::filesystem::weakly_canonical(STUNT_SOURCE_DIR));
}

}  // namespace
}  // namespace stunt::scenarios
