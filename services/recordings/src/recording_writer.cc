#include "stunt/recordings/recording_writer.h"

#include <absl/status/status.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <optional>
#include <utility>

#include "growing_dataset.h"
#include "hdf5_handles.h"
#include "schema.h"
#include "stunt/datasets/atomic_file.h"
#include "stunt/recordings/recording_file.h"
#include "stunt/trace/input_error.h"

namespace stunt::recordings {
namespace {

using namespace internal;
namespace fs = std::filesystem;

/// What a caller handed over cannot be written.
class Refused : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

Handle MakeFile(const fs::path& path) {
  const Handle creation = Properties(H5P_FILE_CREATE);
  Check(H5Pset_obj_track_times(creation.get(), false), "leave out times");
  const Handle access = Properties(H5P_FILE_ACCESS);
  // Formats of 1.10 throughout: all their metadata carry checksums, and files of one content have one form.
  Check(H5Pset_libver_bounds(access.get(), H5F_LIBVER_V110, H5F_LIBVER_V110), "set the version");
  Check(H5Pset_fclose_degree(access.get(), H5F_CLOSE_STRONG), "set how files close");
  Check(H5Pset_file_locking(access.get(), false, true), "leave out locks");  // nobody else knows the file's name
  H5AC_cache_config_t cache;
  cache.version = H5AC__CURR_CACHE_CONFIG_VERSION;
  Check(H5Pget_mdc_config(access.get(), &cache), "set the cache");
  cache.set_initial_size = true;
  cache.initial_size = cache.min_size = cache.max_size = 1U << 20U;  // bytes, however long the datasets are
  cache.incr_mode = H5C_incr__off;
  cache.flash_incr_mode = H5C_flash_incr__off;
  cache.decr_mode = H5C_decr__off;
  Check(H5Pset_mdc_config(access.get(), &cache), "set the cache");
  return {H5Fcreate(path.c_str(), H5F_ACC_TRUNC, creation.get(), access.get()), H5Fclose, "create it"};
}

void WriteTexts(hid_t parent, const std::string& name, const std::map<std::string, std::string>& texts) {
  const Handle group = MakeGroup(parent, name);
  for (const auto& [key, text] : texts) SetText(group.get(), key, text);
}

bool IsId(const std::string& text) {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' ||
           c == '-';
  };
  return !text.empty() && std::all_of(text.begin(), text.end(), fits) && text != "." && text != "..";
}

/// Times and values of one signal of a channel.
class SignalOut {
 public:
  SignalOut(hid_t channel, Signal signal, const trace::ChannelSpec& spec)
      : times_(channel, signal == Signal::kClean ? "clean_t_ns" : "t_ns", H5T_STD_I64LE, {}, kSamplesPerChunk),
        values_(channel, signal == Signal::kClean ? "clean" : "degraded", H5T_IEEE_F32LE,
                {static_cast<hsize_t>(spec.axes)}, kSamplesPerChunk) {
    SetText(times_.id(), "unit", "ns");
    SetText(times_.id(), "clock", signal == Signal::kClean ? trace::kSimulatedClock : spec.clock);
    SetText(values_.id(), "unit", spec.unit);
    SetText(values_.id(), "frame", FrameOf(spec));
    SetText(values_.id(), "axes", AxesOf(spec));
    if (signal == Signal::kDegraded) {
      sequence_.emplace(channel, "sequence", H5T_STD_U64LE, std::vector<hsize_t>{}, kSamplesPerChunk);
    }
  }

  void Append(const trace::SampleBlock& block) {
    const std::size_t count = block.size();
    times_ns_.resize(count);
    sequences_.resize(count);
    for (std::size_t i = 0; i < count; ++i) {
      times_ns_[i] = block.TimeNs(i);
      sequences_[i] = block.first_sequence + i;
      const bool in_order = times_ns_[i] >= last_ns_ && times_ns_[i] <= kLargestTimeNs;
      if (!in_order) throw Refused(fmt::format("time {} ns after {} ns", times_ns_[i], last_ns_));
      last_ns_ = times_ns_[i];
    }
    if (!std::all_of(block.values.begin(), block.values.end(), [](float value) { return std::isfinite(value); })) {
      throw Refused("a value that is not finite");
    }
    times_.Append(times_ns_.data(), count);
    if (sequence_) sequence_->Append(sequences_.data(), count);
    values_.Append(block.values.data(), count);
  }

