#include "message.h"

#include <cstring>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <type_traits>

namespace stunt::recordings::internal {
namespace {

using nlohmann::json;

// Each structure names its fields once, for both directions.
template <typename A>
void Fields(A& a, trace::TruthEvent& x) {
  a("event_id", x.event_id);
  a("class", x.event_class);
  a("onset_ns", x.onset_ns);
  a("ref_ns", x.ref_ns);
  a("end_ns", x.end_ns);
  a("severity", x.severity);
  a("ignore", x.ignore);
}

template <typename A>
void Fields(A& a, trace::ActivitySegment& x) {
  a("label", x.label);
  a("start_ns", x.start_ns);
  a("end_ns", x.end_ns);
}

template <typename A>
void Fields(A& a, trace::Repetition& x) {
  a("exercise", x.exercise);
  a("set", x.set);
  a("number", x.number);
  a("start_ns", x.start_ns);
  a("end_ns", x.end_ns);
}

template <typename A>
void Fields(A& a, trace::Contact& x) {
  a("segment", x.segment);
  a("ground", x.ground);
  a("start_ns", x.start_ns);
  a("end_ns", x.end_ns);
  a("peak_force_n", x.peak_force_n);
  a("impulse_n_s", x.impulse_n_s);
}

template <typename A>
void Fields(A& a, trace::HeartRate& x) {
  a("t_ns", x.t_ns);
  a("bpm", x.bpm);
}

template <typename A>
void Fields(A& a, trace::Truth& x) {
  a("events", x.events);
  a("activities", x.activities);
  a("repetitions", x.repetitions);
  a("contacts", x.contacts);
  a("heart_rate", x.heart_rate);
}

template <typename A>
void Fields(A& a, trace::CaseInfo& x) {
  a("case_id", x.case_id);
  a("scenario_id", x.scenario_id);
  a("label", x.label);
  a("subject_id", x.subject_id);
  a("scope", x.scope);
  a("tags", x.tags);
  a("start_ns", x.start_ns);
  a("end_ns", x.end_ns);
  a("truth", x.truth);
  a("allow_overlap", x.allow_overlap);
}

template <typename A>
void Fields(A& a, trace::ChannelSpec& x) {
  a("channel_id", x.channel_id);
  a("kind", x.kind);
  a("device", x.device);
  a("clock", x.clock);
  a("site", x.site);
  a("unit", x.unit);
  a("axes", x.axes);
  a("rate_hz", x.rate_hz);
  a("range", x.range);
  a("resolution", x.resolution);
  a("fifo_watermark", x.fifo_watermark);
}

template <typename A>
void Fields(A& a, trace::SampleBlock& x) {
  a("channel_id", x.channel_id);
  a("first_sequence", x.first_sequence);
  a("first_time_ns", x.first_time_ns);
  a("period_ns", x.period_ns);
  a("time_offsets_ns", x.time_offsets_ns);
  a("axes", x.axes);
  a("values", x.values);
}

template <typename A>
void Fields(A& a, trace::ChannelTrace& x) {
  a("spec", x.spec);
  a("samples", x.samples);
}

template <typename A>
void Fields(A& a, trace::Recording& x) {
  a("info", x.info);
  a("channels", x.channels);
}

template <typename A>
void Fields(A& a, trace::PoseBlock& x) {
  a("t_ns", x.t_ns);
  a("segments", x.segments);
  a("position_m", x.position_m);
  a("orientation", x.orientation);
}

template <typename A>
void Fields(A& a, Provenance& x) {
  a("program", x.program);
  a("seed", x.seed);
  a("variant", x.variant);
  a("inputs", x.inputs);
  a("parameters", x.parameters);
  a("subject", x.subject);
}

template <typename A>
void Fields(A& a, DeviceDescription& x) {
  a("device", x.device);
  a("site", x.site);
  a("segment", x.segment);
  a("p_BS_m", x.p_BS_m);
  a("q_BS", x.q_BS);
  a("spec", x.spec);
  a("channels", x.channels);
}

template <typename A>
void Fields(A& a, ChannelSummary& x) {
  a("spec", x.spec);
  a("frame", x.frame);
  a("axes", x.axes);
  a("datasheet", x.datasheet);
  a("samples", x.samples);
  a("clean_samples", x.clean_samples);
  a("first_ns", x.first_ns);
  a("last_ns", x.last_ns);
}

template <typename A>
void Fields(A& a, CaseSummary& x) {
  a("info", x.info);
  a("skip_reason", x.skip_reason);
  a("provenance", x.provenance);
  a("devices", x.devices);
  a("channels", x.channels);
  a("pose_frames", x.pose_frames);
}

template <typename A>
void Fields(A& a, FileSummary& x) {
  a("program", x.program);
  a("bytes", x.bytes);
  a("cases", x.cases);
}

/// Long rows of numbers travel as they lie in memory.
template <typename T>
constexpr bool kIsRow = std::is_same_v<T, std::vector<float>> || std::is_same_v<T, std::vector<std::int64_t>>;

template <typename T>
constexpr bool kIsPlain =
    std::is_arithmetic_v<T> || std::is_same_v<T, std::string> || std::is_same_v<T, std::vector<std::string>> ||
    std::is_same_v<T, std::array<double, 3>> || std::is_same_v<T, std::array<double, 4>> ||
    std::is_same_v<T, std::map<std::string, std::string>>;

template <typename T>
struct IsList : std::false_type {};
template <typename T>
struct IsList<std::vector<T>> : std::true_type {};

template <typename T>
json Encode(T& value);

struct Packer {
  json object = json::object();

