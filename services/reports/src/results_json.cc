#include <nlohmann/json.hpp>

#include "stunt/reports/run_report.h"
#include "stunt/reports/safe_text.h"

namespace stunt::reports {
namespace {

// Keys stay in the order in which a person would ask for them.
using Json = nlohmann::ordered_json;

constexpr std::size_t kMaxListedDetections = 100;

template <typename T>
Json OrNull(const std::optional<T>& value) {
  return value ? Json(*value) : Json(nullptr);
}

double Seconds(std::int64_t ns) { return static_cast<double>(ns) / 1e9; }

Json ToJson(const metrics::Slice& slice) {
  Json json = Json::object();
  for (const auto& [tag, value] : slice) json[SafeText(tag)] = SafeText(value);
  return json;
}

Json ToJson(const metrics::Metric& metric) {
  Json json;
  json["name"] = SafeText(metric.name);
  json["slice"] = ToJson(metric.slice);
  json["value"] = OrNull(metric.value);
  json["n"] = metric.n;
  json["ci_lo"] = OrNull(metric.ci_lo);
  json["ci_hi"] = OrNull(metric.ci_hi);
  json["ci_method"] = metric.ci_method;
  json["unit"] = metric.unit;
  json["evidence"] = metrics::ToString(metric.evidence);
  json["scope"] = metrics::ToString(metric.scope);
  if (!metric.reason.empty()) json["reason"] = SafeText(metric.reason, 400);
  return json;
}

Json ToJson(const std::vector<metrics::Metric>& metrics) {
  Json json = Json::array();
  for (const metrics::Metric& metric : metrics) json.push_back(ToJson(metric));
  return json;
}

std::string_view SideName(metrics::Side side) {
  switch (side) {
    case metrics::Side::kTwoSided:
      return "two_sided";
    case metrics::Side::kLower:
      return "lower";
    case metrics::Side::kUpper:
      return "upper";
  }
  return "two_sided";
}

Json ToJson(const metrics::GateResult& result) {
  Json json;
  json["gate"] = SafeText(metrics::Describe(result.gate));
  json["metric"] = result.gate.metric;
  json["slice"] = ToJson(result.gate.slice);
  json["op"] = metrics::ToString(result.gate.op);
  json["limit"] = result.gate.value;
  json["confidence"] = result.gate.confidence ? Json(*result.gate.confidence) : Json("none");
  if (result.gate.side) json["side"] = SideName(*result.gate.side);
  if (!result.gate.ci.empty()) json["ci"] = result.gate.ci;
  json["min_evidence"] = metrics::ToString(result.gate.min_evidence);
  json["status"] = metrics::ToString(result.status);
  json["value"] = OrNull(result.value);
  json["lo"] = OrNull(result.lo);
  json["hi"] = OrNull(result.hi);
  json["n"] = result.n;
  json["reason"] = SafeText(result.reason, 400);
  return json;
}

std::string_view RoleName(metrics::DetectionRole role) {
  switch (role) {
    case metrics::DetectionRole::kMatched:
      return "matched";
    case metrics::DetectionRole::kFalseAlarm:
      return "false_alarm";
    case metrics::DetectionRole::kDuplicate:
      return "duplicate";
    case metrics::DetectionRole::kCross:
      return "cross";
    case metrics::DetectionRole::kIgnored:
      return "ignored";
    case metrics::DetectionRole::kFolded:
      return "folded";
  }
  return "false_alarm";
}

Json ToJson(const metrics::CaseOutcome& outcome) {
  Json json;
  json["case_id"] = SafeText(outcome.case_id);
  json["scenario_id"] = SafeText(outcome.scenario_id);
  json["label"] = SafeText(outcome.label);
  json["outcome"] = metrics::ToString(outcome.outcome);
  if (!outcome.reason.empty()) json["reason"] = SafeText(outcome.reason, 400);
  Json events = Json::array();
  for (const metrics::EventOutcome& event : outcome.match.events) {
    Json item;
    item["event_id"] = SafeText(event.event_id);
    item["found"] = event.detection.has_value();
    item["latency_s"] = OrNull(event.latency_s);
    if (event.censored_at_s) item["censored_at_s"] = *event.censored_at_s;
    events.push_back(std::move(item));
  }
  json["events"] = std::move(events);
  Json detections = Json::array();
  for (const metrics::DetectionOutcome& detection : outcome.match.detections) {
    if (detections.size() == kMaxListedDetections) break;
    Json item;
    item["role"] = RoleName(detection.role);
    if (!detection.event_id.empty()) item["event_id"] = SafeText(detection.event_id);
    detections.push_back(std::move(item));
  }
  json["detections"] = std::move(detections);
  json["detection_count"] = outcome.match.detections.size();
  return json;
}

Json DetectorJson(const hil::DetectorInfo& info) {
  Json json;
  json["name"] = SafeText(info.name);
  json["version"] = SafeText(info.version);
  json["digest"] = SafeText(info.digest);
  Json labels = Json::array();
  for (const std::string& label : info.labels) {
    if (labels.size() == kMaxListedDetections) break;
    labels.push_back(SafeText(label));
  }
  json["labels"] = std::move(labels);
  json["algorithmic_window_s"] = Seconds(info.algorithmic_window_ns);
  return json;
}

Json MatchingJson(const metrics::ScoreConfig& config) {
  Json json;
  json["event_class"] = config.match.event_class;
  for (const auto& [name, rule] : config.match.classes) {
    json["classes"][name] = {{"pre_s", Seconds(rule.pre_ns)},
                             {"post_s", Seconds(rule.post_ns)},
                             {"refractory_s", Seconds(rule.refractory_ns)}};
  }
  json["threshold"] = OrNull(config.match.threshold);
  json["confidence"] = config.confidence;
  json["exposure_profile"] = config.exposure ? Json(config.exposure->name) : Json(nullptr);
  return json;
}

std::string Dump(const Json& json) { return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n"; }

}  // namespace

std::string ResultsJson(const RunReport& report) {
  Json json;
  json["schema"] = "results/v1";
  json["kind"] = report.setup.kind;
  json["name"] = SafeText(report.setup.name);
  json["seed"] = OrNull(report.setup.seed);
  json["stunt_version"] = report.setup.stunt_version;
  json["math_tag"] = report.setup.math_tag;
  json["detector"] = DetectorJson(report.setup.detector);
  json["matching"] = MatchingJson(report.setup.score_config);
  json["conversions"] = Json::array();
  for (const std::string& conversion : report.conversions) json["conversions"].push_back(SafeText(conversion, 400));
  json["verdict"] = metrics::ToString(report.verdict);
  json["gates"] = Json::array();
  for (const metrics::GateResult& gate : report.gates) json["gates"].push_back(ToJson(gate));
  json["metrics"] = ToJson(report.metrics);
  json["detection_curve"] = Json::array();
  for (const metrics::CurvePoint& point : report.score.detection_curve) {
    json["detection_curve"].push_back(
        {{"latency_s", point.latency_s}, {"share", point.share}, {"ci_lo", point.lo}, {"ci_hi", point.hi}});
  }
  json["cases"] = Json::array();
  for (const metrics::CaseOutcome& outcome : report.score.cases) json["cases"].push_back(ToJson(outcome));
  return Dump(json);
}

std::string TimingJson(const RunTiming& timing, const std::vector<trace::RunRecord>& records) {
  Json json;
  json["schema"] = "timing/v1";
  json["detector_address"] = SafeText(timing.detector_address);
  json["jobs"] = timing.jobs;
  json["wall_s"] = timing.wall_s;
  json["metrics"] = ToJson(timing.metrics);
  json["cases"] = Json::array();
  for (const trace::RunRecord& record : records) {
    json["cases"].push_back({{"case_id", SafeText(record.info.case_id)},
                             {"simulate_wall_s", Seconds(record.simulate_wall_ns)},
                             {"run_wall_s", Seconds(record.run_wall_ns)},
                             {"detector_compute_s", Seconds(record.detector_compute_ns)}});
  }
  return Dump(json);
}

}  // namespace stunt::reports
