#pragma once

#include <Eigen/Core>
#include <vector>

namespace stunt::sim {

/// What a satellite receiver sees of the sky.
enum class Sky { kOpen, kUrban, kIndoors };

/// A change of air pressure: rises linearly over rise_s, stays for hold_s, falls off with the time constant decay_s.
struct PressureEvent {
  double at_s = 0;
  double amplitude_pa = 0;  // negative: suction
  double rise_s = 0.01;
  double hold_s = 0;
  double decay_s = 0.1;
};

/// A noise from outside of the body, of constant level while it lasts.
struct SoundEvent {
  double at_s = 0;
  double for_s = 0.1;
  double level_db = 80;   // at 1 m, re 20 µPa
  double distance_m = 1;  // from everybody's devices
};

/// Where a case takes place, as far as sensors notice. World W: x east, y north, z up; its origin is at the position.
struct Surroundings {
  Sky sky = Sky::kIndoors;
  double latitude_deg = 48.137;
  double longitude_deg = 11.575;
  double altitude_m = 520;         // of z = 0 above mean sea level
  double sea_level_pa = 101325;    // pressure reduced to sea level
  double pressure_trend_pa_h = 0;  // weather
  double field_ut = 48.6;          // magnetic flux density [µT] …
  double inclination_deg = 64.3;   // … its dip below the horizon …
  double declination_deg = 4.2;    // … and its way east of north (World Magnetic Model at Munich, 2025, recalled)
  double sound_db = 40;            // mean level of what is always there
  std::vector<PressureEvent> pressure_events = {};
  std::vector<SoundEvent> sound_events = {};
};

/// Air pressure at an altitude above mean sea level in the International Standard Atmosphere [Pa]:
///   p = p_0 (1 − L h / T_0)^(g M / R L), T_0 = 288.15 K, L = 6.5 K/km; exponent 5.25588.
/// @param altitude_m  geopotential, below 11 000; a geometric one is 0.016 % of itself to the kilometre higher.
/// @source ISO 2533:1975.
[[nodiscard]] double StandardPressure(double altitude_m, double sea_level_pa);

/// Pressure at a height over the origin, with weather and events [Pa].
[[nodiscard]] double PressureAt(const Surroundings& surroundings, double height_m, double time_s);

/// Earth's field in the world frame [µT].
[[nodiscard]] Eigen::Vector3d MagneticField(const Surroundings& surroundings);

/// Level of a source at a distance: spherical spreading, 6 dB less for each doubling; nearer than 0.1 m it stays.
[[nodiscard]] double LevelAt(double level_at_1m_db, double distance_m);

}  // namespace stunt::sim
