#include "body_log.h"

#include <Eigen/Geometry>
#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "stunt/trace/time.h"

namespace stunt::scenarios::internal {
namespace {

constexpr double kTouchForce = 1;  // N
constexpr double kGap = 0.02;      // s

}  // namespace

void ContactLog::Step(const sim::Body& body, double end) {
  const sim::StepForces& forces = body.forces();
  for (std::size_t k = 0; k < open_.size(); ++k) {
    std::optional<Open>& open = open_[k];
    const double force = forces.contact[k].norm();
    if (force <= kTouchForce) {
      if (open && end - open->last >= kGap) Close(open);
      continue;
    }
    const auto segment = static_cast<sim::Segment>(k);
    if (!open) {
      open.emplace();
      open->contact.segment = sim::Name(segment);
      open->contact.start_ns = trace::Nanoseconds(end - body.dt());
    }
    trace::Contact& contact = open->contact;
    contact.ground = contact.ground || (forces.on_ground & sim::Bit(segment)) != 0;
    contact.peak_force_n = std::max(contact.peak_force_n, force);
    contact.impulse_n_s += force * body.dt();
    open->last = end;
  }
}

void ContactLog::Close(std::optional<Open>& open) {
  open->contact.end_ns = trace::Nanoseconds(open->last);
  ended_.push_back(std::move(open->contact));
  open.reset();
}

std::vector<trace::Contact> ContactLog::Take() { return std::exchange(ended_, {}); }

void ContactLog::Finish() {
  for (std::optional<Open>& open : open_) {
    if (open) Close(open);
  }
}

void PoseLog::See(const sim::Body& body, double time) {
  // A step ends on the frame's instant but for rounding.
  constexpr double kRounding = 1e-9;
  if (time < static_cast<double>(next_) / rate_hz_ - kRounding) return;
  ++next_;
  block_.segments = sim::kSegments;
  block_.t_ns.push_back(trace::Nanoseconds(time));
  for (int k = 0; k < sim::kSegments; ++k) {
    const Eigen::Isometry3d X_WB = body.X_WB(static_cast<sim::Segment>(k));
    const Eigen::Quaterniond q(X_WB.linear());
    for (const double x : X_WB.translation()) block_.position_m.push_back(static_cast<float>(x));
    for (const double x : {q.w(), q.x(), q.y(), q.z()}) block_.orientation.push_back(static_cast<float>(x));
  }
}

trace::PoseBlock PoseLog::Take() {
  trace::PoseBlock taken = std::exchange(block_, {});
  taken.segments = sim::kSegments;
  return taken;
}

}  // namespace stunt::scenarios::internal
