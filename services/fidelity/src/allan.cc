#include "stunt/fidelity/allan.h"

#include <cmath>
#include <numbers>

#include "panel.h"
#include "stunt/random/random.h"
#include "stunt/sim/body.h"
#include "stunt/sim/error_model.h"
#include "stunt/trace/input_error.h"

namespace stunt::fidelity {
namespace {

constexpr int kPerDecade = 5;         // points
constexpr std::size_t kFewest = 100;  // samples
constexpr std::array<const char*, 6> kAxes = {"accelerometer x, mg", "accelerometer y, mg", "accelerometer z, mg",
                                              "gyroscope x, °/s",    "gyroscope y, °/s",    "gyroscope z, °/s"};

const trace::ChannelTrace& Channel(const trace::Recording& recording, trace::SensorKind kind, const char* what) {
  for (const trace::ChannelTrace& channel : recording.channels) {
    if (channel.spec.kind == kind && channel.samples.axes == 3) return channel;
  }
  throw trace::InputError(fmt::format("{}: no {}; accepted: a recording of an IMU", recording.info.case_id, what));
}

void AddFits(StaticCurves& curves) {
  for (std::size_t a = 0; a < 6; ++a) curves.fits[a] = metrics::FitAllan(curves.curves[a]);
}

/// Measured samples of one unit at rest, axis by axis.
std::array<std::vector<double>, 6> AtRest(const sim::DeviceSpec& device, std::size_t count, random::StreamKey key) {
  sim::ImuErrorModel model(device.imu, key, device.temperature);
  std::array<std::vector<double>, 6> axes;
  for (std::uint64_t block = 0; axes[0].size() < count; ++block) {
    sim::MotionBlock samples;
    samples.specific_force.Resize(sim::ImuErrorModel::kBlock);
    samples.angular_rate.Resize(sim::ImuErrorModel::kBlock);
    std::fill(samples.specific_force.axis[2].begin(), samples.specific_force.axis[2].end(), sim::kStandardGravity);
    model.Apply(block, samples);
    for (std::size_t a = 0; a < 6; ++a) {
      const sim::AxisBlock& sensor = a < 3 ? samples.specific_force : samples.angular_rate;
      axes[a].insert(axes[a].end(), sensor.axis[a % 3].begin(), sensor.axis[a % 3].end());
    }
  }
  for (std::vector<double>& axis : axes) axis.resize(count);
  return axes;
}

double DisplayUnit(std::size_t axis) { return axis < 3 ? 1e3 / sim::kStandardGravity : 180 / std::numbers::pi; }

std::vector<Point> Logarithmic(const std::vector<metrics::AllanPoint>& curve, double metrics::AllanPoint::*what,
                               double unit) {
  std::vector<Point> points;
  for (const metrics::AllanPoint& p : curve) points.push_back({std::log10(p.tau_s), std::log10(unit * p.*what)});
  return points;
}

}  // namespace

StaticCurves CurvesOf(const trace::Recording& recording) {
  const trace::ChannelTrace& a = Channel(recording, trace::SensorKind::kAccelerometer, "accelerometer");
  const trace::ChannelTrace& g = Channel(recording, trace::SensorKind::kGyroscope, "gyroscope");
  if (a.spec.rate_hz != g.spec.rate_hz || a.samples.size() < kFewest || g.samples.size() < kFewest) {
    throw trace::InputError(fmt::format("{}: accepted: both sensors at one rate, with {} samples or more",
                                        recording.info.case_id, kFewest));
  }
  StaticCurves curves;
  curves.name = recording.info.case_id;
  curves.rate_hz = a.spec.rate_hz;
  curves.samples = std::min(a.samples.size(), g.samples.size());
  const std::vector<std::size_t> factors = metrics::AllanFactors(curves.samples, kPerDecade);
  for (std::size_t axis = 0; axis < 6; ++axis) {
    const trace::SampleBlock& block = axis < 3 ? a.samples : g.samples;
    std::vector<double> x(curves.samples);
    for (std::size_t i = 0; i < x.size(); ++i) x[i] = static_cast<double>(block.values[3 * i + axis % 3]);
    curves.curves[axis] = metrics::AllanDeviation(x, curves.rate_hz, factors);
  }
  AddFits(curves);
  return curves;
}

StaticCurves SimulateStatic(const sim::DeviceSpec& device, const StaticSettings& settings) {
  StaticCurves mean;
  mean.name = device.name;
  mean.rate_hz = device.imu.accelerometer.rate_hz;
  mean.samples = static_cast<std::size_t>(settings.seconds * mean.rate_hz);
  const std::vector<std::size_t> factors = metrics::AllanFactors(mean.samples, kPerDecade);
  for (std::uint64_t unit = 0; unit < settings.units; ++unit) {
    const auto axes = AtRest(device, mean.samples, random::StreamKey{settings.seed, unit});
    for (std::size_t a = 0; a < 6; ++a) {
      const auto curve = metrics::AllanDeviation(axes[a], mean.rate_hz, factors);
      if (unit == 0) mean.curves[a] = curve;
      for (std::size_t i = 0; i < curve.size(); ++i) {
        metrics::AllanPoint& p = mean.curves[a][i];
        if (unit == 0) p.deviation = p.lo = p.hi = 0;
        const auto add = [&](double& sum, double value) { sum += value * value / static_cast<double>(settings.units); };
        add(p.deviation, curve[i].deviation);
        add(p.lo, curve[i].lo);
        add(p.hi, curve[i].hi);
      }
    }
  }
  for (auto& curve : mean.curves) {
    for (metrics::AllanPoint& p : curve) {
      p.deviation = std::sqrt(p.deviation);
      p.lo = std::sqrt(p.lo);
      p.hi = std::sqrt(p.hi);
    }
  }
  AddFits(mean);
  return mean;
}

std::string AllanSvg(const StaticCurves& simulated, const std::optional<StaticCurves>& recorded) {
  tinyxml2::XMLPrinter svg;
  OpenPage(svg, 3, 2,
           recorded
               ? "Allan deviation over τ in s (powers of ten); blue: recorded with its 95 % interval; orange: simulated"
               : "Allan deviation over τ in s (powers of ten), simulated");
  for (std::size_t a = 0; a < 6; ++a) {
    const double unit = DisplayUnit(a);
    const std::vector<Point> made = Logarithmic(simulated.curves[a], &metrics::AllanPoint::deviation, unit);
    std::vector<Point> band, real;
    if (recorded) {
      real = Logarithmic(recorded->curves[a], &metrics::AllanPoint::deviation, unit);
      band = Logarithmic(recorded->curves[a], &metrics::AllanPoint::hi, unit);
      const std::vector<Point> low = Logarithmic(recorded->curves[a], &metrics::AllanPoint::lo, unit);
      band.insert(band.end(), low.rbegin(), low.rend());
    }
    Point lo = made.front(), hi = made.front();
    for (const std::vector<Point>* points : {&made, static_cast<const std::vector<Point>*>(&band)}) {
      for (const Point& p : *points) {
        lo = {std::min(lo.x, p.x), std::min(lo.y, p.y)};
        hi = {std::max(hi.x, p.x), std::max(hi.y, p.y)};
      }
    }
    Panel panel(svg, a % 3, a / 3, lo, hi);
    panel.Title(kAxes[a]);
    if (recorded) panel.Draw(band, kRecordedColour, true);
    if (recorded) panel.Draw(real, kRecordedColour, false);
    panel.Draw(made, kSimulatedColour, false);
  }
  svg.CloseElement();
  return svg.CStr();
}

}  // namespace stunt::fidelity
