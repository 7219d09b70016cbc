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
  // Where nobody can be told (a full disk, a limit on files), the exit code still says it: so no print that throws.
  const std::string line = fmt::format("stunt: {}\n", reports::SafeText(message, kMaxMessage));
  static_cast<void>(std::fwrite(line.data(), 1, line.size(), stderr));
  return exit_code;
}

int Complain(const absl::Status& status) { return Complain(std::string(status.message()), kHarnessError); }

}  // namespace stunt::cli
