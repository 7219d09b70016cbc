#include "stunt/datasets/recording_set.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <stdexcept>
#include <string_view>

#include "csv_table.h"
#include "line_reader.h"
#include "stunt/datasets/csv_recording.h"
#include "stunt/trace/input_error.h"
#include "stunt/trace/time.h"

namespace stunt::datasets {
namespace {

namespace fs = std::filesystem;
using trace::SensorKind;

constexpr std::string_view kTruthSuffix = ".truth.json";

std::vector<fs::path> FilesThatEndIn(const fs::path& folder, std::string_view suffix) {
  std::vector<fs::path> files;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    if (entry.is_regular_file() && name.ends_with(suffix) && !name.starts_with('.')) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

bool Fits(const Mapping& mapping, const fs::path& file) {
  return re2::RE2::FullMatch(file.filename().string(), *mapping.file_pattern);
}

Mapping Shipped(const std::string& name) {
  return ParseMapping(ShippedMappingTexts().find(name)->second, fmt::format("mappings/{}.yaml", name));
}

/// What the groups of the mapping's pattern hold in a file name that fits it; [0] is the whole name.
std::vector<std::string> GroupsOf(const Mapping& mapping, const std::string& name) {
  const re2::RE2& pattern = *mapping.file_pattern;
  std::vector<re2::StringPiece> groups(static_cast<std::size_t>(pattern.NumberOfCapturingGroups()) + 1);
  if (!pattern.Match(name, 0, name.size(), re2::RE2::ANCHOR_BOTH, groups.data(), static_cast<int>(groups.size()))) {
    throw std::logic_error(fmt::format("{} does not fit the mapping {}", name, mapping.name));
  }
  std::vector<std::string> texts;
  for (const re2::StringPiece& group : groups) texts.emplace_back(group.data(), group.size());
  return texts;
}

/// The one shipped mapping that knows every CSV file of `files`, but for its own file of times.
std::optional<Mapping> ShippedByFileNames(const std::vector<fs::path>& files) {
  std::optional<Mapping> found;
  for (const auto& [name, text] : ShippedMappingTexts()) {
    Mapping mapping = Shipped(name);
    const bool fits = std::all_of(files.begin(), files.end(), [&](const fs::path& file) {
      return Fits(mapping, file) || file.filename() == mapping.events.timestamps_file;
    });
    if (!fits || files.empty()) continue;
    if (found) return std::nullopt;
    found = std::move(mapping);
  }
  return found;
}

std::optional<Mapping> FindMapping(const fs::path& path, const std::optional<fs::path>& given) {
  if (given) return LoadMapping(*given);
  const bool is_folder = fs::is_directory(path);
  const fs::path folder = is_folder ? path : fs::absolute(path).parent_path();
  if (fs::exists(folder / "mapping.yaml")) return LoadMapping(folder / "mapping.yaml");
  // "people/weda_fall/" ends in an empty name; the canonical path does not.
  const std::string name = fs::canonical(folder).filename().string();
  if (ShippedMappingTexts().contains(name)) return Shipped(name);
  return ShippedByFileNames(is_folder ? FilesThatEndIn(folder, ".csv") : std::vector<fs::path>{path});
}

trace::ChannelTrace MakeChannel(SensorKind kind, const MappedDevice& device, const CsvTable& table,
                                std::vector<float> values) {
  const bool is_gyroscope = kind == SensorKind::kGyroscope;
  trace::ChannelTrace channel;
  trace::ChannelSpec& spec = channel.spec;
  spec.channel_id = is_gyroscope ? 1 : 0;
  spec.kind = kind;
  spec.site = device.site;
  spec.device = fmt::format("{}@{}", device.name, device.site);
  spec.clock = spec.device;
  spec.unit = is_gyroscope ? "rad/s" : "m/s²";
  // Times are rounded in the file, so the mean rate is known to a thousandth at best.
  spec.rate_hz = device.rate_hz > 0 ? device.rate_hz : std::round(MeanRateHz(table) * 1000) / 1000;
  spec.range = is_gyroscope ? device.gyroscope_range : device.accelerometer_range;
  spec.resolution = is_gyroscope ? device.gyroscope_resolution : device.accelerometer_resolution;
  channel.samples.channel_id = spec.channel_id;
  channel.samples.values = std::move(values);
  SetTimes(table, channel.samples);
  return channel;
}

/// The samples of a file, and a case that knows its times only.
trace::Recording LoadSamples(const fs::path& path, const MappedDevice& device) {
  CsvTable table = ReadCsvTable(path);
  trace::Recording recording;
  recording.info.case_id = path.stem().string();
  recording.info.scope = trace::Scope::kRecordedHuman;
  const std::size_t count = table.time_ns.size();
  recording.info.start_ns = table.time_ns.front();
  recording.info.end_ns = table.time_ns.back() + (table.time_ns.back() - table.time_ns[count - 2]);
  recording.channels.push_back(MakeChannel(SensorKind::kAccelerometer, device, table, std::move(table.accelerometer)));
  if (!table.gyroscope.empty()) {
    recording.channels.push_back(MakeChannel(SensorKind::kGyroscope, device, table, std::move(table.gyroscope)));
  }
  return recording;
}

/// Time of the first of the largest |a| in [start_ns, end_ns]; nothing if no sample lies there.
std::optional<std::int64_t> PeakTime(const trace::SampleBlock& samples, std::int64_t start_ns, std::int64_t end_ns) {
  std::optional<std::int64_t> peak_ns;
  float largest = -1;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const std::int64_t time_ns = samples.TimeNs(i);
    if (time_ns < start_ns || time_ns > end_ns) continue;
    const float* const a = &samples.values[3 * i];
    const float square = a[0] * a[0] + a[1] * a[1] + a[2] * a[2];
    if (square > largest) {
      largest = square;
      peak_ns = time_ns;
    }
  }
  return peak_ns;
}

double ParseSeconds(const LineReader& reader, std::string_view field) {
  double seconds = 0;
  const auto [stop, error] = std::from_chars(field.data(), field.data() + field.size(), seconds);
  if (error != std::errc() || stop != field.data() + field.size() || !(std::abs(seconds) <= 1e-9 * kLargestTimeNs)) {
    throw trace::InputError(
        fmt::format("{}: {}; accepted: a time in seconds within ±3e9", reader.Where(), Quoted(field)));
  }
  return seconds;
}

}  // namespace

RecordingSet RecordingSet::Open(const fs::path& path, const std::optional<fs::path>& mapping) {
  if (!fs::exists(path)) throw trace::InputError(fmt::format("{}: no such file or folder", path.string()));
  const bool is_folder = fs::is_directory(path);
  RecordingSet set;
  if (!mapping) {
    set.UseTruthFiles(path);
    if (set.has_truth_files_) return set;
  }
  if (std::optional<Mapping> found = FindMapping(path, mapping)) {
    set.UseMapping(path, *std::move(found));
    return set;
  }
  if (is_folder) {
    throw trace::InputError(fmt::format(
        "{}: nothing says what its files are; accepted: a mapping file (--mapping FILE or mapping.yaml in the folder), "
        "*.truth.json files, or a folder named {}",
        path.string(), [] {
          std::string names;
          for (const auto& [name, text] : ShippedMappingTexts()) names += (names.empty() ? "" : ", ") + name;
          return names;
        }()));
  }
  set.files_ = {path};
  return set;
}

void RecordingSet::UseTruthFiles(const fs::path& path) {
  if (fs::is_directory(path)) {
    files_ = FilesThatEndIn(path, kTruthSuffix);
  } else if (path.string().ends_with(kTruthSuffix) || !FindTruthFile(path).empty()) {
    files_ = {path};
  }
  has_truth_files_ = !files_.empty();
}

void RecordingSet::UseMapping(const fs::path& path, Mapping mapping) {
  mapping_ = std::move(mapping);
  const bool is_folder = fs::is_directory(path);
  const fs::path folder = is_folder ? path : fs::absolute(path).parent_path();
  const std::string& times = mapping_->events.timestamps_file;
  for (const fs::path& file : is_folder ? FilesThatEndIn(folder, ".csv") : std::vector<fs::path>{path}) {
    if (Fits(*mapping_, file)) {
      files_.push_back(file);
    } else if (file.filename() != times) {
      unmatched_.push_back(file);
    }
  }
  if (files_.empty()) {
    throw trace::InputError(
        fmt::format("{}: no file name fits the pattern of the mapping {}", path.string(), mapping_->name));
  }
  if (mapping_->events.window == EventWindow::kTimestampsFile) ReadTimestamps(folder / times);
}

void RecordingSet::ReadTimestamps(const fs::path& path) {
  timestamps_path_ = path;
  LineReader reader(path);
  constexpr std::string_view kHeader = "filename,start_time,end_time";
  if (!reader.Next() || reader.line() != kHeader) {
    throw trace::InputError(fmt::format("{}: accepted: the header {}", reader.Where(), kHeader));
  }
  while (reader.Next()) {
    const std::string_view line = reader.line();
    if (std::count(line.begin(), line.end(), ',') != 2) {
      throw trace::InputError(fmt::format("{}: {} has not the columns {}", reader.Where(), Quoted(line), kHeader));
    }
    const std::size_t first = line.find(',');
    const std::size_t second = line.find(',', first + 1);
    const Window window{.start_s = ParseSeconds(reader, line.substr(first + 1, second - first - 1)),
                        .end_s = ParseSeconds(reader, line.substr(second + 1))};
    const std::string stem(line.substr(0, first));
    if (window.end_s <= window.start_s) {
      throw trace::InputError(fmt::format("{}: {} ends before it starts", reader.Where(), Quoted(stem)));
    }
    if (!windows_.emplace(stem, window).second) {
      throw trace::InputError(fmt::format("{}: {} is given twice", reader.Where(), Quoted(stem)));
    }
  }
}

std::string RecordingSet::explained_by() const {
  if (mapping_) return mapping_->name;
  return has_truth_files_ ? "truth files" : "none";
}

trace::Recording RecordingSet::Load(std::size_t i) const {
  const fs::path& path = files_.at(i);
  if (mapping_) return LoadMapped(path);
  if (has_truth_files_) return ReadCsvRecording(path);
  trace::Recording recording = LoadSamples(path, MappedDevice{.name = "device", .site = "unknown"});
  recording.info.label = "unlabelled";
  return recording;
}

trace::Recording RecordingSet::LoadMapped(const fs::path& path) const {
  const std::vector<std::string> groups = GroupsOf(*mapping_, path.filename().string());
  const std::string& code = groups[mapping_->code_group];
  const auto found = mapping_->activities.find(code);
  if (found == mapping_->activities.end()) {
    throw trace::InputError(fmt::format("{}: the mapping {} has no activity with the code {}", path.string(),
                                        mapping_->name, Quoted(code)));
  }
  const MappedActivity& activity = found->second;
  trace::Recording recording = LoadSamples(path, mapping_->device);
  trace::CaseInfo& info = recording.info;
  info.scenario_id = code;
  info.label = activity.label;
  info.subject_id = groups[mapping_->subject_group];
  info.scope = mapping_->scope;
  for (const MappedSubjects& subjects : mapping_->subjects) {
    if (re2::RE2::FullMatch(info.subject_id, *subjects.pattern))
      info.tags.insert(subjects.tags.begin(), subjects.tags.end());
  }
  info.tags["activity"] = activity.activity;
  info.tags["dataset"] = mapping_->name;
  info.tags["site"] = mapping_->device.site;
  if (mapping_->trial_group > 0) info.tags["trial"] = groups[mapping_->trial_group];
  info.truth.activities = {{.label = activity.activity, .start_ns = info.start_ns, .end_ns = info.end_ns}};
  if (!activity.event_class.empty()) info.truth.events = {EventOf(recording, activity.event_class, path)};
  return recording;
}

trace::TruthEvent RecordingSet::EventOf(const trace::Recording& recording, const std::string& event_class,
                                        const fs::path& path) const {
  trace::TruthEvent event;
  event.event_id = recording.info.case_id + "_" + event_class;
  event.event_class = event_class;
  event.onset_ns = recording.info.start_ns;
  event.end_ns = recording.info.end_ns;
  if (mapping_->events.window == EventWindow::kTimestampsFile) {
    const auto window = windows_.find(path.stem().string());
    if (window == windows_.end()) {
      throw trace::InputError(fmt::format("{}: no line for {}", timestamps_path_.string(), path.stem().string()));
    }
    event.onset_ns = trace::Nanoseconds(window->second.start_s);
    event.end_ns = trace::Nanoseconds(window->second.end_s);
  }
  const std::optional<std::int64_t> peak_ns =
      PeakTime(recording.channels.front().samples, event.onset_ns, event.end_ns);
  if (!peak_ns) {
    throw trace::InputError(
        fmt::format("{}: no sample between the times that {} gives", path.string(), timestamps_path_.string()));
  }
  event.ref_ns = *peak_ns;
  if (mapping_->events.onset_before_s) {
    const auto before_ns = trace::Nanoseconds(*mapping_->events.onset_before_s);
    event.onset_ns = std::max(event.onset_ns, *peak_ns - before_ns);
  }
  return event;
}

}  // namespace stunt::datasets
