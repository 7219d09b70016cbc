#include "stunt/scenarios/scenario.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "slow_sensor_fields.h"
#include "stunt/scenarios/data_folders.h"
#include "stunt/scenarios/devices.h"
#include "stunt/sim/site.h"
#include "stunt/trace/input_error.h"

namespace stunt::scenarios {

using motion_models::YamlFile;
using motion_models::YamlSection;
using motion_models::YamlValue;

DeviceAt ParseDevice(std::string_view text, std::string_view where) {
  const std::size_t at = text.rfind('@');
  DeviceAt device{std::string(text.substr(0, at)),
                  at == std::string_view::npos ? "" : std::string(text.substr(at + 1))};
  const bool is_file = device.name.ends_with(".yaml");
  if (!(is_file || motion_models::IsId(device.name)) || !motion_models::IsId(device.site)) {
    throw trace::InputError(fmt::format(
        "{}: device '{}'; accepted: NAME@SITE, for example fitness_watch@left_wrist, or FILE.yaml@SITE", where, text));
  }
  const auto check = [&](std::string_view what, const std::string& name, const std::vector<std::string>& known) {
    if (std::find(known.begin(), known.end(), name) != known.end()) return;
    throw trace::InputError(fmt::format("{}: device '{}': unknown {} '{}' {}", where, text, what, name,
                                        motion_models::AcceptedWords(name, known)));
  };
  if (is_file) {
    device.file = std::exchange(device.name, {});
    device.own = std::make_shared<const sim::DeviceSpec>(LoadDevice(device.file).spec);
    device.name = device.own->name;
  } else {
    check("device", device.name, DeviceNames());
  }
  std::vector<std::string> sites = sim::SiteNames();
  sites.emplace_back("wrist");  // that of the subject's watch
  check("site", device.site, sites);
  return device;
}

std::string ToString(const DeviceAt& device) {
  return fmt::format("{}@{}", device.file.empty() ? device.name : device.file, device.site);
}

const sim::DeviceSpec& SpecOf(const DeviceAt& device) {
  return device.own ? *device.own : FindDevice(device.name).spec;
}

// Said by the simulator of every case; see MakeCase.
constexpr std::array<std::string_view, 6> kOwnTags = {"age_band", "group", "motion", "sex", "site", "surface"};

std::map<std::string, std::string> ReadTags(YamlSection& section, std::string_view key) {
  std::map<std::string, std::string> tags;
  if (auto child = section.FindChild(key)) {
    for (const auto& [name, value] : child->Entries()) {
      if (!motion_models::IsId(name)) value.Refuse("is no name of a tag; accepted: a-z 0-9 _ . -");
      if (std::find(kOwnTags.begin(), kOwnTags.end(), name) != kOwnTags.end())
        value.Refuse("is a tag that every case has");
      tags[name] = value.Text();
    }
  }
  return tags;
}

std::vector<DeviceAt> ReadDevices(YamlSection& section, std::string_view key) {
  std::vector<DeviceAt> devices;
  for (const YamlValue& value : section.ListOrEmpty(key, {1, 64})) {
    devices.push_back(ParseDevice(value.Text(), value.Where()));
    if (std::count(devices.begin(), devices.end(), devices.back()) > 1) value.Refuse("is in the list already");
  }
  return devices;
}

namespace {

std::map<std::string, std::string> ReadCodes(YamlSection& root) {
  std::map<std::string, std::string> codes;
  auto section = root.FindChild("codes");
  if (!section) return codes;
  for (const std::string_view set : {"sisfall", "weda", "kfall"}) {
    if (const auto code = section->Find(set)) codes.emplace(set, code->Text());
  }
  section->Finish();
  return codes;
}

// Rare events must be in the truth; what is called something else must not hold one.
std::string ReadEvent(YamlSection& root, const std::string& label) {
  YamlSection truth = root.Child("truth");
  const std::string event = truth.OneOf("event", {"fall", "crash", "none"});
  truth.Finish();
  const std::string promised = label == "fall" || label == "crash" ? label : "none";
  if (event != promised) {
    truth.Refuse(fmt::format("says event '{}' of a scenario with label '{}'; accepted: {}", event, label, promised));
  }
  return event == "none" ? "" : event;
}

}  // namespace

Scenario LoadScenario(const std::filesystem::path& path, const DataFolders& folders) {
  const YamlFile file = YamlFile::Load(path);
  YamlSection root = file.Root();
  static_cast<void>(root.OneOf("schema", {"stunt.scenario/v1"}));
  Scenario s;
  s.id = root.Id("id");
  if (s.id != path.stem().string()) {
    root.Get("id").Refuse(fmt::format("is '{}'; accepted: '{}', the file's name", s.id, path.stem().string()));
  }
  s.label = root.OneOf("label",
                       {"fall", "near_fall", "adl", "hard_non_fall", "crash", "vehicle_non_crash", "workout", "day"});
  s.group = root.Id("group");
  s.description = root.Text("description");
  s.source = root.Get("source").Texts({1, 100});
  s.codes = ReadCodes(root);
  s.event = ReadEvent(root, s.label);
  s.surface = root.Find("surface") ? root.Id("surface") : "hard_floor";
  s.surroundings = internal::ReadSurroundings(root);
  s.devices = ReadDevices(root, "devices");
  s.tags = ReadTags(root, "tags");
  if (const auto set = root.Find("set")) s.set = motion_models::ReadOverrides(*set);
  const YamlValue motion = root.Get("motion");
  root.Finish();
  try {
    s.motion_file = folders.Motion(motion.Text(), path.parent_path());
  } catch (const trace::InputError& error) {
    motion.Refuse(fmt::format("cannot be found: {}", error.what()));
  }
  s.motion = s.motion_file.stem().string();
  return s;
}

}  // namespace stunt::scenarios
