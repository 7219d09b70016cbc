#pragma once

#include <string>
#include <vector>

#include "stunt/metrics/metric.h"
#include "stunt/trace/run_record.h"

namespace stunt::metrics {

/// Makes metrics that share a scope and a confidence.
struct MetricMaker {
  trace::Scope scope = trace::Scope::kSimulatedPopulation;
  double confidence = 0.95;

  /// A number that was counted, not estimated: no interval.
  [[nodiscard]] Metric Count(std::string name, double value, std::int64_t n, std::string unit = "1") const;

  /// successes / trials with its Clopper-Pearson interval; null when there are no trials.
  [[nodiscard]] Metric Share(std::string name, Slice slice, std::int64_t successes, std::int64_t trials,
                             std::string_view of_what) const;

  /// Σ weight · count with its gamma interval.
  [[nodiscard]] Metric Rate(std::string name, Slice slice, std::vector<RateTerm> terms, std::string unit) const;

  /// The p-quantile at rank ceil(p n); null below QuantileMinimumCount, or when it is infinite (then `beyond_reason`).
  [[nodiscard]] Metric Quantile(std::string name, std::vector<double> values, double p, std::string unit,
                                std::string beyond_reason = {}) const;

  [[nodiscard]] Metric Undefined(std::string name, Slice slice, std::string unit, std::string reason) const;

 private:
  void AddInterval(Metric& metric) const;
};

/// The one scope of all records. @throws trace::InputError if they differ.
[[nodiscard]] trace::Scope CommonScope(const std::vector<trace::RunRecord>& records);

}  // namespace stunt::metrics
