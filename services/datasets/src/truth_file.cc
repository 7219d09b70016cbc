#include "truth_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <string_view>
#include <type_traits>
#include <utility>

#include "csv_table.h"
#include "stunt/trace/input_error.h"

namespace stunt::datasets {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

constexpr std::string_view kSchema = "stunt.truth/v1";
constexpr std::uintmax_t kLargestFile = 64U << 20U;  // bytes

constexpr std::array<std::pair<trace::Scope, std::string_view>, 3> kScopes = {
    {{trace::Scope::kSimulatedPopulation, "simulated_population"},
     {trace::Scope::kHilDevice, "hil_device"},
     {trace::Scope::kRecordedHuman, "recorded_human"}}};
constexpr std::array<std::pair<trace::SensorKind, std::string_view>, 2> kKinds = {
    {{trace::SensorKind::kAccelerometer, "accelerometer"}, {trace::SensorKind::kGyroscope, "gyroscope"}}};

template <typename Enum, std::size_t kCount>
std::string_view NameOf(const std::array<std::pair<Enum, std::string_view>, kCount>& names, Enum value) {
  for (const auto& [candidate, name] : names) {
    if (candidate == value) return name;
  }
  return {};
}

ordered_json ToJson(const trace::ChannelSpec& channel) {
  return {{"channel_id", channel.channel_id},
          {"kind", NameOf(kKinds, channel.kind)},
          {"device", channel.device},
          {"clock", channel.clock},
          {"site", channel.site},
          {"unit", channel.unit},
          {"rate_hz", channel.rate_hz},
          {"range", channel.range},
          {"resolution", channel.resolution},
          {"fifo_watermark", channel.fifo_watermark}};
}

ordered_json ToJson(const trace::TruthEvent& event) {
  return {{"event_id", event.event_id}, {"class", event.event_class}, {"onset_ns", event.onset_ns},
          {"ref_ns", event.ref_ns},     {"end_ns", event.end_ns},     {"severity", event.severity},
          {"ignore", event.ignore}};
}

/// A JSON object of a file, read strictly: every key that was not asked for is an error.
class Reader {
 public:
  Reader(const std::filesystem::path& path, std::string where, const json& object)
      : path_(path), where_(std::move(where)), object_(object) {
    if (!object_.is_object()) Refuse("", "an object");
  }

  template <typename Value>
  [[nodiscard]] Value Get(const char* key, std::string_view accepted) {
    const json& value = At(key);
    bool fits = false;
    if constexpr (std::is_same_v<Value, std::string>) fits = value.is_string();
    if constexpr (std::is_same_v<Value, bool>) fits = value.is_boolean();
    if constexpr (std::is_same_v<Value, double>) fits = value.is_number();
    if constexpr (std::is_integral_v<Value> && !std::is_same_v<Value, bool>) {
      fits = value.is_number_unsigned() ? std::in_range<Value>(value.get<std::uint64_t>())
                                        : value.is_number_integer() && std::in_range<Value>(value.get<std::int64_t>());
    }
    if (!fits) Refuse(key, accepted);
    return value.get<Value>();
  }

  [[nodiscard]] std::int64_t GetTime(const char* key) {
    constexpr std::string_view kAccepted = "whole nanoseconds within ±3e18";
    const auto time_ns = Get<std::int64_t>(key, kAccepted);
    if (time_ns < -kLargestTimeNs || time_ns > kLargestTimeNs) Refuse(key, kAccepted);
    return time_ns;
  }

  template <typename Enum, std::size_t kCount>
  [[nodiscard]] Enum GetEnum(const char* key, const std::array<std::pair<Enum, std::string_view>, kCount>& names) {
    const auto text = Get<std::string>(key, "a name");
    std::string accepted;
    for (const auto& [value, name] : names) {
      if (name == text) return value;
      accepted += fmt::format("{}{}", accepted.empty() ? "" : ", ", name);
    }
    Refuse(key, accepted);
  }