  void Finish() {
    times_.Finish();
    if (sequence_) sequence_->Finish();
    values_.Finish();
  }

 private:
  GrowingDataset times_;
  std::optional<GrowingDataset> sequence_;
  GrowingDataset values_;
  std::int64_t last_ns_ = -kLargestTimeNs;
  std::vector<std::int64_t> times_ns_;  // of a block; kept for their memory
  std::vector<std::uint64_t> sequences_;
};

struct ChannelOut {
  trace::ChannelSpec spec;
  Handle group;
  SignalOut degraded;
  std::optional<SignalOut> clean;
};

ChannelOut MakeChannel(hid_t device, const trace::ChannelSpec& spec, const DeviceDescription& description) {
  const std::string kind = NameOf(spec.kind);
  Handle group = MakeGroup(device, kind);
  const hid_t id = group.get();
  SetUnsigned(id, "channel_id", spec.channel_id);
  SetText(id, "kind", kind);
  SetText(id, "clock", spec.clock);
  SetText(id, "unit", spec.unit);
  SetText(id, "frame", FrameOf(spec));
  SetText(id, "axes", AxesOf(spec));
  SetNumber(id, "rate_hz", spec.rate_hz);
  SetNumber(id, "range", spec.range);
  SetNumber(id, "resolution", spec.resolution);
  SetInteger(id, "fifo_watermark", spec.fifo_watermark);
  const auto sheet = description.channels.find(kind);
  SetText(id, "spec", sheet == description.channels.end() ? "" : sheet->second);
  SignalOut degraded(id, Signal::kDegraded, spec);
  return {spec, std::move(group), std::move(degraded), std::nullopt};
}

struct DeviceOut {
  DeviceDescription description;
  Handle group;
  std::map<trace::SensorKind, ChannelOut> channels;

  void Append(Signal signal, const trace::ChannelTrace& block) {
    const trace::ChannelSpec& spec = block.spec;
    auto found = channels.find(spec.kind);
    if (found == channels.end()) {
      if (signal == Signal::kClean) throw Refused("clean samples of a channel that has no others yet");
      if (spec.axes < 1 || spec.axes > 64) throw Refused(fmt::format("{} axes", spec.axes));
      found = channels.emplace(spec.kind, MakeChannel(group.get(), spec, description)).first;
    }
    ChannelOut& channel = found->second;
    if (channel.spec.channel_id != spec.channel_id) throw Refused("two sensors of one kind");
    if (block.samples.axes != channel.spec.axes) throw Refused("another number of axes than before");
    if (signal == Signal::kClean && !channel.clean) channel.clean.emplace(channel.group.get(), signal, spec);
    (signal == Signal::kClean ? *channel.clean : channel.degraded).Append(block.samples);
  }
};

DeviceOut MakeDevice(hid_t devices, const DeviceDescription& description) {
  if (description.device.empty() || description.device.find('/') != std::string::npos) {
    throw Refused(fmt::format("a device named '{}'", description.device));
  }
  Handle group = MakeGroup(devices, description.device);
  const hid_t id = group.get();
  SetText(id, "device", description.device);
  SetText(id, "site", description.site);
  SetText(id, "segment", description.segment);
  SetNumbers(id, "p_BS_m", {description.p_BS_m.begin(), description.p_BS_m.end()});
  SetNumbers(id, "q_BS", {description.q_BS.begin(), description.q_BS.end()});
  SetText(id, "spec", description.spec);
  return {description, std::move(group), {}};
}

/// A truth table: rows of one compound type.
class TableOut {
 public:
  TableOut(hid_t truth, const std::string& name, RowLayout layout)
      : layout_(std::move(layout)), dataset_(truth, name, layout_.MakeType().get(), {}, kRowsPerChunk) {}

  [[nodiscard]] const RowLayout& layout() const { return layout_; }
  void Append(const RowBuilder& row) { dataset_.Append(row.bytes(), 1); }
  void Finish() { dataset_.Finish(); }

