#include "hdf5_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <fstream>
#include <numeric>
#include <utility>

#include "row_layout.h"
#include "schema.h"

namespace stunt::recordings::internal {
namespace {

namespace fs = std::filesystem;

constexpr hsize_t kLargestDataset = hsize_t{2} << 30U;  // bytes, in memory
constexpr hsize_t kLargestChunk = hsize_t{16} << 20U;   // bytes; ours have up to 54 KiB
constexpr std::size_t kMostSegments = 1000;

void ExpectSignature(const fs::path& path, std::uint64_t bytes) {
  constexpr std::array<char, 8> kSignature = {'\x89', 'H', 'D', 'F', '\r', '\n', '\x1a', '\n'};
  std::array<char, 8> begin = {};
  std::ifstream stream(path, std::ios::binary);
  if (!stream) throw Hdf5Error("cannot be opened as a file");
  if (bytes == 0) throw Hdf5Error("is empty; accepted: a file of recordings as stunt writes it (docs/format.md)");
  stream.read(begin.data(), begin.size());
  if (begin != kSignature) {
    throw Hdf5Error("is no HDF5 file; accepted: a file of recordings as stunt writes it (docs/format.md)");
  }
}

Handle OpenFile(const fs::path& path) {
  // A file may name filters that HDF5 would load as code.
  Check(H5PLset_loading_state(0), "turn off plugins");
  const Handle access = Properties(H5P_FILE_ACCESS);
  Check(H5Pset_fclose_degree(access.get(), H5F_CLOSE_STRONG), "set how files close");
  Check(H5Pset_file_locking(access.get(), false, true), "leave out locks");
  try {
    return {H5Fopen(path.c_str(), H5F_ACC_RDONLY, access.get()), H5Fclose, "open it"};
  } catch (const Hdf5Error& error) {
    throw Hdf5Error(fmt::format("truncated or damaged: {}", error.what()));
  }
}

/// A dataset whose storage is what GrowingDataset makes, and no more of it than fits into memory.
class DatasetIn {
 public:
  /// @param row  shape of one row; 0 stands for any extent.
  DatasetIn(hid_t parent, const std::string& name, H5T_class_t accepted, std::vector<hsize_t> row) : name_(name) {
    ExpectHardLink(parent, name);
    dataset_ = Handle(H5Dopen2(parent, name.c_str(), H5P_DEFAULT), H5Dclose, "read " + name);
    type_ = Handle(H5Dget_type(dataset_.get()), H5Tclose, "read " + name);
    if (H5Tget_class(type_.get()) != accepted) throw Hdf5Error(name + " has another type than it should");
    CheckShape(std::move(row));
    CheckStorage();
  }

  [[nodiscard]] hsize_t rows() const { return shape_.front(); }
  [[nodiscard]] const std::vector<hsize_t>& shape() const { return shape_; }
  [[nodiscard]] hid_t id() const { return dataset_.get(); }
  [[nodiscard]] hid_t type() const { return type_.get(); }

  /// All values, row by row.
  template <typename Value>
  [[nodiscard]] std::vector<Value> Read(hid_t memory_type) const {
    std::vector<Value> values(std::accumulate(shape_.begin(), shape_.end(), hsize_t{1}, std::multiplies<>()));
    ReadInto(memory_type, values.data());
    return values;
  }

  void ReadInto(hid_t memory_type, void* values) const {
    Check(H5Dread(dataset_.get(), memory_type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values), "read " + name_);
  }

 private:
  void CheckShape(std::vector<hsize_t> row) {
    const Handle space(H5Dget_space(dataset_.get()), H5Sclose, "read " + name_);
    const int rank = H5Sget_simple_extent_ndims(space.get());
    if (rank != static_cast<int>(row.size()) + 1) throw Hdf5Error(name_ + " has another shape than it should");
    shape_.resize(static_cast<std::size_t>(rank));
    H5Sget_simple_extent_dims(space.get(), shape_.data(), nullptr);
    hsize_t room = kLargestDataset / std::max<std::size_t>(H5Tget_size(type_.get()), 8);
    for (std::size_t i = 0; i < shape_.size(); ++i) {
      const bool fits = i == 0 || (row[i - 1] == 0 && shape_[i] > 0) || row[i - 1] == shape_[i];
      if (!fits) throw Hdf5Error(name_ + " has another shape than it should");
      if (shape_[i] > room) throw Hdf5Error(name_ + " is larger than 2 GiB");
      room /= std::max<hsize_t>(shape_[i], 1);
    }
  }

