#pragma once

#include <fmt/format.h>
#include <tinyxml2.h>

#include <algorithm>
#include <string>
#include <vector>

// Small sets of axes on one SVG page.
namespace stunt::fidelity {

// Okabe and Ito's palette.
inline constexpr const char* kRecordedColour = "#0072b2";
inline constexpr const char* kSimulatedColour = "#d55e00";

inline constexpr double kPanelWidth = 230, kPanelHeight = 130, kMargin = 34;  // px

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

inline void OpenPage(tinyxml2::XMLPrinter& svg, std::size_t columns, std::size_t rows, const char* legend) {
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
  svg.PushText(legend);
  svg.CloseElement(true);
}

}  // namespace stunt::fidelity
