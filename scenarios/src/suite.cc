#include "stunt/scenarios/suite.h"

#include <fmt/format.h>

#include "stunt/trace/input_error.h"

namespace stunt::scenarios {
namespace {

using motion_models::YamlFile;
using motion_models::YamlSection;
using motion_models::YamlValue;

constexpr std::int64_t kMaxVariants = 1'000'000;
constexpr double kDay = 86400;

/// Runs `find`, and says which line asked when nothing is found.
template <typename Find>
std::filesystem::path Located(const YamlValue& name, Find find) {
  try {
    return find(name.Text());
  } catch (const trace::InputError& error) {
    name.Refuse(fmt::format("cannot be found: {}", error.what()));
  }
}

std::vector<GridAxis> ReadGrid(YamlSection& entry) {
  std::vector<GridAxis> axes;
  auto grid = entry.FindChild("grid");
  if (!grid) return axes;
  std::int64_t cells = 1;
  for (const auto& [name, values] : grid->Entries()) {
    GridAxis axis{name, {}};
    for (const YamlValue& value : values.List({1, 1000})) {
      axis.values.push_back(motion_models::ReadOverride(name, value));
    }
    cells *= static_cast<std::int64_t>(axis.values.size());
    if (cells > kMaxVariants) grid->Refuse(fmt::format("has more than {} cells", kMaxVariants));
    axes.push_back(std::move(axis));
  }
  return axes;
}

Population ReadPopulation(const YamlValue& name, const std::filesystem::path& folder, const DataFolders& folders) {
  return LoadPopulation(Located(name, [&](const std::string& text) { return folders.Population(text, folder); }));
}

SuiteEntry ReadEntry(const YamlValue& value, const std::filesystem::path& folder, const DataFolders& folders) {
  YamlSection section = value.Section();
  const YamlValue name = section.Get("scenario");
  SuiteEntry entry;
  entry.variants = static_cast<std::uint64_t>(section.IntegerOr("variants", 1, {1, kMaxVariants}));
  if (const auto set = section.Find("set")) entry.set = motion_models::ReadOverrides(*set);
  entry.grid = ReadGrid(section);
  entry.tags = ReadTags(section, "tags");
  const auto population = section.Find("population");
  section.Finish();
  if (population) entry.population = ReadPopulation(*population, folder, folders);
  entry.scenario =
      LoadScenario(Located(name, [&](const std::string& text) { return folders.Scenario(text, folder); }), folders);
  return entry;
}

MatchWindow ReadWindow(YamlSection& section, MatchWindow window) {
  window.pre_s = section.NumberOr("pre_s", window.pre_s, {0, kDay});
  window.post_s = section.NumberOr("post_s", window.post_s, {0, kDay});
  window.refractory_s = section.NumberOr("refractory_s", window.refractory_s, {0, kDay});
  section.Finish();
  return window;
}

// Defaults: MEASURING §1.2.
std::map<std::string, MatchWindow> ReadMatch(YamlSection& root) {
  std::map<std::string, MatchWindow> match = {{"fall", {.pre_s = 0, .post_s = 30, .refractory_s = 10}},
                                              {"crash", {.pre_s = 0, .post_s = 20, .refractory_s = 30}}};
  if (auto section = root.FindChild("match")) {
    for (auto& [event, window] : match) {
      if (auto given = section->FindChild(event)) window = ReadWindow(*given, window);
    }
    section->Finish();
  }
  return match;
}

SuiteGate ReadGate(const YamlValue& value) {
  YamlSection section = value.Section();
  SuiteGate gate;
  gate.where = value.Where();
  gate.metric = section.Id("metric");
  gate.op = section.OneOf("op", {">=", ">", "<=", "<"});
  gate.value = section.Number("value");
  const YamlValue confidence = section.Get("confidence");
  if (!(confidence.IsScalar() && confidence.Text() == "none")) {
    gate.confidence = confidence.IsNumber() ? confidence.Number({0.5, 0.9999}) : 0;
    if (!confidence.IsNumber()) confidence.Refuse("is no confidence; accepted: none, or a number from 0.5 to 0.9999");
  }
  const std::string needed = gate.op.starts_with('>') ? "lower" : "upper";
  gate.side = section.OneOfOr("side", "", {"lower", "upper"});
  if (!gate.side.empty() && gate.side != needed) {
    section.Get("side").Refuse(fmt::format("is '{}' with op '{}'; accepted: {}", gate.side, gate.op, needed));
  }
  gate.ci = section.OneOfOr("ci", "", {"clopper_pearson", "wilson"});
  gate.min_evidence = section.OneOfOr("min_evidence", "modelled", {"modelled", "device_reported", "measured"});
  if (auto slice = section.FindChild("slice")) {
    for (const auto& [name, text] : slice->Entries()) gate.slice[name] = text.Text();
  }
  section.Finish();
  return gate;
}

}  // namespace

Suite LoadSuite(const std::filesystem::path& path, const DataFolders& folders) {
  const YamlFile file = YamlFile::Load(path);
  const std::filesystem::path folder = path.parent_path();
  YamlSection root = file.Root();
  static_cast<void>(root.OneOf("schema", {"stunt.suite/v1"}));
  Suite suite;
  suite.id = root.Id("id");
  suite.description = root.TextOr("description", "");
  suite.seed = static_cast<std::uint64_t>(root.Integer("seed", {0, motion_models::IntegerRange{}.hi}));
  suite.subjects = static_cast<std::uint64_t>(root.Integer("subjects", {1, kMaxVariants}));
  suite.devices = ReadDevices(root, "devices");
  suite.match = ReadMatch(root);
  if (const auto threshold = root.Find("threshold")) suite.threshold = threshold->Number();
  suite.max_error_fraction = root.NumberOr("max_error_fraction", 0, {0, 1});
  for (const YamlValue& gate : root.ListOrEmpty("gates", {0, 1000})) suite.gates.push_back(ReadGate(gate));
  const YamlValue population = root.Get("population");
  const auto exposure = root.Find("exposure_profile");
  const auto entries = root.List("entries", {1, 100'000});
  root.Finish();
  suite.population = ReadPopulation(population, folder, folders);
  if (exposure) {
    suite.exposure = LoadExposureProfile(
        Located(*exposure, [&](const std::string& name) { return folders.Exposure(name, folder); }), folders);
  }
  for (const YamlValue& entry : entries) suite.entries.push_back(ReadEntry(entry, folder, folders));
  return suite;
}

}  // namespace stunt::scenarios
