#include "stunt/scenarios/cases.h"

#include <gmock/gmock.h>

#include <set>

#include "fixture.h"

namespace stunt::scenarios {
namespace {

using test::Fixture;
using test::Refusal;
using test::ScratchRoot;
using ::testing::HasSubstr;

constexpr const char* kSuite = "scenarios/suites/both.yaml";
constexpr const char* kMotion = "motion_models/data/hop.yaml";

std::vector<Case> ExpandFixture(const DataFolders& folders = Fixture()) {
  return Expand(LoadSuite(folders.Suite("both"), folders));
}

std::vector<Case> ExpandAfter(const std::string& file, const std::string& from, const std::string& to) {
  const ScratchRoot scratch;
  scratch.Edit(file, from, to);
  return ExpandFixture(scratch.folders());
}

const Case& Find(const std::vector<Case>& cases, const std::string& scenario, std::uint64_t variant) {
  for (const Case& c : cases) {
    if (c.scenario_id == scenario && c.variant == variant) return c;
  }
  throw std::out_of_range(scenario);
}

std::set<std::string> Ids(const std::vector<Case>& cases) {
  std::set<std::string> ids;
  for (const Case& c : cases) ids.insert(c.case_id);
  return ids;
}

TEST(Expand, GivesEveryVariantOfEveryGridCellTheLastAxisFastest) {
  const auto cases = ExpandFixture();
  EXPECT_EQ(cases.size(), 10u + 2u * 4u * 2u);
  EXPECT_EQ(Ids(cases).size(), cases.size());
  const double heights[] = {0.2, 0.3, 0.5, 0.55};
  const double reactions[] = {0.1, 0.2};
  for (std::uint64_t variant = 0; variant < 16; ++variant) {
    const Case& c = Find(cases, "adl_hop", variant);
    EXPECT_EQ(c.parameters.Number("height_m"), heights[variant / 4]) << variant;
    EXPECT_EQ(c.parameters.Number("react_s_left"), reactions[variant / 2 % 2]) << variant;
    EXPECT_EQ(c.parameters.Label("landing"), "stiff");
    EXPECT_EQ(c.event, "");
  }
}

TEST(Expand, EveryVariantDrawsItsOwnNumbers) {
  const auto cases = ExpandFixture();
  std::set<double> heights;
  std::set<std::uint64_t> keys;
  for (std::uint64_t variant = 0; variant < 10; ++variant) {
    heights.insert(Find(cases, "fall_hop", variant).parameters.Number("height_m"));
    keys.insert(Find(cases, "fall_hop", variant).key.high);
  }
  EXPECT_EQ(heights.size(), 10u);
  EXPECT_EQ(keys.size(), 10u);
}

TEST(Expand, AnEntryMayHavePeopleOfItsOwn) {
  const ScratchRoot scratch;
  const std::string people = test::ReadText(scratch.path() / "scenarios/populations/people.yaml");
  std::ofstream(scratch.path() / "scenarios/populations/others.yaml") << people;
  scratch.Edit("scenarios/populations/others.yaml", "id: people", "id: others");
  scratch.Edit(kSuite, "{scenario: fall_hop, variants: 10,", "{scenario: fall_hop, variants: 10, population: others,");
  const auto before = ExpandFixture(), after = ExpandFixture(scratch.folders());
  ASSERT_EQ(after.size(), before.size());
  for (std::uint64_t variant = 0; variant < 10; ++variant) {
    EXPECT_THAT(Find(after, "fall_hop", variant).subject.id, ::testing::StartsWith("others-"));
    EXPECT_EQ(Find(after, "adl_hop", variant).case_id, Find(before, "adl_hop", variant).case_id);
  }
}

TEST(Expand, AnotherSeedBringsOtherPeople) {
  const auto cases = ExpandAfter(kSuite, "seed: 7", "seed: 8");
  for (const Case& before : ExpandFixture()) {
    for (const Case& after : cases) EXPECT_NE(before.subject.id, after.subject.id);
  }
}

TEST(Expand, IsPureAndSorted) {
  const auto a = ExpandFixture();
  const auto b = ExpandFixture();
  ASSERT_EQ(a.size(), b.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    EXPECT_EQ(a[i].case_id, b[i].case_id);
    EXPECT_EQ(a[i].key.high, b[i].key.high);
    EXPECT_TRUE(i == 0 || a[i - 1].case_id < a[i].case_id);
  }
}

TEST(Expand, CaseIdsAreReadableAndSafe) {
  for (const Case& c : ExpandFixture()) {
    EXPECT_THAT(c.case_id, ::testing::MatchesRegex("(fall|adl)_hop-[0-9a-f]{16}"));
  }
}

TEST(Expand, OtherEntriesAndMoreVariantsLeaveACaseAsItWas) {
  const auto before = Ids(ExpandFixture());
  const auto without = Ids(ExpandAfter(kSuite, "  - {scenario: fall_hop, variants: 10, tags: {kind: plain}}\n", ""));
  for (const std::string& id : without) EXPECT_TRUE(before.contains(id)) << id;
  EXPECT_EQ(without.size(), 16u);
  const auto more = Ids(ExpandAfter(kSuite, "variants: 10", "variants: 11"));
  for (const std::string& id : before) EXPECT_TRUE(more.contains(id)) << id;
}

TEST(Expand, VariantsOfOneScenarioCountOnOverItsEntries) {
  const auto cases =
      ExpandAfter(kSuite, "  - scenario: adl_hop", "  - {scenario: fall_hop, variants: 3}\n  - scenario: adl_hop");
  EXPECT_EQ(Find(cases, "fall_hop", 12).scenario_id, "fall_hop");
  EXPECT_EQ(cases.size(), 29u);
}

TEST(Expand, CaseIdFollowsSeedParametersAndSurfaceOnly) {
  const auto before = Ids(ExpandFixture());
  const auto differs = [&](const std::string& file, const std::string& from, const std::string& to) {
    for (const std::string& id : Ids(ExpandAfter(file, from, to))) {
      if (id.starts_with("fall_hop") && before.contains(id)) return false;
    }
    return true;
  };
  EXPECT_TRUE(differs(kSuite, "seed: 7", "seed: 8"));
  EXPECT_TRUE(differs("scenarios/catalog/fall_hop.yaml", "[0.3, 0.4]", "[0.35, 0.4]"));
  EXPECT_TRUE(differs("scenarios/catalog/fall_hop.yaml", "mattress", "hard_floor"));
  // What is not the case itself leaves its id alone.
  EXPECT_EQ(Ids(ExpandAfter(kMotion, "phases:", "other_phases:")), before);
  EXPECT_EQ(Ids(ExpandAfter(kSuite, "tags: {kind: plain}", "tags: {kind: odd}")), before);
  EXPECT_EQ(Ids(ExpandAfter(kSuite, "watch@left_wrist", "ideal@left_ear, watch@left_wrist")), before);
}

TEST(Expand, ANewParameterLeavesTheDrawsOfTheOthers) {
  const auto before = ExpandFixture();
  const auto after = ExpandAfter(kMotion, "  landing:", "  extra: {normal: {mean: 0, sd: 1}}\n  landing:");
  for (std::uint64_t variant = 0; variant < 10; ++variant) {
    const Case& a = Find(before, "fall_hop", variant);
    const Case& b = Find(after, "fall_hop", variant);
    for (const auto& parameter : a.parameters.values) EXPECT_EQ(b.parameters.Number(parameter.name), parameter.value);
    EXPECT_NE(a.case_id, b.case_id);  // its resolved parameters are others
  }
}

TEST(Expand, SubjectsTakeTurns) {
  std::map<std::string, int> turns;
  for (const Case& c : ExpandFixture()) {
    if (c.scenario_id == "fall_hop") ++turns[c.subject.id];
  }
  EXPECT_EQ(turns.size(), 5u);
  for (const auto& [id, count] : turns) EXPECT_EQ(count, 2) << id;
}

TEST(Expand, TagsSayWhoWhereAndWhat) {
  const Case c = Find(ExpandFixture(), "fall_hop", 0);
  EXPECT_EQ(c.tags.at("kind"), "plain");
  EXPECT_EQ(c.tags.at("pace"), "slow");
  EXPECT_EQ(c.tags.at("surface"), "mattress");
  EXPECT_EQ(c.tags.at("site"), "left_wrist");
  EXPECT_EQ(c.tags.at("motion"), "hop");
  EXPECT_EQ(c.tags.at("group"), "lab");
  EXPECT_EQ(c.tags.at("sex"), ToString(c.subject.sex));
  EXPECT_EQ(c.tags.at("age_band"), c.subject.age_years < 40 ? "16-39" : c.subject.age_years < 80 ? "60-79" : "80+");
}

TEST(Expand, UnknownParameterIsRefusedWhereItWasSet) {
  EXPECT_THAT(Refusal([] { static_cast<void>(ExpandAfter(kSuite, "{landing: stiff}", "{landig: stiff}")); }),
              HasSubstr("both.yaml:16: unknown parameter 'landig' (did you mean 'landing'? accepted: height_m"));
  EXPECT_THAT(Refusal([] { static_cast<void>(ExpandAfter(kSuite, "0.3, 0.5, 0.55]", "0.3, 0.7]")); }),
              HasSubstr("parameter 'height_m' is 0.7; accepted: 0 to 0.6"));
}

TEST(MakeCase, PutsTheWatchWhereTheDeviceIsAndTheDeviceWhereTheWatchIs) {
  const DataFolders folders = Fixture();
  const Scenario scenario = LoadScenario(folders.Scenario("adl_hop"), folders);
  CaseRequest request;
  request.scenario = &scenario;
  request.subject = {.id = "s", .sex = sim::Sex::kMale, .age_years = 30, .stature_m = 1.8, .mass_kg = 75};
  request.subject.watch_side = sim::Side::kLeft;
  request.devices = {{"watch", "right_wrist"}};
  EXPECT_EQ(MakeCase(request).subject.watch_side, sim::Side::kRight);
  request.devices = {{"watch", "wrist"}, {"earbud", "left_ear"}};
  const Case c = MakeCase(request);
  EXPECT_EQ(c.devices[0].site, "left_wrist");
  EXPECT_FALSE(c.tags.contains("site"));
  request.devices = {{"a", "left_wrist"}, {"b", "right_wrist"}};
  EXPECT_EQ(MakeCase(request).subject.watch_side, sim::Side::kLeft);
}

TEST(MakeCase, LaterOverridesBeatTheScenario) {
  const DataFolders folders = Fixture();
  const Scenario scenario = LoadScenario(folders.Scenario("fall_hop"), folders);
  CaseRequest request;
  request.scenario = &scenario;
  request.subject = {.id = "s", .age_years = 30, .stature_m = 1.8, .mass_kg = 75};
  request.set = {motion_models::ParseOverride("height_m=0.15")};
  const Case c = MakeCase(request);
  EXPECT_EQ(c.parameters.Number("height_m"), 0.15);
  EXPECT_EQ(c.devices, scenario.devices);
}

TEST(MakeCase, CaseIdFollowsTheVariantAndTheBody) {
  const DataFolders folders = Fixture();
  const Scenario scenario = LoadScenario(folders.Scenario("fall_hop"), folders);
  CaseRequest request;
  request.scenario = &scenario;
  request.subject = {.id = "s", .age_years = 30, .stature_m = 1.8, .mass_kg = 75};
  // Nothing is drawn, so that only what is named below can change the id.
  request.set = {motion_models::ParseOverride("height_m=0.2"), motion_models::ParseOverride("landing=soft"),
                 motion_models::ParseOverride("react_s=0.2")};
  const std::string id = MakeCase(request).case_id;
  request.subject.id = "renamed";
  EXPECT_EQ(MakeCase(request).case_id, id);
  request.subject.mass_kg = 75.000000000000014;  // the next number
  EXPECT_NE(MakeCase(request).case_id, id);
  request.subject.mass_kg = 75;
  request.subject.handed = sim::Side::kLeft;
  EXPECT_NE(MakeCase(request).case_id, id);
  request.subject.handed = sim::Side::kRight;
  request.variant = 1;
  EXPECT_NE(MakeCase(request).case_id, id);
}

TEST(CacheKey, FollowsEngineAssetsAndDevices) {
  Case c = ExpandFixture().front();
  const std::string key = CacheKey(c, "1.0", "abc");
  EXPECT_THAT(key, ::testing::StartsWith(c.case_id));
  EXPECT_EQ(CacheKey(c, "1.0", "abc"), key);
  EXPECT_NE(CacheKey(c, "1.1", "abc"), key);
  EXPECT_NE(CacheKey(c, "1.0", "abd"), key);
  Case elsewhere = c;
  elsewhere.surroundings.sound_events.push_back({.at_s = 3});
  EXPECT_NE(CacheKey(elsewhere, "1.0", "abc"), key);
  c.devices.push_back({"earbud", "left_ear"});
  EXPECT_NE(CacheKey(c, "1.0", "abc"), key);
}

TEST(FileDigest, IsFnv1aOfTheBytes) {
  const ScratchRoot scratch;
  std::ofstream(scratch.path() / "a") << "a";
  EXPECT_EQ(FileDigest(scratch.path() / "a"), "af63dc4c8601ec8c");  // published test vector of FNV-1a 64
  EXPECT_NE(Refusal([&] { static_cast<void>(FileDigest(scratch.path() / "none")); }), "");
}

}  // namespace
}  // namespace stunt::scenarios
