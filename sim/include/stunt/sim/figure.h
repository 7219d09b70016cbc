#pragma once

#include <Eigen/Core>
#include <vector>

#include "stunt/sim/body.h"

namespace stunt::sim {

/// A stick figure of a body at one instant, world frame [m]: for pictures and viewers.
struct Figure {
  struct Bone {
    Segment segment = Segment::kPelvis;
    Eigen::Vector3d from = {0, 0, 0};  // joint
    Eigen::Vector3d to = {0, 0, 0};    // next joint, or the segment's far end
  };
  double time = 0;  // s
  Eigen::Vector3d pelvis = {0, 0, 0};
  Eigen::Vector3d head = {0, 0, 0};
  double head_radius = 0.1;
  std::vector<Bone> bones;
};

/// `time` is taken as given: a motion's time need not be the body's.
[[nodiscard]] Figure MakeFigure(const Body& body, double time);

}  // namespace stunt::sim
