#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "stunt/motion_models/parameters.h"
#include "stunt/scenarios/data_folders.h"
#include "stunt/scenarios/exposure.h"
#include "stunt/scenarios/population.h"
#include "stunt/scenarios/scenario.h"

namespace stunt::scenarios {

/// Values of one parameter that an entry goes through.
struct GridAxis {
  std::string name;
  std::vector<motion_models::ParameterOverride> values;
};

/// One scenario of a suite, so many times.
struct SuiteEntry {
  Scenario scenario;
  std::uint64_t variants = 1;  // of each cell of the grid
  std::vector<motion_models::ParameterOverride> set;
  std::vector<GridAxis> grid;  // crossed; the last axis runs fastest
  std::map<std::string, std::string> tags;
  std::optional<Population> population;  // empty: the suite's
};

/// Which detection may answer which event, for every event class of the suite.
struct MatchWindow {
  double pre_s = 0;
  double post_s = 30;
  double refractory_s = 10;
};

/// A limit on one metric, in the words of the file.
struct SuiteGate {
  std::string metric;
  std::map<std::string, std::string> slice;
  std::string op;  // ">=", ">", "<=", "<"
  double value = 0;
  std::optional<double> confidence;  // empty: "none", the value itself is compared
  std::string side;                  // "lower", "upper", or empty: the side that op needs
  std::string ci;                    // "clopper_pearson", "wilson", or empty: the metric's own
  std::string min_evidence;          // "modelled", "device_reported", "measured"
  std::string where;                 // "file:line"
};

/// Scenarios, people, devices and gates. File schema stunt.suite/v1.
struct Suite {
  std::string id;
  std::string description;
  std::uint64_t seed = 0;
  Population population;
  std::uint64_t subjects = 1;  // how many people take turns
  std::vector<DeviceAt> devices;
  std::map<std::string, MatchWindow> match;  // by event class: "fall"
  std::optional<double> threshold;           // on a detection's score; empty: the detector decides
  std::optional<ExposureProfile> exposure;   // empty: no false alarms per 24 h
  double max_error_fraction = 0;
  std::vector<SuiteEntry> entries;
  std::vector<SuiteGate> gates;
};

/// Reads a suite with its scenarios and its population.
[[nodiscard]] Suite LoadSuite(const std::filesystem::path& file, const DataFolders& folders);

}  // namespace stunt::scenarios
