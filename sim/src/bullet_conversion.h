#pragma once

#include <LinearMath/btMatrix3x3.h>
#include <LinearMath/btQuaternion.h>
#include <LinearMath/btVector3.h>

#include <Eigen/Core>
#include <Eigen/Geometry>

namespace stunt::sim::internal {

[[nodiscard]] inline btVector3 ToBullet(const Eigen::Vector3d& v) { return {v.x(), v.y(), v.z()}; }
[[nodiscard]] inline btQuaternion ToBullet(const Eigen::Quaterniond& q) { return {q.x(), q.y(), q.z(), q.w()}; }
[[nodiscard]] inline Eigen::Vector3d FromBullet(const btVector3& v) { return {v.x(), v.y(), v.z()}; }
[[nodiscard]] inline Eigen::Matrix3d FromBullet(const btMatrix3x3& m) {
  Eigen::Matrix3d out;
  for (int row = 0; row < 3; ++row) out.row(row) = FromBullet(m[row]);
  return out;
}

}  // namespace stunt::sim::internal