  void CheckStorage() const {
    const Handle creation(H5Dget_create_plist(dataset_.get()), H5Pclose, "read " + name_);
    const hid_t id = creation.get();
    // Anything else could lie in another file.
    if (H5Pget_layout(id) != H5D_CHUNKED) throw Hdf5Error(name_ + " is not chunked");
    std::vector<hsize_t> chunk(shape_.size());
    Check(H5Pget_chunk(id, static_cast<int>(chunk.size()), chunk.data()), "read " + name_);
    hsize_t room = kLargestChunk / H5Tget_size(type_.get());
    for (const hsize_t extent : chunk) room /= std::max<hsize_t>(extent, 1);
    if (room == 0) throw Hdf5Error(name_ + " has chunks of more than 16 MiB");
    const int filters = H5Pget_nfilters(id);
    for (int i = 0; i < filters; ++i) {
      unsigned flags = 0;
      std::size_t count = 0;
      unsigned config = 0;
      const H5Z_filter_t filter =
          H5Pget_filter2(id, static_cast<unsigned>(i), &flags, &count, nullptr, 0, nullptr, &config);
      const bool known =
          filter == H5Z_FILTER_SHUFFLE || filter == H5Z_FILTER_DEFLATE || filter == H5Z_FILTER_FLETCHER32;
      if (!known) throw Hdf5Error(fmt::format("{} has a filter of the number {}", name_, filter));
    }
  }