 private:
  RowLayout layout_;
  GrowingDataset dataset_;
};

struct PoseOut {
  Handle group;
  std::vector<std::string> segments;
  GrowingDataset times;
  GrowingDataset positions;
  GrowingDataset orientations;
};

PoseOut MakePose(hid_t truth, std::span<const std::string> segments) {
  const hsize_t count = segments.size();
  Handle group = MakeGroup(truth, "pose");
  const hid_t id = group.get();
  SetText(id, "segments", fmt::format("{}", fmt::join(segments, ",")));
  SetText(id, "frame", "W");
  SetText(id, "clock", trace::kSimulatedClock);
  PoseOut pose = {std::move(group),
                  {segments.begin(), segments.end()},
                  GrowingDataset(id, "t_ns", H5T_STD_I64LE, {}, kPosesPerChunk),
                  GrowingDataset(id, "position", H5T_IEEE_F32LE, {count, 3}, kPosesPerChunk),
                  GrowingDataset(id, "orientation", H5T_IEEE_F32LE, {count, 4}, kPosesPerChunk)};
  SetText(pose.times.id(), "unit", "ns");
  SetText(pose.positions.id(), "unit", "m");
  SetText(pose.positions.id(), "axes", "x,y,z");
  SetText(pose.orientations.id(), "unit", "1");
  SetText(pose.orientations.id(), "axes", "w,x,y,z");
  return pose;
}

template <typename Row, typename Text>
std::size_t Longest(const std::vector<Row>& rows, Text Row::*text) {
  std::size_t longest = 0;
  for (const Row& row : rows) longest = std::max(longest, (row.*text).size());
  return longest;
}

void WriteEvents(hid_t truth, const std::vector<trace::TruthEvent>& events) {
  using trace::TruthEvent;
  TableOut table(truth, "events",
                 EventRows(Longest(events, &TruthEvent::event_id), Longest(events, &TruthEvent::event_class)));
  for (const TruthEvent& event : events) {
    table.Append(RowBuilder(table.layout())
                     .Text(event.event_id)
                     .Text(event.event_class)
                     .Integer(event.onset_ns)
                     .Integer(event.ref_ns)
                     .Integer(event.end_ns)
                     .Number(event.severity)
                     .Flag(event.ignore));
  }
  table.Finish();
}

void WriteActivities(hid_t truth, const std::vector<trace::ActivitySegment>& activities) {
  TableOut table(truth, "activities", ActivityRows(Longest(activities, &trace::ActivitySegment::label)));
  for (const trace::ActivitySegment& activity : activities) {
    table.Append(RowBuilder(table.layout()).Text(activity.label).Integer(activity.start_ns).Integer(activity.end_ns));
  }
  table.Finish();
}

void WriteRepetitions(hid_t truth, const std::vector<trace::Repetition>& repetitions) {
  TableOut table(truth, "repetitions", RepetitionRows(Longest(repetitions, &trace::Repetition::exercise)));
  for (const trace::Repetition& repetition : repetitions) {
    table.Append(RowBuilder(table.layout())
                     .Text(repetition.exercise)
                     .Integer(repetition.set)
                     .Integer(repetition.number)
                     .Integer(repetition.start_ns)
                     .Integer(repetition.end_ns));
  }
  table.Finish();
}

void WriteHeartRate(hid_t truth, const std::vector<trace::HeartRate>& heart_rate) {
  TableOut table(truth, "heart_rate", HeartRateRows());
  for (const trace::HeartRate& beat : heart_rate) {
    table.Append(RowBuilder(table.layout()).Integer(beat.t_ns).Number(beat.bpm));
  }
  table.Finish();
}

/// The case that is being written.
struct CaseOut {
  std::string case_id;
  Handle group;
  Handle devices_group;
  Handle truth;
  std::map<std::string, DeviceOut> devices;
  TableOut contacts;
  std::optional<PoseOut> pose;
};

CaseOut MakeCase(hid_t cases, const std::string& case_id, const Provenance& provenance,
                 std::span<const DeviceDescription> devices) {
  if (!IsId(case_id)) throw Refused(fmt::format("a case named '{}'; accepted: [A-Za-z0-9_.-]+", case_id));
  if (HasLink(cases, case_id)) throw Refused(fmt::format("the case {} twice", case_id));
  Handle group = MakeGroup(cases, case_id);
  const Handle made_of = MakeGroup(group.get(), "provenance");
  SetText(made_of.get(), "program", provenance.program);
  SetUnsigned(made_of.get(), "seed", provenance.seed);
  SetUnsigned(made_of.get(), "variant", provenance.variant);
  WriteTexts(made_of.get(), "inputs", provenance.inputs);
  WriteTexts(made_of.get(), "parameters", provenance.parameters);
  WriteTexts(made_of.get(), "subject", provenance.subject);
  Handle devices_group = MakeGroup(group.get(), "devices");
  Handle truth = MakeGroup(group.get(), "truth");
  SetText(truth.get(), "clock", trace::kSimulatedClock);
  TableOut contacts(truth.get(), "contacts", ContactRows());
  CaseOut out = {case_id,     std::move(group), std::move(devices_group), std::move(truth), {}, std::move(contacts),
                 std::nullopt};
  for (const DeviceDescription& device : devices) {
    if (out.devices.contains(device.device)) throw Refused(fmt::format("the device {} twice", device.device));
    out.devices.emplace(device.device, MakeDevice(out.devices_group.get(), device));
  }
  return out;
}

void Append(TableOut& table, const trace::Contact& contact) {
  if (contact.segment.size() > kSegmentWidth) throw Refused(fmt::format("a segment named '{}'", contact.segment));
  table.Append(RowBuilder(table.layout())
                   .Text(contact.segment)
                   .Flag(contact.ground)
                   .Integer(contact.start_ns)
                   .Integer(contact.end_ns)
                   .Number(contact.peak_force_n)
                   .Number(contact.impulse_n_s));
}

void Finish(CaseOut& out, const trace::CaseInfo& info, const std::string& skip_reason) {
  if (info.case_id != out.case_id) throw Refused(fmt::format("the end of {} in {}", info.case_id, out.case_id));
  for (auto& [name, device] : out.devices) {
    for (auto& [kind, channel] : device.channels) {
      channel.degraded.Finish();
      if (channel.clean) channel.clean->Finish();
    }
  }
  if (out.pose) {
    for (GrowingDataset* dataset : {&out.pose->times, &out.pose->positions, &out.pose->orientations}) {
      dataset->Finish();
    }
  }
  for (const trace::Contact& contact : info.truth.contacts) Append(out.contacts, contact);
  out.contacts.Finish();
  WriteEvents(out.truth.get(), info.truth.events);
  WriteActivities(out.truth.get(), info.truth.activities);
  WriteRepetitions(out.truth.get(), info.truth.repetitions);
  WriteHeartRate(out.truth.get(), info.truth.heart_rate);
  WriteTexts(out.group.get(), "tags", info.tags);
  const hid_t id = out.group.get();
  SetText(id, "case_id", info.case_id);
  SetText(id, "scenario_id", info.scenario_id);
  SetText(id, "label", info.label);
  SetText(id, "subject_id", info.subject_id);
  SetText(id, "scope", NameOfScope(info.scope));
  SetText(id, "skip_reason", skip_reason);
  SetInteger(id, "start_ns", info.start_ns);
  SetInteger(id, "end_ns", info.end_ns);
  SetUnsigned(id, "allow_overlap", info.allow_overlap ? 1 : 0);
}

}  // namespace

