#include "metric_makers.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "stunt/trace/input_error.h"

namespace stunt::metrics {

void MetricMaker::AddInterval(Metric& metric) const {
  const auto interval = IntervalOf(metric, {confidence, Side::kTwoSided});
  if (!interval) return;
  if (std::isfinite(interval->lo)) metric.ci_lo = interval->lo;
  if (std::isfinite(interval->hi)) metric.ci_hi = interval->hi;
}

Metric MetricMaker::Undefined(std::string name, Slice slice, std::string unit, std::string reason) const {
  Metric metric;
  metric.name = std::move(name);
  metric.slice = std::move(slice);
  metric.unit = std::move(unit);
  metric.ci_method = "none";
  metric.scope = scope;
  metric.reason = std::move(reason);
  return metric;
}

Metric MetricMaker::Count(std::string name, double value, std::int64_t n, std::string unit) const {
  Metric metric = Undefined(std::move(name), {}, std::move(unit), "");
  metric.value = value;
  metric.n = n;
  return metric;
}

Metric MetricMaker::Share(std::string name, Slice slice, std::int64_t successes, std::int64_t trials,
                          std::string_view of_what) const {
  if (trials == 0) return Undefined(std::move(name), std::move(slice), "1", fmt::format("no {}", of_what));
  Metric metric = Undefined(std::move(name), std::move(slice), "1", "");
  metric.value = static_cast<double>(successes) / static_cast<double>(trials);
  metric.n = trials;
  metric.ci_method = "clopper_pearson";
  metric.basis = ProportionBasis{successes, trials};
  AddInterval(metric);
  return metric;
}

Metric MetricMaker::Rate(std::string name, Slice slice, std::vector<RateTerm> terms, std::string unit) const {
  Metric metric = Undefined(std::move(name), std::move(slice), std::move(unit), "");
  double rate = 0;
  for (const RateTerm& term : terms) {
    rate += term.weight * static_cast<double>(term.count);
    metric.n += term.count;
  }
  metric.value = rate;
  metric.ci_method = terms.size() == 1 ? "garwood" : "fay_feuer";
  metric.basis = RateBasis{std::move(terms)};
  AddInterval(metric);
  return metric;
}

Metric MetricMaker::Quantile(std::string name, std::vector<double> values, double p, std::string unit,
                             std::string beyond_reason) const {
  std::sort(values.begin(), values.end());
  Metric metric = Undefined(std::move(name), {}, std::move(unit), "");
  const auto n = static_cast<std::int64_t>(values.size());
  metric.n = n;
  const double at_rank = n == 0 ? 0 : values[static_cast<std::size_t>(QuantileRank(n, p) - 1)];
  if (std::isinf(at_rank)) {
    metric.beyond_post = true;
    metric.reason = std::move(beyond_reason);
    metric.ci_method = "order_statistics";
    metric.basis = QuantileBasis{std::move(values), p};
    AddInterval(metric);
    return metric;
  }
  if (n < QuantileMinimumCount(p)) {
    metric.reason = fmt::format("needs {} values, has {}", QuantileMinimumCount(p), n);
    return metric;
  }
  metric.value = at_rank;
  metric.ci_method = "order_statistics";
  metric.basis = QuantileBasis{std::move(values), p};
  AddInterval(metric);
  return metric;
}

trace::Scope CommonScope(const std::vector<trace::RunRecord>& records) {
  if (records.empty()) return trace::Scope::kSimulatedPopulation;
  const trace::Scope first = records.front().info.scope;
  for (const trace::RunRecord& record : records) {
    if (record.info.scope == first) continue;
    throw trace::InputError(
        fmt::format("case {} is {}, case {} is {}: score them apart, since one is no evidence about the other",
                    records.front().info.case_id, ToString(first), record.info.case_id, ToString(record.info.scope)));
  }
  return first;
}

}  // namespace stunt::metrics
