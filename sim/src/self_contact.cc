#include <algorithm>
#include <array>
#include <cmath>
#include <tuple>
#include <type_traits>

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

/// A capsule's axis at this instant, from O.
struct Axis {
  Vec3 from;
  Vec3 along;
  double squared_length;

  [[nodiscard]] Vec3 Closest(const Vec3& point) const {
    const double share = squared_length > 0 ? (point - from).dot(along) / squared_length : 0;
    return from + std::clamp(share, 0.0, 1.0) * along;
  }
};

Axis AxisOf(const Multibody& body, const BodyCapsule& capsule) {
  const auto k = static_cast<std::size_t>(Index(capsule.segment));
  const Vec3 along = body.R[k] * (capsule.to - capsule.from);
  return {body.c[k] + body.R[k] * capsule.from, along, along.squaredNorm()};
}

void Push(Body::Internals& s, Segment segment, const Vec3& r, const Vec3& force) {
  s.loads.AddForce(segment, r, force, Vec3::UnitZ(), 0, 0, s.dt);
  s.self_force[static_cast<std::size_t>(Index(segment))] += force;
}

// Equal and opposite at one point: momentum and angular momentum are kept exactly.
void Touch(Body::Internals& s, const ContactSphere& sphere, const Vec3& centre, const BodyCapsule& capsule,
           const Axis& axis) {
  const Multibody& body = s.multibody;
  const Vec3 apart = centre - axis.Closest(centre);
  const double reach = sphere.radius + capsule.radius;
  const double squared_distance = apart.squaredNorm();
  if (squared_distance >= reach * reach || squared_distance < 1e-12) return;
  const double distance = std::sqrt(squared_distance);
  const double penetration = reach - distance;
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
  const auto& capsules = s.skeleton.capsules;
  std::array<Axis, std::tuple_size_v<std::remove_cvref_t<decltype(capsules)>>> axes;
  std::uint32_t meets = 0;
  for (std::size_t i = 0; i < capsules.size(); ++i) {
    axes[i] = AxisOf(s.multibody, capsules[i]);
    meets |= capsules[i].meets;
  }
  for (int i = 0; i < s.skeleton.contact_count; ++i) {
    const ContactSphere& sphere = s.skeleton.contacts[static_cast<std::size_t>(i)];
    const std::uint32_t bit = Bit(sphere.segment);
    if ((meets & bit) == 0) continue;
    const auto k = static_cast<std::size_t>(Index(sphere.segment));
    const Vec3 centre = s.multibody.c[k] + s.multibody.R[k] * sphere.centre;
    for (std::size_t j = 0; j < capsules.size(); ++j) {
      if (capsules[j].meets & bit) Touch(s, sphere, centre, capsules[j], axes[j]);
    }
  }
}

}  // namespace stunt::sim::internal
