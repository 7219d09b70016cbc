#include "stunt/scenarios/population.h"

#include <fmt/format.h>

#include "stunt/motion_models/strict_yaml.h"

namespace stunt::scenarios {
namespace {

using motion_models::Distribution;
using motion_models::NumberRange;
using motion_models::YamlFile;
using motion_models::YamlSection;
using motion_models::YamlValue;

// People that the body's proportions were measured on; children are not among them.
constexpr NumberRange kAge{16, 110};
constexpr NumberRange kStature{1.2, 2.2};
constexpr NumberRange kMass{30, 250};
constexpr NumberRange kBmi{12, 60};

sim::Sex ReadSex(YamlSection& section) {
  return section.OneOf("sex", {"female", "male"}) == "female" ? sim::Sex::kFemale : sim::Sex::kMale;
}

sim::Side ReadSide(YamlSection& section, std::string_view key, sim::Side otherwise) {
  return section.OneOfOr(key, ToString(otherwise), {"left", "right"}) == "left" ? sim::Side::kLeft : sim::Side::kRight;
}

Distribution ReadBounded(YamlSection& section, std::string_view key, NumberRange accepted) {
  const YamlValue value = section.Get(key);
  Distribution distribution = motion_models::ReadDistribution(value);
  const NumberRange support = motion_models::Support(distribution);
  if (support.lo < accepted.lo || support.hi > accepted.hi) {
    value.Refuse(
        fmt::format("can be from {} to {}; accepted: from {} to {}", support.lo, support.hi, accepted.lo, accepted.hi));
  }
  return distribution;
}

PopulationGroup ReadGroup(const YamlValue& value) {
  YamlSection section = value.Section();
  PopulationGroup group;
  group.sex = ReadSex(section);
  group.weight = section.NumberOr("weight", 1, {0, 1e6});
  group.age_years = ReadBounded(section, "age_years", kAge);
  group.stature_m = ReadBounded(section, "stature_m", kStature);
  group.bmi_kgpm2 = ReadBounded(section, "bmi_kgpm2", kBmi);
  section.Finish();
  const NumberRange stature = motion_models::Support(group.stature_m);
  const NumberRange bmi = motion_models::Support(group.bmi_kgpm2);
  const NumberRange mass{bmi.lo * stature.lo * stature.lo, bmi.hi * stature.hi * stature.hi};
  if (mass.lo < kMass.lo || mass.hi > kMass.hi) {
    value.Refuse(fmt::format("allows a mass from {:.1f} to {:.1f} kg; accepted: from {} to {} kg", mass.lo, mass.hi,
                             kMass.lo, kMass.hi));
  }
  return group;
}

}  // namespace

std::string ToString(sim::Sex sex) { return sex == sim::Sex::kFemale ? "female" : "male"; }
std::string ToString(sim::Side side) { return side == sim::Side::kLeft ? "left" : "right"; }

Population LoadPopulation(const std::filesystem::path& path) {
  const YamlFile file = YamlFile::Load(path);
  YamlSection root = file.Root();
  static_cast<void>(root.OneOf("schema", {"stunt.population/v1"}));
  Population population;
  population.id = root.Id("id");
  population.description = root.Text("description");
  population.source = root.Get("source").Texts({1, 100});
  population.confidence = root.Text("confidence");
  population.left_handed = root.Number("left_handed", {0, 1});
  population.watch_on_dominant = root.Number("watch_on_dominant", {0, 1});
  double total = 0;
  for (const YamlValue& value : root.List("groups", {1, 100})) {
    population.groups.push_back(ReadGroup(value));
    total += population.groups.back().weight;
  }
  if (total <= 0) root.Get("groups").Refuse("have no weight; accepted: at least one weight above 0");
  root.Finish();
  return population;
}

sim::Subject DrawSubject(const Population& population, random::StreamKey key, std::uint64_t index) {
  const random::StreamKey own = key.Derive(population.id).Derive(index);
  const auto uniform = [&](std::string_view name) { return random::Stream(own.Derive(name)).Uniform(); };
  double total = 0;
  for (const PopulationGroup& group : population.groups) total += group.weight;
  double left = uniform("group") * total;
  const PopulationGroup* chosen = nullptr;
  for (const PopulationGroup& group : population.groups) {
    if (group.weight <= 0) continue;
    chosen = &group;
    left -= group.weight;
    if (left < 0) break;
  }
  sim::Subject subject;
  subject.id = fmt::format("{}-{:016x}", population.id, own.high);
  subject.sex = chosen->sex;
  subject.age_years = motion_models::FromUniform(chosen->age_years, uniform("age"));
  subject.stature_m = motion_models::FromUniform(chosen->stature_m, uniform("stature"));
  const double bmi = motion_models::FromUniform(chosen->bmi_kgpm2, uniform("bmi"));
  subject.mass_kg = bmi * subject.stature_m * subject.stature_m;
  subject.handed = uniform("handed") < population.left_handed ? sim::Side::kLeft : sim::Side::kRight;
  const bool dominant = uniform("watch") < population.watch_on_dominant;
  subject.watch_side = dominant == (subject.handed == sim::Side::kLeft) ? sim::Side::kLeft : sim::Side::kRight;
  return subject;
}

sim::Subject LoadSubject(const std::filesystem::path& path) {
  const YamlFile file = YamlFile::Load(path);
  YamlSection root = file.Root();
  static_cast<void>(root.OneOf("schema", {"stunt.subject/v1"}));
  sim::Subject subject;
  subject.id = root.Id("id");
  subject.sex = ReadSex(root);
  subject.age_years = root.Number("age_years", kAge);
  subject.stature_m = root.Number("stature_m", kStature);
  subject.mass_kg = root.Number("mass_kg", kMass);
  subject.handed = ReadSide(root, "handed", sim::Side::kRight);
  subject.watch_side =
      ReadSide(root, "watch_side", subject.handed == sim::Side::kRight ? sim::Side::kLeft : sim::Side::kRight);
  root.Finish();
  return subject;
}

}  // namespace stunt::scenarios
