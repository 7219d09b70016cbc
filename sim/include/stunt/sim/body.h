#pragma once

#include <Eigen/Core>
#include <Eigen/Geometry>
#include <array>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "stunt/sim/skeleton.h"
#include "stunt/sim/surface.h"

namespace stunt::sim {

inline constexpr double kStandardGravity = 9.80665;  // m/s²

/// Where a joint should be, how fast it should turn, and how that changes.
struct JointReference {
  Eigen::Quaterniond q = Eigen::Quaterniond::Identity();  // spherical: rotation from child to parent
  double angle = 0;                                       // revolute [rad]
  Eigen::Vector3d rate = {0, 0, 0};          // spherical: angular velocity in the child; revolute: x() [rad/s]
  Eigen::Vector3d acceleration = {0, 0, 0};  // rad/s²
};

/// Reference motion of the whole body at one instant. Must come from references that are C² in time: a step in
/// acceleration passes through the feed-forward into every sensor.
struct BodyReference {
  Eigen::Vector3d p_WB = {0, 0, 1};  // pelvis' centre of mass in the world [m]
  Eigen::Quaterniond q_WB = Eigen::Quaterniond::Identity();
  Eigen::Vector3d v_WB_W = {0, 0, 0};      // m/s
  Eigen::Vector3d w_WB_W = {0, 0, 0};      // rad/s
  Eigen::Vector3d a_WB_W = {0, 0, 0};      // m/s²
  Eigen::Vector3d alpha_WB_W = {0, 0, 0};  // rad/s²
  std::array<JointReference, kJoints> joints;
};

/// A bounded spring that pulls the pelvis to its reference while the subject is in control of the motion.
struct RootAssist {
  double stiffness = 4000;          // N/m
  double damping = 760;             // Ns/m
  double max_force = 1500;          // N, of spring and reference acceleration
  double position_share = 0;        // 0 … 1 of the spring
  double weight_share = 0;          // 0 … 1 of body weight carried besides
  double rotation_stiffness = 900;  // Nm/rad
  double rotation_damping = 120;    // Nms/rad
  double max_torque = 400;          // Nm
  double rotation_share = 0;        // 0 … 1
  double descent_damping = 0;       // Ns/m against sinking, while the pelvis sinks
};

/// Hands the force that RootAssist demands to the feet: the legs push by −Jᵀf and the ground returns it.
struct FootSupport {
  double share = 0;                       // of the demanded force that goes through the feet; the rest is external
  std::array<double, 2> weight = {0, 0};  // left, right: share of each foot
  std::array<Eigen::Vector3d, 2> centre_of_pressure = {Eigen::Vector3d::Zero(), Eigen::Vector3d::Zero()};  // foot frame
  double toward_centre = 1;  // 0 … 1: turns each foot's force towards the centre of mass
  double friction = 0.5;     // horizontal over vertical force that is asked of a foot at most
};

/// What acts at a point of a segment: a force, a servo that drives its horizontal velocity to a target, and a hold that
/// pulls it to a point in the world with no more than a grip's force.
struct PointLoad {
  Segment segment = Segment::kThorax;
  Eigen::Vector3d p_B = {0, 0, 0};               // segment frame [m]
  Eigen::Vector3d force_W = {0, 0, 0};           // N
  double servo_damping = 0;                      // Ns/m, taken implicitly
  Eigen::Vector3d servo_velocity_W = {0, 0, 0};  // m/s; z is not used
  double hold_stiffness = 0;                     // N/m, taken implicitly
  double hold_damping = 0;                       // Ns/m, taken implicitly
  double hold_max_force = 0;                     // N
  Eigen::Vector3d hold_point_W = {0, 0, 0};      // m
  Eigen::Vector3d hold_velocity_W = {0, 0, 0};   // m/s, of that point
};
inline constexpr int kMaxPointLoads = 8;

/// Everything that decides one step besides the state.
struct StepInput {
  BodyReference reference;
  std::array<double, kJoints> tone;          // 0 limp … 1 awake; stiffness scales with it, damping with its root
  std::array<double, kJoints> feed_forward;  // 0 … 1 of the torque that the reference motion needs
  RootAssist assist;
  FootSupport feet;
  std::array<PointLoad, kMaxPointLoads> loads;
  int load_count = 0;
  std::array<double, 2> foot_friction = {1, 1};  // left, right: scales the surface's friction
  Eigen::Vector3d gravity = {0, 0, -kStandardGravity};

