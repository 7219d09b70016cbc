#include "stunt/metrics/metric.h"

#include <fmt/format.h>

namespace stunt::metrics {

std::optional<Interval> IntervalOf(const Metric& metric, Level level, std::string_view method) {
  const std::string_view wanted = method.empty() ? std::string_view(metric.ci_method) : method;
  if (const auto* share = std::get_if<ProportionBasis>(&metric.basis)) {
    if (wanted == "clopper_pearson") return ClopperPearson(share->successes, share->trials, level);
    if (wanted == "wilson") return Wilson(share->successes, share->trials, level);
    return std::nullopt;
  }
  if (wanted != metric.ci_method) return std::nullopt;
  if (const auto* rate = std::get_if<RateBasis>(&metric.basis)) return FayFeuer(rate->terms, level);
  if (const auto* quantile = std::get_if<QuantileBasis>(&metric.basis)) {
    return QuantileInterval(quantile->sorted, quantile->p, level);
  }
  return std::nullopt;
}

std::string_view ToString(Evidence evidence) {
  switch (evidence) {
    case Evidence::kModelled:
      return "modelled";
    case Evidence::kDeviceReported:
      return "device_reported";
    case Evidence::kMeasured:
      return "measured";
  }
  return "";
}

std::string_view ToString(trace::Scope scope) {
  switch (scope) {
    case trace::Scope::kSimulatedPopulation:
      return "simulated_population";
    case trace::Scope::kHilDevice:
      return "hil_device";
    case trace::Scope::kRecordedHuman:
      return "recorded_human";
  }
  return "";
}

std::string SliceText(const Slice& slice) {
  if (slice.empty()) return "all";
  std::string text;
  for (const auto& [key, value] : slice) text += fmt::format("{}{}={}", text.empty() ? "" : ",", key, value);
  return text;
}

const Metric* FindMetric(const std::vector<Metric>& metrics, std::string_view name, const Slice& slice) {
  for (const Metric& metric : metrics) {
    if (metric.name == name && metric.slice == slice) return &metric;
  }
  return nullptr;
}

}  // namespace stunt::metrics
