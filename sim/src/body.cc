#include "stunt/sim/body.h"

#include <cassert>
#include <cmath>

#include "body_internals.h"

namespace stunt::sim {

using internal::Vec3;
using internal::Wrench;

void StepInput::AddLoad(const PointLoad& load) {
  assert(load_count < kMaxPointLoads);
  loads[static_cast<std::size_t>(load_count++)] = load;
}

Body::Body(const Skeleton& skeleton, double dt) : internals_(std::make_unique<Internals>(skeleton, dt)) {
  internals_->surfaces.reserve(16);
}
Body::~Body() = default;
Body::Body(Body&&) noexcept = default;
Body& Body::operator=(Body&&) noexcept = default;

void Body::SetState(const BodyReference& state) {
  internal::Multibody& body = internals_->multibody;
  body.SetPelvis(state.p_WB, state.q_WB, state.v_WB_W, state.w_WB_W);
  for (int joint = 0; joint < kJoints; ++joint) {
    const JointReference& reference = state.joints[static_cast<std::size_t>(joint)];
    if (internals_->skeleton.links[static_cast<std::size_t>(joint + 1)].type == JointType::kRevolute) {
      body.SetRevolute(joint, reference.angle, reference.rate.x());
    } else {
      body.SetSpherical(joint, reference.q, reference.rate);
    }
  }
  body.UpdateKinematics();
}

void Body::SetSurfaces(std::vector<Surface> surfaces) { internals_->surfaces = std::move(surfaces); }
void Body::AddSurface(const Surface& surface) { internals_->surfaces.push_back(surface); }

namespace {

constexpr double kFastest = 150;  // m/s: no segment of a body that a person survives moves like this

// Effective force of a segment's loads at the end of the step: explicit part less implicit damping.
Vec3 EffectiveForce(const Body::Internals& s, std::size_t k) {
  Vec3 force = s.loads.wrench[k].force;
  if (s.loads.has_damping[k]) force -= (s.loads.damping[k] * s.solution.a[k]).force;
  return force;
}

// The same for the point loads of the step alone.
Vec3 EffectivePointLoad(const Body::Internals& s, const PointLoad& load) {
  const internal::PointForce f = internal::EvaluatePointLoad(s, load);
  const internal::Motion& a = s.solution.a[static_cast<std::size_t>(Index(load.segment))];
  const Vec3 gained = s.dt * (a.lin + a.ang.cross(f.r));
  const Vec3 damping(f.horizontal_damping, f.horizontal_damping, f.vertical_damping);
  return f.force - damping.cwiseProduct(gained);
}

// Called before integration, while the kinematics still are those of the solve.
void RecordForces(Body::Internals& s, const StepInput& input) {
  for (std::size_t k = 0; k < kSegments; ++k) s.forces.contact[k] = EffectiveForce(s, k) - s.self_force[k];
  for (std::size_t i = 0; i < 3; ++i) {
    const auto e = static_cast<Eigen::Index>(i);
    s.forces.assist_torque[e] -= s.diagonal[i] * s.solution.x[i];
    s.forces.assist[e] -= s.diagonal[3 + i] * s.solution.x[3 + i];
  }
  s.forces.loads.setZero();
  for (int i = 0; i < input.load_count; ++i) {
    const PointLoad& load = input.loads[static_cast<std::size_t>(i)];
    const Vec3 force = EffectivePointLoad(s, load);
    s.forces.loads += force;
    s.forces.contact[static_cast<std::size_t>(Index(load.segment))] -= force;
  }
}

}  // namespace

void Body::Step(const StepInput& input) {
  Internals& s = *internals_;
  s.loads.Clear();
  s.dynamics.UpdateInertias(s.multibody);
  internal::AddContacts(s, input);
  internal::AddSelfContact(s);
  internal::AddPointLoads(s, input);
  internal::SetMotionTorques(s, input);
  s.diagonal.fill(0);
  internal::AddJointTorques(s, input);
  internal::AddRootAssist(s, input);
  internal::SolveForAcceleration(s);
  RecordForces(s, input);
  s.multibody.Integrate(s.solution.x, s.dt);
  s.multibody.UpdateKinematics();
  ++s.steps;
}

void Body::SetStep(double dt) {
  internals_->begin = time();
  internals_->steps = 0;
  internals_->dt = dt;
}

double Body::dt() const { return internals_->dt; }
double Body::time() const { return internals_->begin + static_cast<double>(internals_->steps) * internals_->dt; }
const Skeleton& Body::skeleton() const { return internals_->skeleton; }
const StepForces& Body::forces() const { return internals_->forces; }
const std::vector<Surface>& Body::surfaces() const { return internals_->surfaces; }
Body::Internals& Body::internals() { return *internals_; }

Eigen::Matrix3d Body::R_WB(Segment segment) const {
  return internals_->multibody.R[static_cast<std::size_t>(Index(segment))];
}

Eigen::Isometry3d Body::X_WB(Segment segment) const {
  Eigen::Isometry3d X = Eigen::Isometry3d::Identity();
  X.linear() = R_WB(segment);
  X.translation() = Position(segment, Vec3::Zero());
  return X;
}

Vec3 Body::Position(Segment segment, const Vec3& p_B) const {
  const auto k = static_cast<std::size_t>(Index(segment));
  const internal::Multibody& body = internals_->multibody;
  return body.origin + body.c[k] + body.R[k] * p_B;
}

Vec3 Body::Velocity(Segment segment, const Vec3& p_B) const {
  const auto k = static_cast<std::size_t>(Index(segment));
  const internal::Multibody& body = internals_->multibody;
  return body.v[k].lin + body.v[k].ang.cross(body.c[k] + body.R[k] * p_B);
}

Vec3 Body::AngularVelocity(Segment segment) const {
  return internals_->multibody.v[static_cast<std::size_t>(Index(segment))].ang;
}

Eigen::Quaterniond Body::JointRotation(int joint) const {
  const Link& link = internals_->skeleton.links[static_cast<std::size_t>(joint + 1)];
  if (link.type == JointType::kSpherical) return internals_->multibody.SphericalPosition(joint);
  return Eigen::Quaterniond(Eigen::AngleAxisd(internals_->multibody.RevolutePosition(joint), link.axis));
}

double Body::JointAngle(int joint) const {
  const Link& link = internals_->skeleton.links[static_cast<std::size_t>(joint + 1)];
  if (link.type == JointType::kRevolute) return internals_->multibody.RevolutePosition(joint);
  return internal::RotationVector(internals_->multibody.SphericalPosition(joint)).norm();
}

Vec3 Body::CentreOfMass() const { return internals_->multibody.origin + internals_->multibody.CentreOfMass(); }

Vec3 Body::Momentum() const {
  const internal::Multibody& body = internals_->multibody;
  Vec3 sum = Vec3::Zero();
  for (std::size_t k = 0; k < kSegments; ++k) {
    sum += body.mass[k] * (body.v[k].lin + body.v[k].ang.cross(body.c[k]));
  }
  return sum;
}

Vec3 Body::AngularMomentum() const {
  const internal::Multibody& body = internals_->multibody;
  const Vec3 centre = CentreOfMass() - body.origin;
  Vec3 sum = Vec3::Zero();
  for (std::size_t k = 0; k < kSegments; ++k) {
    const Vec3 velocity = body.v[k].lin + body.v[k].ang.cross(body.c[k]);
    sum += (body.c[k] - centre).cross(body.mass[k] * velocity);
    sum += body.R[k] * body.inertia[k].cwiseProduct(body.R[k].transpose() * body.v[k].ang);
  }
  return sum;
}

double Body::KineticEnergy() const {
  const internal::Multibody& body = internals_->multibody;
  double sum = 0;
  for (std::size_t k = 0; k < kSegments; ++k) {
    const Vec3 velocity = body.v[k].lin + body.v[k].ang.cross(body.c[k]);
    const Vec3 spin = body.R[k].transpose() * body.v[k].ang;
    sum += 0.5 * body.mass[k] * velocity.squaredNorm() + 0.5 * spin.cwiseAbs2().dot(body.inertia[k]);
  }
  return sum;
}

double Body::BeyondLimit(int joint) const { return internals_->beyond_limit[static_cast<std::size_t>(joint)]; }

std::optional<Segment> Body::Diverged() const {
  const internal::Multibody& body = internals_->multibody;
  if (!std::isfinite(body.origin.squaredNorm())) return Segment::kPelvis;
  for (std::size_t k = 0; k < kSegments; ++k) {
    const Vec3 velocity = body.v[k].lin + body.v[k].ang.cross(body.c[k]);
    if (!(velocity.squaredNorm() < kFastest * kFastest)) return static_cast<Segment>(k);  // NaN as well
  }
  return {};
}

bool Body::Finite() const { return !Diverged(); }

}  // namespace stunt::sim
