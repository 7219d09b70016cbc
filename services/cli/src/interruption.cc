#include "interruption.h"

#include <signal.h>

namespace stunt::cli {
namespace {

// A signal handler can reach nothing but a global.
std::atomic<bool> stop_requested = false;
static_assert(std::atomic<bool>::is_always_lock_free);

void RequestStop(int /*signal*/) { stop_requested.store(true); }

bool Install() {
  struct sigaction action = {};
  action.sa_handler = RequestStop;
  action.sa_flags = static_cast<int>(SA_RESETHAND | SA_RESTART);
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  return true;
}

}  // namespace

const std::atomic<bool>& StopRequested() {
  [[maybe_unused]] static const bool installed = Install();
  return stop_requested;
}

}  // namespace stunt::cli
