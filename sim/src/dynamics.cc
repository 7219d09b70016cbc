#include "dynamics.h"

#include <Eigen/Cholesky>
#include <span>

namespace stunt::sim::internal {
namespace {

using Vec6 = Eigen::Matrix<double, 6, 1>;
using Mat6 = Eigen::Matrix<double, 6, 6>;

constexpr std::size_t At(Segment s) { return static_cast<std::size_t>(Index(s)); }

// Segments from the leaves to the pelvis, in groups that do not depend on each other and have as many degrees of
// freedom each: the processor works on the limbs of a group at the same time, where one limb alone would wait for
// itself.
struct Group {
  int count;
  std::array<Segment, 4> segments;
};
using enum Segment;
constexpr std::array kFromLeaves = {Group{4, {kHandL, kHandR, kFootL, kFootR}},
                                    Group{4, {kWristL, kWristR, kShankL, kShankR}},
                                    Group{2, {kForearmL, kForearmR}},
                                    Group{4, {kUpperArmL, kUpperArmR, kThighL, kThighR}},
                                    Group{1, {kHead}},
                                    Group{1, {kThorax}},
                                    Group{1, {kAbdomen}}};

// Calls visit(segment, dof) for every joint degree of freedom from the leaves to the pelvis, and leave(segment) after
// the last one of a segment.
template <typename Visit, typename Leave>
void FromLeaves(const Multibody& body, const Visit& visit, const Leave& leave) {
  for (const Group& group : kFromLeaves) {
    const std::span segments(group.segments.data(), static_cast<std::size_t>(group.count));
    for (int d = body.dof_count[At(segments.front())] - 1; d >= 0; --d) {
      for (const Segment s : segments) visit(At(s), static_cast<std::size_t>(body.first_dof[At(s)] + d));
    }
    for (const Segment s : segments) leave(At(s));
  }
}

// The way back: enter(segment) before the first degree of freedom of a segment.
template <typename Enter, typename Visit>
void FromPelvis(const Multibody& body, const Enter& enter, const Visit& visit) {
  for (std::size_t g = kFromLeaves.size(); g-- > 0;) {
    const std::span segments(kFromLeaves[g].segments.data(), static_cast<std::size_t>(kFromLeaves[g].count));
    for (const Segment s : segments) enter(At(s));
    for (int d = 0; d < body.dof_count[At(segments.front())]; ++d) {
      for (const Segment s : segments) visit(At(s), static_cast<std::size_t>(body.first_dof[At(s)] + d));
    }
  }
}

// Sums wrenches from the leaves to the pelvis and projects each on its joint's axes.
void Accumulate(const Multibody& body, std::array<Wrench, kSegments>& wrench, DofVector& out) {
  for (std::size_t i = kFromPelvis.size(); i-- > 0;) {
    const std::size_t k = At(kFromPelvis[i]);
    for (int d = body.first_dof[k]; d < body.first_dof[k] + body.dof_count[k]; ++d) {
      const auto dof = static_cast<std::size_t>(d);
      out[dof] = Dot(body.S[dof], wrench[k]);
    }
    wrench[static_cast<std::size_t>(body.parent[k])] += wrench[k];
  }
  for (std::size_t i = 0; i < 3; ++i) {
    out[i] = wrench[0].moment[static_cast<Eigen::Index>(i)];
    out[3 + i] = wrench[0].force[static_cast<Eigen::Index>(i)];
  }
}

Mat6 Dense(const SpatialInertia& s) {
  Mat6 m;
  m.topLeftCorner<3, 3>() << s.I.xx, s.I.xy, s.I.xz, s.I.xy, s.I.yy, s.I.yz, s.I.xz, s.I.yz, s.I.zz;
  m.topRightCorner<3, 3>() = s.H;
  m.bottomLeftCorner<3, 3>() = s.H.transpose();
  m.bottomRightCorner<3, 3>() << s.Q.xx, s.Q.xy, s.Q.xz, s.Q.xy, s.Q.yy, s.Q.yz, s.Q.xz, s.Q.yz, s.Q.zz;
  return m;
}

Wrench ZeroWrench() { return {Vec3::Zero(), Vec3::Zero()}; }

}  // namespace

void ExternalLoads::Clear() {
  wrench.fill(ZeroWrench());
  has_damping.fill(false);
}

void Dynamics::UpdateInertias(const Multibody& body) {
  for (std::size_t k = 0; k < kSegments; ++k) {
    inertia_[k] = RigidInertia(body.mass[k], body.c[k], body.R[k], body.inertia[k]);
  }
}

void Dynamics::Bias(const Multibody& body, const Vec3& gravity, DofVector& bias) const {
  std::array<Motion, kSegments> a;
  std::array<Wrench, kSegments> f;
  // Spatial acceleration of the pelvis with v̇ = 0; gravity enters as an upward acceleration.
  a[0] = {Vec3::Zero(), body.v[0].lin.cross(body.v[0].ang) - gravity};
  for (std::size_t k = 0; k < kSegments; ++k) {
    if (k > 0) {
      const auto p = static_cast<std::size_t>(body.parent[k]);
      const Motion joint = {body.v[k].ang - body.v[p].ang, body.v[k].lin - body.v[p].lin};
      a[k] = a[p];
      a[k] += Cross(body.v[k], joint);
    }
    const Wrench momentum = inertia_[k] * body.v[k];
    f[k] = inertia_[k] * a[k];
    f[k] += CrossForce(body.v[k], momentum);
  }
  Accumulate(body, f, bias);
}

void Dynamics::MassTimes(const Multibody& body, const DofVector& acceleration, DofVector& out) const {
  std::array<Motion, kSegments> a;
  std::array<Wrench, kSegments> f;
  a[0] = {Vec3(acceleration[0], acceleration[1], acceleration[2]),
          Vec3(acceleration[3], acceleration[4], acceleration[5])};
  for (std::size_t k = 0; k < kSegments; ++k) {
    if (k > 0) {
      a[k] = a[static_cast<std::size_t>(body.parent[k])];
      for (int d = body.first_dof[k]; d < body.first_dof[k] + body.dof_count[k]; ++d) {
        const auto dof = static_cast<std::size_t>(d);
        a[k] += acceleration[dof] * body.S[dof];
      }
    }
    f[k] = inertia_[k] * a[k];
  }
  Accumulate(body, f, out);
}

void Dynamics::InverseDynamics(const Multibody& body, const Vec3& gravity, const DofVector& acceleration,
                               const std::array<Wrench, kSegments>& wrench, DofVector& free, DofVector& needed) const {
  std::array<Motion, kSegments> a_free, a_reference;
  std::array<Wrench, kSegments> f_free, f_needed;
  a_free[0] = {Vec3::Zero(), body.v[0].lin.cross(body.v[0].ang) - gravity};
  a_reference[0] = {Vec3(acceleration[0], acceleration[1], acceleration[2]),
                    Vec3(acceleration[3], acceleration[4], acceleration[5])};
  for (const Segment segment : kFromPelvis) {
    const std::size_t k = At(segment);
    const auto p = static_cast<std::size_t>(body.parent[k]);
    const Motion joint = {body.v[k].ang - body.v[p].ang, body.v[k].lin - body.v[p].lin};
    a_free[k] = a_free[p];
    a_free[k] += Cross(body.v[k], joint);
    a_reference[k] = a_reference[p];
    for (int d = body.first_dof[k]; d < body.first_dof[k] + body.dof_count[k]; ++d) {
      const auto dof = static_cast<std::size_t>(d);
      a_reference[k] += acceleration[dof] * body.S[dof];
    }
  }
  for (std::size_t k = 0; k < kSegments; ++k) {
    Wrench bias = inertia_[k] * a_free[k];
    bias += CrossForce(body.v[k], inertia_[k] * body.v[k]);
    f_free[k] = {wrench[k].moment - bias.moment, wrench[k].force - bias.force};
    f_needed[k] = inertia_[k] * a_reference[k];
    f_needed[k] += bias;
  }
  Accumulate(body, f_free, free);
  Accumulate(body, f_needed, needed);
}

void Dynamics::Project(const Multibody& body, const std::array<Wrench, kSegments>& wrench, DofVector& out) {
  std::array<Wrench, kSegments> sum = wrench;
  Accumulate(body, sum, out);
}

void Dynamics::Solve(const Multibody& body, const ExternalLoads& loads, const DofVector& diagonal, const DofVector& b,
                     Solution& solution) const {
  DofVector& x = solution.x;
  std::array<Motion, kSegments>& a = solution.a;
  std::array<SpatialInertia, kSegments> articulated = inertia_;
  std::array<Wrench, kSegments> p;
  std::array<Wrench, kDofs> U;
  DofVector u, inverse_d;
  for (std::size_t k = 0; k < kSegments; ++k) {
    if (loads.has_damping[k]) articulated[k] += loads.damping[k];
  }
  p.fill(ZeroWrench());
  // Eliminate joint degrees of freedom one by one: U = I S, D = S·U + d, I −= U Uᵀ/D, p += U u/D.
  FromLeaves(
      body,
      [&](std::size_t k, std::size_t dof) {
        U[dof] = articulated[k] * body.S[dof];
        inverse_d[dof] = 1 / (Dot(body.S[dof], U[dof]) + diagonal[dof]);
        u[dof] = b[dof] - Dot(body.S[dof], p[k]);
        articulated[k].SubtractOuter(inverse_d[dof], U[dof]);
        p[k] += (u[dof] * inverse_d[dof]) * U[dof];
      },
      [&](std::size_t k) {
        const auto parent = static_cast<std::size_t>(body.parent[k]);
        articulated[parent] += articulated[k];
        p[parent] += p[k];
      });
  Mat6 base = Dense(articulated[0]);
  Vec6 rhs;
  for (Eigen::Index i = 0; i < 6; ++i) {
    base(i, i) += diagonal[static_cast<std::size_t>(i)];
    rhs[i] = b[static_cast<std::size_t>(i)] - (i < 3 ? p[0].moment[i] : p[0].force[i - 3]);
  }
  const Vec6 base_x = base.llt().solve(rhs);
  for (Eigen::Index i = 0; i < 6; ++i) x[static_cast<std::size_t>(i)] = base_x[i];
  a[0] = {base_x.head<3>(), base_x.tail<3>()};
  FromPelvis(
      body, [&](std::size_t k) { a[k] = a[static_cast<std::size_t>(body.parent[k])]; },
      [&](std::size_t k, std::size_t dof) {
        x[dof] = inverse_d[dof] * (u[dof] - Dot(a[k], U[dof]));
        a[k] += x[dof] * body.S[dof];
      });
}

}  // namespace stunt::sim::internal
