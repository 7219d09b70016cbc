#include "stunt/datasets/csv_recording.h"

#include <absl/status/status.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <string>

#include "csv_table.h"
#include "stunt/datasets/atomic_file.h"
#include "stunt/trace/input_error.h"
#include "truth_file.h"

namespace stunt::datasets {
namespace {

namespace fs = std::filesystem;
using trace::SensorKind;

constexpr std::string_view kTruthSuffix = ".truth.json";
constexpr std::size_t kChunk = 1 << 20;

/// The channels of one device that a CSV file can hold.
struct DeviceChannels {
  const trace::ChannelTrace* accelerometer = nullptr;
  const trace::ChannelTrace* gyroscope = nullptr;
};

struct Layout {
  std::map<std::string, DeviceChannels> devices;  // by ChannelSpec::device
  std::vector<std::string> left_out;
};

absl::StatusOr<Layout> LayOut(const trace::Recording& recording) {
  Layout layout;
  for (const trace::ChannelTrace& channel : recording.channels) {
    const trace::ChannelSpec& spec = channel.spec;
    const bool is_accelerometer = spec.kind == SensorKind::kAccelerometer;
    if (!is_accelerometer && spec.kind != SensorKind::kGyroscope) {
      layout.left_out.push_back(fmt::format("{}: sensor kind {}", spec.device, static_cast<int>(spec.kind)));
      continue;
    }
    DeviceChannels& device = layout.devices[spec.device];
    const trace::ChannelTrace*& place = is_accelerometer ? device.accelerometer : device.gyroscope;
    if (place != nullptr) {
      return absl::InvalidArgumentError(
          fmt::format("{} has two sensors of one kind; a CSV file holds one", spec.device));
    }
    place = &channel;
  }
  if (layout.devices.empty()) return absl::InvalidArgumentError("no accelerometer or gyroscope to write as CSV");
  return layout;
}

absl::Status Check(const std::string& name, const DeviceChannels& device) {
  if (device.accelerometer == nullptr) {
    return absl::InvalidArgumentError(fmt::format("{} has no accelerometer; a CSV file needs one", name));
  }
  const trace::SampleBlock& acceleration = device.accelerometer->samples;
  for (const trace::ChannelTrace* channel : {device.accelerometer, device.gyroscope}) {
    if (channel == nullptr) continue;
    const trace::SampleBlock& samples = channel->samples;
    if (samples.axes != 3) return absl::InvalidArgumentError(fmt::format("{} has not three axes", name));
    bool same_times = samples.size() == acceleration.size();
    for (std::size_t i = 0; same_times && i < samples.size(); ++i) {
      same_times = samples.TimeNs(i) == acceleration.TimeNs(i);
    }
    if (!same_times) {
      return absl::InvalidArgumentError(
          fmt::format("accelerometer and gyroscope of {} have different times; a row of CSV holds one time", name));
    }
    if (!std::all_of(samples.values.begin(), samples.values.end(), [](float value) { return std::isfinite(value); })) {
      return absl::InvalidArgumentError(fmt::format("{} has a value that is not finite", name));
    }
  }
  return absl::OkStatus();
}

template <typename Number>
void AppendNumber(std::string& text, Number number) {
  char digits[32];
  text.append(digits, std::to_chars(digits, digits + sizeof digits, number).ptr);
}

absl::Status WriteRows(const DeviceChannels& device, AtomicFile& file) {
  const trace::SampleBlock& acceleration = device.accelerometer->samples;
  constexpr std::string_view kWithoutGyroscope = kCsvHeader.substr(0, kCsvHeader.find(",gx"));
  std::string text(device.gyroscope != nullptr ? kCsvHeader : kWithoutGyroscope);
  text += '\n';
  for (std::size_t i = 0; i < acceleration.size(); ++i) {
    AppendNumber(text, acceleration.TimeNs(i));
    for (const trace::ChannelTrace* channel : {device.accelerometer, device.gyroscope}) {
      if (channel == nullptr) continue;
      for (std::size_t axis = 0; axis < 3; ++axis) {
        text += ',';
        AppendNumber(text, channel->samples.values[3 * i + axis]);
      }
    }
    text += '\n';
    if (text.size() < kChunk) continue;
    if (absl::Status status = file.Append(text); !status.ok()) return status;
    text.clear();
  }
  return file.Append(text);
}

std::string AsFileName(std::string_view device) {
  std::string name(device);
  for (char& c : name) {
    const bool keep =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
    if (!keep) c = '_';
  }
  return name;
}

fs::path TruthPath(const fs::path& csv) { return fs::path(csv).replace_extension() += kTruthSuffix; }

trace::ChannelTrace MakeChannel(const trace::ChannelSpec& spec, const CsvTable& table, std::vector<float> values) {
  trace::ChannelTrace channel{.spec = spec, .samples = {}};
  channel.samples.channel_id = spec.channel_id;
  channel.samples.values = std::move(values);
  SetTimes(table, channel.samples);
  return channel;
}

void AppendDevice(const fs::path& truth_path, const DeviceFile& device, trace::Recording& recording) {
  const fs::path csv = truth_path.parent_path() / device.file;
  CsvTable table = ReadCsvTable(csv);
  if (table.time_ns.size() != device.samples) {
    throw trace::InputError(fmt::format("{}: {} samples, but {} says {}; it seems truncated", csv.string(),
                                        table.time_ns.size(), truth_path.filename().string(), device.samples));
  }
  for (const trace::ChannelSpec& spec : device.channels) {
    const bool is_gyroscope = spec.kind == SensorKind::kGyroscope;
    if (is_gyroscope && table.gyroscope.empty()) {
      throw trace::InputError(fmt::format("{}: no gyroscope columns, but {} says there is one", csv.string(),
                                          truth_path.filename().string()));
    }
    recording.channels.push_back(
        MakeChannel(spec, table, std::move(is_gyroscope ? table.gyroscope : table.accelerometer)));
  }
}

}  // namespace

void CheckCsvOut(const fs::path& out) {
  if (out.extension() != ".csv" || out.stem().empty()) {
    throw trace::InputError(fmt::format("{}: accepted as CSV output: a name that ends in .csv", out.string()));
  }
  const absl::Status creatable = AtomicFile::Create(out).status();
  if (!creatable.ok()) throw trace::InputError(std::string(creatable.message()));
}

absl::StatusOr<std::vector<fs::path>> WriteCsvRecording(const trace::Recording& recording, const fs::path& out) {
  CheckCsvOut(out);
  absl::StatusOr<Layout> layout = LayOut(recording);
  if (!layout.ok()) return layout.status();
  TruthFile truth{.info = recording.info, .files = {}, .left_out = layout->left_out};
  std::vector<AtomicFile> files;
  for (const auto& [name, device] : layout->devices) {
    if (absl::Status status = Check(name, device); !status.ok()) return status;
    fs::path path = out;
    if (layout->devices.size() > 1) {
      path.replace_filename(fmt::format("{}_{}.csv", out.stem().string(), AsFileName(name)));
    }
    const bool is_taken =
        std::any_of(files.begin(), files.end(), [&](const AtomicFile& other) { return other.path() == path; });
    if (is_taken) return absl::InvalidArgumentError(fmt::format("two devices would be written to {}", path.string()));
    absl::StatusOr<AtomicFile> file = AtomicFile::Create(path);
    if (!file.ok()) return file.status();
    if (absl::Status status = WriteRows(device, *file); !status.ok()) return status;
    DeviceFile entry{.file = path.filename().string(), .samples = device.accelerometer->samples.size(), .channels = {}};
    entry.channels.push_back(device.accelerometer->spec);
    if (device.gyroscope != nullptr) entry.channels.push_back(device.gyroscope->spec);
    truth.files.push_back(std::move(entry));
    files.push_back(*std::move(file));
  }
  absl::StatusOr<AtomicFile> truth_file = AtomicFile::Create(TruthPath(out));
  if (!truth_file.ok()) return truth_file.status();
  if (absl::Status status = truth_file->Append(TruthToJson(truth)); !status.ok()) return status;
  files.push_back(*std::move(truth_file));
  std::vector<fs::path> written;
  for (AtomicFile& file : files) {
    if (absl::Status status = file.Commit(); !status.ok()) return status;
    written.push_back(file.path());
  }
  return written;
}

fs::path FindTruthFile(const fs::path& csv) {
  if (fs::exists(TruthPath(csv))) return TruthPath(csv);
  const fs::path folder = csv.has_parent_path() ? csv.parent_path() : fs::path(".");
  // NAME_<device>.csv: NAME may hold underscores itself, so every prefix is tried, the longest first.
  std::string name = csv.stem().string();
  while (name.find('_') != std::string::npos) {
    name.resize(name.rfind('_'));
    const fs::path candidate = folder / (name + std::string(kTruthSuffix));
    if (!name.empty() && fs::exists(candidate)) return candidate;
  }
  return {};
}

trace::Recording ReadCsvRecording(const fs::path& path) {
  const bool is_csv = path.extension() == ".csv";
  const fs::path truth_path = is_csv ? FindTruthFile(path) : path;
  if (truth_path.empty()) {
    throw trace::InputError(fmt::format("{}: no {} beside it", path.string(), TruthPath(path).filename().string()));
  }
  const TruthFile truth = ReadTruthFile(truth_path);
  trace::Recording recording{.info = truth.info, .channels = {}};
  for (const DeviceFile& device : truth.files) {
    if (!is_csv || device.file == path.filename()) AppendDevice(truth_path, device, recording);
  }
  if (recording.channels.empty()) {
    throw trace::InputError(fmt::format("{}: does not list {}", truth_path.string(), path.filename().string()));
  }
  return recording;
}

}  // namespace stunt::datasets
