#include "stunt/reports/trace_picture.h"

#include <fmt/format.h>
#include <tinyxml2.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <optional>
#include <string>
#include <vector>

#include "stunt/reports/safe_text.h"

namespace stunt::reports {
namespace {

constexpr double kStandardGravity = 9.80665;  // m/s², for showing a trace in g
constexpr std::size_t kMaxMarkedDetections = 12;

constexpr double kShownBefore = 5;  // s before an onset
constexpr double kShownAfter = 3;   // s after an impact or a detection

// Geometry of the page, in pixels.
constexpr double kWidth = 960;
constexpr double kHeight = 572;
constexpr double kLeft = 64;
constexpr double kRight = kWidth - 24;
constexpr double kPanelHeight = 190;
constexpr double kFirstPanelTop = 92;
constexpr double kSecondPanelTop = 332;

// Okabe and Ito's palette: told apart by people who do not see all colours.
constexpr const char* kAccelerationColour = "#0072b2";
constexpr const char* kRateColour = "#009e73";
constexpr const char* kOnsetColour = "#e69f00";
constexpr const char* kImpactColour = "#d55e00";
constexpr const char* kDetectionColour = "#cc79a7";

struct Curve {
  std::vector<double> time_s;
  std::vector<double> value;
};

struct Axis {
  double lo = 0;
  double hi = 1;
  double step = 1;
};

struct Panel {
  double top = 0;
  std::string title;
  const char* colour = "";
  Curve curve;
  Axis axis;
};

struct Mark {
  double time_s = 0;
  const char* colour = "";
  const char* dash = "";
};

struct Attribute {
  const char* name;
  std::string value;
};

std::string Pixel(double value) { return fmt::format("{:.1f}", value); }

void Element(tinyxml2::XMLPrinter& svg, const char* name, const std::vector<Attribute>& attributes,
             const std::string& text = {}) {
  svg.OpenElement(name);
  for (const Attribute& attribute : attributes) svg.PushAttribute(attribute.name, attribute.value.c_str());
  if (!text.empty()) svg.PushText(text.c_str());
  svg.CloseElement(text.empty());
}

void Text(tinyxml2::XMLPrinter& svg, double x, double y, const char* anchor, const std::string& text,
          const char* extra_class = "small") {
  Element(svg, "text", {{"x", Pixel(x)}, {"y", Pixel(y)}, {"text-anchor", anchor}, {"class", extra_class}}, text);
}

void Line(tinyxml2::XMLPrinter& svg, double x1, double y1, double x2, double y2, const std::string& colour,
          const std::string& width, const std::string& dash = {}) {
  std::vector<Attribute> attributes = {{"x1", Pixel(x1)}, {"y1", Pixel(y1)},  {"x2", Pixel(x2)},
                                       {"y2", Pixel(y2)}, {"stroke", colour}, {"stroke-width", width}};
  if (!dash.empty()) attributes.push_back({"stroke-dasharray", dash});
  Element(svg, "line", attributes);
}

double Seconds(std::int64_t ns) { return static_cast<double>(ns) / 1e9; }

const trace::ChannelTrace* FindChannel(const trace::Recording& recording, std::string_view device,
                                       trace::SensorKind kind) {
  for (const trace::ChannelTrace& channel : recording.channels) {
    if (channel.spec.device == device && channel.spec.kind == kind) return &channel;
  }
  return nullptr;
}

Curve Magnitude(const trace::SampleBlock& samples, double scale, const Axis& time) {
  Curve curve;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const double t = Seconds(samples.TimeNs(i));
    if (t < time.lo || t > time.hi) continue;
    double sum = 0;
    for (int axis = 0; axis < samples.axes; ++axis) {
      const auto value = static_cast<double>(
          samples.values[i * static_cast<std::size_t>(samples.axes) + static_cast<std::size_t>(axis)]);
      sum += value * value;
    }
    curve.time_s.push_back(t);
    curve.value.push_back(std::sqrt(sum) * scale);
  }
  return curve;
}

// Steps of 1, 2 or 5 times a power of ten, about `count` of them.
double NiceStep(double span, int count) {
  const double raw = std::max(span, 1e-9) / count;
  const double power = std::pow(10.0, std::floor(std::log10(raw)));
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (raw <= factor * power) return factor * power;
  }
  return 10 * power;
}

