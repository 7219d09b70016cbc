#include "loose_mount.h"

#include <Eigen/Geometry>
#include <algorithm>
#include <cmath>
#include <numbers>

namespace stunt::sim::internal {
namespace {

constexpr double kFriction = 0.05;  // of the damping, within the play (EST)
// Up to this (ω dt)² a spring is taken explicitly, at the position before, which adds no damping; beyond implicitly.
constexpr double kExplicit = 0.25;

Eigen::Array3d Of(const PerAxis& value) { return {value.x, value.y, value.z}; }
double Omega(double frequency_hz) { return 2 * std::numbers::pi * frequency_hz; }

}  // namespace

LooseMount::LooseMount(const StrapSpec& spec, double dt)
    : dt_(dt), turns_(spec.tilt_frequency_hz > 0), lever_(spec.lever_m / (spec.gyration_m * spec.gyration_m)) {
  const double slide = Omega(spec.frequency_hz), turn = Omega(spec.tilt_frequency_hz);
  slide_ = {.stiffness = slide * slide, .damping = 2 * spec.damping_ratio * slide, .play = Of(spec.play)};
  turn_ = {.stiffness = turn * turn, .damping = 2 * spec.tilt_damping_ratio * turn, .play = Of(spec.tilt_play)};
}

LooseMount::Vec LooseMount::Suspension::Stretch() const { return x - x.max(-play).min(play); }

void LooseMount::Suspension::Settle(const Vec& push) {
  x = push / stiffness + play * push.sign();
  v = Vec::Zero();
}

LooseMount::Vec LooseMount::Suspension::Step(const Vec& push, double dt) {
  const Vec stretch = Stretch();
  const Vec held = (stretch != 0).cast<double>();
  const Vec old = v;
  const double implicit = std::max(0.0, dt * dt * stiffness - kExplicit);
  // A damper by the mean of the velocities before and after, a stiff one by that after.
  const Vec damped = dt * damping * (held + kFriction * (1 - held));
  const Vec before = damped.min(1) * 0.5;
  v = (v * (1 - before) + dt * (push - stiffness * stretch)) / (1 + (damped - before) + implicit * held);
  x += dt * v;
  return (v - old) / dt;
}

// Of the force that acts at the support, `lever` below the device's centre of mass.
LooseMount::Vec LooseMount::Moment(const Vec& force) const { return lever_ * Vec(force.y(), -force.x(), 0); }

void LooseMount::Apply(MotionBlock& motion) {
  for (std::size_t i = 0; i < motion.size(); ++i) {
    const auto at = [i](AxisBlock& block) { return Vec(block.axis[0][i], block.axis[1][i], block.axis[2][i]); };
    Vec force = at(motion.specific_force), rate = at(motion.angular_rate);
    if (!started_) {
      slide_.Settle(-force);
      if (turns_) turn_.Settle(Moment(force));
      last_rate_ = rate;
      started_ = true;
    }
    force += slide_.Step(-force, dt_);
    if (turns_) {
      const Vec acceleration = (rate - last_rate_) / dt_;
      last_rate_ = rate;
      turn_.Step(Moment(force) - acceleration, dt_);
      rate += turn_.v;
      const double angle = turn_.x.matrix().norm();
      if (angle > 0) {
        const Eigen::AngleAxisd back(-angle, turn_.x.matrix() / angle);
        force = (back * force.matrix()).array();
        rate = (back * rate.matrix()).array();
      }
    }
    for (std::size_t a = 0; a < 3; ++a) {
      motion.specific_force.axis[a][i] = force[static_cast<Eigen::Index>(a)];
      motion.angular_rate.axis[a][i] = rate[static_cast<Eigen::Index>(a)];
    }
  }
}

}  // namespace stunt::sim::internal
