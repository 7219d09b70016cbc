#pragma once

#include <atomic>

namespace stunt::cli {

/// Turns true at the first SIGINT or SIGTERM after the first call; a second signal ends the program at once.
[[nodiscard]] const std::atomic<bool>& StopRequested();

}  // namespace stunt::cli