  StepInput() {
    tone.fill(1);
    feed_forward.fill(1);
  }
  void AddLoad(const PointLoad& load);
};

/// Forces of the last step [N], world frame, at the end of the step (implicit damping included).
struct StepForces {
  std::array<Eigen::Vector3d, kSegments> contact;  // surroundings on each segment; 0 before the first step
  Eigen::Vector3d loads = {0, 0, 0};               // sum of the point loads
  Eigen::Vector3d assist = {0, 0, 0};              // external part of the root assist
  Eigen::Vector3d assist_torque = {0, 0, 0};       // Nm
  std::uint32_t on_ground = 0;                     // bits of the segments that touch a ground surface

  StepForces() { contact.fill(Eigen::Vector3d::Zero()); }
};

/// A floating-base btMultiBody with 45 degrees of freedom and a linearly implicit step.
///
/// One step solves (M + dt·diag(kd + dt·kp) + dt·Σ Jᵀ C J) q̈ = −bias + PD + feed-forward + Jᵀ f in O(n) and lets
/// Bullet integrate. Stable at 0.25 to 2 ms. No allocation in Step. One body per thread.
class Body {
 public:
  Body(const Skeleton& skeleton, double dt);
  ~Body();
  Body(Body&&) noexcept;
  Body& operator=(Body&&) noexcept;

  /// Puts the body into a pose with its velocities (accelerations are not used).
  void SetState(const BodyReference& state);
  void SetSurfaces(std::vector<Surface> surfaces);
  void AddSurface(const Surface& surface);
  void Step(const StepInput& input);
  /// Changes the length of the steps to come.
  void SetStep(double dt);

  [[nodiscard]] double dt() const;
  [[nodiscard]] double time() const;  // sum of the steps [s]
  [[nodiscard]] const Skeleton& skeleton() const;
  [[nodiscard]] const StepForces& forces() const;
  [[nodiscard]] const std::vector<Surface>& surfaces() const;

  [[nodiscard]] Eigen::Isometry3d X_WB(Segment segment) const;
  [[nodiscard]] Eigen::Matrix3d R_WB(Segment segment) const;
  [[nodiscard]] Eigen::Vector3d Position(Segment segment, const Eigen::Vector3d& p_B) const;  // world [m]
  [[nodiscard]] Eigen::Vector3d Velocity(Segment segment, const Eigen::Vector3d& p_B) const;  // world [m/s]
  [[nodiscard]] Eigen::Vector3d AngularVelocity(Segment segment) const;                       // world [rad/s]
  [[nodiscard]] Eigen::Quaterniond JointRotation(int joint) const;  // child to parent, either joint type
  [[nodiscard]] double JointAngle(int joint) const;                 // revolute angle, or rotation angle [rad]

  [[nodiscard]] Eigen::Vector3d CentreOfMass() const;     // world [m]
  [[nodiscard]] Eigen::Vector3d Momentum() const;         // world [kg m/s]
  [[nodiscard]] Eigen::Vector3d AngularMomentum() const;  // about the centre of mass, world [kg m²/s]
  [[nodiscard]] double KineticEnergy() const;             // J
  [[nodiscard]] bool Finite() const;                      // nothing has diverged

  /// How far a joint was beyond its limit at the start of the last step [rad]; 0 within.
  [[nodiscard]] double BeyondLimit(int joint) const;
  /// The first segment that is not anywhere, or faster than 150 m/s.
  [[nodiscard]] std::optional<Segment> Diverged() const;

  /// For oracles in tests only: the state as the internal solver sees it.
  struct Internals;
  [[nodiscard]] Internals& internals();

 private:
  std::unique_ptr<Internals> internals_;
};

}  // namespace stunt::sim