  template <typename T>
  void operator()(const char* name, T& value) {
    object[name] = Encode(value);
  }
};

template <typename T>
json Encode(T& value) {
  if constexpr (std::is_enum_v<T>) {
    return static_cast<int>(value);
  } else if constexpr (kIsPlain<T>) {
    return value;
  } else if constexpr (kIsRow<T>) {
    const auto* const bytes = reinterpret_cast<const std::uint8_t*>(value.data());
    return json::binary({bytes, bytes + value.size() * sizeof value[0]});
  } else if constexpr (IsList<T>::value) {
    json list = json::array();
    for (auto& item : value) list.push_back(Encode(item));
    return list;
  } else {
    Packer packer;
    Fields(packer, value);
    return std::move(packer.object);
  }
}

template <typename T>
void Decode(const json& from, T& value);

struct Unpacker {
  const json& object;

  template <typename T>
  void operator()(const char* name, T& value) {
    Decode(object.at(name), value);
  }
};

template <typename T>
void Decode(const json& from, T& value) {
  if constexpr (std::is_enum_v<T>) {
    value = static_cast<T>(from.get<int>());
  } else if constexpr (kIsPlain<T>) {
    from.get_to(value);
  } else if constexpr (kIsRow<T>) {
    const auto& bytes = from.get_binary();
    if (bytes.size() % sizeof value[0] != 0) throw std::runtime_error("a row of numbers that is cut");
    value.resize(bytes.size() / sizeof value[0]);
    if (!bytes.empty()) std::memcpy(value.data(), bytes.data(), bytes.size());
  } else if constexpr (IsList<T>::value) {
    if (!from.is_array()) throw std::runtime_error("no list");
    value.resize(from.size());
    for (std::size_t i = 0; i < value.size(); ++i) Decode(from[i], value[i]);
  } else {
    Unpacker unpacker = {from};
    Fields(unpacker, value);
  }
}

template <typename T>
std::string ToBytes(const T& value) {
  std::string bytes;
  T copy = value;  // Fields takes what it may change
  json::to_cbor(Encode(copy), bytes);
  return bytes;
}

}  // namespace

std::string Pack(const FileSummary& summary) { return ToBytes(summary); }
std::string Pack(const std::vector<std::string>& names) { return ToBytes(names); }
std::string Pack(const trace::Recording& recording) { return ToBytes(recording); }
std::string Pack(const trace::PoseBlock& pose) { return ToBytes(pose); }

template <typename Content>
Content Unpack(const std::string& bytes) {
  Content content;
  Decode(json::from_cbor(bytes), content);
  return content;
}

template FileSummary Unpack(const std::string&);
template std::vector<std::string> Unpack(const std::string&);
template trace::Recording Unpack(const std::string&);
template trace::PoseBlock Unpack(const std::string&);

}  // namespace stunt::recordings::internal
