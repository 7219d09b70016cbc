#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <tinyxml2.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <string>

#include "stunt/reports/run_report.h"
#include "stunt/reports/safe_text.h"
#include "stunt/reports/trace_picture.h"

namespace stunt::reports {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kHostile = "</script>\x1b[2J<a b=\"c\">&'\n\xff\xe2\x80\xae";

metrics::GateResult MakeGate(const std::string& metric, metrics::GateStatus status) {
  metrics::GateResult result;
  result.gate.metric = metric;
  result.gate.value = 0.8;
  result.status = status;
  result.value = 0.75;
  result.reason = kHostile;
  return result;
}

RunReport MakeReport() {
  RunReport report;
  report.setup.kind = "sweep";
  report.setup.name = "smoke";
  report.setup.seed = 7;
  report.setup.detector.name = kHostile;
  report.setup.detector.version = "1.0";
  metrics::Metric metric;
  metric.name = "fall.sensitivity";
  metric.value = 0.75;
  metric.n = 4;
  metric.ci_lo = 0.19;
  metric.ci_hi = 0.99;
  metric.ci_method = "clopper_pearson";
  metric.unit = "1";
  metric.evidence = metrics::Evidence::kModelled;
  metrics::Metric undefined;
  undefined.name = "fall.false_alarms_per_24h";
  undefined.unit = "1/d";
  undefined.reason = "no exposure profile is named";
  report.metrics = {metric, undefined};
  report.summary.selected = 4;
  report.gates = {MakeGate("a", metrics::GateStatus::kPass), MakeGate("b", metrics::GateStatus::kFail),
                  MakeGate("c", metrics::GateStatus::kError), MakeGate("d", metrics::GateStatus::kInconclusive)};
  report.verdict = metrics::GateStatus::kError;
  metrics::CaseOutcome wrong;
  wrong.case_id = "c1";
  wrong.outcome = metrics::Outcome::kWrong;
  wrong.reason = kHostile;
  report.score.cases = {wrong};
  return report;
}

TEST(SafeText, LeavesPlainTextAndUmlautsAlone) { EXPECT_EQ(SafeText("Müller … 5 µs"), "Müller … 5 µs"); }

TEST(SafeText, ShowsControlCharactersAndBrokenUtf8AsHex) {
  EXPECT_EQ(SafeText(std::string_view("a\x1b[2J\0\n\x7f", 8)), "a\\x1b[2J\\x00\\x0a\\x7f");
  EXPECT_EQ(SafeText("\xff\xc0\xaf\xed\xa0\x80"), "\\xff\\xc0\\xaf\\xed\\xa0\\x80");
  EXPECT_EQ(SafeText("\xe2\x80\xae"), "\\xe2\\x80\\xae") << "right-to-left override";
  EXPECT_EQ(SafeText("\xc2\x9b"), "\\xc2\\x9b") << "C1 control sequence introducer";
}

TEST(SafeText, CutsLongTextBetweenCharacters) {
  EXPECT_EQ(SafeText("ääää", 5), "ää…");
  EXPECT_EQ(SafeText(std::string(1000, 'x'), 10), "xxxxxxxxxx…");
}

TEST(ResultsJson, CarriesEveryFieldOfAMetricAndNullWithAReason) {
  const auto json = nlohmann::json::parse(ResultsJson(MakeReport()));
  const auto& metric = json["metrics"][0];
  EXPECT_EQ(metric["name"], "fall.sensitivity");
  EXPECT_EQ(metric["value"], 0.75);
  EXPECT_EQ(metric["n"], 4);
  EXPECT_EQ(metric["ci_lo"], 0.19);
  EXPECT_EQ(metric["ci_hi"], 0.99);
  EXPECT_EQ(metric["ci_method"], "clopper_pearson");
  EXPECT_EQ(metric["unit"], "1");
  EXPECT_EQ(metric["evidence"], "modelled");
  EXPECT_EQ(metric["scope"], "simulated_population");
  EXPECT_TRUE(metric["slice"].empty());
  EXPECT_TRUE(json["metrics"][1]["value"].is_null());
  EXPECT_EQ(json["metrics"][1]["reason"], "no exposure profile is named");
  EXPECT_EQ(json["verdict"], "ERROR");
  EXPECT_EQ(json["gates"][1]["status"], "FAIL");
}

TEST(ResultsJson, ShowsNothingOfADetectorThatATerminalWouldObey) {
  const std::string text = ResultsJson(MakeReport());
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
  EXPECT_THAT(text, Not(HasSubstr("\\u001b")));
}

TEST(TerminalText, ObeysNothingThatADetectorSays) {
  const std::string text = TerminalText(MakeReport());
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
  EXPECT_THAT(text, HasSubstr("fall.sensitivity"));
  EXPECT_THAT(text, HasSubstr("no exposure profile is named"));
  EXPECT_THAT(text, HasSubstr("Verdict: ERROR"));
}

TEST(JUnitXml, MapsEveryStatusToItsElement) {
  tinyxml2::XMLDocument document;
  ASSERT_EQ(document.Parse(JUnitXml(MakeReport()).c_str()), tinyxml2::XML_SUCCESS) << document.ErrorStr();
  const auto* suite = document.FirstChildElement("testsuites")->FirstChildElement("testsuite");
  EXPECT_EQ(suite->IntAttribute("tests"), 5);
  EXPECT_EQ(suite->IntAttribute("failures"), 1);
  EXPECT_EQ(suite->IntAttribute("errors"), 1);
  EXPECT_EQ(suite->IntAttribute("skipped"), 1);
  const auto* gate = suite->FirstChildElement("testcase");  // the one of the harness
  EXPECT_TRUE(gate->NoChildren());
  gate = gate->NextSiblingElement();  // PASS
  EXPECT_TRUE(gate->NoChildren());
  gate = gate->NextSiblingElement();  // FAIL
  ASSERT_NE(gate->FirstChildElement("failure"), nullptr);
  EXPECT_THAT(gate->FirstChildElement("failure")->Attribute("message"), HasSubstr("<a b=\"c\">&'"));
  gate = gate->NextSiblingElement();  // ERROR
  EXPECT_NE(gate->FirstChildElement("error"), nullptr);
  gate = gate->NextSiblingElement();  // INCONCLUSIVE
  EXPECT_NE(gate->FirstChildElement("skipped"), nullptr);
  EXPECT_NE(gate->FirstChildElement("properties"), nullptr);
}

TEST(JUnitXml, CountsCasesInErrorAsAnErrorOfTheHarness) {
  RunReport report = MakeReport();
  report.gates.clear();
  report.summary.errors = 1;
  tinyxml2::XMLDocument document;
  ASSERT_EQ(document.Parse(JUnitXml(report).c_str()), tinyxml2::XML_SUCCESS);
  const auto* suite = document.FirstChildElement("testsuites")->FirstChildElement("testsuite");
  EXPECT_EQ(suite->IntAttribute("errors"), 1);
  EXPECT_NE(suite->FirstChildElement("testcase")->FirstChildElement("error"), nullptr);
}

trace::Recording MakeRecording() {
  trace::Recording recording;
  recording.info.case_id = kHostile;
  recording.info.end_ns = 10'000'000'000;
  recording.info.truth.events = {{"e1", "fall", 4'000'000'000, 5'000'000'000, 5'500'000'000}};
  trace::ChannelTrace channel;
  channel.spec.device = "watch@left_wrist";
  channel.spec.kind = trace::SensorKind::kAccelerometer;
  channel.samples.period_ns = 1'000'000;
  for (int i = 0; i < 10'000; ++i) {
    const float value = i == 5000 ? 98.0665F : 9.80665F;
    channel.samples.values.insert(channel.samples.values.end(), {0, value, 0});
  }
  recording.channels.push_back(channel);
  return recording;
}

TEST(TracePictureSvg, IsWellFormedAndKeepsTheOnePeakAmongTenThousandSamples) {
  trace::RunRecord record;
  trace::Detection detection;
  detection.label = kHostile;
  detection.decision_sample_time_ns = 7'250'000'000;
  record.detections = {detection};
  const std::string svg = TracePictureSvg(MakeRecording(), record);
  tinyxml2::XMLDocument document;
  ASSERT_EQ(document.Parse(svg.c_str()), tinyxml2::XML_SUCCESS) << document.ErrorStr();
  EXPECT_THAT(svg, HasSubstr("impact at 5.00 s"));
  EXPECT_THAT(svg, HasSubstr("onset at 4.00 s"));
  EXPECT_THAT(svg, HasSubstr("at 7.25 s"));
  const std::string points = document.RootElement()->FirstChildElement("polyline")->Attribute("points");
  // 10 g is the upper end of the axis, y = 92. The trace of 10 s is shown from its start, so 5 s are half-way along the
  // page: 64 + 872 / 2.
  EXPECT_THAT(points, HasSubstr("500.0,92.0"));
}

TEST(TracePictureSvg, SaysSoWhenTheDeviceHasNoGyroscope) {
  EXPECT_THAT(TracePictureSvg(MakeRecording(), {}), HasSubstr("this device has no such sensor"));
}

}  // namespace
}  // namespace stunt::reports