  [[nodiscard]] std::vector<Reader> GetList(const char* key) {
    const json& list = At(key);
    if (!list.is_array()) Refuse(key, "a list");
    std::vector<Reader> items;
    for (std::size_t i = 0; i < list.size(); ++i) {
      items.emplace_back(path_, fmt::format("{}{}[{}]", where_, key, i), list[i]);
      items.back().where_ += ".";
    }
    return items;
  }

  [[nodiscard]] std::vector<std::string> GetStrings(const char* key) {
    const json& list = At(key);
    std::vector<std::string> strings;
    for (const json& item : list) {
      if (!list.is_array() || !item.is_string()) Refuse(key, "a list of strings");
      strings.push_back(item.get<std::string>());
    }
    return strings;
  }

  [[nodiscard]] std::map<std::string, std::string> GetMap(const char* key) {
    const json& object = At(key);
    if (!object.is_object()) Refuse(key, "an object of strings");
    std::map<std::string, std::string> map;
    for (const auto& [name, value] : object.items()) {
      if (!value.is_string()) Refuse(key, "an object of strings");
      map.emplace(name, value.get<std::string>());
    }
    return map;
  }

  void ExpectNothingElse() const {
    for (const auto& [key, value] : object_.items()) {
      if (std::find(asked_.begin(), asked_.end(), key) == asked_.end()) {
        throw trace::InputError(
            fmt::format("{}: unknown key {}{}; accepted: {}", path_.string(), where_, key, fmt::join(asked_, ", ")));
      }
    }
  }

  [[noreturn]] void Refuse(std::string_view key, std::string_view accepted) const {
    throw trace::InputError(
        fmt::format("{}: {}{} is missing or wrong; accepted: {}", path_.string(), where_, key, accepted));
  }

 private:
  const json& At(const char* key) {
    asked_.emplace_back(key);
    const auto found = object_.find(key);
    if (found == object_.end()) Refuse(key, "this key is required");
    return *found;
  }

  const std::filesystem::path& path_;
  std::string where_;
  const json& object_;
  std::vector<std::string> asked_;
};

trace::TruthEvent ReadEvent(Reader& reader) {
  trace::TruthEvent event;
  event.event_id = reader.Get<std::string>("event_id", "a string");
  event.event_class = reader.Get<std::string>("class", "a string");
  event.onset_ns = reader.GetTime("onset_ns");
  event.ref_ns = reader.GetTime("ref_ns");
  event.end_ns = reader.GetTime("end_ns");
  event.severity = reader.Get<double>("severity", "a number");
  event.ignore = reader.Get<bool>("ignore", "true or false");
  reader.ExpectNothingElse();
  if (event.end_ns < event.onset_ns) reader.Refuse("end_ns", "a time not before onset_ns");
  return event;
}

trace::ActivitySegment ReadActivity(Reader& reader) {
  trace::ActivitySegment segment;
  segment.label = reader.Get<std::string>("label", "a string");
  segment.start_ns = reader.GetTime("start_ns");
  segment.end_ns = reader.GetTime("end_ns");
  reader.ExpectNothingElse();
  return segment;
}

trace::ChannelSpec ReadChannel(Reader& reader) {
  trace::ChannelSpec channel;
  channel.channel_id = reader.Get<std::uint32_t>("channel_id", "a whole number from 0");
  channel.kind = reader.GetEnum("kind", kKinds);
  channel.device = reader.Get<std::string>("device", "a string");
  channel.clock = reader.Get<std::string>("clock", "a string");
  channel.site = reader.Get<std::string>("site", "a string");
  channel.unit = reader.Get<std::string>("unit", "a string");
  channel.rate_hz = reader.Get<double>("rate_hz", "Hz");
  channel.range = reader.Get<double>("range", "a number");
  channel.resolution = reader.Get<double>("resolution", "a number");
  channel.fifo_watermark = reader.Get<int>("fifo_watermark", "a whole number from 0");
  reader.ExpectNothingElse();
  return channel;
}

DeviceFile ReadDeviceFile(Reader& reader) {
  DeviceFile device;
  device.file = reader.Get<std::string>("file", "a file name");
  // A name that leaves the folder would let a foreign truth file read any file.
  if (device.file.empty() || std::filesystem::path(device.file).filename() != device.file) {
    reader.Refuse("file", "a file name in the folder of the truth file");
  }
  device.samples = reader.Get<std::uint64_t>("samples", "a whole number");
  for (Reader& channel : reader.GetList("channels")) device.channels.push_back(ReadChannel(channel));
  const std::vector<trace::ChannelSpec>& channels = device.channels;
  const bool is_known = (channels.size() == 1 || channels.size() == 2) &&
                        channels.front().kind == trace::SensorKind::kAccelerometer &&
                        channels.back().kind ==
                            (channels.size() == 1 ? trace::SensorKind::kAccelerometer : trace::SensorKind::kGyroscope);
  if (!is_known) reader.Refuse("channels", "an accelerometer, and a gyroscope after it or none");
  reader.ExpectNothingElse();
  return device;
}

json Parse(const std::filesystem::path& path) {
  std::ifstream stream(path, std::ios::binary);
  std::error_code error;
  const std::uintmax_t size = std::filesystem::file_size(path, error);
  if (!stream || error) throw trace::InputError(fmt::format("{}: cannot be opened as a file", path.string()));
  if (size > kLargestFile) {
    throw trace::InputError(fmt::format("{}: {} bytes; accepted: up to {}", path.string(), size, kLargestFile));
  }
  try {
    return json::parse(stream);
  } catch (const json::exception& exception) {
    throw trace::InputError(fmt::format("{}: no valid JSON ({})", path.string(), exception.what()));
  }
}

}  // namespace

