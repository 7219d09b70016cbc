#pragma once

#include <Eigen/Core>
#include <Eigen/Geometry>

// Spatial (six-dimensional) vectors in world axes about one common point O, so that no tree pass needs a transform.
// Featherstone 2008, chapter 2. Motion: (angular velocity, velocity of the body's point at O). Force: (moment about O,
// force).
namespace stunt::sim::internal {

using Vec3 = Eigen::Vector3d;
using Mat3 = Eigen::Matrix3d;

struct Motion {
  Vec3 ang;
  Vec3 lin;

  Motion& operator+=(const Motion& o) {
    ang += o.ang;
    lin += o.lin;
    return *this;
  }
};
[[nodiscard]] inline Motion operator*(double s, const Motion& m) { return {s * m.ang, s * m.lin}; }

struct Wrench {
  Vec3 moment;
  Vec3 force;

  Wrench& operator+=(const Wrench& o) {
    moment += o.moment;
    force += o.force;
    return *this;
  }
};
[[nodiscard]] inline Wrench operator*(double s, const Wrench& w) { return {s * w.moment, s * w.force}; }
[[nodiscard]] inline double Dot(const Motion& m, const Wrench& w) { return m.ang.dot(w.moment) + m.lin.dot(w.force); }

/// Force `force` acting at r from O.
[[nodiscard]] inline Wrench WrenchAt(const Vec3& r, const Vec3& force) { return {r.cross(force), force}; }

/// Time derivative of a moving motion vector: v × m.
[[nodiscard]] inline Motion Cross(const Motion& v, const Motion& m) {
  return {v.ang.cross(m.ang), v.ang.cross(m.lin) + v.lin.cross(m.ang)};
}
/// Time derivative of a moving force vector: v ×* f.
[[nodiscard]] inline Wrench CrossForce(const Motion& v, const Wrench& f) {
  return {v.ang.cross(f.moment) + v.lin.cross(f.force), v.ang.cross(f.force)};
}

/// Symmetric 3 × 3 matrix by its upper triangle.
struct Sym3 {
  double xx = 0, xy = 0, xz = 0, yy = 0, yz = 0, zz = 0;

  [[nodiscard]] Vec3 operator*(const Vec3& v) const {
    return {xx * v.x() + xy * v.y() + xz * v.z(), xy * v.x() + yy * v.y() + yz * v.z(),
            xz * v.x() + yz * v.y() + zz * v.z()};
  }
  Sym3& operator+=(const Sym3& o) {
    xx += o.xx, xy += o.xy, xz += o.xz, yy += o.yy, yz += o.yz, zz += o.zz;
    return *this;
  }
  /// this += s · a aᵀ
  void AddOuter(double s, const Vec3& a) {
    const Vec3 b = s * a;
    xx += b.x() * a.x(), xy += b.x() * a.y(), xz += b.x() * a.z();
    yy += b.y() * a.y(), yz += b.y() * a.z(), zz += b.z() * a.z();
  }
};

/// Symmetric 6 × 6 matrix [I H; Hᵀ Q] that maps motion to force: an inertia, or inertia and damping.
struct SpatialInertia {
  Sym3 I;
  Mat3 H;
  Sym3 Q;

  [[nodiscard]] Wrench operator*(const Motion& m) const {
    Wrench w;
    w.moment.noalias() = H * m.lin;
    w.moment += I * m.ang;
    w.force.noalias() = H.transpose() * m.ang;
    w.force += Q * m.lin;
    return w;
  }
  SpatialInertia& operator+=(const SpatialInertia& o) {
    I += o.I;
    H += o.H;
    Q += o.Q;
    return *this;
  }
  /// this −= s · w wᵀ
  void SubtractOuter(double s, const Wrench& w) {
    I.AddOuter(-s, w.moment);
    H.noalias() -= w.moment * (s * w.force).transpose();
    Q.AddOuter(-s, w.force);
  }
};

[[nodiscard]] inline Mat3 Skew(const Vec3& v) {
  Mat3 m;
  m << 0, -v.z(), v.y(), v.z(), 0, -v.x(), -v.y(), v.x(), 0;
  return m;
}

/// Inertia about O of a rigid body with mass m, centre at c from O, rotation R and principal moments `inertia`.
[[nodiscard]] inline SpatialInertia RigidInertia(double m, const Vec3& c, const Mat3& R, const Vec3& inertia) {
  SpatialInertia s;
  for (int axis = 0; axis < 3; ++axis) s.I.AddOuter(inertia[axis], R.col(axis));
  const double cc = c.squaredNorm();
  s.I.AddOuter(-m, c);
  s.I.xx += m * cc, s.I.yy += m * cc, s.I.zz += m * cc;
  s.H = Skew(m * c);
  s.Q.xx = s.Q.yy = s.Q.zz = m;
  return s;
}

/// Damping matrix of a point at r from O: the map from motion to wrench of C = c_t 1 + (c_n − c_t) n nᵀ.
[[nodiscard]] inline SpatialInertia PointDamping(const Vec3& r, const Vec3& n, double c_n, double c_t) {
  // I = −[r]× C [r]×, H = [r]× C, Q = C, with −[r]×[r]× = r² 1 − r rᵀ and [r]× n = m.
  const Vec3 m = r.cross(n);
  const double across = c_n - c_t;
  const double rr = c_t * r.squaredNorm();
  SpatialInertia s;
  s.I.AddOuter(-c_t, r);
  s.I.AddOuter(across, m);
  s.I.xx += rr, s.I.yy += rr, s.I.zz += rr;
  s.H = Skew(c_t * r);
  s.H.noalias() += across * m * n.transpose();
  s.Q.AddOuter(across, n);
  s.Q.xx += c_t, s.Q.yy += c_t, s.Q.zz += c_t;
  return s;
}

}  // namespace stunt::sim::internal
