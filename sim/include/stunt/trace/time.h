#pragma once

#include <cmath>
#include <cstdint>

namespace stunt::trace {

/// Id of the clock of truth, poses and clean signals; a case begins at its 0.
inline constexpr const char* kSimulatedClock = "simulated";

[[nodiscard]] inline std::int64_t Nanoseconds(double seconds) { return std::llround(seconds * 1e9); }

}  // namespace stunt::trace
