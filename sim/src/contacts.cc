#include <algorithm>
#include <cmath>
#include <numbers>

#include "body_internals.h"

namespace stunt::sim::internal {
namespace {

// Tangential damping of a sticking contact [Ns/m]; keeps the implicit step well conditioned.
constexpr double kStickDamping = 1500;
constexpr double kSlowestSlip = 1e-3;  // m/s

double FrictionScale(const StepInput& input, Segment segment) {
  if (segment == Segment::kFootL) return input.foot_friction[0];
  if (segment == Segment::kFootR) return input.foot_friction[1];
  return 1;
}

// Flesh and floor give one after the other; the floor gives less under a broad part of the body (Winkler foundation).
double SeriesStiffness(const ContactSphere& sphere, const Surface& surface) {
  const double flesh = sphere.stiffness * surface.stiffness_scale;
  const double floor = surface.foundation * std::numbers::pi * sphere.radius * sphere.radius;
  return flesh / (1 + flesh / floor);
}

// Normal: spring and ramped damper, both implicit. Tangential: Coulomb friction as a damper that never exceeds μ F_n.
// `centre` is the sphere's, from O.
void Touch(Body::Internals& s, const ContactSphere& sphere, const Vec3& centre, const Surface& surface,
           double friction_scale) {
  const Multibody& body = s.multibody;
  const auto k = static_cast<std::size_t>(Index(sphere.segment));
  const std::optional<Meeting> meeting = Meet(surface, body.origin + centre, sphere.radius);
  if (!meeting) return;
  const Vec3& n = meeting->normal;
  const Vec3 r = centre - (sphere.radius - 0.5 * meeting->penetration) * n;
  const Vec3 velocity = body.v[k].lin + body.v[k].ang.cross(r);
  const double stiffness = SeriesStiffness(sphere, surface);
  const double v_n = velocity.dot(n);
  const double damping = (v_n > 0 ? sphere.recoil : 1) * sphere.damping * surface.damping_scale *
                         std::min(1.0, meeting->penetration / surface.ramp);
  const double f_n = stiffness * (meeting->penetration - s.dt * v_n) - damping * v_n;
  if (f_n <= 0) return;
  if (surface.ground) s.forces.on_ground |= Bit(sphere.segment);
  const Vec3 slip = velocity - v_n * n;
  const double c_t =
      std::min(kStickDamping, surface.friction * friction_scale * f_n / std::max(slip.norm(), kSlowestSlip));
  s.loads.AddForce(sphere.segment, r, f_n * n - c_t * slip, n, damping + s.dt * stiffness, c_t, s.dt);
}

}  // namespace

void AddContacts(Body::Internals& s, const StepInput& input) {
  s.forces.on_ground = 0;
  for (int i = 0; i < s.skeleton.contact_count; ++i) {
    const ContactSphere& sphere = s.skeleton.contacts[static_cast<std::size_t>(i)];
    const auto k = static_cast<std::size_t>(Index(sphere.segment));
    const Vec3 centre = s.multibody.c[k] + s.multibody.R[k] * sphere.centre;
    const double friction_scale = FrictionScale(input, sphere.segment);
    const double lowest = s.multibody.origin.z() + centre.z() - sphere.radius;
    for (const Surface& surface : s.surfaces) {
      if ((surface.segments & Bit(sphere.segment)) == 0) continue;
      if (!surface.box && lowest >= surface.height) continue;  // most spheres are in the air
      Touch(s, sphere, centre, surface, friction_scale);
    }
  }
}

void AddPointLoads(Body::Internals& s, const StepInput& input) {
  for (int i = 0; i < input.load_count; ++i) {
    const PointLoad& load = input.loads[static_cast<std::size_t>(i)];
    const PointForce f = EvaluatePointLoad(s, load);
    s.loads.AddForce(load.segment, f.r, f.force, Vec3::UnitZ(), f.vertical_damping, f.horizontal_damping, s.dt);
  }
}

PointForce EvaluatePointLoad(const Body::Internals& s, const PointLoad& load) {
  const Multibody& body = s.multibody;
  const auto k = static_cast<std::size_t>(Index(load.segment));
  PointForce f;
  f.r = body.c[k] + body.R[k] * load.p_B;
  const Vec3 velocity = body.v[k].lin + body.v[k].ang.cross(f.r);
  Vec3 servo = load.servo_damping * (load.servo_velocity_W - velocity);
  servo.z() = 0;
  const double damping = load.hold_damping + s.dt * load.hold_stiffness;
  const Vec3 hold =
      load.hold_stiffness * (load.hold_point_W - body.origin - f.r) + damping * (load.hold_velocity_W - velocity);
  // A grip that is at its limit slips: it pulls no harder and damps in proportion.
  const double grip = std::min(1.0, load.hold_max_force / std::max(hold.norm(), 1e-9));
  f.force = load.force_W + servo + grip * hold;
  f.vertical_damping = grip * damping;
  f.horizontal_damping = load.servo_damping + grip * damping;
  return f;
}

}  // namespace stunt::sim::internal
