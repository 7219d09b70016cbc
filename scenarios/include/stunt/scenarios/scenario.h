#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "stunt/motion_models/parameters.h"
#include "stunt/motion_models/strict_yaml.h"
#include "stunt/sim/sensor_spec.h"
#include "stunt/sim/site.h"
#include "stunt/sim/surroundings.h"

namespace stunt::scenarios {

/// A set of sensors at a site of the body: "fitness_watch@left_wrist". The site "wrist" is the wrist on which the
/// subject wears a watch.
struct DeviceAt {
  std::string name;
  std::string site;
  std::string file = {};  // of a device that is not built in: a device file or Kalibr's imu.yaml
  std::shared_ptr<const sim::DeviceSpec> own = {};  // what that file said when it was read, once
  sim::Wearing wearing = {};
  double tightness = 1;  // of its strap, see sim::Loosened
  bool operator==(const DeviceAt& other) const {
    return name == other.name && site == other.site && file == other.file && wearing == other.wearing &&
           tightness == other.tightness;
  }
};

/// "name@site" or "file.yaml@site" (see LoadDevice), and how it is worn behind commas: inside_out, flipped,
/// turn=DEGREES, shift=MM, tightness=0…1, as in "watch@left_wrist,inside_out,tightness=0.4".
/// @param where  begins the message of a refusal.
[[nodiscard]] DeviceAt ParseDevice(std::string_view text, std::string_view where);
[[nodiscard]] std::string ToString(const DeviceAt& device);
/// @throws trace::InputError for a name that is not built in.
[[nodiscard]] const sim::DeviceSpec& SpecOf(const DeviceAt& device);

/// One situation: a motion, its surroundings and what a detector should say to it. File schema stunt.scenario/v1.
struct Scenario {
  std::string id;     // the stem of its file
  std::string label;  // fall, near_fall, adl, hard_non_fall, crash, vehicle_non_crash, workout, day
  std::string group;  // lab, real, sport, near, adl, hard, …
  std::string description;
  std::vector<std::string> source;           // keys of the catalogue's list of sources
  std::map<std::string, std::string> codes;  // sisfall, weda, kfall: code of the same activity in public recordings
  std::filesystem::path motion_file;
  std::string motion;  // id: the stem of motion_file
  std::vector<motion_models::ParameterOverride> set;
  std::string surface;                      // what is landed on: "hard_floor", "mattress", …
  std::string event;                        // class of the event that truly happens: "fall", "crash"; empty: none
  std::vector<DeviceAt> devices;            // where nobody asks for others
  sim::Surroundings surroundings;           // as far as sensors notice them
  std::map<std::string, std::string> tags;  // slices of the report
};

class DataFolders;

/// @throws trace::InputError for anything that the schema does not know.
[[nodiscard]] Scenario LoadScenario(const std::filesystem::path& file, const DataFolders& folders);

/// Reads a map of free keys and texts; keys match [a-z0-9_.-]+.
[[nodiscard]] std::map<std::string, std::string> ReadTags(motion_models::YamlSection& section, std::string_view key);

/// Reads a list of "name@site", without repetition.
[[nodiscard]] std::vector<DeviceAt> ReadDevices(motion_models::YamlSection& section, std::string_view key);

}  // namespace stunt::scenarios
