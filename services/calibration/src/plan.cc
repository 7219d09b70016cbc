#include "stunt/calibration/plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "stunt/motion_models/strict_yaml.h"
#include "stunt/scenarios/cases.h"

namespace stunt::calibration {
namespace {

using motion_models::YamlFile;
using motion_models::YamlSection;
using motion_models::YamlValue;

constexpr double kMostWeight = 1000;
constexpr std::int64_t kMostVariants = 10'000;

Distance ReadDistance(YamlSection& section) {
  const std::string name = section.OneOfOr("distance", "cramer", {"ks", "cramer", "wasserstein"});
  if (name == "ks") return Distance::kKs;
  return name == "cramer" ? Distance::kCramer : Distance::kWasserstein;
}

std::array<double, metrics::kFeatures> ReadWeights(YamlSection& objective) {
  std::array<double, metrics::kFeatures> weights;
  weights.fill(1);
  auto section = objective.FindChild("features");
  if (!section) return weights;
  double sum = 0;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    weights[i] = section->NumberOr(metrics::Name(static_cast<metrics::Feature>(i)), 1, {0, kMostWeight});
    sum += weights[i];
  }
  section->Finish();
  if (sum == 0) section->Refuse("gives every feature the weight 0; accepted: one above 0");
  return weights;
}

std::vector<std::string> TextsOrEmpty(YamlSection& section, std::string_view key) {
  const auto value = section.Find(key);
  return value ? value->Texts({1, 1000}) : std::vector<std::string>{};
}

PlanSet ReadSet(const YamlValue& value) {
  YamlSection section = value.Section();
  PlanSet set;
  set.suite = section.Text("suite");
  set.recordings = section.Id("recordings");
  set.weight = section.NumberOr("weight", 1, {1e-6, kMostWeight});
  set.variants = static_cast<std::uint64_t>(section.IntegerOr("variants", 0, {0, kMostVariants}));
  set.scenarios = TextsOrEmpty(section, "scenarios");
  set.labels = TextsOrEmpty(section, "labels");
  section.Finish();
  return set;
}

FitParameter ReadParameter(const YamlValue& value) {
  YamlSection section = value.Section();
  FitParameter parameter;
  parameter.where = value.Where();
  if (section.Has("mount")) {
    static_cast<void>(section.OneOf("mount", {"strap"}));
    parameter.field = section.OneOf("field", {"frequency_hz", "damping_ratio"});
  } else {
    parameter.motion = section.Id("motion");
    parameter.parameter = section.Text("parameter");
    parameter.field = section.Text("field");
  }
  parameter.lo = section.Number("lo");
  parameter.hi = section.Number("hi");
  parameter.logarithmic = section.OneOfOr("scale", "linear", {"linear", "log"}) == "log";
  section.Finish();
  if (parameter.lo >= parameter.hi) section.Refuse("has lo at or above hi");
  if (parameter.logarithmic && parameter.lo <= 0) {
    section.Get("lo").Refuse(fmt::format("is {} on a logarithmic scale; accepted: above 0", parameter.lo));
  }
  return parameter;
}

void RefuseRepeated(const std::vector<YamlValue>& values, const std::vector<std::string>& names) {
  std::set<std::string> seen;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (!seen.insert(names[i]).second) values[i].Refuse(fmt::format("is {} once more", names[i]));
  }
}

}  // namespace

std::string FitParameter::Name() const {
  return motion.empty() ? fmt::format("strap.{}", field) : fmt::format("{}.{}.{}", motion, parameter, field);
}

Plan LoadPlan(const std::filesystem::path& path) {
  const YamlFile file = YamlFile::Load(path);
  YamlSection root = file.Root();
  static_cast<void>(root.OneOf("schema", {"stunt.calibration/v1"}));
  Plan plan;
  plan.id = root.Id("id");
  static_cast<void>(root.Text("description"));
  YamlSection objective = root.Child("objective");
  plan.distance = ReadDistance(objective);
  plan.weights = ReadWeights(objective);
  plan.alarms = objective.NumberOr("alarms", 0, {0, kMostWeight});
  plan.dt = objective.NumberOr("step_s", plan.dt, {2.5e-4, 2e-3});
  objective.Finish();
  const std::vector<YamlValue> sets = root.List("sets", {1, 32}), parameters = root.List("parameters", {1, 200});
  root.Finish();
  std::vector<std::string> recordings, names;
  for (const YamlValue& value : sets) {
    plan.sets.push_back(ReadSet(value));
    recordings.push_back(plan.sets.back().recordings);
  }
  for (const YamlValue& value : parameters) {
    plan.parameters.push_back(ReadParameter(value));
    names.push_back(plan.parameters.back().Name());
  }
  RefuseRepeated(sets, recordings);
  RefuseRepeated(parameters, names);
  plan.folder = path.parent_path();
  plan.digest = scenarios::FileDigest(path);
  return plan;
}

}  // namespace stunt::calibration
