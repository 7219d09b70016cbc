#include "stunt/reports/run_log.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <optional>

#include "stunt/trace/input_error.h"

// nlohmann-json finds these by the namespace of each type. A member that a type gains must be added here; the round
// trip of tests/services/reports notices if it changes a score.

template <typename T>
struct nlohmann::adl_serializer<std::optional<T>> {
  static void to_json(json& j, const std::optional<T>& value) { j = value ? json(*value) : json(nullptr); }
  static void from_json(const json& j, std::optional<T>& value) {
    value = j.is_null() ? std::nullopt : std::optional<T>(j.get<T>());
  }
};

namespace stunt::trace {

NLOHMANN_JSON_SERIALIZE_ENUM(Scope, {{Scope::kSimulatedPopulation, "simulated_population"},
                                     {Scope::kHilDevice, "hil_device"},
                                     {Scope::kRecordedHuman, "recorded_human"}})
NLOHMANN_JSON_SERIALIZE_ENUM(RunStatus, {{RunStatus::kError, "error"},
                                         {RunStatus::kCompleted, "completed"},
                                         {RunStatus::kSkipped, "skipped"}})
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(TruthEvent, event_id, event_class, onset_ns, ref_ns, end_ns, severity, ignore)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(ActivitySegment, label, start_ns, end_ns)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Truth, events, activities)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(CaseInfo, case_id, scenario_id, label, subject_id, scope, tags, start_ns, end_ns,
                                   truth, allow_overlap)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Detection, detection_id, label, score, above_threshold, decision_sample_time_ns,
                                   decision_device_ns, first_input_device_ns, claimed_start_ns, claimed_end_ns,
                                   quantity, quantity_unit)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(DeviceActivity, device, duration_s, accelerometer_samples, gyroscope_samples,
                                   accelerometer_rate_hz, gyroscope_rate_hz, fifo_wakeups, inferences, radio_bytes)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(RunRecord, info, status, reason, detections, conversions, activity, inference_count,
                                   consumed_through_ns, detector_compute_ns, simulate_wall_ns, run_wall_ns)

}  // namespace stunt::trace

namespace stunt::hil {

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(DetectorInfo, name, version, digest, labels, algorithmic_window_ns)

}  // namespace stunt::hil

namespace stunt::metrics {

NLOHMANN_JSON_SERIALIZE_ENUM(
    GateOp, {{GateOp::kAtLeast, ">="}, {GateOp::kGreater, ">"}, {GateOp::kAtMost, "<="}, {GateOp::kLess, "<"}})
NLOHMANN_JSON_SERIALIZE_ENUM(Side, {{Side::kTwoSided, "two_sided"}, {Side::kLower, "lower"}, {Side::kUpper, "upper"}})
NLOHMANN_JSON_SERIALIZE_ENUM(Evidence, {{Evidence::kModelled, "modelled"},
                                        {Evidence::kDeviceReported, "device_reported"},
                                        {Evidence::kMeasured, "measured"}})
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Gate, metric, slice, op, value, confidence, side, ci, min_evidence)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(ClassRule, pre_ns, post_ns, refractory_ns)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(MatchRule, event_class, classes, threshold)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(ExposureProfile, name, hours_per_day)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(ScoreConfig, match, slice_tags, exposure, confidence)

}  // namespace stunt::metrics

namespace stunt::reports {

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(RunSetup, kind, name, seed, detector, stunt_version, math_tag, score_config)

namespace {

using Json = nlohmann::json;

constexpr const char* kSchema = "stunt.run/v1";

std::string Line(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n"; }

void ReadHeader(const Json& json, RunLog& log) {
  if (json.at("schema") != kSchema) throw trace::InputError(fmt::format("schema is not {}", kSchema));
  json.at("setup").get_to(log.setup);
  json.at("gates").get_to(log.gates);
  json.at("max_error_fraction").get_to(log.max_error_fraction);
}

}  // namespace

std::string RunLogText(const RunLog& log) {
  std::string text = Line({{"schema", kSchema},
                           {"setup", log.setup},
                           {"gates", log.gates},
                           {"max_error_fraction", log.max_error_fraction}});
  for (const trace::RunRecord& record : log.records) text += Line(record);
  return text;
}

RunLog ParseRunLog(std::string_view text, const std::string& where) {
  RunLog log;
  int number = 0;
  while (!text.empty()) {
    ++number;
    const std::size_t end = text.find('\n');
    try {
      const Json json = Json::parse(text.substr(0, end));
      if (number == 1) {
        ReadHeader(json, log);
      } else {
        log.records.push_back(json.get<trace::RunRecord>());
      }
    } catch (const std::exception& error) {
      throw trace::InputError(fmt::format("{}:{}: no line of a run log: {}", where, number, error.what()));
    }
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  if (number == 0) throw trace::InputError(where + ": is empty; a run log is expected");
  return log;
}

}  // namespace stunt::reports
