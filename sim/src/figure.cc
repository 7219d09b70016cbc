#include "stunt/sim/figure.h"

namespace stunt::sim {
namespace {

using Eigen::Vector3d;

bool IsTip(Segment s) {
  return s == Segment::kHead || s == Segment::kHandL || s == Segment::kHandR || s == Segment::kFootL ||
         s == Segment::kFootR;
}

Vector3d Joint(const Body& body, Segment child) {
  return body.Position(child, -body.skeleton().link(child).p_joint_com);
}

}  // namespace

Figure MakeFigure(const Body& body, double time) {
  const Skeleton& skeleton = body.skeleton();
  Figure figure;
  figure.time = time;
  figure.pelvis = body.Position(Segment::kPelvis, Vector3d::Zero());
  figure.head = body.Position(Segment::kHead, Vector3d::Zero());
  for (int i = 1; i < kSegments; ++i) {
    const auto child = static_cast<Segment>(i);
    const Segment parent = skeleton.link(child).parent;
    // From where the parent hangs to where the child does: the pelvis has its centre of mass for a joint.
    const Vector3d from = parent == Segment::kPelvis ? figure.pelvis : Joint(body, parent);
    figure.bones.push_back({parent, from, Joint(body, child)});
    if (!IsTip(child)) continue;
    const bool foot = child == Segment::kFootL || child == Segment::kFootR;
    const Vector3d far_end = foot ? Vector3d(0.55 * skeleton.foot_length, 0, -0.4 * skeleton.ankle_height)
                                  : Vector3d(skeleton.link(child).p_joint_com);
    figure.bones.push_back({child, Joint(body, child), body.Position(child, far_end)});
  }
  return figure;
}

}  // namespace stunt::sim
