#include <gmock/gmock.h>

#include <cmath>
#include <map>
#include <set>

#include "fixture.h"
#include "stunt/scenarios/cases.h"

// The files that ship: they load, they name sources that exist, and their numbers make people.

namespace stunt::scenarios {
namespace {

using motion_models::YamlFile;
using test::Refusal;

DataFolders Shipped() { return DataFolders({STUNT_SOURCE_DIR}); }

std::set<std::string> SourceKeys() {
  const YamlFile file = YamlFile::Load(std::filesystem::path(STUNT_SOURCE_DIR) / "scenarios/sources.yaml");
  std::set<std::string> keys;
  for (const auto& [key, value] : file.Root().Entries()) {
    motion_models::YamlSection entry = value.Section();
    static_cast<void>(entry.OneOf("kind", {"read", "computed", "memory", "estimate"}));
    static_cast<void>(entry.Text("text"));
    entry.Finish();
    keys.insert(key);
  }
  return keys;
}

TEST(Catalogue, EveryScenarioLoadsAndNamesKnownSources) {
  const DataFolders folders = Shipped();
  const auto keys = SourceKeys();
  for (const std::string& id : folders.ScenarioIds()) {
    Scenario scenario;
    const std::string refusal = Refusal([&] { scenario = LoadScenario(folders.Scenario(id), folders); });
    ASSERT_EQ(refusal, "");
    for (const std::string& key : scenario.source) EXPECT_TRUE(keys.contains(key)) << id << ": " << key;
    EXPECT_EQ(id.starts_with("fall_"), scenario.event == "fall") << id;
    CaseRequest request;
    request.scenario = &scenario;
    request.subject = {.id = "s", .age_years = 30, .stature_m = 1.75, .mass_kg = 70};
    EXPECT_EQ(Refusal([&] { static_cast<void>(MakeCase(request)); }), "");
  }
}

TEST(Catalogue, EverySuiteExpandsToTheNumberItPromises) {
  const DataFolders folders = Shipped();
  for (const auto& [id, least, most] : {std::tuple{"smoke", 55u, 65u}, std::tuple{"falls", 500u, 1000u}}) {
    std::vector<Case> cases;
    const std::string refusal =
        Refusal([&, suite_id = id] { cases = Expand(LoadSuite(folders.Suite(suite_id), folders)); });
    EXPECT_EQ(refusal, "");
    EXPECT_GE(cases.size(), least);
    EXPECT_LE(cases.size(), most);
  }
}

TEST(Catalogue, PopulationsReproduceTheMeansOfTheirSources) {
  const DataFolders folders = Shipped();
  const auto keys = SourceKeys();
  struct Mean {
    const char* population;
    sim::Sex sex;
    double age_lo, age_hi;
    double stature_m, mass_kg;
    double tolerance_m, tolerance_kg;
  };
  // NHANES 2015-2018 by age and ANSUR II as in the catalogue, WEDA-FALL's own table (mean mass of its young people).
  const Mean means[] = {{"adults", sim::Sex::kFemale, 20, 40, 1.627, 76.0, 0.01, 1.5},
                        {"adults", sim::Sex::kMale, 40, 60, 1.758, 92.5, 0.01, 1.5},
                        {"older_adults", sim::Sex::kMale, 65, 95, 1.734, 88.8, 0.01, 1.5},
                        {"fit_adults", sim::Sex::kFemale, 18, 50, 1.629, 67.8, 0.01, 1.0},
                        {"fit_adults", sim::Sex::kMale, 18, 50, 1.756, 85.5, 0.01, 1.0},
                        {"weda_young", sim::Sex::kMale, 20, 24, 1.761, 67.2, 0.01, 1.5},
                        {"weda_elders", sim::Sex::kFemale, 75, 95, 1.597, 61.3, 0.01, 1.5}};
  for (const Mean& m : means) {
    const Population population = LoadPopulation(folders.Population(m.population));
    for (const std::string& key : population.source) EXPECT_TRUE(keys.contains(key)) << key;
    double stature = 0, mass = 0;
    int n = 0;
    for (std::uint64_t i = 0; i < 8000; ++i) {
      const sim::Subject s = DrawSubject(population, random::StreamKey{5, 6}, i);
      if (s.sex != m.sex || s.age_years < m.age_lo || s.age_years >= m.age_hi) continue;
      stature += s.stature_m;
      mass += s.mass_kg;
      ++n;
    }
    ASSERT_GT(n, 500);
    EXPECT_NEAR(stature / n, m.stature_m, m.tolerance_m) << m.population;
    EXPECT_NEAR(mass / n, m.mass_kg, m.tolerance_kg) << m.population;
  }
}

// The catalogue of falls and what is mistaken for them, in full.
TEST(Catalogue, HasEveryRowOfItsKinds) {
  const DataFolders folders = Shipped();
  std::map<std::string, int> count;
  for (const std::string& id : folders.ScenarioIds()) ++count[LoadScenario(folders.Scenario(id), folders).label];
  EXPECT_EQ(count["fall"], 36);
  EXPECT_EQ(count["near_fall"], 6);
  EXPECT_EQ(count["adl"], 23);
  EXPECT_EQ(count["hard_non_fall"], 30);
}

}  // namespace
}  // namespace stunt::scenarios
