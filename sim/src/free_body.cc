#include "stunt/sim/free_body.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <stdexcept>

#include "stunt/sim/body.h"

namespace stunt::sim {
namespace {

using Eigen::Quaterniond;
using Eigen::Vector3d;

constexpr double kLongestStep = 1e-5;  // s: a hundredth of a contact
constexpr double kCornerRadius = 0.004;
constexpr double kHighestFall = 2.5;   // m
constexpr double kSlowestSlip = 1e-3;  // m/s
constexpr double kStickDamping = 5;    // Ns/m

// Damping of a spring and mass that returns with `restitution` of the velocity.
double DampingOf(double restitution, double stiffness, double mass) {
  const double log = std::log(std::clamp(restitution, 1e-3, 1.0));
  const double ratio = -log / std::hypot(std::numbers::pi, log);
  return 2 * ratio * std::sqrt(stiffness * mass);
}

void CheckPositive(double value, const char* what) {
  if (!(value > 0) || !std::isfinite(value)) throw std::invalid_argument(std::string(what) + " must be positive");
}

}  // namespace

FreeBody::FreeBody(const FreeBodySpec& spec, const Eigen::Isometry3d& X_WS, const Vector3d& v_W, const Vector3d& w_S)
    : spec_(spec), X_WS_(X_WS), v_W_(v_W), w_S_(w_S) {
  CheckPositive(spec.mass, "mass");
  CheckPositive(spec.stiffness, "stiffness");
  for (const double edge : spec.size) CheckPositive(edge, "size");
  const Vector3d squared = spec.size.cwiseAbs2();
  inertia_ = spec.mass / 12 * Vector3d(squared.y() + squared.z(), squared.z() + squared.x(), squared.x() + squared.y());
  damping_ = DampingOf(spec.restitution, spec.stiffness, spec.mass);
  most_energy_ = KineticEnergy() + spec.mass * kStandardGravity * kHighestFall;
  for (std::size_t i = 0; i < corners_.size(); ++i) {
    const Vector3d signs(i & 1 ? 0.5 : -0.5, i & 2 ? 0.5 : -0.5, i & 4 ? 0.5 : -0.5);
    const Vector3d inner = (spec.size.array() - 2 * kCornerRadius).max(0.0);
    corners_[i] = inner.cwiseProduct(signs);
  }
}

FreeBody::Load FreeBody::Touch(const std::vector<Surface>& surfaces) const {
  const double radius = std::min(kCornerRadius, 0.5 * spec_.size.minCoeff());
  Load load;
  for (const Vector3d& corner : corners_) {
    const Vector3d arm_W = X_WS_.linear() * corner;
    const Vector3d centre = X_WS_.translation() + arm_W;
    for (const Surface& surface : surfaces) {
      const std::optional<Meeting> meeting = Meet(surface, centre, radius);
      if (!meeting) continue;
      const double floor = surface.foundation * std::numbers::pi * radius * radius;
      const double share = 1 / (1 + spec_.stiffness / floor);
      // Deeper than all its energy could have pressed it: it came in through the open side of a patch.
      if (0.5 * share * spec_.stiffness * meeting->penetration * meeting->penetration > most_energy_) continue;
      const Vector3d r = arm_W - radius * meeting->normal;
      const Vector3d velocity = v_W_ + (X_WS_.linear() * w_S_).cross(r);
      const double v_n = velocity.dot(meeting->normal);
      // What is soft is slow as well: its damping goes with the root of its stiffness.
      const double f_n = share * spec_.stiffness * meeting->penetration - std::sqrt(share) * damping_ * v_n;
      if (f_n <= 0) continue;
      const Vector3d slip = velocity - v_n * meeting->normal;
      const double c_t =
          std::min(kStickDamping, spec_.friction * surface.friction * f_n / std::max(slip.norm(), kSlowestSlip));
      const Vector3d force = f_n * meeting->normal - c_t * slip;
      load.force_W += force;
      load.torque_S += X_WS_.linear().transpose() * r.cross(force);
    }
  }
  return load;
}

SiteMotion FreeBody::Step(double dt, const Vector3d& gravity, const std::vector<Surface>& surfaces) {
  const int steps = static_cast<int>(std::ceil(dt / kLongestStep));
  const double h = dt / steps;
  SiteMotion motion;
  motion.specific_force.setZero();
  for (int i = 0; i < steps; ++i) {
    const Load load = Touch(surfaces);
    const Vector3d specific_force = load.force_W / spec_.mass;
    motion.specific_force += X_WS_.linear().transpose() * specific_force / steps;
    v_W_ += h * (specific_force + gravity);
    const Vector3d momentum = inertia_.cwiseProduct(w_S_);
    w_S_ += h * (load.torque_S - w_S_.cross(momentum)).cwiseQuotient(inertia_);
    const double angle = w_S_.norm() * h;
    if (angle > 0) {
      const Quaterniond q = Quaterniond(X_WS_.linear()) * Quaterniond(Eigen::AngleAxisd(angle, w_S_.normalized()));
      X_WS_.linear() = q.normalized().toRotationMatrix();
    }
    X_WS_.translation() += h * v_W_;
    if (i == steps / 2) motion.angular_rate = w_S_;
  }
  return motion;
}

double FreeBody::KineticEnergy() const {
  return 0.5 * spec_.mass * v_W_.squaredNorm() + 0.5 * w_S_.dot(inertia_.cwiseProduct(w_S_));
}

}  // namespace stunt::sim
