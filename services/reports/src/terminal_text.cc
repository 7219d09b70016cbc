#include <fmt/format.h>

#include <cmath>

#include "stunt/reports/run_report.h"
#include "stunt/reports/safe_text.h"

namespace stunt::reports {
namespace {

constexpr int kMaxListedCases = 8;

std::string Number(const std::optional<double>& value) {
  if (!value) return "-";
  const double magnitude = std::abs(*value);
  if (magnitude != 0 && (magnitude < 1e-3 || magnitude >= 1e5)) return fmt::format("{:.2e}", *value);
  return fmt::format("{:.{}f}", *value, magnitude < 10 ? 3 : 1);
}

// The metrics that a person asks for first; results.json has all.
std::vector<std::string> HeadlineNames(const std::string& event_class) {
  std::vector<std::string> names;
  for (const char* suffix : {"sensitivity", "precision", "specificity_trials", "false_alarms_per_24h",
                             "latency_algorithmic_p50", "latency_p95_all"}) {
    names.push_back(event_class + "." + suffix);
  }
  names.emplace_back("energy.mj_per_case");
  return names;
}

std::string MetricRow(const metrics::Metric& metric) {
  const std::string interval = metric.ci_lo || metric.ci_hi
                                   ? fmt::format("{} … {}", Number(metric.ci_lo), Number(metric.ci_hi))
                                   : std::string("-");
  const std::string unit = metric.unit == "1" ? "" : SafeText(metric.unit, 12);
  std::string row = fmt::format("  {:<31} {:>8} {:<5} {:^19} {:>6}  {:<9}", SafeText(metric.name, 60),
                                Number(metric.value), unit, interval, metric.n, metrics::ToString(metric.evidence));
  if (!metric.value && !metric.reason.empty()) row += "  " + SafeText(metric.reason, 100);
  return row;
}

void AppendGates(std::string& text, const RunReport& report) {
  if (report.gates.empty()) return;
  text += "\nGates\n";
  for (const metrics::GateResult& gate : report.gates) {
    text += fmt::format("  {:<12} {}: {}\n", metrics::ToString(gate.status), SafeText(metrics::Describe(gate.gate)),
                        SafeText(gate.reason));
  }
}

void AppendTroubles(std::string& text, const metrics::Score& score) {
  int listed = 0;
  int left = 0;
  for (const metrics::CaseOutcome& outcome : score.cases) {
    if (outcome.outcome != metrics::Outcome::kWrong && outcome.outcome != metrics::Outcome::kError) continue;
    if (listed == kMaxListedCases) {
      ++left;
      continue;
    }
    if (listed == 0) text += "\nNot right\n";
    ++listed;
    text +=
        fmt::format("  {:<6} {:<24} {:<18} {}\n", metrics::ToString(outcome.outcome), SafeText(outcome.scenario_id, 40),
                    SafeText(outcome.case_id, 60), SafeText(outcome.reason, 120));
  }
  if (left > 0) text += fmt::format("  … and {} more, see results.json\n", left);
}

}  // namespace

std::string TerminalText(const RunReport& report) {
  const std::string detector =
      SafeText(report.setup.detector.name, 60) + " " + SafeText(report.setup.detector.version, 30);
  std::string text = fmt::format("\n{} of {}: {} cases through {}\n", report.setup.kind,
                                 SafeText(report.setup.name, 80), report.summary.selected, detector);
  text += fmt::format("  {} correct, {} wrong, {} in error, {} skipped\n",
                      report.score.Count(metrics::Outcome::kCorrect), report.score.Count(metrics::Outcome::kWrong),
                      report.score.Count(metrics::Outcome::kError), report.score.Count(metrics::Outcome::kSkipped));
  if (!report.metrics.empty()) {
    text += fmt::format("  scope: {}\n", metrics::ToString(report.metrics.front().scope));
  }
  for (const std::string& conversion : report.conversions) {
    text += fmt::format("  for the detector: {}\n", SafeText(conversion, 160));
  }
  text += fmt::format("\n  {:<31} {:>8} {:<5} {:^19} {:>6}  {:<9}\n", "Metric", "value", "unit",
                      fmt::format("{:.0f} % interval", report.setup.score_config.confidence * 100), "n", "evidence");
  for (const std::string& name : HeadlineNames(report.setup.score_config.match.event_class)) {
    const metrics::Metric* metric = metrics::FindMetric(report.metrics, name);
    if (metric != nullptr) text += MetricRow(*metric) + "\n";
  }
  AppendGates(text, report);
  AppendTroubles(text, report.score);
  text +=
      fmt::format("\nVerdict: {}{}\n", metrics::ToString(report.verdict), report.gates.empty() ? " (no gates)" : "");
  return text;
}

}  // namespace stunt::reports