std::string TruthToJson(const TruthFile& truth) {
  const trace::CaseInfo& info = truth.info;
  ordered_json root = {{"schema", kSchema},
                       {"case_id", info.case_id},
                       {"scenario_id", info.scenario_id},
                       {"label", info.label},
                       {"subject_id", info.subject_id},
                       {"scope", NameOf(kScopes, info.scope)},
                       {"tags", ordered_json::object()},
                       {"start_ns", info.start_ns},
                       {"end_ns", info.end_ns},
                       {"events", ordered_json::array()},
                       {"activities", ordered_json::array()},
                       {"files", ordered_json::array()},
                       {"left_out", truth.left_out}};
  for (const auto& [key, value] : info.tags) root["tags"][key] = value;
  for (const trace::TruthEvent& event : info.truth.events) root["events"].push_back(ToJson(event));
  for (const trace::ActivitySegment& segment : info.truth.activities) {
    root["activities"].push_back(
        {{"label", segment.label}, {"start_ns", segment.start_ns}, {"end_ns", segment.end_ns}});
  }
  for (const DeviceFile& device : truth.files) {
    ordered_json channels = ordered_json::array();
    for (const trace::ChannelSpec& channel : device.channels) channels.push_back(ToJson(channel));
    root["files"].push_back({{"file", device.file}, {"samples", device.samples}, {"channels", channels}});
  }
  // A case may carry text of a user that is not UTF-8; it is replaced, never thrown at this late point.
  return root.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

TruthFile ReadTruthFile(const std::filesystem::path& path) {
  const json root = Parse(path);
  Reader reader(path, "", root);
  TruthFile truth;
  if (reader.Get<std::string>("schema", kSchema) != kSchema) reader.Refuse("schema", kSchema);
  trace::CaseInfo& info = truth.info;
  info.case_id = reader.Get<std::string>("case_id", "a string");
  info.scenario_id = reader.Get<std::string>("scenario_id", "a string");
  info.label = reader.Get<std::string>("label", "a string");
  info.subject_id = reader.Get<std::string>("subject_id", "a string");
  info.scope = reader.GetEnum("scope", kScopes);
  info.tags = reader.GetMap("tags");
  info.start_ns = reader.GetTime("start_ns");
  info.end_ns = reader.GetTime("end_ns");
  for (Reader& event : reader.GetList("events")) info.truth.events.push_back(ReadEvent(event));
  for (Reader& segment : reader.GetList("activities")) info.truth.activities.push_back(ReadActivity(segment));
  for (Reader& device : reader.GetList("files")) truth.files.push_back(ReadDeviceFile(device));
  truth.left_out = reader.GetStrings("left_out");
  reader.ExpectNothingElse();
  return truth;
}

}  // namespace stunt::datasets
