#include <fmt/format.h>
#include <fmt/ranges.h>

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
#include "stunt/scenarios/devices.h"
#include "stunt/scenarios/scenario.h"
#include "stunt/scenarios/suite.h"

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

std::string Joined(const std::vector<std::string>& words) { return fmt::format("{}", fmt::join(words, " ")); }

std::vector<Row> Devices() {
  std::vector<Row> rows;
  for (const std::string& name : scenarios::DeviceNames()) {
    const scenarios::Device& device = scenarios::FindDevice(name);
    const sim::ImuSpec& imu = device.spec.imu;
    const auto number = [](double value) { return fmt::format("{:g}", value); };
    const auto range = [](const sim::InertialSensorSpec& sensor) {
      return sensor.range > 0 ? fmt::format("{:.4g}", sensor.range) : std::string("unlimited");
    };
    std::vector<std::string> parts, modes;
    for (const auto& [role, part] : device.parts) parts.push_back(fmt::format("{}:{}", role, part));
    for (const sim::PowerMode& mode : device.spec.power) {
      modes.push_back(fmt::format("{}:{:g}uA", mode.name, mode.current_a * 1e6));
    }
    rows.push_back({{"name", name},
                    {"accelerometer_hz", number(imu.accelerometer.rate_hz)},
                    {"accelerometer_range_mps2", range(imu.accelerometer)},
                    {"gyroscope_hz", number(imu.gyroscope.rate_hz)},
                    {"gyroscope_range_radps", range(imu.gyroscope)},
                    {"high_g_range_mps2", device.spec.high_g ? range(*device.spec.high_g) : "none"},
                    {"clock_error_ppm", number(1e6 * device.spec.clock.period_error_sd)},
                    {"fifo_watermark", std::to_string(device.spec.transport.fifo_watermark)},
                    {"parts", Joined(parts)},
                    {"sites", Joined(device.sites)},
                    {"power", Joined(modes)},
                    {"description", device.description},
                    {"source", device.spec.source}});
  }
  return rows;
}

// One row a number: what it is, who says so, and whether somebody has looked.
std::vector<Row> Parts() {
  std::vector<Row> rows;
  for (const std::string& name : scenarios::PartNames()) {
    const scenarios::Part& part = scenarios::FindPart(name);
    for (const scenarios::PartField& field : part.fields) {
      rows.push_back({{"part", name},
                      {"kind", part.kind},
                      {"sensor", field.section},
                      {"field", field.key},
                      {"value", fmt::format("{:g}", fmt::join(field.values, " "))},
                      {"verified", field.verified ? "yes" : "no"},
                      {"source", field.source}});
    }
  }
  return rows;
}

// On a terminal, what does not fit beside the numbers stays in --json.
std::vector<Row> ForTable(std::vector<Row> rows) {
  for (Row& row : rows) {
    std::erase_if(row, [](const auto& cell) { return cell.first == "power" || cell.first == "source"; });
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
  if (kind == "parts") return Parts();
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
    PrintTable(flags.kind == "devices" ? ForTable(rows) : rows);
  }
  return kSuccess;
}

}  // namespace

void AddList(CLI::App& program, Action& action) {
  CLI::App* command = program.add_subcommand("list", "Lists what there is to simulate and to judge");
  auto flags = std::make_shared<ListFlags>();
  command->add_option("kind", flags->kind, "falls, activities, devices, parts, suites or detectors")
      ->required()
      ->check(CLI::IsMember({"falls", "activities", "devices", "parts", "suites", "detectors"}));
  command->add_flag("--json", flags->json, "machine-readable");
  command->callback([flags, &action] { action = [flags] { return List(*flags); }; });
}

}  // namespace stunt::cli
