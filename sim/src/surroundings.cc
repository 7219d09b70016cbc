#include "stunt/sim/surroundings.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace stunt::sim {
namespace {

double Excess(const PressureEvent& event, double time) {
  const double since = time - event.at_s;
  if (since <= 0) return 0;
  if (since < event.rise_s) return event.amplitude_pa * since / event.rise_s;
  const double falling = since - event.rise_s - event.hold_s;
  return falling <= 0 ? event.amplitude_pa : event.amplitude_pa * std::exp(-falling / event.decay_s);
}

}  // namespace

double StandardPressure(double altitude_m, double sea_level_pa) {
  constexpr double kTemperature = 288.15, kLapse = 0.0065, kExponent = 5.25588;
  return sea_level_pa * std::pow(1 - kLapse * altitude_m / kTemperature, kExponent);
}

double PressureAt(const Surroundings& surroundings, double height_m, double time_s) {
  double pressure = StandardPressure(surroundings.altitude_m + height_m, surroundings.sea_level_pa) +
                    surroundings.pressure_trend_pa_h * time_s / 3600;
  for (const PressureEvent& event : surroundings.pressure_events) pressure += Excess(event, time_s);
  return pressure;
}

Eigen::Vector3d MagneticField(const Surroundings& surroundings) {
  constexpr double kDegree = std::numbers::pi / 180;
  const double dip = surroundings.inclination_deg * kDegree, east = surroundings.declination_deg * kDegree;
  return surroundings.field_ut *
         Eigen::Vector3d(std::cos(dip) * std::sin(east), std::cos(dip) * std::cos(east), -std::sin(dip));
}

double LevelAt(double level_at_1m_db, double distance_m) {
  return level_at_1m_db - 20 * std::log10(std::max(distance_m, 0.1));
}

}  // namespace stunt::sim
