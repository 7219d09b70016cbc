#include "stunt/scenarios/population.h"

#include <gmock/gmock.h>

#include <cmath>
#include <set>

#include "fixture.h"

namespace stunt::scenarios {
namespace {

using test::Fixture;
using test::Refusal;
using test::ScratchRoot;
using ::testing::HasSubstr;

constexpr const char* kFile = "scenarios/populations/people.yaml";
constexpr random::StreamKey kKey{3, 4};

std::string RefusalAfter(const std::string& from, const std::string& to) {
  const ScratchRoot scratch;
  scratch.Edit(kFile, from, to);
  return Refusal([&] { static_cast<void>(LoadPopulation(scratch.path() / kFile)); });
}

TEST(Population, PeopleComeInTheSharesOfTheirGroups) {
  const Population people = LoadPopulation(Fixture().Population("people"));
  constexpr int kN = 4000;
  int women = 0, left_handed = 0, dominant = 0;
  std::set<std::string> ids;
  for (int i = 0; i < kN; ++i) {
    const sim::Subject s = DrawSubject(people, kKey, static_cast<std::uint64_t>(i));
    ids.insert(s.id);
    women += s.sex == sim::Sex::kFemale ? 1 : 0;
    left_handed += s.handed == sim::Side::kLeft ? 1 : 0;
    dominant += s.handed == s.watch_side ? 1 : 0;
    if (s.sex == sim::Sex::kFemale) {
      ASSERT_TRUE(s.age_years >= 20 && s.age_years <= 40);
      ASSERT_DOUBLE_EQ(s.mass_kg, 25 * 1.6 * 1.6);
    } else {
      ASSERT_TRUE(s.age_years >= 60 && s.age_years <= 90);
      ASSERT_TRUE(s.mass_kg >= 20 * 1.8 * 1.8 && s.mass_kg <= 30 * 1.8 * 1.8);
    }
  }
  const auto bound = [](double p) { return 4.5 * std::sqrt(p * (1 - p) * kN); };
  EXPECT_NEAR(women, 0.75 * kN, bound(0.75));
  EXPECT_NEAR(left_handed, 0.25 * kN, bound(0.25));
  EXPECT_NEAR(dominant, 0.2 * kN, bound(0.2));
  EXPECT_EQ(ids.size(), static_cast<std::size_t>(kN));
}

TEST(Population, ASubjectIsTheSameWhoeverElseIsDrawn) {
  const Population people = LoadPopulation(Fixture().Population("people"));
  const sim::Subject alone = DrawSubject(people, kKey, 17);
  for (std::uint64_t i = 0; i < 17; ++i) static_cast<void>(DrawSubject(people, kKey, i));
  const sim::Subject again = DrawSubject(people, kKey, 17);
  EXPECT_EQ(alone.id, again.id);
  EXPECT_EQ(alone.age_years, again.age_years);
  EXPECT_NE(alone.id, DrawSubject(people, kKey.Derive(1), 17).id);
}

TEST(Population, BodiesThatCannotBeAreRefused) {
  EXPECT_THAT(RefusalAfter("stature_m: 1.6", "stature_m: 16"),
              HasSubstr("people.yaml:9: 'stature_m' can be from 16 to 16; accepted: from 1.2 to 2.2"));
  EXPECT_THAT(RefusalAfter("stature_m: 1.6", "stature_m: {normal: {mean: 1.6, sd: 0.1}}"),
              HasSubstr("from -inf to inf"));
  EXPECT_THAT(RefusalAfter("[20, 40]", "[2, 40]"), HasSubstr("accepted: from 16 to 110"));
  EXPECT_THAT(RefusalAfter("bmi_kgpm2: 25", "bmi_kgpm2: 11"), HasSubstr("accepted: from 12 to 60"));
  EXPECT_THAT(RefusalAfter("stature_m: 1.6, bmi_kgpm2: 25", "stature_m: 1.3, bmi_kgpm2: 15"),
              HasSubstr("a mass from 25.4 to 25.4 kg"));
  EXPECT_THAT(RefusalAfter("confidence: made up\n", ""), HasSubstr("key 'confidence' is missing"));
}

TEST(Subject, IsReadFromAFile) {
  const ScratchRoot scratch;
  const auto path = scratch.path() / "me.yaml";
  std::ofstream(path)
      << "schema: stunt.subject/v1\nid: me\nsex: male\nage_years: 44\nstature_m: 1.82\nmass_kg: 80\nhanded: left\n";
  const sim::Subject s = LoadSubject(path);
  EXPECT_EQ(s.id, "me");
  EXPECT_EQ(s.sex, sim::Sex::kMale);
  EXPECT_EQ(s.mass_kg, 80);
  EXPECT_EQ(s.handed, sim::Side::kLeft);
  EXPECT_EQ(s.watch_side, sim::Side::kRight);  // on the other hand unless the file says so
  std::ofstream(path) << "schema: stunt.subject/v1\nid: me\nsex: male\nage_years: 44\nstature_m: 182\nmass_kg: 80\n";
  EXPECT_THAT(Refusal([&] { static_cast<void>(LoadSubject(path)); }),
              HasSubstr("me.yaml:5: 'stature_m' is '182'; accepted: a number from 1.2 to 2.2"));
}

}  // namespace
}  // namespace stunt::scenarios
