#include "stunt/sim/surface.h"

#include <algorithm>
#include <cmath>

namespace stunt::sim {
namespace {

using Eigen::Vector3d;

std::optional<Meeting> MeetPatch(const Surface& surface, const Vector3d& centre, double radius) {
  const double penetration = surface.height + radius - centre.z();
  if (penetration <= 0) return {};
  if (centre.x() < surface.x_lo || centre.x() > surface.x_hi) return {};
  if (centre.y() < surface.y_lo || centre.y() > surface.y_hi) return {};
  return Meeting{penetration, Vector3d::UnitZ()};
}

Meeting OutOfNearestFace(const Box& box, const Vector3d& inside, double radius) {
  const Vector3d to_face = box.half - inside.cwiseAbs();
  Eigen::Index axis = 0;
  const double nearest = to_face.minCoeff(&axis);
  Vector3d normal = Vector3d::Zero();
  normal[axis] = inside[axis] < 0 ? -1 : 1;
  return {radius + nearest, box.R_WS * normal};
}

std::optional<Meeting> MeetBox(const Box& box, const Vector3d& centre, double radius) {
  const Vector3d apart = centre - box.centre;
  const double farthest = box.half.norm() + radius;
  if (apart.squaredNorm() >= farthest * farthest) return {};
  const Vector3d local = box.R_WS.transpose() * apart;
  const Vector3d outside = local - local.cwiseMax(-box.half).cwiseMin(box.half);
  const double distance = outside.norm();
  if (distance >= radius) return {};
  if (distance == 0) return OutOfNearestFace(box, local, radius);
  return Meeting{radius - distance, box.R_WS * outside / distance};
}

}  // namespace

std::optional<Meeting> Meet(const Surface& surface, const Vector3d& centre_W, double radius) {
  std::optional<Meeting> meeting =
      surface.box ? MeetBox(*surface.box, centre_W, radius) : MeetPatch(surface, centre_W, radius);
  if (meeting && meeting->penetration > surface.depth) meeting.reset();
  return meeting;
}

}  // namespace stunt::sim