Axis ValueAxis(const Curve& curve) {
  const double peak = curve.value.empty() ? 1 : *std::max_element(curve.value.begin(), curve.value.end());
  Axis axis;
  axis.step = NiceStep(std::max(peak, 1e-3), 4);
  axis.hi = axis.step * std::ceil(peak / axis.step + 1e-9);
  return axis;
}

double XOf(const Axis& time, double t) { return kLeft + (t - time.lo) / (time.hi - time.lo) * (kRight - kLeft); }

double YOf(const Panel& panel, double value) {
  return panel.top + kPanelHeight - (value - panel.axis.lo) / (panel.axis.hi - panel.axis.lo) * kPanelHeight;
}

// A polyline through every sample, or through the least and largest of each pixel column where there are more.
std::string Points(const Panel& panel, const Axis& time) {
  const Curve& curve = panel.curve;
  const auto columns = static_cast<std::size_t>(kRight - kLeft);
  const std::size_t bin = std::max<std::size_t>(1, curve.value.size() / columns);
  std::string points;
  const auto add = [&](std::size_t i) {
    points += fmt::format("{:.1f},{:.1f} ", XOf(time, curve.time_s[i]), YOf(panel, curve.value[i]));
  };
  for (std::size_t begin = 0; begin < curve.value.size(); begin += bin) {
    const auto first = curve.value.begin() + static_cast<std::ptrdiff_t>(begin);
    const auto last = curve.value.begin() + static_cast<std::ptrdiff_t>(std::min(begin + bin, curve.value.size()));
    const auto [least, largest] = std::minmax_element(first, last);
    add(static_cast<std::size_t>(std::min(least, largest) - curve.value.begin()));
    if (least != largest) add(static_cast<std::size_t>(std::max(least, largest) - curve.value.begin()));
  }
  return points;
}

void DrawPanel(tinyxml2::XMLPrinter& svg, const Panel& panel, const Axis& time, const std::vector<Mark>& marks) {
  const double bottom = panel.top + kPanelHeight;
  Text(svg, kLeft, panel.top - 8, "start", panel.title, "small");
  for (int i = 0; panel.axis.lo + i * panel.axis.step <= panel.axis.hi + 1e-9; ++i) {
    const double value = panel.axis.lo + i * panel.axis.step;
    Line(svg, kLeft, YOf(panel, value), kRight, YOf(panel, value), "#dddddd", "1");
    Text(svg, kLeft - 8, YOf(panel, value) + 4, "end", fmt::format("{:g}", value));
  }
  for (double t = std::ceil(time.lo / time.step) * time.step; t <= time.hi + 1e-9; t += time.step) {
    Line(svg, XOf(time, t), bottom, XOf(time, t), bottom + 4, "#444444", "1");
    Text(svg, XOf(time, t), bottom + 18, "middle", fmt::format("{:g}", std::abs(t) < 1e-9 ? 0 : t));
  }
  for (const Mark& mark : marks) {
    if (mark.time_s < time.lo || mark.time_s > time.hi) continue;
    Line(svg, XOf(time, mark.time_s), panel.top, XOf(time, mark.time_s), bottom, mark.colour, "2", mark.dash);
  }
  if (panel.curve.value.empty()) {
    Text(svg, (kLeft + kRight) / 2, panel.top + kPanelHeight / 2, "middle", "this device has no such sensor");
  }
  Element(svg, "polyline",
          {{"points", Points(panel, time)}, {"fill", "none"}, {"stroke", panel.colour}, {"stroke-width", "1.4"}});
  Line(svg, kLeft, bottom, kRight, bottom, "#444444", "1");
}

std::vector<Mark> Marks(const trace::Recording& recording, const trace::RunRecord& record) {
  std::vector<Mark> marks;
  for (const trace::TruthEvent& event : recording.info.truth.events) {
    marks.push_back({Seconds(event.onset_ns), kOnsetColour, "6 3"});
    marks.push_back({Seconds(event.ref_ns), kImpactColour, ""});
  }
  for (const trace::Detection& detection : record.detections) {
    if (!detection.above_threshold || marks.size() >= kMaxMarkedDetections) continue;
    marks.push_back({Seconds(detection.decision_sample_time_ns), kDetectionColour, "2 2"});
  }
  return marks;
}

