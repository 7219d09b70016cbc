#include <fmt/format.h>
#include <tinyxml2.h>

#include <algorithm>
#include <cmath>

#include "panel.h"
#include "parts.h"
#include "stunt/fidelity/report.h"
#include "stunt/metrics/samples.h"

namespace stunt::fidelity {
namespace {

constexpr const char* kLegend = "blue: recorded people; orange: simulated";

struct Bands {
  std::vector<Point> median, band;  // band: up along the 90th, back along the 10th percentile
};

Bands BandsOf(const TrialPointers& trials, std::vector<Eigen::Vector3d> metrics::Waveform::*signal) {
  Bands bands;
  std::vector<Point> low;
  for (int i = -static_cast<int>(3 * metrics::kCommonRate); i <= static_cast<int>(4 * metrics::kCommonRate); ++i) {
    std::vector<double> values;
    for (const Trial* trial : trials) {
      const auto k = static_cast<std::ptrdiff_t>(trial->peak) + i;
      if (k >= 0 && k < static_cast<std::ptrdiff_t>(trial->waveform.size())) {
        values.push_back((trial->waveform.*signal)[static_cast<std::size_t>(k)].norm());
      }
    }
    if (values.empty()) continue;
    const double t = i / metrics::kCommonRate;
    bands.median.push_back({t, *metrics::Quantile(values, 0.5)});
    bands.band.push_back({t, *metrics::Quantile(values, 0.9)});
    low.push_back({t, *metrics::Quantile(values, 0.1)});
  }
  bands.band.insert(bands.band.end(), low.rbegin(), low.rend());
  return bands;
}

std::vector<Point> Steps(const TrialPointers& trials, std::size_t feature) {
  std::vector<double> values;
  for (const Trial* trial : trials) values.push_back(trial->features[feature]);
  std::sort(values.begin(), values.end());
  std::vector<Point> points;
  for (std::size_t i = 0; i < values.size(); ++i) {
    points.push_back({values[i], static_cast<double>(i) / static_cast<double>(values.size())});
    points.push_back({values[i], static_cast<double>(i + 1) / static_cast<double>(values.size())});
  }
  return points;
}

}  // namespace

std::string WaveformsSvg(const std::vector<Trial>& recorded, const std::vector<Trial>& simulated, Signal which) {
  const auto signal = which == Signal::kSpecificForce ? &metrics::Waveform::a_S : &metrics::Waveform::w_S;
  const char* what = which == Signal::kSpecificForce ? "|a| in g" : "|w| in rad/s";
  constexpr std::size_t kColumns = 5;
  const auto real = ByCode(recorded), made = ByCode(simulated);
  tinyxml2::XMLPrinter svg;
  OpenPage(svg, kColumns, (real.size() + kColumns - 1) / kColumns, kLegend);
  std::size_t place = 0;
  for (const auto& [code, trials] : real) {
    const Bands r = BandsOf(trials, signal), s = BandsOf(made.at(code), signal);
    double highest = 2;
    for (const Point& p : r.band) highest = std::max(highest, p.y);
    for (const Point& p : s.band) highest = std::max(highest, p.y);
    Panel panel(svg, place % kColumns, place / kColumns, {-3, 0}, {4, highest});
    ++place;
    panel.Title(fmt::format("{}: {} over s from the peak", code, what));
    panel.Draw(r.band, kRecordedColour, true);
    panel.Draw(s.band, kSimulatedColour, true);
    panel.Draw(r.median, kRecordedColour, false);
    panel.Draw(s.median, kSimulatedColour, false);
  }
  svg.CloseElement();
  return svg.CStr();
}

std::string DistributionsSvg(const std::vector<Trial>& recorded, const std::vector<Trial>& simulated) {
  using metrics::Feature;
  constexpr Feature kShown[] = {Feature::kPeak, Feature::kLowest, Feature::kGyroPeak,
                                Feature::kTilt, Feature::kStill,  Feature::kRms};
  const auto real = ByCode(recorded), made = ByCode(simulated);
  tinyxml2::XMLPrinter svg;
  OpenPage(svg, std::size(kShown), real.size(), kLegend);
  std::size_t row = 0;
  for (const auto& [code, trials] : real) {
    for (std::size_t column = 0; column < std::size(kShown); ++column) {
      const auto feature = static_cast<std::size_t>(kShown[column]);
      const std::vector<Point> r = Steps(trials, feature), s = Steps(made.at(code), feature);
      const double lo = std::min(r.front().x, s.front().x), hi = std::max(r.back().x, s.back().x);
      Panel panel(svg, column, row, {lo, 0}, {hi > lo ? hi : lo + 1, 1});
      panel.Title(fmt::format("{} {}", code, metrics::Name(kShown[column])));
      panel.Draw(r, kRecordedColour, false);
      panel.Draw(s, kSimulatedColour, false);
    }
    ++row;
  }
  svg.CloseElement();
  return svg.CStr();
}

}  // namespace stunt::fidelity
