#include "stunt/datasets/mapping.h"

#include <fmt/format.h>
#include <re2/re2.h>
#include <yaml-cpp/yaml.h>

#include <fstream>
#include <iterator>
#include <memory>

#include "line_reader.h"
#include "stunt/random/random.h"
#include "stunt/trace/input_error.h"
#include "yaml_map.h"

namespace stunt::datasets {
namespace {

constexpr std::string_view kSchema = "stunt.mapping/v1";
constexpr std::uintmax_t kLargestFile = 1U << 20U;  // bytes
constexpr double kDay = 86400;                      // s

Pattern ReadPattern(YamlMap& map, const std::string& key) {
  re2::RE2::Options options;
  options.set_log_errors(false);  // the refusal says them
  auto pattern = std::make_shared<const re2::RE2>(map.Text(key), options);
  if (!pattern->ok()) map.Refuse(key, fmt::format("a regular expression of RE2 ({})", Quoted(pattern->error())));
  return pattern;
}

std::size_t Group(YamlMap& map, const std::string& key, const re2::RE2& pattern) {
  const std::size_t group = map.Whole(key);
  const auto groups = static_cast<std::size_t>(pattern.NumberOfCapturingGroups());
  if (group < 1 || group > groups) {
    map.Refuse(key, fmt::format("a group of the pattern, 1 … {}", groups));
  }
  return group;
}

trace::Scope ParseScope(YamlMap& root) {
  const std::string text = root.Text("scope");
  if (text == "recorded_human") return trace::Scope::kRecordedHuman;
  if (text == "simulated_population") return trace::Scope::kSimulatedPopulation;
  root.Refuse("scope", "recorded_human, simulated_population");
}

void ParseFiles(YamlMap files, Mapping& mapping) {
  mapping.file_pattern = ReadPattern(files, "pattern");
  mapping.code_group = Group(files, "code", *mapping.file_pattern);
  mapping.subject_group = Group(files, "subject", *mapping.file_pattern);
  if (files.Has("trial")) mapping.trial_group = Group(files, "trial", *mapping.file_pattern);
  files.ExpectNothingElse();
}

MappedDevice ParseDevice(YamlMap map) {
  MappedDevice device;
  device.name = map.Text("name");
  device.site = map.Text("site");
  device.rate_hz = map.NumberOr("rate_hz", device.rate_hz);
  device.bandwidth_hz = map.NumberOr("bandwidth_hz", device.bandwidth_hz);
  device.accelerometer_range = map.NumberOr("accelerometer_range_mps2", device.accelerometer_range);
  device.accelerometer_resolution = map.NumberOr("accelerometer_resolution_mps2", device.accelerometer_resolution);
  device.gyroscope_range = map.NumberOr("gyroscope_range_radps", device.gyroscope_range);
  device.gyroscope_resolution = map.NumberOr("gyroscope_resolution_radps", device.gyroscope_resolution);
  map.ExpectNothingElse();
  return device;
}

MappedEvents ParseEvents(YamlMap map) {
  MappedEvents events;
  const std::string window = map.Text("window");
  if (window == "timestamps") {
    events.window = EventWindow::kTimestampsFile;
    events.timestamps_file = map.Text("file");
    if (std::filesystem::path(events.timestamps_file).filename() != events.timestamps_file) {
      map.Refuse("file", "the name of a file in the folder of the recordings");
    }
  } else if (window != "whole_trace") {
    map.Refuse("window", "timestamps, whole_trace");
  }
  if (map.Has("onset_before_s")) {
    events.onset_before_s = map.NumberOr("onset_before_s", 0);
    if (*events.onset_before_s > kDay) map.Refuse("onset_before_s", "seconds, from 0 to those of a day");
  }
  map.ExpectNothingElse();
  return events;
}

std::map<std::string, MappedActivity> ParseActivities(YamlMap map) {
  std::map<std::string, MappedActivity> activities;
  for (const std::string& code : map.Keys()) {
    YamlMap entry = map.Map(code);
    MappedActivity activity;
    activity.label = entry.Text("label");
    activity.activity = entry.Text("activity");
    activity.event_class = entry.TextOr("event", "");
    entry.ExpectNothingElse();
    activities.emplace(code, std::move(activity));
  }
  return activities;
}

MappedSubjects ParseSubjects(YamlMap& map) {
  MappedSubjects subjects;
  subjects.pattern = ReadPattern(map, "pattern");
  YamlMap tags = map.Map("tags");
  for (const std::string& key : tags.Keys()) subjects.tags[key] = tags.Text(key);
  map.ExpectNothingElse();
  return subjects;
}

Mapping ParseRoot(YamlMap root) {
  Mapping mapping;
  if (root.Text("schema") != kSchema) root.Refuse("schema", kSchema);
  mapping.name = root.Text("name");
  mapping.source = root.Text("source");
  mapping.scope = ParseScope(root);
  ParseFiles(root.Map("files"), mapping);
  mapping.codes = root.TextOr("codes", "");
  mapping.device = ParseDevice(root.Map("device"));
  mapping.activities = ParseActivities(root.Map("activities"));
  if (root.Has("events")) mapping.events = ParseEvents(root.Map("events"));
  if (root.Has("subjects")) {
    for (YamlMap& subjects : root.List("subjects")) mapping.subjects.push_back(ParseSubjects(subjects));
  }
  root.ExpectNothingElse();
  return mapping;
}

}  // namespace

Mapping ParseMapping(const std::string& text, const std::string& where) {
  try {
    Mapping mapping = ParseRoot(YamlMap(YAML::Load(text), where, "a mapping"));
    mapping.version = fmt::format("{:016x}", random::HashBytes(text));
    return mapping;
  } catch (const YAML::Exception& error) {
    throw trace::InputError(fmt::format("{}:{}: no valid YAML: {}", where, error.mark.line + 1, error.msg));
  }
}

Mapping LoadMapping(const std::filesystem::path& path) {
  std::ifstream stream(path, std::ios::binary);
  std::error_code error;
  const std::uintmax_t size = std::filesystem::file_size(path, error);
  if (!stream || error) throw trace::InputError(fmt::format("{}: cannot be opened as a mapping file", path.string()));
  if (size > kLargestFile) {
    throw trace::InputError(fmt::format("{}: {} bytes; accepted: up to {}", path.string(), size, kLargestFile));
  }
  return ParseMapping(std::string(std::istreambuf_iterator<char>(stream), {}), path.string());
}

}  // namespace stunt::datasets
