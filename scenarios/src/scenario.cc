#include "stunt/scenarios/scenario.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <functional>
#include <numbers>
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

namespace {

using Refuse = std::function<void(const std::string&)>;

double ReadOption(std::string_view option, std::string_view value, double lo, double hi, const Refuse& refuse) {
  double x = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), x);
  const bool fits = error == std::errc() && end == value.data() + value.size() && x >= lo && x <= hi;
  if (!fits) refuse(fmt::format("'{}'; accepted: a number from {} to {}", option, lo, hi));
  return x;
}

void ReadOption(std::string_view option, const Refuse& refuse, DeviceAt& device) {
  const std::size_t equals = option.find('=');
  const std::string_view key = option.substr(0, equals);
  const std::string_view value = equals == std::string_view::npos ? "" : option.substr(equals + 1);
  if (option == "inside_out") {
    device.wearing.inside_out = true;
  } else if (option == "flipped") {
    device.wearing.flipped = true;
  } else if (key == "turn") {
    device.wearing.turn = ReadOption(option, value, -180, 180, refuse) * std::numbers::pi / 180;
  } else if (key == "shift") {
    device.wearing.shift = ReadOption(option, value, -100, 100, refuse) * 1e-3;
  } else if (key == "tightness") {
    device.tightness = ReadOption(option, value, 0, 1, refuse);
  } else {
    refuse(fmt::format("'{}'; accepted: inside_out, flipped, turn=DEGREES, shift=MM, tightness=0 to 1", option));
  }
}

}  // namespace

DeviceAt ParseDevice(std::string_view text, std::string_view where) {
  const std::size_t at = text.rfind('@');
  const std::size_t comma = at == std::string_view::npos ? at : text.find(',', at);
  DeviceAt device{std::string(text.substr(0, at)),
                  at == std::string_view::npos ? "" : std::string(text.substr(at + 1, comma - at - 1))};
  const auto refuse = [&](const std::string& what) {
    throw trace::InputError(fmt::format("{}: device '{}': {}", where, text, what));
  };
  for (std::size_t next = comma; next != std::string_view::npos;) {
    const std::size_t from = next + 1;
    next = text.find(',', from);
    ReadOption(text.substr(from, next - from), refuse, device);
  }
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
  if (device.tightness < 1) {
    sim::DeviceSpec loose = SpecOf(device);
    if (!loose.strap) refuse("it has no strap that could be loose");
    loose.strap = sim::Loosened(*loose.strap, device.tightness);
    device.own = std::make_shared<const sim::DeviceSpec>(std::move(loose));
  }
  std::vector<std::string> sites = sim::SiteNames();
  sites.emplace_back("wrist");  // that of the subject's watch
  check("site", device.site, sites);
  return device;
}

std::string ToString(const DeviceAt& device) {
  std::string text = fmt::format("{}@{}", device.file.empty() ? device.name : device.file, device.site);
  const sim::Wearing& worn = device.wearing;
  if (worn.inside_out) text += ",inside_out";
  if (worn.flipped) text += ",flipped";
  if (worn.turn != 0) text += fmt::format(",turn={:g}", worn.turn * 180 / std::numbers::pi);
  if (worn.shift != 0) text += fmt::format(",shift={:g}", worn.shift * 1e3);
  if (device.tightness != 1) text += fmt::format(",tightness={:g}", device.tightness);
  return text;
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
