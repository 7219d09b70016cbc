#include <fmt/format.h>
#include <tinyxml2.h>

#include <algorithm>
#include <cmath>

#include "parts.h"
#include "stunt/fidelity/report.h"
#include "stunt/metrics/samples.h"

namespace stunt::fidelity {
namespace {

// Okabe and Ito's palette.
constexpr const char* kRecordedColour = "#0072b2";
constexpr const char* kSimulatedColour = "#d55e00";

constexpr double kPanelWidth = 230, kPanelHeight = 130, kMargin = 34;  // px

struct Point {
  double x = 0, y = 0;
};

/// One small set of axes on the page.
class Panel {
 public:
  Panel(tinyxml2::XMLPrinter& svg, std::size_t column, std::size_t row, Point lo, Point hi)
      : svg_(svg),
        left_(kMargin + static_cast<double>(column) * (kPanelWidth + kMargin)),
        top_(kMargin + static_cast<double>(row) * (kPanelHeight + kMargin)),
        lo_(lo),
        hi_(hi) {
    svg_.OpenElement("rect");
    Attribute("x", left_);
    Attribute("y", top_);
    Attribute("width", kPanelWidth);
    Attribute("height", kPanelHeight);
    svg_.PushAttribute("fill", "none");
    svg_.PushAttribute("stroke", "#999999");
    svg_.CloseElement(true);
    Text(left_, top_ + kPanelHeight + 11, fmt::format("{:.3g}", lo.x), "start");
    Text(left_ + kPanelWidth, top_ + kPanelHeight + 11, fmt::format("{:.3g}", hi.x), "end");
    Text(left_ - 3, top_ + 9, fmt::format("{:.3g}", hi.y), "end");
    Text(left_ - 3, top_ + kPanelHeight, fmt::format("{:.3g}", lo.y), "end");
  }

  void Title(const std::string& title) { Text(left_, top_ - 5, title, "start"); }

  void Draw(const std::vector<Point>& points, const char* colour, bool filled) {
    std::string text;
    for (const Point& p : points) {
      const double x = std::clamp((p.x - lo_.x) / (hi_.x - lo_.x), 0.0, 1.0);
      const double y = std::clamp((p.y - lo_.y) / (hi_.y - lo_.y), 0.0, 1.0);
      text += fmt::format("{:.1f},{:.1f} ", left_ + x * kPanelWidth, top_ + (1 - y) * kPanelHeight);
    }
    svg_.OpenElement(filled ? "polygon" : "polyline");
    svg_.PushAttribute("points", text.c_str());
    svg_.PushAttribute("fill", filled ? colour : "none");
    svg_.PushAttribute("fill-opacity", filled ? "0.15" : "1");
    svg_.PushAttribute("stroke", filled ? "none" : colour);
    svg_.CloseElement(true);
  }

 private:
  void Attribute(const char* name, double value) { svg_.PushAttribute(name, fmt::format("{:.1f}", value).c_str()); }

  void Text(double x, double y, const std::string& text, const char* anchor) {
    svg_.OpenElement("text");
    Attribute("x", x);
    Attribute("y", y);
    svg_.PushAttribute("text-anchor", anchor);
    svg_.PushText(text.c_str());
    svg_.CloseElement(true);
  }

  tinyxml2::XMLPrinter& svg_;
  double left_, top_;
  Point lo_, hi_;
};

void OpenPage(tinyxml2::XMLPrinter& svg, std::size_t columns, std::size_t rows) {
  const double width = kMargin + static_cast<double>(columns) * (kPanelWidth + kMargin);
  const double height = kMargin + static_cast<double>(rows) * (kPanelHeight + kMargin);
  svg.PushHeader(false, true);
  svg.OpenElement("svg");
  svg.PushAttribute("xmlns", "http://www.w3.org/2000/svg");
  svg.PushAttribute("viewBox", fmt::format("0 0 {:.0f} {:.0f}", width, height).c_str());
  svg.PushAttribute("width", fmt::format("{:.0f}", width).c_str());
  svg.PushAttribute("font-family", "'DejaVu Sans',Helvetica,Arial,sans-serif");
  svg.PushAttribute("font-size", "10");
  svg.OpenElement("rect");
  svg.PushAttribute("width", "100%");
  svg.PushAttribute("height", "100%");
  svg.PushAttribute("fill", "white");
  svg.CloseElement(true);
  svg.OpenElement("text");
  svg.PushAttribute("x", "34");
  svg.PushAttribute("y", "13");
  svg.PushText("blue: recorded people; orange: simulated");
  svg.CloseElement(true);
}

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
  OpenPage(svg, kColumns, (real.size() + kColumns - 1) / kColumns);
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
  OpenPage(svg, std::size(kShown), real.size());
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
