#pragma once

namespace stunt::cli {

// Exit codes that do not come from the gates of a run (those are metrics::ExitCode's).
inline constexpr int kSuccess = 0;
inline constexpr int kBadInput = 2;
inline constexpr int kHarnessError = 3;
inline constexpr int kInterrupted = 130;

}  // namespace stunt::cli
