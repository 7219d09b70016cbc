#include <fmt/format.h>
#include <tinyxml2.h>

#include "stunt/reports/run_report.h"
#include "stunt/reports/safe_text.h"

namespace stunt::reports {
namespace {

constexpr std::size_t kMaxMessage = 400;

struct Counts {
  int tests = 0;
  int failures = 0;
  int errors = 0;
  int skipped = 0;
};

Counts CountTests(const RunReport& report, bool too_many_errors) {
  Counts counts;
  counts.tests = static_cast<int>(report.gates.size()) + 1;
  counts.errors = too_many_errors ? 1 : 0;
  for (const metrics::GateResult& gate : report.gates) {
    counts.failures += gate.status == metrics::GateStatus::kFail;
    counts.errors += gate.status == metrics::GateStatus::kError;
    counts.skipped += gate.status == metrics::GateStatus::kInconclusive;
  }
  return counts;
}

void WriteMessage(tinyxml2::XMLPrinter& xml, const char* element, const std::string& message) {
  xml.OpenElement(element);
  xml.PushAttribute("message", SafeText(message, kMaxMessage).c_str());
  xml.CloseElement();
}

void WriteProperty(tinyxml2::XMLPrinter& xml, const char* name, const std::string& value) {
  xml.OpenElement("property");
  xml.PushAttribute("name", name);
  xml.PushAttribute("value", SafeText(value, kMaxMessage).c_str());
  xml.CloseElement();
}

void WriteGate(tinyxml2::XMLPrinter& xml, const std::string& suite, const metrics::GateResult& result) {
  xml.OpenElement("testcase");
  xml.PushAttribute("classname", suite.c_str());
  xml.PushAttribute("name", SafeText(metrics::Describe(result.gate)).c_str());
  switch (result.status) {
    case metrics::GateStatus::kPass:
      break;
    case metrics::GateStatus::kFail:
      WriteMessage(xml, "failure", result.reason);
      break;
    case metrics::GateStatus::kError:
      WriteMessage(xml, "error", result.reason);
      break;
    case metrics::GateStatus::kInconclusive:
      xml.OpenElement("properties");
      WriteProperty(xml, "stunt.status", "INCONCLUSIVE");
      WriteProperty(xml, "stunt.reason", result.reason);
      xml.CloseElement();
      WriteMessage(xml, "skipped", "inconclusive: " + result.reason);
      break;
  }
  xml.CloseElement();
}

}  // namespace

std::string JUnitXml(const RunReport& report) {
  const bool too_many_errors = metrics::TooManyErrors(report.summary);
  const Counts counts = CountTests(report, too_many_errors);
  const std::string suite = SafeText(report.setup.name);
  tinyxml2::XMLPrinter xml;
  xml.PushHeader(false, true);
  xml.OpenElement("testsuites");
  xml.OpenElement("testsuite");
  xml.PushAttribute("name", suite.c_str());
  xml.PushAttribute("tests", counts.tests);
  xml.PushAttribute("failures", counts.failures);
  xml.PushAttribute("errors", counts.errors);
  xml.PushAttribute("skipped", counts.skipped);
  xml.OpenElement("properties");
  WriteProperty(xml, "stunt.verdict", std::string(metrics::ToString(report.verdict)));
  WriteProperty(xml, "stunt.detector", report.setup.detector.name + " " + report.setup.detector.version);
  xml.CloseElement();
  xml.OpenElement("testcase");
  xml.PushAttribute("classname", suite.c_str());
  xml.PushAttribute("name", "cases run without an error of harness or device");
  if (too_many_errors) {
    WriteMessage(xml, "error",
                 fmt::format("{} of {} cases ended in an error", report.summary.errors, report.summary.selected));
  }
  xml.CloseElement();
  for (const metrics::GateResult& gate : report.gates) WriteGate(xml, suite, gate);
  xml.CloseElement();
  xml.CloseElement();
  return xml.CStr();
}

}  // namespace stunt::reports
