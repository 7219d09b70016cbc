#include "dynamics.h"

#include <Eigen/Cholesky>

namespace stunt::sim::internal {
namespace {

using Vec6 = Eigen::Matrix<double, 6, 1>;
using Mat6 = Eigen::Matrix<double, 6, 6>;

// Sums wrenches from the leaves to the pelvis and projects each on its joint's axes.
void Accumulate(const Multibody& body, std::array<Wrench, kSegments>& wrench, DofVector& out) {
  for (std::size_t k = kSegments - 1; k > 0; --k) {
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

void ExternalLoads::AddForce(Segment segment, const Vec3& r, const Vec3& force, const Vec3& n, double c_n, double c_t,
                             double dt) {
  const auto k = static_cast<std::size_t>(Index(segment));
  wrench[k] += WrenchAt(r, force);
  if (c_n == 0 && c_t == 0) return;
  const SpatialInertia added = PointDamping(r, n, c_n * dt, c_t * dt);
  if (has_damping[k]) {
    damping[k] += added;
  } else {
    damping[k] = added;
    has_damping[k] = true;
  }
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
  for (std::size_t k = kSegments - 1; k > 0; --k) {
    for (int d = body.first_dof[k] + body.dof_count[k] - 1; d >= body.first_dof[k]; --d) {
      const auto dof = static_cast<std::size_t>(d);
      U[dof] = articulated[k] * body.S[dof];
      inverse_d[dof] = 1 / (Dot(body.S[dof], U[dof]) + diagonal[dof]);
      u[dof] = b[dof] - Dot(body.S[dof], p[k]);
      articulated[k].SubtractOuter(inverse_d[dof], U[dof]);
      p[k] += (u[dof] * inverse_d[dof]) * U[dof];
    }
    const auto parent = static_cast<std::size_t>(body.parent[k]);
    articulated[parent] += articulated[k];
    p[parent] += p[k];
  }
  Mat6 base = Dense(articulated[0]);
  Vec6 rhs;
  for (Eigen::Index i = 0; i < 6; ++i) {
    base(i, i) += diagonal[static_cast<std::size_t>(i)];
    rhs[i] = b[static_cast<std::size_t>(i)] - (i < 3 ? p[0].moment[i] : p[0].force[i - 3]);
  }
  const Vec6 base_x = base.llt().solve(rhs);
  for (Eigen::Index i = 0; i < 6; ++i) x[static_cast<std::size_t>(i)] = base_x[i];
  a[0] = {base_x.head<3>(), base_x.tail<3>()};
  for (std::size_t k = 1; k < kSegments; ++k) {
    a[k] = a[static_cast<std::size_t>(body.parent[k])];
    for (int d = body.first_dof[k]; d < body.first_dof[k] + body.dof_count[k]; ++d) {
      const auto dof = static_cast<std::size_t>(d);
      x[dof] = inverse_d[dof] * (u[dof] - Dot(a[k], U[dof]));
      a[k] += x[dof] * body.S[dof];
    }
  }
}

}  // namespace stunt::sim::internal
