#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "stunt/trace/recording.h"

namespace re2 {
class RE2;
}

namespace stunt::datasets {

/// A regular expression (RE2) over whole file names or ids. Mappings come from outside, so it has to be one whose
/// compilation and matching are bounded in time and memory, whatever the pattern.
using Pattern = std::shared_ptr<const re2::RE2>;

/// The device that made the recordings of a folder.
struct MappedDevice {
  std::string name;                        // "fitbit_sense"
  std::string site;                        // "wrist"
  double rate_hz = 0;                      // nominal; 0 = mean rate of each file
  double bandwidth_hz = 0;                 // −3 dB of the sensors; 0 = not known
  double accelerometer_range = 0;          // m/s²; 0 = not known
  double accelerometer_resolution = 0;     // m/s²
  double gyroscope_range = 0;              // rad/s
  double gyroscope_resolution = 0;         // rad/s
  double accelerometer_noise_density = 0;  // m/s²/√Hz; as that of sim::InertialSensorSpec
  double accelerometer_bias_sd = 0;        // m/s², over units and axes
  double gyroscope_noise_density = 0;      // rad/s/√Hz
  double gyroscope_bias_sd = 0;            // rad/s
};

/// What the code in a file name stands for.
struct MappedActivity {
  std::string label;        // CaseInfo::label: "fall", "near_fall", "adl", …
  std::string activity;     // what the subject does, a slice of the score: "walk"
  std::string event_class;  // class of the one event in such a file; empty: no event
};

/// Where in a file its event lies. Its ref_ns is the time of the largest |a| in that window.
enum class EventWindow {
  kWholeTrace,      // anywhere
  kTimestampsFile,  // start and end written by hand in a CSV file with filename,start_time,end_time (seconds)
};

struct MappedEvents {
  EventWindow window = EventWindow::kWholeTrace;
  std::string timestamps_file;           // in the folder of the recordings
  std::optional<double> onset_before_s;  // onset this long before the peak, not at the start of the window
};

/// Tags for the subjects whose id matches.
struct MappedSubjects {
  Pattern pattern;
  std::map<std::string, std::string> tags;
};

/// Says what the files of a folder of recordings are: one YAML file, see mappings/weda_fall.yaml for the form.
struct Mapping {
  std::string name;
  std::string source;   // where the recordings come from
  std::string version;  // digest of the text, for the record of a run
  std::string codes;    // key of `codes:` in scenario files under which this set's codes stand; empty: none
  trace::Scope scope = trace::Scope::kRecordedHuman;
  Pattern file_pattern;                                            // matches whole file names
  std::size_t code_group = 0, subject_group = 0, trial_group = 0;  // groups of file_pattern; trial 0 = none
  MappedDevice device;
  std::map<std::string, MappedActivity> activities;  // by code
  MappedEvents events;
  std::vector<MappedSubjects> subjects;
};

/// @throws trace::InputError with file:line, key, value and what is accepted.
[[nodiscard]] Mapping LoadMapping(const std::filesystem::path& path);

/// As LoadMapping, of a text; `where` stands for the file in messages.
[[nodiscard]] Mapping ParseMapping(const std::string& text, const std::string& where);

/// The mappings that come with the program, by name.
[[nodiscard]] const std::map<std::string, std::string, std::less<>>& ShippedMappingTexts();

}  // namespace stunt::datasets