void DrawLegend(tinyxml2::XMLPrinter& svg, const trace::Recording& recording, const trace::RunRecord& record) {
  std::string detected = "no detection";
  for (const trace::Detection& detection : record.detections) {
    if (!detection.above_threshold) continue;
    detected = fmt::format("detection: {} at {:.2f} s", SafeText(detection.label, 20),
                           Seconds(detection.decision_sample_time_ns));
    break;
  }
  std::string onset = "truth: no event";
  std::string impact;
  if (!recording.info.truth.events.empty()) {
    const trace::TruthEvent& event = recording.info.truth.events.front();
    onset = fmt::format("truth: onset at {:.2f} s", Seconds(event.onset_ns));
    impact = fmt::format("truth: impact at {:.2f} s", Seconds(event.ref_ns));
  }
  struct Entry {
    double x;
    const char* colour;
    const char* dash;
    std::string text;
  };
  for (const Entry& entry : {Entry{kLeft, kOnsetColour, "6 3", onset}, Entry{kLeft + 240, kImpactColour, "", impact},
                             Entry{kLeft + 480, kDetectionColour, "2 2", detected}}) {
    if (entry.text.empty()) continue;
    Line(svg, entry.x, 56, entry.x + 28, 56, entry.colour, "3", entry.dash);
    Text(svg, entry.x + 36, 60, "start", entry.text);
  }
}

// Where there is an event: from a little before its onset to a little after its impact or its detection.
Axis TimeAxis(const trace::CaseInfo& info, const trace::RunRecord& record) {
  Axis axis{Seconds(info.start_ns), Seconds(info.end_ns), 1};
  if (!info.truth.events.empty()) {
    const trace::TruthEvent& event = info.truth.events.front();
    std::int64_t last_ns = std::max(event.ref_ns, event.end_ns);
    for (const trace::Detection& detection : record.detections) {
      if (detection.decision_sample_time_ns < event.onset_ns) continue;
      last_ns = std::max(last_ns, detection.decision_sample_time_ns);
      break;
    }
    axis.lo = std::max(axis.lo, Seconds(event.onset_ns) - kShownBefore);
    axis.hi = std::min(axis.hi, Seconds(last_ns) + kShownAfter);
  }
  if (axis.hi <= axis.lo) axis.hi = axis.lo + 1;
  axis.step = NiceStep(axis.hi - axis.lo, 10);
  return axis;
}

}  // namespace

std::string TracePictureSvg(const trace::Recording& recording, const trace::RunRecord& record,
                            std::string_view device) {
  if (device.empty() && !recording.channels.empty()) device = recording.channels.front().spec.device;
  const Axis time = TimeAxis(recording.info, record);
  const auto panel = [&](double top, const char* title, const char* colour, trace::SensorKind kind, double scale) {
    const trace::ChannelTrace* channel = FindChannel(recording, device, kind);
    Panel result{top, title, colour, channel == nullptr ? Curve{} : Magnitude(channel->samples, scale, time), {}};
    result.axis = ValueAxis(result.curve);
    return result;
  };
  const Panel acceleration = panel(kFirstPanelTop, "|specific force| in g (1 at rest)", kAccelerationColour,
                                   trace::SensorKind::kAccelerometer, 1 / kStandardGravity);
  const Panel rate = panel(kSecondPanelTop, "|angular rate| in °/s", kRateColour, trace::SensorKind::kGyroscope,
                           180 / std::numbers::pi);
  const std::vector<Mark> marks = Marks(recording, record);

  tinyxml2::XMLPrinter svg;
  svg.PushHeader(false, true);
  svg.OpenElement("svg");
  svg.PushAttribute("xmlns", "http://www.w3.org/2000/svg");
  svg.PushAttribute("viewBox", fmt::format("0 0 {} {}", kWidth, kHeight).c_str());
  svg.PushAttribute("width", fmt::format("{}", kWidth).c_str());
  svg.PushAttribute("height", fmt::format("{}", kHeight).c_str());
  svg.PushAttribute("role", "img");
  Element(svg, "style", {},
          "text{font-family:'DejaVu Sans',Helvetica,Arial,sans-serif;fill:#222} .small{font-size:12px} "
          ".title{font-size:16px;font-weight:bold}");
  Element(svg, "rect", {{"width", "100%"}, {"height", "100%"}, {"fill", "white"}});
  Text(svg, kLeft, 30, "start", fmt::format("{}, {}", SafeText(recording.info.case_id, 60), SafeText(device, 50)),
       "title");
  DrawLegend(svg, recording, record);
  DrawPanel(svg, acceleration, time, marks);
  DrawPanel(svg, rate, time, marks);
  Text(svg, (kLeft + kRight) / 2, kHeight - 10, "middle", "time in s");
  svg.CloseElement();
  return svg.CStr();
}

}  // namespace stunt::reports
