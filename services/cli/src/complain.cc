#include "complain.h"

#include <fmt/format.h>

#include <cstdio>
#include <string>

#include "exit_code.h"
#include "stunt/reports/safe_text.h"

namespace stunt::cli {
namespace {

constexpr std::size_t kMaxMessage = 2000;

}  // namespace

int Complain(std::string_view message, int exit_code) {
  std::fflush(stdout);
  fmt::print(stderr, "stunt: {}\n", reports::SafeText(message, kMaxMessage));
  return exit_code;
}

int Complain(const absl::Status& status) { return Complain(std::string(status.message()), kHarnessError); }

}  // namespace stunt::cli