  std::string name_;
  Handle dataset_;
  Handle type_;
  std::vector<hsize_t> shape_;
};

void CheckTime(std::int64_t time_ns, const std::string& what) {
  if (time_ns < -kLargestTimeNs || time_ns > kLargestTimeNs) {
    throw Hdf5Error(fmt::format("{}: time {} ns; accepted: within ±3e18", what, time_ns));
  }
}

std::vector<std::int64_t> ReadTimes(hid_t parent, const std::string& name) {
  const DatasetIn dataset(parent, name, H5T_INTEGER, {});
  std::vector<std::int64_t> times = dataset.Read<std::int64_t>(H5T_NATIVE_INT64);
  for (const std::int64_t time_ns : times) CheckTime(time_ns, name);
  if (!std::is_sorted(times.begin(), times.end())) throw Hdf5Error(name + " runs backwards");
  return times;
}

std::vector<float> ReadFinite(hid_t parent, const std::string& name, std::vector<hsize_t> row) {
  const DatasetIn dataset(parent, name, H5T_FLOAT, std::move(row));
  std::vector<float> values = dataset.Read<float>(H5T_NATIVE_FLOAT);
  if (!std::all_of(values.begin(), values.end(), [](float value) { return std::isfinite(value); })) {
    throw Hdf5Error(name + " has a value that is not finite");
  }
  return values;
}

/// Calls `take` with every row of a table.
template <typename Take>
void ReadRows(hid_t truth, const std::string& name, const RowLayout& accepted, Take take) {
  const DatasetIn dataset(truth, name, H5T_COMPOUND, {});
  const RowLayout layout = accepted.WithWidthsOf(dataset.type());
  const Handle type = layout.MakeType();
  std::vector<std::byte> bytes(dataset.rows() * layout.size());
  dataset.ReadInto(type.get(), bytes.data());
  for (std::size_t i = 0; i < dataset.rows(); ++i) take(RowReader(layout, bytes.data() + i * layout.size()));
}

int AsCount(std::int64_t value, const char* what) {
  if (!std::in_range<int>(value) || value < 0) throw Hdf5Error(fmt::format("{} {}", what, value));
  return static_cast<int>(value);
}

std::vector<trace::TruthEvent> ReadEvents(hid_t truth) {
  std::vector<trace::TruthEvent> events;
  ReadRows(truth, "events", EventRows(0, 0), [&](RowReader row) {
    trace::TruthEvent event;
    event.event_id = row.Text();
    event.event_class = row.Text();
    event.onset_ns = row.Integer();
    event.ref_ns = row.Integer();
    event.end_ns = row.Integer();
    event.severity = row.Number();
    event.ignore = row.Flag();
    for (const std::int64_t time_ns : {event.onset_ns, event.ref_ns, event.end_ns}) CheckTime(time_ns, "events");
    if (event.end_ns < event.onset_ns) throw Hdf5Error("events: one ends before its onset");
    events.push_back(std::move(event));
  });
  return events;
}

std::vector<trace::ActivitySegment> ReadActivities(hid_t truth) {
  std::vector<trace::ActivitySegment> activities;
  ReadRows(truth, "activities", ActivityRows(0), [&](RowReader row) {
    trace::ActivitySegment activity;
    activity.label = row.Text();
    activity.start_ns = row.Integer();
    activity.end_ns = row.Integer();
    for (const std::int64_t time_ns : {activity.start_ns, activity.end_ns}) CheckTime(time_ns, "activities");
    activities.push_back(std::move(activity));
  });
  return activities;
}

std::vector<trace::Repetition> ReadRepetitions(hid_t truth) {
  std::vector<trace::Repetition> repetitions;
  ReadRows(truth, "repetitions", RepetitionRows(0), [&](RowReader row) {
    trace::Repetition repetition;
    repetition.exercise = row.Text();
    repetition.set = AsCount(row.Integer(), "repetitions: set");
    repetition.number = AsCount(row.Integer(), "repetitions: number");
    repetition.start_ns = row.Integer();
    repetition.end_ns = row.Integer();
    for (const std::int64_t time_ns : {repetition.start_ns, repetition.end_ns}) CheckTime(time_ns, "repetitions");
    repetitions.push_back(std::move(repetition));
  });
  return repetitions;
}

std::vector<trace::Contact> ReadContacts(hid_t truth) {
  std::vector<trace::Contact> contacts;
  ReadRows(truth, "contacts", ContactRows(), [&](RowReader row) {
    trace::Contact contact;
    contact.segment = row.Text();
    contact.ground = row.Flag();
    contact.start_ns = row.Integer();
    contact.end_ns = row.Integer();
    contact.peak_force_n = row.Number();
    contact.impulse_n_s = row.Number();
    for (const std::int64_t time_ns : {contact.start_ns, contact.end_ns}) CheckTime(time_ns, "contacts");
    contacts.push_back(std::move(contact));
  });
  return contacts;
}

std::vector<trace::HeartRate> ReadHeartRate(hid_t truth) {
  std::vector<trace::HeartRate> beats;
  ReadRows(truth, "heart_rate", HeartRateRows(), [&](RowReader row) {
    trace::HeartRate beat;
    beat.t_ns = row.Integer();
    beat.bpm = row.Number();
    CheckTime(beat.t_ns, "heart_rate");
    beats.push_back(beat);
  });
  return beats;
}

trace::Truth ReadTruth(hid_t case_group) {
  const Handle group = OpenGroup(case_group, "truth");
  const hid_t truth = group.get();
  return {.events = ReadEvents(truth),
          .activities = ReadActivities(truth),
          .repetitions = ReadRepetitions(truth),
          .contacts = ReadContacts(truth),
          .heart_rate = ReadHeartRate(truth)};
}

std::map<std::string, std::string> ReadTexts(hid_t parent, const std::string& name) {
  const Handle group = OpenGroup(parent, name);
  std::map<std::string, std::string> texts;
  for (const std::string& key : AttributeNames(group.get())) {
    texts[key] = GetText(group.get(), key);
  }
  return texts;
}

trace::CaseInfo ReadInfo(hid_t group, const std::string& case_id) {
  trace::CaseInfo info;
  info.case_id = GetText(group, "case_id");
  if (info.case_id != case_id) throw Hdf5Error(fmt::format("the case {} says that it is {}", case_id, info.case_id));
  info.scenario_id = GetText(group, "scenario_id");
  info.label = GetText(group, "label");
  info.subject_id = GetText(group, "subject_id");
  info.scope = ScopeNamed(GetText(group, "scope"));
  info.tags = ReadTexts(group, "tags");
  info.start_ns = GetInteger(group, "start_ns");
  info.end_ns = GetInteger(group, "end_ns");
  CheckTime(info.start_ns, case_id);
  CheckTime(info.end_ns, case_id);
  info.allow_overlap = GetUnsigned(group, "allow_overlap") != 0;
  info.truth = ReadTruth(group);
  return info;
}

Provenance ReadProvenance(hid_t case_group) {
  const Handle group = OpenGroup(case_group, "provenance");
  return {.program = GetText(group.get(), "program"),
          .seed = GetUnsigned(group.get(), "seed"),
          .variant = GetUnsigned(group.get(), "variant"),
          .inputs = ReadTexts(group.get(), "inputs"),
          .parameters = ReadTexts(group.get(), "parameters"),
          .subject = ReadTexts(group.get(), "subject")};
}

DeviceDescription ReadDevice(hid_t group, const std::string& name) {
  DeviceDescription device;
  device.device = GetText(group, "device");
  if (device.device != name) throw Hdf5Error(fmt::format("the device {} says that it is {}", name, device.device));
  device.site = GetText(group, "site");
  device.segment = GetText(group, "segment");
  std::ranges::copy(GetNumbers(group, "p_BS_m", 3), device.p_BS_m.begin());
  std::ranges::copy(GetNumbers(group, "q_BS", 4), device.q_BS.begin());
  device.spec = GetText(group, "spec");
  return device;
}

trace::ChannelSpec ReadSpec(hid_t channel, const std::string& name, const DeviceDescription& device) {
  const std::uint64_t id = GetUnsigned(channel, "channel_id");
  const std::int64_t watermark = GetInteger(channel, "fifo_watermark");
  if (!std::in_range<std::uint32_t>(id)) throw Hdf5Error(fmt::format("channel_id {}", id));
  trace::ChannelSpec spec;
  spec.channel_id = static_cast<std::uint32_t>(id);
  spec.kind = KindNamed(GetText(channel, "kind"));
  if (GetText(channel, "kind") != name || spec.kind == trace::SensorKind::kUnspecified) {
    throw Hdf5Error(fmt::format("unknown channel {} of {}", name, device.device));
  }
  spec.device = device.device;
  spec.site = device.site;
  spec.clock = GetText(channel, "clock");
  spec.unit = GetText(channel, "unit");
  const DatasetIn values(channel, "degraded", H5T_FLOAT, {0});
  spec.axes = AsCount(static_cast<std::int64_t>(values.shape()[1]), "axes");
  spec.rate_hz = GetNumber(channel, "rate_hz");
  spec.range = GetNumber(channel, "range");
  spec.resolution = GetNumber(channel, "resolution");
  spec.fifo_watermark = AsCount(watermark, "fifo_watermark");
  return spec;
}

/// Times as a period where they are uniform, as offsets elsewhere.
void SetTimes(const std::vector<std::int64_t>& times, trace::SampleBlock& block) {
  if (times.empty()) return;
  block.first_time_ns = times.front();
  block.period_ns = times.size() > 1 ? times[1] - times[0] : 0;
  bool uniform = true;
  for (std::size_t i = 1; uniform && i < times.size(); ++i) uniform = times[i] - times[i - 1] == block.period_ns;
  if (uniform) return;
  const auto periods = static_cast<double>(times.size() - 1);
  block.period_ns = std::llround(static_cast<double>(times.back() - times.front()) / periods);
  block.time_offsets_ns.reserve(times.size());
  for (const std::int64_t time_ns : times) block.time_offsets_ns.push_back(time_ns - times.front());
}

trace::ChannelTrace ReadChannel(hid_t channel, trace::ChannelSpec spec, Signal signal) {
  const bool is_clean = signal == Signal::kClean;
  const std::vector<std::int64_t> times = ReadTimes(channel, is_clean ? "clean_t_ns" : "t_ns");
  trace::ChannelTrace read;
  read.samples.channel_id = spec.channel_id;
  read.samples.axes = spec.axes;
  read.samples.values = ReadFinite(channel, is_clean ? "clean" : "degraded", {static_cast<hsize_t>(spec.axes)});
  if (read.samples.size() != times.size()) throw Hdf5Error("not as many times as values");
  SetTimes(times, read.samples);
  if (is_clean) {
    spec.clock = trace::kSimulatedClock;
    spec.range = spec.resolution = 0;
  } else {
    const DatasetIn sequence(channel, "sequence", H5T_INTEGER, {});
    if (sequence.rows() != times.size()) throw Hdf5Error("not as many times as sequence numbers");
    const auto sequences = sequence.Read<std::uint64_t>(H5T_NATIVE_UINT64);
    if (!sequences.empty()) read.samples.first_sequence = sequences.front();
  }
  read.spec = std::move(spec);
  return read;
}

ChannelSummary Summarize(hid_t channel, trace::ChannelSpec spec) {
  ChannelSummary summary;
  summary.frame = GetText(channel, "frame");
  summary.axes = GetText(channel, "axes");
  summary.datasheet = GetText(channel, "spec");
  const std::vector<std::int64_t> times = ReadTimes(channel, "t_ns");
  summary.samples = times.size();
  if (!times.empty()) {
    summary.first_ns = times.front();
    summary.last_ns = times.back();
  }
  const std::vector<hsize_t> row = {static_cast<hsize_t>(spec.axes)};
  if (DatasetIn(channel, "degraded", H5T_FLOAT, row).rows() != times.size()) {
    throw Hdf5Error("not as many times as values");
  }
  if (HasLink(channel, "clean")) summary.clean_samples = DatasetIn(channel, "clean", H5T_FLOAT, row).rows();
  summary.spec = std::move(spec);
  return summary;
}

/// What `read` gives; where it fails, the message begins with the channel.
template <typename Read>
auto OfChannel(const std::string& kind, const std::string& device, const Read& read) {
  try {
    return read();
  } catch (const Hdf5Error& error) {
    throw Hdf5Error(fmt::format("{} of {}: {}", kind, device, error.what()));
  }
}

/// Calls `take` with the group and the spec of every channel of a case, by channel_id; lists the devices.
template <typename Take>
void ForEachChannel(hid_t case_group, std::vector<DeviceDescription>& devices, Take take) {
  struct Found {
    std::size_t device = 0;
    trace::ChannelSpec spec;
    Handle group;
  };
  std::vector<Found> found;
  const Handle group = OpenGroup(case_group, "devices");
  for (const std::string& name : LinkNames(group.get())) {
    const Handle device = OpenGroup(group.get(), name);
    devices.push_back(ReadDevice(device.get(), name));
    for (const std::string& kind : LinkNames(device.get())) {
      Handle channel = OpenGroup(device.get(), kind);
      trace::ChannelSpec spec = OfChannel(kind, name, [&] { return ReadSpec(channel.get(), kind, devices.back()); });
      devices.back().channels[kind] = GetText(channel.get(), "spec");
      found.push_back({devices.size() - 1, std::move(spec), std::move(channel)});
    }
  }
  std::ranges::stable_sort(found, {}, [](const Found& one) { return one.spec.channel_id; });
  for (const Found& one : found) {
    OfChannel(NameOf(one.spec.kind), one.spec.device, [&] { take(one.group.get(), one.spec); });
  }
}

}  // namespace

Hdf5Reader::Hdf5Reader(const fs::path& path) {
  std::error_code error;
  bytes_ = fs::file_size(path, error);
  if (error) throw Hdf5Error("cannot be opened as a file");
  ExpectSignature(path, bytes_);
  file_ = OpenFile(path);
  const hid_t file = file_.get();
  constexpr const char* kSchemaAttribute = "schema";
  const std::string schema = HasAttribute(file, kSchemaAttribute) ? GetText(file, kSchemaAttribute) : "";
  if (schema != kSchema) {
    throw Hdf5Error(schema.empty() ? fmt::format("is no file of recordings; accepted: HDF5 with schema {}", kSchema)
                                   : fmt::format("has the schema '{}'; accepted: {}", schema, kSchema));
  }
  cases_ = OpenGroup(file, "cases");
}

std::vector<std::string> Hdf5Reader::CaseIds() const { return LinkNames(cases_.get()); }

Handle Hdf5Reader::OpenCase(const std::string& case_id) const {
  const std::vector<std::string> known = CaseIds();
  if (std::find(known.begin(), known.end(), case_id) == known.end()) {
    throw Hdf5Error(fmt::format("has no case {}; accepted: {}", case_id, fmt::join(known, ", ")));
  }
  return OpenGroup(cases_.get(), case_id);
}

FileSummary Hdf5Reader::Summary() const {
  FileSummary summary;
  summary.program = GetText(file_.get(), "program");
  summary.bytes = bytes_;
  for (const std::string& case_id : CaseIds()) {
    const Handle group = OpenCase(case_id);
    CaseSummary one;
    one.info = ReadInfo(group.get(), case_id);
    one.skip_reason = GetText(group.get(), "skip_reason");
    one.provenance = ReadProvenance(group.get());
    ForEachChannel(group.get(), one.devices, [&](hid_t channel, const trace::ChannelSpec& spec) {
      one.channels.push_back(Summarize(channel, spec));
    });
    const Handle truth = OpenGroup(group.get(), "truth");
    if (HasLink(truth.get(), "pose")) {
      const Handle pose = OpenGroup(truth.get(), "pose");
      one.pose_frames = DatasetIn(pose.get(), "t_ns", H5T_INTEGER, {}).rows();
    }
    summary.cases.push_back(std::move(one));
  }
  return summary;
}

trace::Recording Hdf5Reader::Load(std::string_view case_id, Signal signal) const {
  const std::string id(case_id);
  const Handle group = OpenCase(id);
  trace::Recording recording;
  recording.info = ReadInfo(group.get(), id);
  std::vector<DeviceDescription> devices;
  ForEachChannel(group.get(), devices, [&](hid_t channel, const trace::ChannelSpec& spec) {
    if (signal == Signal::kClean && !HasLink(channel, "clean")) return;
    recording.channels.push_back(ReadChannel(channel, spec, signal));
  });
  return recording;
}

trace::PoseBlock Hdf5Reader::LoadPose(std::string_view case_id) const {
  const Handle group = OpenCase(std::string(case_id));
  const Handle truth = OpenGroup(group.get(), "truth");
  trace::PoseBlock block;
  if (!HasLink(truth.get(), "pose")) return block;
  const Handle pose = OpenGroup(truth.get(), "pose");
  const std::string names = GetText(pose.get(), "segments");
  const std::size_t segments = static_cast<std::size_t>(std::count(names.begin(), names.end(), ',')) + 1;
  if (segments > kMostSegments) throw Hdf5Error(fmt::format("a pose of {} segments", segments));
  block.segments = static_cast<int>(segments);
  block.t_ns = ReadTimes(pose.get(), "t_ns");
  block.position_m = ReadFinite(pose.get(), "position", {segments, 3});
  block.orientation = ReadFinite(pose.get(), "orientation", {segments, 4});
  const std::size_t frames = block.t_ns.size();
  if (block.position_m.size() != 3 * frames * segments || block.orientation.size() != 4 * frames * segments) {
    throw Hdf5Error("a pose has not as many times as frames");
  }
  return block;
}

}  // namespace stunt::recordings::internal
