#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "commands.h"
#include "exit_code.h"
#include "stunt/detectors/detectors.h"
#include "stunt/reports/safe_text.h"
#include "stunt/scenarios/cases.h"
#include "stunt/scenarios/data_folders.h"
#include "stunt/scenarios/scenario.h"
#include "stunt/scenarios/suite.h"
#include "stunt/sim/device.h"

namespace stunt::cli {
namespace {

struct ListFlags {
  std::string kind;
  bool json = false;
};

// One line of a list: columns of the same names for all lines.
using Row = std::vector<std::pair<std::string, std::string>>;

std::vector<Row> Scenarios(const scenarios::DataFolders& folders, bool falls) {
  std::vector<Row> rows;
  for (const std::string& id : folders.ScenarioIds()) {
    const scenarios::Scenario scenario = scenarios::LoadScenario(folders.Scenario(id), folders);
    if ((scenario.event == "fall") != falls) continue;
    rows.push_back(
        {{"id", id}, {"label", scenario.label}, {"motion", scenario.motion}, {"description", scenario.description}});
  }
  return rows;
}

std::vector<Row> Suites(const scenarios::DataFolders& folders) {
  std::vector<Row> rows;
  for (const std::string& id : folders.SuiteIds()) {
    const scenarios::Suite suite = scenarios::LoadSuite(folders.Suite(id), folders);
    rows.push_back({{"id", id},
                    {"cases", std::to_string(scenarios::Expand(suite).size())},
                    {"gates", std::to_string(suite.gates.size())},
                    {"description", suite.description}});
  }
  return rows;
}

std::vector<Row> Devices() {
  std::vector<Row> rows;
  for (const std::string& name : sim::DeviceNames()) {
    const sim::DeviceSpec& device = sim::FindDevice(name);
    const auto rate = [](const sim::InertialSensorSpec& sensor) { return fmt::format("{:g}", sensor.rate_hz); };
    const auto range = [](const sim::InertialSensorSpec& sensor) {
      return sensor.range > 0 ? fmt::format("{:g}", sensor.range) : std::string("unlimited");
    };
    rows.push_back({{"name", name},
                    {"accelerometer_hz", rate(device.imu.accelerometer)},
                    {"accelerometer_range_mps2", range(device.imu.accelerometer)},
                    {"gyroscope_hz", rate(device.imu.gyroscope)},
                    {"gyroscope_range_radps", range(device.imu.gyroscope)},
                    {"source", device.source}});
  }
  return rows;
}

std::vector<Row> Detectors() {
  std::vector<Row> rows;
  for (const detectors::BuiltinDetector& detector : detectors::ListDetectors()) {
    rows.push_back({{"name", detector.name}, {"summary", detector.summary}});
  }
  return rows;
}

std::vector<Row> RowsOf(const std::string& kind) {
  if (kind == "devices") return Devices();
  if (kind == "detectors") return Detectors();
  const scenarios::DataFolders folders = scenarios::DataFolders::Find({});
  if (kind == "falls") return Scenarios(folders, true);
  if (kind == "activities") return Scenarios(folders, false);
  return Suites(folders);
}

void PrintTable(const std::vector<Row>& rows) {
  if (rows.empty()) return;
  std::vector<std::size_t> widths(rows.front().size());
  for (std::size_t column = 0; column < widths.size(); ++column) {
    widths[column] = rows.front()[column].first.size();
    for (const Row& row : rows) widths[column] = std::max(widths[column], row[column].second.size());
  }
  const auto print = [&](const Row& row, bool header) {
    std::string line;
    for (std::size_t column = 0; column < widths.size(); ++column) {
      const std::string cell = header ? row[column].first : reports::SafeText(row[column].second);
      line += fmt::format("{:<{}}  ", cell, widths[column]);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    fmt::print("{}\n", line);
  };
  print(rows.front(), true);
  for (const Row& row : rows) print(row, false);
}

void PrintJson(const std::vector<Row>& rows) {
  auto json = nlohmann::ordered_json::array();
  for (const Row& row : rows) {
    nlohmann::ordered_json item;
    for (const auto& [key, value] : row) item[key] = value;
    json.push_back(std::move(item));
  }
  fmt::print("{}\n", json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
}

int List(const ListFlags& flags) {
  const std::vector<Row> rows = RowsOf(flags.kind);
  if (flags.json) {
    PrintJson(rows);
  } else {
    PrintTable(rows);
  }
  return kSuccess;
}

}  // namespace

void AddList(CLI::App& program, Action& action) {
  CLI::App* command = program.add_subcommand("list", "Lists what there is to simulate and to judge");
  auto flags = std::make_shared<ListFlags>();
  command->add_option("kind", flags->kind, "falls, activities, devices, suites or detectors")
      ->required()
      ->check(CLI::IsMember({"falls", "activities", "devices", "suites", "detectors"}));
  command->add_flag("--json", flags->json, "machine-readable");
  command->callback([flags, &action] { action = [flags] { return List(*flags); }; });
}

}  // namespace stunt::cli
