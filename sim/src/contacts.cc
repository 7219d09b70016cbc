#include <algorithm>
#include <cmath>

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

// Normal: spring and ramped damper, both implicit. Tangential: Coulomb friction as a damper that never exceeds μ F_n.
// `centre` is the sphere's, from O.
void Touch(Body::Internals& s, const ContactSphere& sphere, const Vec3& centre, const Surface& surface,
           double friction_scale) {
  const Multibody& body = s.multibody;
  const auto k = static_cast<std::size_t>(Index(sphere.segment));
  const double penetration = surface.height + sphere.radius - (body.origin.z() + centre.z());
  if (penetration <= 0 || penetration > surface.depth) return;
  const Vec3 world = body.origin + centre;
  if (world.x() < surface.x_lo || world.x() > surface.x_hi || world.y() < surface.y_lo || world.y() > surface.y_hi) {
    return;
  }
  const Vec3 n = Vec3::UnitZ();
  const Vec3 r = centre - (sphere.radius - 0.5 * penetration) * n;
  const Vec3 velocity = body.v[k].lin + body.v[k].ang.cross(r);
  const double stiffness = sphere.stiffness * surface.stiffness_scale;
  const double damping = sphere.damping * surface.damping_scale * std::min(1.0, penetration / surface.ramp);
  const double v_n = velocity.z();
  const double f_n = stiffness * (penetration - s.dt * v_n) - damping * v_n;
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
    for (const Surface& surface : s.surfaces) {
      if (surface.segments & Bit(sphere.segment)) Touch(s, sphere, centre, surface, friction_scale);
    }
  }
}

void AddPointLoads(Body::Internals& s, const StepInput& input) {
  const Multibody& body = s.multibody;
  for (int i = 0; i < input.load_count; ++i) {
    const PointLoad& load = input.loads[static_cast<std::size_t>(i)];
    const auto k = static_cast<std::size_t>(Index(load.segment));
    const Vec3 r = body.c[k] + body.R[k] * load.p_B;
    Vec3 error = load.servo_velocity_W - (body.v[k].lin + body.v[k].ang.cross(r));
    error.z() = 0;
    s.loads.AddForce(load.segment, r, load.force_W + load.servo_damping * error, Vec3::UnitZ(), 0, load.servo_damping,
                     s.dt);
  }
}

}  // namespace stunt::sim::internal
