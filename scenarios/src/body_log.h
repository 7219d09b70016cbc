#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "stunt/sim/body.h"
#include "stunt/trace/recording.h"

namespace stunt::scenarios::internal {

/// When which segment touched its surroundings.
///
/// A contact lasts while the force on the segment is more than 1 N; a gap of less than 20 ms does not end it, so that a
/// sole that rolls over its contact points is one contact.
class ContactLog {
 public:
  /// Call once after every step. @param end  of the step, on the case's clock [s].
  void Step(const sim::Body& body, double end);

  /// Contacts that ended since the last call, in the order in which that was clear.
  [[nodiscard]] std::vector<trace::Contact> Take();

  /// Ends what still touches, with the case.
  void Finish();

 private:
  struct Open {
    trace::Contact contact;
    double last = 0;  // end of the last step with a force [s]
  };
  void Close(std::optional<Open>& open);

  std::array<std::optional<Open>, sim::kSegments> open_;
  std::vector<trace::Contact> ended_;
};

/// Poses of all segments at a fixed rate: frame n is that of the first step that ends at n / rate or later, with the
/// time at which that step ends.
class PoseLog {
 public:
  explicit PoseLog(double rate_hz) : rate_hz_(rate_hz) {}

  /// Call once before the first step and after every one.
  void See(const sim::Body& body, double time);

  /// Frames since the last call.
  [[nodiscard]] trace::PoseBlock Take();

 private:
  double rate_hz_;
  std::int64_t next_ = 0;  // frame
  trace::PoseBlock block_;
};

}  // namespace stunt::scenarios::internal
