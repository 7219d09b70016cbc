#pragma once

#include <Eigen/Core>
#include <array>
#include <cstdint>
#include <string_view>

#include "stunt/sim/subject.h"

namespace stunt::sim {

/// Segments of the body, parents before children. The forearm is two links so that a watch turns with pronation.
enum class Segment : int {
  kPelvis,
  kAbdomen,
  kThorax,
  kHead,
  kUpperArmL,
  kForearmL,  // proximal half: flexes at the elbow
  kWristL,    // distal half of the forearm: pronates
  kHandL,
  kUpperArmR,
  kForearmR,
  kWristR,
  kHandR,
  kThighL,
  kShankL,
  kFootL,
  kThighR,
  kShankR,
  kFootR,
};
inline constexpr int kSegments = 18;
inline constexpr int kJoints = kSegments - 1;  // joint j moves segment j + 1
inline constexpr int kDofs = 45;               // 6 of the pelvis and 39 of the joints

[[nodiscard]] constexpr int Index(Segment s) { return static_cast<int>(s); }
[[nodiscard]] std::string_view Name(Segment s);

/// The segment of the same name on the given side; `left` is one of the …L segments.
[[nodiscard]] constexpr Segment OnSide(Segment left, Side side) {
  const int arm_or_leg = left >= Segment::kThighL ? 3 : 4;
  return side == Side::kLeft ? left : static_cast<Segment>(Index(left) + arm_or_leg);
}

/// Bit of a segment in a mask.
[[nodiscard]] constexpr std::uint32_t Bit(Segment s) { return 1u << Index(s); }
inline constexpr std::uint32_t kAllSegments = (1u << kSegments) - 1;
inline constexpr std::uint32_t kFeet = Bit(Segment::kFootL) | Bit(Segment::kFootR);
inline constexpr std::uint32_t kLowerArms = Bit(Segment::kForearmL) | Bit(Segment::kWristL) | Bit(Segment::kHandL) |
                                            Bit(Segment::kForearmR) | Bit(Segment::kWristR) | Bit(Segment::kHandR);

enum class JointType { kSpherical, kRevolute };

/// One segment and the joint that hangs it on its parent.
///
/// Frame B of a segment: origin at its centre of mass; in the neutral pose (standing, arms hanging, thumbs forward) all
/// frames are parallel to the world: x forward, y left, z up.
struct Link {
  Segment parent = Segment::kPelvis;  // unused by the pelvis
  JointType type = JointType::kSpherical;
  Eigen::Vector3d axis = {0, 0, 0};            // of a revolute joint, in B; positive = flexion, pronation by side
  Eigen::Vector3d p_parent_joint = {0, 0, 0};  // parent's centre of mass to the joint, parent frame [m]
  Eigen::Vector3d p_joint_com = {0, 0, 0};     // joint to this centre of mass, B [m]
  double mass = 0;                             // kg
  Eigen::Vector3d inertia = {0, 0, 0};         // principal moments about the centre of mass, axes of B [kg m²]
  // Joint limit: rotation angle of a spherical joint, or the range of a revolute one [rad].
  double limit_lo = 0;
  double limit_hi = 0;
  // Ligaments beyond it, at their first degrees [Nm/rad], and their damping [Nms/rad].
  double limit_stiffness = 0;
  double limit_damping = 0;
  // Muscles at tone 1: stiffness [Nm/rad] and damping [Nms/rad].
  double stiffness = 0;
  double damping = 0;
};

/// A sphere of soft tissue that can touch the surroundings.
struct ContactSphere {
  Segment segment = Segment::kPelvis;
  Eigen::Vector3d centre = {0, 0, 0};  // B [m]
  double radius = 0;                   // m
  double stiffness = 0;                // N/m on a hard floor
  double damping = 0;                  // Ns/m, while it is pressed in
  double recoil = 1;                   // times as much damping while it comes off
};
inline constexpr int kMaxContactSpheres = 48;

/// A capsule of soft tissue that contact spheres of other segments cannot pass through.
struct BodyCapsule {
  Segment segment = Segment::kPelvis;
  Eigen::Vector3d from = {0, 0, 0};  // ends of the axis, B [m]
  Eigen::Vector3d to = {0, 0, 0};
  double radius = 0;        // m
  std::uint32_t meets = 0;  // bits of the segments whose spheres it meets
};
inline constexpr int kBodyCapsules = 6;

/// Segment tree of one subject.
struct Skeleton {
  std::array<Link, kSegments> links;
  std::array<ContactSphere, kMaxContactSpheres> contacts;
  int contact_count = 0;
  std::array<BodyCapsule, kBodyCapsules> capsules;
  double stature = 0;   // m
  double mass = 0;      // kg, sum of the segments
  double strength = 1;  // muscles' stiffness against a body of 73 kg and 1.741 m
  // Lengths that a motion needs to place feet and hands [m].
  double thigh = 0;
  double shank = 0;
  double ankle_height = 0;  // ankle joint above the sole
  double foot_length = 0;
  double hip_half_width = 0;
  double pelvis_to_hip = 0;  // pelvis centre of mass above the hip joints
  double upper_arm = 0;
  double forearm = 0;

  [[nodiscard]] const Link& link(Segment s) const { return links[static_cast<std::size_t>(Index(s))]; }
  [[nodiscard]] Link& link(Segment s) { return links[static_cast<std::size_t>(Index(s))]; }
  /// Height of the pelvis' centre of mass with straight legs, soles on the ground [m].
  [[nodiscard]] double StandingPelvisHeight() const { return pelvis_to_hip + thigh + shank + ankle_height; }
};

/// Scales the segments of de Leva to a subject: lengths with stature, masses with mass.
/// @source de Leva 1996, table 4 (lengths, mass fractions, centres of mass, radii of gyration), reference stature
///   1.741 m (men), 1.735 m (women). Joint centre widths and the contact spheres are estimates (docs/physics.md).
/// @throws std::invalid_argument if stature is outside 0.5–2.5 m or mass outside 10–300 kg.
[[nodiscard]] Skeleton BuildSkeleton(const Subject& subject);

}  // namespace stunt::sim
