#include "stunt/reports/motion_strip.h"

#include <fmt/format.h>
#include <tinyxml2.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "stunt/reports/safe_text.h"

namespace stunt::reports {
namespace {

using Eigen::Vector2d;
using Eigen::Vector3d;
using sim::Segment;

constexpr double kCell = 118;   // px: width of a figure's place
constexpr double kRow = 150;    // px, where nobody leaves the ground
constexpr double kScale = 52;   // px a metre
constexpr double kFloor = 118;  // px from the top of such a row to the lowest point of the figures
constexpr double kAzimuth = 35.0 * std::numbers::pi / 180;
constexpr double kElevation = 12.0 * std::numbers::pi / 180;
constexpr double kReach = 1.1;  // m around the pelvis in which surfaces are drawn

constexpr const char* kLeftColour = "#0072b2";
constexpr const char* kRightColour = "#e69f00";
constexpr const char* kTrunkColour = "#222222";
constexpr const char* kSurfaceColour = "#9a9a9a";
constexpr const char* kFallingShade = "#fdf0e6";
constexpr const char* kLyingShade = "#f3e3ee";

// Orthographic, from the right front: x goes right and a little up, y (left) goes right and away.
Vector2d Project(const Vector3d& p) {
  const double across = p.x() * std::cos(kAzimuth) - p.y() * std::sin(kAzimuth);
  const double away = p.x() * std::sin(kAzimuth) + p.y() * std::cos(kAzimuth);
  return {across, p.z() * std::cos(kElevation) + away * std::sin(kElevation)};
}

const char* Colour(Segment s) {
  if (s <= Segment::kHead) return kTrunkColour;
  const bool left =
      (s >= Segment::kUpperArmL && s <= Segment::kHandL) || (s >= Segment::kThighL && s <= Segment::kFootL);
  return left ? kLeftColour : kRightColour;
}

/// Draws in one cell: world points become pixels around the figure's pelvis. Lines of one pen that follow each other
/// become one path.
class Cell {
 public:
  /// @param y      where `floor` is drawn [px]
  /// @param floor  height in the world [m]
  Cell(tinyxml2::XMLPrinter& svg, double x, double y, const Vector3d& pelvis, double floor)
      : svg_(svg), x_(x + 0.5 * kCell), y_(y), ground_(pelvis.x(), pelvis.y(), floor) {}

  ~Cell() { EndPath(); }
  Cell(const Cell&) = delete;
  Cell& operator=(const Cell&) = delete;

  void Line(const Vector3d& from, const Vector3d& to, const char* colour, double width) {
    if (colour != colour_ || width != width_) EndPath();
    colour_ = colour;
    width_ = width;
    const std::string start = fmt::format("{:.1f} {:.1f}", Pixel(from).x(), Pixel(from).y());
    const std::string end = fmt::format("{:.1f} {:.1f}", Pixel(to).x(), Pixel(to).y());
    path_ += start == pen_ ? "L" + end : "M" + start + "L" + end;
    pen_ = end;
  }

  void Circle(const Vector3d& centre, double radius, const char* colour) {
    EndPath();
    const Vector2d c = Pixel(centre);
    svg_.OpenElement("circle");
    Attribute("cx", c.x());
    Attribute("cy", c.y());
    Attribute("r", radius * kScale);
    svg_.PushAttribute("fill", "white");
    svg_.PushAttribute("stroke", colour);
    svg_.CloseElement(true);
  }

  [[nodiscard]] const Vector3d& ground() const { return ground_; }

 private:
  void EndPath() {
    if (path_.empty()) return;
    svg_.OpenElement("path");
    svg_.PushAttribute("d", path_.c_str());
    svg_.PushAttribute("fill", "none");
    svg_.PushAttribute("stroke", colour_);
    Attribute("stroke-width", width_);
    svg_.CloseElement(true);
    path_.clear();
    pen_.clear();
  }

  void Attribute(const char* name, double value) { svg_.PushAttribute(name, fmt::format("{:.1f}", value).c_str()); }

  Vector2d Pixel(const Vector3d& p) const {
    const Vector2d q = Project(p - ground_);
    return {x_ + kScale * q.x(), y_ - kScale * q.y()};
  }

