#include "stunt/datasets/mapping.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <memory>

#include "line_reader.h"
#include "stunt/motion_models/strict_yaml.h"
#include "stunt/random/random.h"

namespace stunt::datasets {
namespace {

using motion_models::NumberRange;
using motion_models::YamlFile;
using motion_models::YamlSection;
using motion_models::YamlValue;

constexpr double kDay = 86400;  // s
constexpr NumberRange kNotNegative{.lo = 0};

Pattern ReadPattern(const YamlValue& value) {
  re2::RE2::Options options;
  options.set_log_errors(false);  // the refusal says them
  auto pattern = std::make_shared<const re2::RE2>(value.Text(), options);
  if (!pattern->ok()) {
    value.Refuse(fmt::format("is no regular expression of RE2 ({})", Quoted(pattern->error())));
  }
  return pattern;
}

void ReadFiles(YamlSection files, Mapping& mapping) {
  mapping.file_pattern = ReadPattern(files.Get("pattern"));
  const motion_models::IntegerRange groups{1, mapping.file_pattern->NumberOfCapturingGroups()};
  mapping.code_group = static_cast<std::size_t>(files.Integer("code", groups));
  mapping.subject_group = static_cast<std::size_t>(files.Integer("subject", groups));
  mapping.trial_group = static_cast<std::size_t>(files.IntegerOr("trial", 0, groups));
  files.Finish();
}

MappedDevice ReadDevice(YamlSection section) {
  MappedDevice device;
  device.name = section.Text("name");
  device.site = section.Text("site");
  device.rate_hz = section.NumberOr("rate_hz", device.rate_hz, kNotNegative);
  device.bandwidth_hz = section.NumberOr("bandwidth_hz", device.bandwidth_hz, kNotNegative);
  device.accelerometer_range = section.NumberOr("accelerometer_range_mps2", device.accelerometer_range, kNotNegative);
  device.accelerometer_resolution =
      section.NumberOr("accelerometer_resolution_mps2", device.accelerometer_resolution, kNotNegative);
  device.gyroscope_range = section.NumberOr("gyroscope_range_radps", device.gyroscope_range, kNotNegative);
  device.gyroscope_resolution =
      section.NumberOr("gyroscope_resolution_radps", device.gyroscope_resolution, kNotNegative);
  device.accelerometer_noise_density = section.NumberOr("accelerometer_noise_density_mps2_rthz", 0, kNotNegative);
  device.accelerometer_bias_sd = section.NumberOr("accelerometer_bias_sd_mps2", 0, kNotNegative);
  device.gyroscope_noise_density = section.NumberOr("gyroscope_noise_density_radps_rthz", 0, kNotNegative);
  device.gyroscope_bias_sd = section.NumberOr("gyroscope_bias_sd_radps", 0, kNotNegative);
  section.Finish();
  return device;
}

MappedEvents ReadEvents(YamlSection section) {
  MappedEvents events;
  if (section.OneOf("window", {"timestamps", "whole_trace"}) == "timestamps") {
    events.window = EventWindow::kTimestampsFile;
    const YamlValue file = section.Get("file");
    events.timestamps_file = file.Text();
    if (std::filesystem::path(events.timestamps_file).filename() != events.timestamps_file) {
      file.Refuse("is no name of a file in the folder of the recordings");
    }
  }
  if (const auto before = section.Find("onset_before_s")) events.onset_before_s = before->Number({0, kDay});
  section.Finish();
  return events;
}

std::map<std::string, MappedActivity> ReadActivities(YamlSection section) {
  std::map<std::string, MappedActivity> activities;
  for (const auto& [code, value] : section.Entries()) {
    YamlSection entry = value.Section();
    MappedActivity& activity = activities[code];
    activity.label = entry.Text("label");
    activity.activity = entry.Text("activity");
    activity.event_class = entry.TextOr("event", "");
    entry.Finish();
  }
  return activities;
}

MappedSubjects ReadSubjects(YamlSection section) {
  MappedSubjects subjects;
  subjects.pattern = ReadPattern(section.Get("pattern"));
  for (const auto& [name, tag] : section.Child("tags").Entries()) subjects.tags[name] = tag.Text();
  section.Finish();
  return subjects;
}

}  // namespace

Mapping ParseMapping(const std::string& text, const std::string& where) {
  const YamlFile file = YamlFile::Parse(text, where);
  YamlSection root = file.Root();
  static_cast<void>(root.OneOf("schema", {"stunt.mapping/v1"}));
  Mapping mapping;
  mapping.name = root.Text("name");
  mapping.source = root.Text("source");
  mapping.version = fmt::format("{:016x}", random::HashBytes(text));
  mapping.scope = root.OneOf("scope", {"recorded_human", "simulated_population"}) == "recorded_human"
                      ? trace::Scope::kRecordedHuman
                      : trace::Scope::kSimulatedPopulation;
  ReadFiles(root.Child("files"), mapping);
  mapping.codes = root.TextOr("codes", "");
  mapping.device = ReadDevice(root.Child("device"));
  mapping.activities = ReadActivities(root.Child("activities"));
  if (auto events = root.FindChild("events")) mapping.events = ReadEvents(*std::move(events));
  for (const YamlValue& subjects : root.ListOrEmpty("subjects")) {
    mapping.subjects.push_back(ReadSubjects(subjects.Section()));
  }
  root.Finish();
  return mapping;
}

Mapping LoadMapping(const std::filesystem::path& path) { return ParseMapping(YamlFile::Read(path), path.string()); }

}  // namespace stunt::datasets
