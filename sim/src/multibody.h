#pragma once

#include <array>
#include <memory>

#include "spatial.h"
#include "stunt/sim/skeleton.h"

class btMultiBody;

namespace stunt::sim::internal {

/// Segments but the pelvis, parents before children, the limbs side by side: the processor works on them at the same
/// time, where one limb alone would wait for itself.
inline constexpr std::array kFromPelvis = {Segment::kAbdomen,   Segment::kThorax, Segment::kHead,   Segment::kUpperArmL,
                                           Segment::kUpperArmR, Segment::kThighL, Segment::kThighR, Segment::kForearmL,
                                           Segment::kForearmR,  Segment::kShankL, Segment::kShankR, Segment::kWristL,
                                           Segment::kWristR,    Segment::kFootL,  Segment::kFootR,  Segment::kHandL,
                                           Segment::kHandR};
static_assert(kFromPelvis.size() == kSegments - 1);

/// The Bullet multibody of a skeleton and, in world axes about the pelvis' centre of mass, what the dynamics need of
/// it.
class Multibody {
 public:
  explicit Multibody(const Skeleton& skeleton);
  ~Multibody();
  Multibody(const Multibody&) = delete;
  Multibody& operator=(const Multibody&) = delete;

  // State. Quaternions of joints map child to parent; a spherical joint's rate is its angular velocity in the child.
  void SetPelvis(const Vec3& p_WB, const Eigen::Quaterniond& q_WB, const Vec3& v_WB_W, const Vec3& w_WB_W);
  void SetSpherical(int joint, const Eigen::Quaterniond& q_parent_child, const Vec3& rate);
  void SetRevolute(int joint, double angle, double rate);
  [[nodiscard]] Eigen::Quaterniond SphericalPosition(int joint) const;
  [[nodiscard]] double RevolutePosition(int joint) const;
  [[nodiscard]] const double* JointRates(int joint) const;

  /// Poses, velocities and joint axes of all segments from Bullet's state.
  void UpdateKinematics();
  /// v += acceleration · dt, then q += v · dt, both by Bullet.
  void Integrate(const std::array<double, kDofs>& acceleration, double dt);
  [[nodiscard]] btMultiBody& bullet() { return *body_; }

  /// Centre of mass of the whole body, from O.
  [[nodiscard]] Vec3 CentreOfMass() const;

  // Structure.
  std::array<int, kSegments> parent{};     // segment index; −1 for the pelvis
  std::array<int, kSegments> first_dof{};  // of the segment's joint
  std::array<int, kSegments> dof_count{};
  std::array<double, kSegments> mass{};
  double total_mass = 0;
  std::array<Vec3, kSegments> inertia{};

  // Kinematics of the present state.
  Vec3 origin;                      // O in the world: the pelvis' centre of mass
  std::array<Mat3, kSegments> R;    // world from segment
  std::array<Vec3, kSegments> c;    // centre of mass, from O
  std::array<Motion, kSegments> v;  // velocity
  std::array<Motion, kDofs> S;      // motion subspace of each joint degree of freedom (from 6)

 private:
  std::unique_ptr<btMultiBody> body_;
};

}  // namespace stunt::sim::internal
