#include <fmt/format.h>

#include <algorithm>
#include <boost/math/distributions/normal.hpp>
#include <cmath>
#include <limits>
#include <utility>

#include "scored_case.h"

namespace stunt::metrics {
namespace {

constexpr double kNever = std::numeric_limits<double>::infinity();

double PostSeconds(const MatchRule& rule) {
  return static_cast<double>(rule.classes.at(rule.event_class).post_ns) / 1e9;
}

/// One event on the curve: found at a time, or last seen undetected at it.
struct Observation {
  double latency_s = 0;
  bool found = false;
};

std::vector<Observation> Observations(const ScoredCases& cases, const MatchRule& rule) {
  std::vector<Observation> observations;
  for (const ScoredCase& scored : cases) {
    for (const EventOutcome& event : scored.match->events) {
      const double watched_s = event.censored_at_s.value_or(PostSeconds(rule));
      observations.push_back({event.latency_s.value_or(watched_s), event.latency_s.has_value()});
    }
  }
  // At one time, found before lost from sight: the lost ones were still at risk.
  std::sort(observations.begin(), observations.end(), [](const Observation& a, const Observation& b) {
    return std::pair(a.latency_s, !a.found) < std::pair(b.latency_s, !b.found);
  });
  return observations;
}

}  // namespace

std::vector<Metric> LatencyMetrics(const ScoredCases& cases, const MatchRule& rule, const MetricMaker& make) {
  std::vector<double> hits, all;
  for (const Observation& observation : Observations(cases, rule)) {
    if (observation.found) hits.push_back(observation.latency_s);
    all.push_back(observation.found ? observation.latency_s : kNever);
  }
  const std::string prefix = rule.event_class + ".latency_";
  std::vector<Metric> metrics;
  for (const int percent : {50, 90, 95}) {
    metrics.push_back(make.Quantile(fmt::format("{}algorithmic_p{}", prefix, percent), hits, percent / 100.0, "s"));
  }
  const std::string max_name = prefix + "algorithmic_max";
  metrics.push_back(hits.empty() ? make.Undefined(max_name, {}, "s", "no event was found")
                                 : make.Count(max_name, hits.back(), static_cast<std::int64_t>(hits.size()), "s"));
  const std::string beyond = fmt::format(">post: {} of {} events were not found within {} s", all.size() - hits.size(),
                                         all.size(), PostSeconds(rule));
  metrics.push_back(make.Quantile(prefix + "p95_all", all, 0.95, "s", beyond));
  return metrics;
}

std::vector<CurvePoint> DetectionCurve(const ScoredCases& cases, const MatchRule& rule, double confidence) {
  const std::vector<Observation> observations = Observations(cases, rule);
  const double z =
      boost::math::quantile(boost::math::complement(boost::math::normal_distribution<double>(), (1 - confidence) / 2));
  const auto total = static_cast<std::int64_t>(observations.size());
  std::vector<CurvePoint> curve;
  std::int64_t passed = 0;       // observations before this latency
  std::int64_t found = 0;        // of them, those that are detections
  double undetected = 1;         // Kaplan-Meier
  double relative_variance = 0;  // of `undetected`, Greenwood
  while (passed < total) {
    const double latency = observations[passed].latency_s;
    const std::int64_t at_risk = total - passed;
    const bool none_lost_before = found == passed;
    std::int64_t found_now = 0;
    for (; passed < total && observations[passed].latency_s == latency; ++passed)
      found_now += observations[passed].found;
    if (found_now == 0) continue;
    found += found_now;
    const auto risk = static_cast<double>(at_risk), now = static_cast<double>(found_now);
    undetected *= 1 - now / risk;
    if (found_now < at_risk) relative_variance += now / (risk * (risk - now));
    CurvePoint point{latency, 1 - undetected, 0, 1};
    if (none_lost_before) {
      // A plain proportion, and Greenwood's band would have no width where all are found.
      const auto exact = ClopperPearson(found, total, {confidence, Side::kTwoSided});
      point.lo = exact->lo;
      point.hi = exact->hi;
    } else if (found_now == at_risk) {
      point.lo = curve.empty() ? 0 : curve.back().lo;  // Greenwood says nothing here; the curve only rises
    } else {
      const double half = z * undetected * std::sqrt(relative_variance);
      point.lo = std::max(0.0, point.share - half);
      point.hi = std::min(1.0, point.share + half);
    }
    curve.push_back(point);
  }
  return curve;
}

Metric SensitivityAt(const ScoredCases& cases, const MatchRule& rule, int post_s, const MetricMaker& make) {
  MatchRule narrowed = rule;
  narrowed.classes.at(rule.event_class).post_ns = static_cast<std::int64_t>(post_s) * 1'000'000'000;
  std::int64_t found = 0, events = 0, cut_misses = 0;
  for (const ScoredCase& scored : cases) {
    // Detections must be paired anew: those beyond the window would otherwise keep events that nearer ones could take.
    for (const EventOutcome& event : Match(scored.info(), scored.record->detections, narrowed).events) {
      ++events;
      found += event.latency_s.has_value();
      cut_misses += !event.latency_s && event.censored_at_s.has_value();
    }
  }
  const std::string name = fmt::format("{}.sensitivity_at_{}s", rule.event_class, post_s);
  if (cut_misses > 0 && make.scope != trace::Scope::kRecordedHuman) {
    return make.Undefined(name, {}, "1",
                          fmt::format("{} of {} events were not watched for {} s", cut_misses, events, post_s));
  }
  Metric metric = make.Share(name, {}, found, events, "events");
  if (cut_misses > 0)
    metric.reason =
        fmt::format("{} of {} events were not found before the trace ended, within {} s", cut_misses, events, post_s);
  return metric;
}

}  // namespace stunt::metrics
