#include "progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>

namespace stunt::cli {
namespace {

constexpr std::chrono::milliseconds kRedrawInterval{100};
constexpr const char* kWipe = "\r\033[K";

}  // namespace

Progress::Progress() : on_terminal_(::isatty(STDERR_FILENO) == 1), start_(std::chrono::steady_clock::now()) {}

Progress::~Progress() {
  if (on_terminal_) std::fputs(kWipe, stderr);
}

void Progress::Show(std::size_t done, std::size_t all, std::string_view what) {
  if (!on_terminal_) return;
  const auto now = std::chrono::steady_clock::now();
  if (now - last_shown_ < kRedrawInterval) return;
  last_shown_ = now;
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now - start_).count();
  std::fputs(fmt::format("{}{} of {} {}, {} s", kWipe, done, all, what, seconds).c_str(), stderr);
  std::fflush(stderr);
}

}  // namespace stunt::cli