  tinyxml2::XMLPrinter& svg_;
  double x_, y_;
  Vector3d ground_;
  std::string path_, pen_;  // data of the open path, and where it ends
  const char* colour_ = nullptr;
  double width_ = 0;
};

// The edges of a box that is near the figure.
void DrawBox(Cell& cell, const sim::Box& box) {
  if ((box.centre - cell.ground()).head<2>().norm() > kReach + box.half.head<2>().norm()) return;
  const auto corner = [&](int bits) {
    const Vector3d signs(bits & 1 ? 1 : -1, bits & 2 ? 1 : -1, bits & 4 ? 1 : -1);
    return Vector3d(box.centre + box.R_WS * box.half.cwiseMin(1.2).cwiseProduct(signs));
  };
  for (int bits = 0; bits < 8; ++bits) {
    for (const int axis : {1, 2, 4}) {
      if ((bits & axis) == 0) cell.Line(corner(bits), corner(bits | axis), kSurfaceColour, 0.7);
    }
  }
}

// The part of a surface that is near the figure.
void DrawSurface(Cell& cell, const sim::Surface& surface) {
  if (surface.box) return DrawBox(cell, *surface.box);
  const double width = std::isfinite(surface.y_lo) ? kReach : 0.35;
  const double x_lo = std::max(surface.x_lo, cell.ground().x() - kReach);
  const double x_hi = std::min(surface.x_hi, cell.ground().x() + kReach);
  const double y_lo = std::max(surface.y_lo, cell.ground().y() - width);
  const double y_hi = std::min(surface.y_hi, cell.ground().y() + width);
  if (x_lo >= x_hi || y_lo >= y_hi) return;
  const Vector3d a(x_lo, y_lo, surface.height), b(x_hi, y_lo, surface.height), c(x_hi, y_hi, surface.height),
      d(x_lo, y_hi, surface.height);
  for (const auto& [from, to] : {std::pair{a, b}, {b, c}, {c, d}, {d, a}}) {
    cell.Line(from, to, kSurfaceColour, 0.7);
  }
}

void DrawFigure(Cell& cell, const sim::Figure& figure) {
  for (const sim::Figure::Bone& bone : figure.bones) {
    cell.Line(bone.from, bone.to, Colour(bone.segment), bone.segment <= Segment::kHead ? 3.0 : 2.2);
  }
  cell.Circle(figure.head, figure.head_radius, kTrunkColour);
}

void Text(tinyxml2::XMLPrinter& svg, double x, double y, const std::string& text, const char* anchor, bool bold) {
  svg.OpenElement("text");
  svg.PushAttribute("x", fmt::format("{:.1f}", x).c_str());
  svg.PushAttribute("y", fmt::format("{:.1f}", y).c_str());
  svg.PushAttribute("text-anchor", anchor);
  if (bold) svg.PushAttribute("font-weight", "bold");
  svg.PushText(text.c_str());
  svg.CloseElement(true);
}

void Shade(tinyxml2::XMLPrinter& svg, double x, double height, const char* colour) {
  svg.OpenElement("rect");
  svg.PushAttribute("x", fmt::format("{:.1f}", x).c_str());
  svg.PushAttribute("y", "18");
  svg.PushAttribute("width", fmt::format("{:.1f}", kCell).c_str());
  svg.PushAttribute("height", fmt::format("{:.1f}", height - 22).c_str());
  svg.PushAttribute("fill", colour);
  svg.CloseElement(true);
}

double Lowest(const sim::Figure& figure) {
  double lowest = figure.pelvis.z();
  for (const sim::Figure::Bone& bone : figure.bones) lowest = std::min({lowest, bone.from.z(), bone.to.z()});
  return lowest;
}

struct Layout {
  std::vector<double> floors;  // drawn at the same height in each cell [m]
  double height = kRow;        // px
};

// One floor for all figures, so that a jump or a fall from a ladder is seen as one; on stairs, which would leave any
// row, a floor for each.
Layout Arrange(const std::vector<sim::Figure>& figures) {
  Layout layout;
  for (const sim::Figure& figure : figures) layout.floors.push_back(Lowest(figure));
  if (figures.empty()) return layout;
  const auto [lowest, highest] = std::minmax_element(layout.floors.begin(), layout.floors.end());
  constexpr double kRoom = 3.2;  // m
  if (*highest - *lowest >= kRoom) return layout;
  const double floor = *lowest;
  layout.floors.assign(figures.size(), floor);
  double top = 0;
  for (const sim::Figure& figure : figures) top = std::max(top, figure.head.z() + figure.head_radius - floor);
  layout.height += std::max(0.0, kScale * top * std::cos(kElevation) - (kFloor - 18));
  return layout;
}

// Each strip is a picture of its own, which cuts off what does not fit.
void DrawStrip(tinyxml2::XMLPrinter& svg, const MotionStrip& strip, const Layout& layout, double top) {
  const std::string height = fmt::format("{:.1f}", layout.height);
  svg.OpenElement("svg");
  svg.PushAttribute("y", fmt::format("{:.1f}", top).c_str());
  svg.PushAttribute("height", height.c_str());
  double x = 0;
  for (std::size_t i = 0; i < strip.figures.size(); ++i) {
    const sim::Figure& figure = strip.figures[i];
    if (strip.impact && figure.time >= *strip.impact) {
      Shade(svg, x, layout.height, kLyingShade);
    } else if (strip.onset && figure.time >= *strip.onset) {
      Shade(svg, x, layout.height, kFallingShade);
    }
    Cell cell(svg, x, layout.height - (kRow - kFloor) + 8, figure.pelvis, layout.floors[i]);
    for (const sim::Surface& surface : strip.surfaces) DrawSurface(cell, surface);
    DrawFigure(cell, figure);
    Text(svg, x + kCell - 4, 30, fmt::format("{:.2f} s", figure.time), "end", false);
    x += kCell;
  }
  Text(svg, 6, 13, SafeText(strip.title, 140), "start", true);
  svg.CloseElement();
}

}  // namespace

std::vector<sim::Figure> PickFigures(const std::vector<sim::Figure>& all, std::optional<double> onset,
                                     std::optional<double> impact, int count) {
  if (all.empty()) return {};
  const double begin = onset ? *onset - 0.25 : all.front().time;
  const double end = impact ? *impact + 0.8 : onset ? *onset + 2.5 : all.back().time;
  std::vector<sim::Figure> picked;
  for (int i = 0; i < count; ++i) {
    // The last place of a fall shows how the body lies in the end.
    const bool last = impact && i == count - 1;
    const double wanted = last ? all.back().time : begin + (end - begin) * i / (count - (impact ? 2 : 1));
    picked.push_back(*std::min_element(all.begin(), all.end(), [&](const sim::Figure& a, const sim::Figure& b) {
      return std::abs(a.time - wanted) < std::abs(b.time - wanted);
    }));
  }
  return picked;
}

std::string MotionStripSvg(const std::vector<MotionStrip>& strips) {
  std::size_t columns = 1;
  for (const MotionStrip& strip : strips) columns = std::max(columns, strip.figures.size());
  const double width = kCell * static_cast<double>(columns);
  std::vector<Layout> layouts;
  double height = 0;
  for (const MotionStrip& strip : strips) {
    layouts.push_back(Arrange(strip.figures));
    height += layouts.back().height;
  }
  tinyxml2::XMLPrinter svg;
  svg.PushHeader(false, true);
  svg.OpenElement("svg");
  svg.PushAttribute("xmlns", "http://www.w3.org/2000/svg");
  svg.PushAttribute("viewBox", fmt::format("0 0 {:.0f} {:.0f}", width, height).c_str());
  svg.PushAttribute("width", fmt::format("{:.0f}", width).c_str());
  svg.PushAttribute("height", fmt::format("{:.0f}", height).c_str());
  svg.PushAttribute("font-family", "'DejaVu Sans',Helvetica,Arial,sans-serif");
  svg.PushAttribute("font-size", "11");
  svg.OpenElement("rect");
  svg.PushAttribute("width", "100%");
  svg.PushAttribute("height", "100%");
  svg.PushAttribute("fill", "white");
  svg.CloseElement(true);
  double top = 0;
  for (std::size_t i = 0; i < strips.size(); ++i) {
    DrawStrip(svg, strips[i], layouts[i], top);
    top += layouts[i].height;
  }
  svg.CloseElement();
  return svg.CStr();
}

}  // namespace stunt::reports
