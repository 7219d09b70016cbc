#include "stunt/scenarios/exposure.h"

#include <fmt/format.h>

#include "stunt/motion_models/strict_yaml.h"
#include "stunt/trace/input_error.h"

namespace stunt::scenarios {
namespace {

using motion_models::YamlFile;
using motion_models::YamlSection;

constexpr double kDayHours = 24;

}  // namespace

ExposureProfile LoadExposureProfile(const std::filesystem::path& path, const DataFolders& folders) {
  const YamlFile file = YamlFile::Load(path);
  YamlSection root = file.Root();
  static_cast<void>(root.OneOf("schema", {"stunt.exposure/v1"}));
  ExposureProfile profile;
  profile.id = root.Id("id");
  profile.description = root.TextOr("description", "");
  profile.source = root.Get("source").Texts({1, 100});
  YamlSection hours = root.Child("hours_per_day");
  double total = 0;
  for (const auto& [scenario, value] : hours.Entries()) {
    total += profile.hours_per_day[scenario] = value.Number({0, kDayHours});
    try {
      static_cast<void>(folders.Scenario(scenario));
    } catch (const trace::InputError& error) {
      value.Refuse(fmt::format("is not known: {}", error.what()));
    }
  }
  if (!(total > 0 && total <= kDayHours)) {
    hours.Refuse(fmt::format("adds up to {:g} h; accepted: more than 0 and at most {:g}", total, kDayHours));
  }
  root.Finish();
  return profile;
}

}  // namespace stunt::scenarios
