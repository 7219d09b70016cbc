#pragma once

#include <array>

namespace stunt::motion_models {

/// Walking or running on level ground or stairs, as footsteps in the world that do not slip. Angles in rad.
struct GaitSpec {
  double speed = 1.3;         // m/s
  double period = 1.08;       // stride [s]
  double duty = 0.62;         // part of the stride that a foot is down; below 0.5 there is flight
  double lead = 0.27;         // strides that the ankle is ahead of the pelvis at heel strike
  double start = 0;           // s: the first stride begins
  double ramp = 1.2;          // s to full cadence
  double grow = 0;            // strides over which the steps grow to full length; 0: full from the first
  double stop = 1e9;          // s: cadence begins to fall
  double stop_over = 1;       // s to rest
  double crouch = 0.02;       // m: pelvis below straight legs
  double bob = 0.02;          // m: amplitude of the pelvis twice a stride (no flight)
  double sway = 0.02;         // m: amplitude of the pelvis to the stance side
  double clearance = 0.05;    // m: of the swinging foot
  double toe_off = 0.96;      // rad: pitch at the end of stance
  double heel_strike = 0.31;  // rad: toes up at contact
  double climb_lag = 0;       // strides that the pelvis rises behind the leading foot
  double rise = 0;            // m a step, up positive

  [[nodiscard]] bool Runs() const { return duty < 0.5; }  // with flight
};

/// Where a foot is meant to be: the ankle over the ground [m] and the pitch, toes down [rad].
struct FootTarget {
  double x = 0;
  double z = 0;  // above standing height
  double pitch = 0;
};

/// Everything of the gait at one instant.
struct GaitState {
  double cadence = 0;                // 0 at rest … 1 at full cadence
  double strides = 0;                // phase since the start; 0 = left heel strike
  std::array<double, 2> phase = {};  // of each foot in its stride, 0 … 1, 0 = its heel strike
  double x = 0;                      // pelvis forward [m]
  double y = 0;
  double z = 0;  // pelvis against straight legs on the ground it started on
  std::array<FootTarget, 2> foot;
  std::array<double, 2> weight = {};  // share of the body that each foot carries; 0, 0 in flight

  /// Moves pelvis and feet forward [m].
  void Shift(double by) {
    x += by;
    for (FootTarget& target : foot) target.x += by;
  }
};

/// Lengths of the foot and the fixed part of the path, computed once.
class Gait {
 public:
  Gait(const GaitSpec& spec, double ankle_height, double foot_length);
  [[nodiscard]] GaitState At(double t) const;
  /// Strides since the start, C³ in time.
  [[nodiscard]] double Strides(double t) const;
  [[nodiscard]] const GaitSpec& spec() const { return spec_; }

 private:
  [[nodiscard]] double StepShare(double strides) const;  // of the full step, 0.1 … 1
  [[nodiscard]] double Distance(double strides) const;   // of the pelvis [m]
  [[nodiscard]] double Footstep(double strides) const;   // where a foot that lands then is put down [m]
  [[nodiscard]] FootTarget Foot(double strides, double late, double duty) const;
  [[nodiscard]] double Bounce(double strides) const;

  static constexpr int kHarmonics = 6;
  GaitSpec spec_;
  double ankle_height_;
  double toe_;                               // ankle to the toes' pivot [m]
  double heel_;                              // ankle back to the heel's pivot [m]
  std::array<double, kHarmonics> bounce_{};  // m, cosine of 2, 4, … times the stride (flight)
};

}  // namespace stunt::motion_models
