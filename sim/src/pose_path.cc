#include "stunt/sim/pose_path.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <stdexcept>

#include "vector_clones.h"

namespace stunt::sim {
namespace {

using Eigen::Isometry3d;
using Eigen::Quaterniond;
using Eigen::Vector3d;

constexpr std::size_t kBatch = 32;  // samples of one knot interval worked on at once

/// c0 + c1 u + c2 u² + c3 u³ for 0 ≤ u ≤ 1 within one interval.
struct Cubic {
  double c0, c1, c2, c3;
};

// Uniform cubic B-spline through four control values, as a polynomial.
Cubic Polynomial(double a, double b, double c, double d) {
  return {(a + 4 * b + c) / 6, (c - a) / 2, (a - 2 * b + c) / 2, (d - a + 3 * (b - c)) / 6};
}

/// Everything about one knot interval: r(u) and p̈(u).
struct Interval {
  std::array<Cubic, 4> r;  // w, x, y, z
  std::array<Cubic, 3> p;
};

Interval MakeInterval(const PosePath::Knot* k) {
  Interval interval;
  const auto quaternion = [&](double (*get)(const Quaterniond&)) {
    return Polynomial(get(k[0].q_WB), get(k[1].q_WB), get(k[2].q_WB), get(k[3].q_WB));
  };
  interval.r = {
      quaternion([](const Quaterniond& q) { return q.w(); }), quaternion([](const Quaterniond& q) { return q.x(); }),
      quaternion([](const Quaterniond& q) { return q.y(); }), quaternion([](const Quaterniond& q) { return q.z(); })};
  for (int a = 0; a < 3; ++a) {
    interval.p[static_cast<std::size_t>(a)] = Polynomial(k[0].p_WB[a], k[1].p_WB[a], k[2].p_WB[a], k[3].p_WB[a]);
  }
  return interval;
}

/// What readings at a site need beside the path.
struct Mount {
  std::array<double, 3> p;                 // p_BS
  std::array<std::array<double, 3>, 3> R;  // R_SB
  std::array<double, 3> g;                 // g_W
};

/// Of one sample.
struct Reading {
  double fx, fy, fz, wx, wy, wz;
};

// One sample: f_S and w_WS_S. Scalars only, so that the compiler turns the loop over samples into one over vectors.
[[gnu::always_inline]] inline Reading SenseOne(const Interval& i, const Mount& m, double u, double h) {
  const auto value = [u](const Cubic& c) { return ((c.c3 * u + c.c2) * u + c.c1) * u + c.c0; };
  const auto first = [u](const Cubic& c) { return (3 * c.c3 * u + 2 * c.c2) * u + c.c1; };
  const auto second = [u](const Cubic& c) { return 6 * c.c3 * u + 2 * c.c2; };
  const double rw = value(i.r[0]), rx = value(i.r[1]), ry = value(i.r[2]), rz = value(i.r[3]);
  const double vw = first(i.r[0]), vx = first(i.r[1]), vy = first(i.r[2]), vz = first(i.r[3]);
  const double aw = second(i.r[0]), ax = second(i.r[1]), ay = second(i.r[2]), az = second(i.r[3]);
  const double norm = 1 / (rw * rw + rx * rx + ry * ry + rz * rz);
  const double rate = 2 * norm / h, push = 2 * norm / (h * h);
  // vec(r* v) = r_w v − v_w r − r × v
  const double ox = rate * (rw * vx - vw * rx - (ry * vz - rz * vy));
  const double oy = rate * (rw * vy - vw * ry - (rz * vx - rx * vz));
  const double oz = rate * (rw * vz - vw * rz - (rx * vy - ry * vx));
  const double shrink = rate * (rw * vw + rx * vx + ry * vy + rz * vz);
  const double lx = push * (rw * ax - aw * rx - (ry * az - rz * ay)) - ox * shrink;
  const double ly = push * (rw * ay - aw * ry - (rz * ax - rx * az)) - oy * shrink;
  const double lz = push * (rw * az - aw * rz - (rx * ay - ry * ax)) - oz * shrink;
  // R_BW (a − g): turn by the conjugate of r.
  const double per = 1 / (h * h);
  const double bx = second(i.p[0]) * per - m.g[0], by = second(i.p[1]) * per - m.g[1],
               bz = second(i.p[2]) * per - m.g[2];
  const double cx = 2 * norm * (by * rz - bz * ry), cy = 2 * norm * (bz * rx - bx * rz),
               cz = 2 * norm * (bx * ry - by * rx);
  double sx = bx + rw * cx + (cy * rz - cz * ry);
  double sy = by + rw * cy + (cz * rx - cx * rz);
  double sz = bz + rw * cz + (cx * ry - cy * rx);
  // α × p + ω × (ω × p)
  const double qx = oy * m.p[2] - oz * m.p[1], qy = oz * m.p[0] - ox * m.p[2], qz = ox * m.p[1] - oy * m.p[0];
  sx += (ly * m.p[2] - lz * m.p[1]) + (oy * qz - oz * qy);
  sy += (lz * m.p[0] - lx * m.p[2]) + (oz * qx - ox * qz);
  sz += (lx * m.p[1] - ly * m.p[0]) + (ox * qy - oy * qx);
  return {.fx = m.R[0][0] * sx + m.R[0][1] * sy + m.R[0][2] * sz,
          .fy = m.R[1][0] * sx + m.R[1][1] * sy + m.R[1][2] * sz,
          .fz = m.R[2][0] * sx + m.R[2][1] * sy + m.R[2][2] * sz,
          .wx = m.R[0][0] * ox + m.R[0][1] * oy + m.R[0][2] * oz,
          .wy = m.R[1][0] * ox + m.R[1][1] * oy + m.R[1][2] * oz,
          .wz = m.R[2][0] * ox + m.R[2][1] * oy + m.R[2][2] * oz};
}

using Batch = std::array<double, kBatch>;

/// Of one batch, an axis each.
struct Readings {
  Batch fx, fy, fz, wx, wy, wz;
};

STUNT_VECTOR_CLONES void SenseBatch(const Interval& interval, const Mount& mount, const Batch& u, double h,
                                    std::size_t count, Readings& out) {
  const Interval i = interval;
  const Mount m = mount;
  STUNT_NO_OVERLAP
  for (std::size_t k = 0; k < count; ++k) {
    const Reading reading = SenseOne(i, m, u[k], h);
    out.fx[k] = reading.fx;
    out.fy[k] = reading.fy;
    out.fz[k] = reading.fz;
    out.wx[k] = reading.wx;
    out.wy[k] = reading.wy;
    out.wz[k] = reading.wz;
  }
}

}  // namespace

PosePath::PosePath(double knot_s, std::vector<Knot> knots) : knot_s_(knot_s), knots_(std::move(knots)) {
  if (!(knot_s > 0)) throw std::invalid_argument(fmt::format("pose path: knots {} s apart; accepted: above 0", knot_s));
  if (knots_.size() < 4) throw std::invalid_argument("pose path: accepted: at least four knots");
  for (std::size_t i = 0; i < knots_.size(); ++i) {
    Quaterniond& q = knots_[i].q_WB;
    q.normalize();
    if (i == 0) continue;
    const double cosine = q.dot(knots_[i - 1].q_WB);
    if (std::abs(cosine) < std::sqrt(0.5)) {
      throw std::invalid_argument(
          fmt::format("pose path: knots {} and {} are more than 90° apart; accepted: finer knots", i - 1, i));
    }
    if (cosine < 0) q.coeffs() *= -1;
  }
}

SegmentMotion PosePath::At(double time_s) const {
  const double at = time_s / knot_s_;
  const auto k = std::min(static_cast<std::size_t>(std::max(0.0, at)), knots_.size() - 4);
  const double u = at - static_cast<double>(k), h = knot_s_;
  const std::array<double, 4> b = {(1 - u) * (1 - u) * (1 - u) / 6, (3 * u * u * u - 6 * u * u + 4) / 6,
                                   (-3 * u * u * u + 3 * u * u + 3 * u + 1) / 6, u * u * u / 6};
  const std::array<double, 4> db = {-(1 - u) * (1 - u) / 2, (3 * u * u - 4 * u) / 2, (-3 * u * u + 2 * u + 1) / 2,
                                    u * u / 2};
  const std::array<double, 4> ddb = {1 - u, 3 * u - 2, 1 - 3 * u, u};
  Eigen::Vector4d r(0, 0, 0, 0), dr = r, ddr = r;  // x, y, z, w
  SegmentMotion motion;
  Vector3d p(0, 0, 0);
  for (std::size_t i = 0; i < 4; ++i) {
    const Knot& knot = knots_[k + i];
    p += b[i] * knot.p_WB;
    motion.a_WB_W += ddb[i] / (h * h) * knot.p_WB;
    r += b[i] * knot.q_WB.coeffs();
    dr += db[i] / h * knot.q_WB.coeffs();
    ddr += ddb[i] / (h * h) * knot.q_WB.coeffs();
  }
  const auto product = [&](const Eigen::Vector4d& v) -> Vector3d {  // vec(r* v)
    return r[3] * v.head<3>() - v[3] * r.head<3>() - r.head<3>().cross(v.head<3>());
  };
  const double squared = r.squaredNorm();
  const Vector3d w_B = 2 / squared * product(dr);
  const Vector3d alpha_B = 2 / squared * product(ddr) - 2 * r.dot(dr) / squared * w_B;
  motion.X_WB.linear() = Quaterniond(r).normalized().toRotationMatrix();
  motion.X_WB.translation() = p;
  motion.w_WB_W = motion.X_WB.linear() * w_B;
  motion.alpha_WB_W = motion.X_WB.linear() * alpha_B;
  return motion;
}

void PosePath::Sense(const Isometry3d& X_BS, const Vector3d& g_W, double start, double step, std::size_t count,
                     MotionBlock& out) const {
  Mount mount{};
  for (int a = 0; a < 3; ++a) {
    const auto row = static_cast<std::size_t>(a);
    mount.p[row] = X_BS.translation()[a];
    mount.g[row] = g_W[a];
    for (int b = 0; b < 3; ++b) mount.R[row][static_cast<std::size_t>(b)] = X_BS.linear()(b, a);
  }
  out.specific_force.Resize(count);
  out.angular_rate.Resize(count);
  Batch u;
  Readings readings;
  for (std::size_t done = 0; done < count;) {
    const auto at = [&](std::size_t i) { return (start + static_cast<double>(i) * step) / knot_s_; };
    const auto k = std::min(static_cast<std::size_t>(std::max(0.0, at(done))), knots_.size() - 4);
    std::size_t n = 0;
    for (double next = at(done); n < kBatch && done + n < count; next = at(done + n)) {
      if (next >= static_cast<double>(k + 1) && k + 4 < knots_.size()) break;
      u[n++] = next - static_cast<double>(k);
    }
    SenseBatch(MakeInterval(&knots_[k]), mount, u, knot_s_, n, readings);
    const auto copy = [&](const Batch& from, std::vector<double>& to) {
      std::copy_n(from.begin(), n, to.begin() + static_cast<long>(done));
    };
    copy(readings.fx, out.specific_force.axis[0]);
    copy(readings.fy, out.specific_force.axis[1]);
    copy(readings.fz, out.specific_force.axis[2]);
    copy(readings.wx, out.angular_rate.axis[0]);
    copy(readings.wy, out.angular_rate.axis[1]);
    copy(readings.wz, out.angular_rate.axis[2]);
    done += n;
  }
}

}  // namespace stunt::sim
