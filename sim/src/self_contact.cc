#include <algorithm>

#include "body_internals.h"

namespace stunt::sim::internal {
namespace {

// Flesh on flesh. Taken explicitly, because an implicit damper between two segments would break the elimination's
// O(n): soft enough for the hand's 0.4 kg at 2 ms (k dt² / m < 0.1).
constexpr double kStiffness = 8000;  // N/m (EST)
constexpr double kDamping = 60;      // Ns/m
constexpr double kRamp = 0.02;       // m of penetration over which damping sets in
constexpr double kFriction = 0.4;
constexpr double kStickDamping = 30;   // Ns/m
constexpr double kSlowestSlip = 1e-3;  // m/s

// From O.
Vec3 ClosestOnAxis(const Multibody& body, const BodyCapsule& capsule, const Vec3& point) {
  const auto k = static_cast<std::size_t>(Index(capsule.segment));
  const Vec3 from = body.c[k] + body.R[k] * capsule.from;
  const Vec3 axis = body.R[k] * (capsule.to - capsule.from);
  const double along = axis.squaredNorm() > 0 ? (point - from).dot(axis) / axis.squaredNorm() : 0;
  return from + std::clamp(along, 0.0, 1.0) * axis;
}

void Push(Body::Internals& s, Segment segment, const Vec3& r, const Vec3& force) {
  s.loads.AddForce(segment, r, force, Vec3::UnitZ(), 0, 0, s.dt);
  s.self_force[static_cast<std::size_t>(Index(segment))] += force;
}

// Equal and opposite at one point: momentum and angular momentum are kept exactly.
void Touch(Body::Internals& s, const ContactSphere& sphere, const Vec3& centre, const BodyCapsule& capsule) {
  const Multibody& body = s.multibody;
  const Vec3 apart = centre - ClosestOnAxis(body, capsule, centre);
  const double distance = apart.norm();
  const double penetration = sphere.radius + capsule.radius - distance;
  if (penetration <= 0 || distance < 1e-6) return;
  const Vec3 n = apart / distance;
  const Vec3 r = centre - sphere.radius * n;
  const auto a = static_cast<std::size_t>(Index(sphere.segment));
  const auto b = static_cast<std::size_t>(Index(capsule.segment));
  const Vec3 velocity = body.v[a].lin + body.v[a].ang.cross(r) - body.v[b].lin - body.v[b].ang.cross(r);
  const double v_n = velocity.dot(n);
  const double f_n = kStiffness * penetration - kDamping * std::min(1.0, penetration / kRamp) * v_n;
  if (f_n <= 0) return;
  const Vec3 slip = velocity - v_n * n;
  const double c_t = std::min(kStickDamping, kFriction * f_n / std::max(slip.norm(), kSlowestSlip));
  const Vec3 force = f_n * n - c_t * slip;
  Push(s, sphere.segment, r, force);
  Push(s, capsule.segment, r, -force);
}

}  // namespace

void AddSelfContact(Body::Internals& s) {
  s.self_force.fill(Vec3::Zero());
  for (int i = 0; i < s.skeleton.contact_count; ++i) {
    const ContactSphere& sphere = s.skeleton.contacts[static_cast<std::size_t>(i)];
    const std::uint32_t bit = Bit(sphere.segment);
    const auto k = static_cast<std::size_t>(Index(sphere.segment));
    for (const BodyCapsule& capsule : s.skeleton.capsules) {
      if ((capsule.meets & bit) == 0) continue;
      Touch(s, sphere, s.multibody.c[k] + s.multibody.R[k] * sphere.centre, capsule);
    }
  }
}

}  // namespace stunt::sim::internal
