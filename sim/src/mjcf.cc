#include "stunt/sim/mjcf.h"

#include <fmt/format.h>

#include <cmath>
#include <iterator>

#include "stunt/sim/site.h"

namespace stunt::sim {
namespace {

using Eigen::Vector3d;

std::string Text(const Vector3d& v) { return fmt::format("{} {} {}", v.x(), v.y(), v.z()); }

/// Writes the tree from the pelvis outwards.
class Writer {
 public:
  Writer(const Skeleton& skeleton, const MjcfOptions& options) : skeleton_(skeleton), options_(options) {
    for (const std::string& name : options.sites) sites_.push_back(FindSite(skeleton, name));
  }

  std::string Write() {
    Line(0, "<mujoco model=\"{}\">", options_.model);
    Line(1, "<compiler angle=\"radian\" inertiafromgeom=\"false\"/>");
    Line(1, "<option timestep=\"{}\" gravity=\"{}\"/>", options_.timestep, Text(options_.gravity));
    Line(1, "<worldbody>");
    if (options_.floor) {
      // Spheres meet the floor, not each other, as in Body.
      Line(2,
           "<geom name=\"floor\" type=\"plane\" size=\"10 10 0.1\" contype=\"0\" conaffinity=\"1\" friction=\"0.8\"/>");
    }
    WriteSegment(Segment::kPelvis, 2);
    Line(1, "</worldbody>");
    WriteSensors();
    Line(0, "</mujoco>");
    return std::move(out_);
  }

 private:
  template <typename... Args>
  void Line(int depth, fmt::format_string<Args...> format, Args&&... args) {
    out_.append(static_cast<std::size_t>(2 * depth), ' ');
    fmt::format_to(std::back_inserter(out_), format, std::forward<Args>(args)...);
    out_ += '\n';
  }

  void WriteSegment(Segment segment, int depth) {
    const Link& link = skeleton_.link(segment);
    const bool root = segment == Segment::kPelvis;
    // Origin of the parent's frame to this joint.
    const Vector3d origin = root ? Vector3d(0, 0, skeleton_.StandingPelvisHeight())
                                 : Vector3d(skeleton_.link(link.parent).p_joint_com + link.p_parent_joint);
    Line(depth, "<body name=\"{}\" pos=\"{}\">", Name(segment), Text(origin));
    Line(depth + 1, "<inertial pos=\"{}\" mass=\"{}\" diaginertia=\"{}\"/>", Text(link.p_joint_com), link.mass,
         Text(link.inertia));
    if (root) {
      Line(depth + 1, "<freejoint name=\"root\"/>");
    } else {
      WriteJoint(segment, depth + 1);
    }
    if (options_.floor) WriteSpheres(segment, depth + 1);
    WriteSites(segment, depth + 1);
    for (int k = Index(segment) + 1; k < kSegments; ++k) {
      const Segment child = static_cast<Segment>(k);
      if (skeleton_.link(child).parent == segment) WriteSegment(child, depth + 1);
    }
    Line(depth, "</body>");
  }

  void WriteJoint(Segment segment, int depth) {
    const Link& link = skeleton_.link(segment);
    const bool ball = link.type == JointType::kSpherical;
    const std::string kind = ball ? "type=\"ball\"" : fmt::format("type=\"hinge\" axis=\"{}\"", Text(link.axis));
    const std::string limit = options_.joint_limits ? fmt::format(" limited=\"true\" range=\"{} {}\"",
                                                                  ball ? 0 : link.limit_lo, link.limit_hi)
                                                    : "";
    Line(depth, "<joint name=\"{}_joint\" {} stiffness=\"{}\" damping=\"{}\"{}/>", Name(segment), kind,
         link.stiffness * options_.tone, link.damping * std::sqrt(options_.tone), limit);
  }

  void WriteSpheres(Segment segment, int depth) {
    for (int i = 0; i < skeleton_.contact_count; ++i) {
      const ContactSphere& sphere = skeleton_.contacts[static_cast<std::size_t>(i)];
      if (sphere.segment != segment) continue;
      const Vector3d at = skeleton_.link(segment).p_joint_com + sphere.centre;
      Line(depth, "<geom type=\"sphere\" size=\"{}\" pos=\"{}\" contype=\"1\" conaffinity=\"0\"/>", sphere.radius,
           Text(at));
    }
  }

  void WriteSites(Segment segment, int depth) {
    for (const Site& site : sites_) {
      if (site.segment != segment) continue;
      const Eigen::Quaterniond q(site.X_BS.linear());
      const Vector3d at = skeleton_.link(segment).p_joint_com + site.X_BS.translation();
      Line(depth, "<site name=\"{}\" pos=\"{}\" quat=\"{} {} {} {}\"/>", site.name, Text(at), q.w(), q.x(), q.y(),
           q.z());
    }
  }

  void WriteSensors() {
    if (sites_.empty()) return;
    Line(1, "<sensor>");
    for (const Site& site : sites_) {
      Line(2, "<accelerometer name=\"{0}_accelerometer\" site=\"{0}\"/>", site.name);
      Line(2, "<gyro name=\"{0}_gyroscope\" site=\"{0}\"/>", site.name);
    }
    Line(1, "</sensor>");
  }

  const Skeleton& skeleton_;
  const MjcfOptions& options_;
  std::vector<Site> sites_;
  std::string out_;
};

}  // namespace

std::string ToMjcf(const Skeleton& skeleton, const MjcfOptions& options) { return Writer(skeleton, options).Write(); }

}  // namespace stunt::sim