struct RecordingWriter::State {
  datasets::AtomicFile place;  // outlives the handles: removes the file that they let go
  Handle file;
  Handle cases;
  std::optional<CaseOut> open;

  [[nodiscard]] CaseOut& Open() {
    if (!open) throw Refused("something outside of a case");
    return *open;
  }

  /// Does the work; turns what went wrong into a status that names the file.
  absl::Status Try(const std::function<void()>& work) {
    const Quiet quiet;
    try {
      work();
      return absl::OkStatus();
    } catch (const Hdf5Error& error) {
      return absl::UnavailableError(fmt::format("{}: {}", place.path().string(), error.what()));
    } catch (const Refused& error) {
      return absl::InvalidArgumentError(fmt::format("{}: cannot hold {}", place.path().string(), error.what()));
    }
  }

  ~State() {
    const Quiet quiet;
    open.reset();
    cases = Handle();
    file = Handle();
  }
};

void CheckOut(const fs::path& out) {
  if (!IsRecordingName(out) || out.stem().empty()) {
    throw trace::InputError(fmt::format("{}: accepted as HDF5 output: a name that ends in .h5", out.string()));
  }
  const absl::Status creatable = datasets::AtomicFile::Create(out).status();
  if (!creatable.ok()) throw trace::InputError(std::string(creatable.message()));
}

absl::StatusOr<RecordingWriter> RecordingWriter::Create(const fs::path& path, const std::string& program) {
  absl::StatusOr<datasets::AtomicFile> place = datasets::AtomicFile::Create(path);
  if (!place.ok()) return place.status();
  auto state = std::unique_ptr<State>(new State{*std::move(place), {}, {}, {}});
  const absl::Status made = state->Try([&] {
    state->file = MakeFile(state->place.beside());
    SetText(state->file.get(), "schema", kSchema);
    SetText(state->file.get(), "program", program);
    state->cases = MakeGroup(state->file.get(), "cases");
  });
  if (!made.ok()) return made;
  return RecordingWriter(std::move(state));
}

RecordingWriter::RecordingWriter(std::unique_ptr<State> state) : state_(std::move(state)) {}
RecordingWriter::RecordingWriter(RecordingWriter&&) noexcept = default;
RecordingWriter& RecordingWriter::operator=(RecordingWriter&&) noexcept = default;
RecordingWriter::~RecordingWriter() = default;

absl::Status RecordingWriter::BeginCase(const std::string& case_id, const Provenance& provenance,
                                        std::span<const DeviceDescription> devices) {
  return state_->Try([&] {
    if (state_->open) throw Refused("a case within a case");
    state_->open.emplace(MakeCase(state_->cases.get(), case_id, provenance, devices));
  });
}

absl::Status RecordingWriter::AppendSamples(Signal signal, std::span<const trace::ChannelTrace> blocks) {
  return state_->Try([&] {
    for (const trace::ChannelTrace& block : blocks) {
      const auto device = state_->Open().devices.find(block.spec.device);
      if (device == state_->Open().devices.end()) {
        throw Refused(fmt::format("samples of a device that was not named: {}", block.spec.device));
      }
      try {
        device->second.Append(signal, block);
      } catch (const Refused& error) {
        throw Refused(fmt::format("{} of {}: {}", NameOf(block.spec.kind), block.spec.device, error.what()));
      }
    }
  });
}

absl::Status RecordingWriter::AppendContacts(std::span<const trace::Contact> contacts) {
  return state_->Try([&] {
    for (const trace::Contact& contact : contacts) Append(state_->Open().contacts, contact);
  });
}

absl::Status RecordingWriter::AppendPose(const trace::PoseBlock& block, std::span<const std::string> segments) {
  return state_->Try([&] {
    CaseOut& open = state_->Open();
    const std::size_t frames = block.t_ns.size();
    const bool fits = static_cast<std::size_t>(block.segments) == segments.size() &&
                      block.position_m.size() == 3 * frames * segments.size() &&
                      block.orientation.size() == 4 * frames * segments.size();
    if (!fits || segments.empty()) throw Refused("a pose of another number of segments");
    if (!open.pose) open.pose.emplace(MakePose(open.truth.get(), segments));
    if (!std::ranges::equal(open.pose->segments, segments)) throw Refused("a pose of other segments than before");
    open.pose->times.Append(block.t_ns.data(), frames);
    open.pose->positions.Append(block.position_m.data(), frames);
    open.pose->orientations.Append(block.orientation.data(), frames);
  });
}

absl::Status RecordingWriter::EndCase(const trace::CaseInfo& info, const std::string& skip_reason) {
  return state_->Try([&] {
    Finish(state_->Open(), info, skip_reason);
    state_->open.reset();
  });
}

absl::Status RecordingWriter::Commit() {
  const absl::Status closed = state_->Try([&] {
    if (state_->open) throw Refused("a case without an end");
    state_->cases.CloseNow("write the cases");
    Check(H5Fflush(state_->file.get(), H5F_SCOPE_LOCAL), "write it");
    state_->file.CloseNow("write it");
  });
  if (!closed.ok()) return closed;
  return state_->place.Commit();
}

}  // namespace stunt::recordings
