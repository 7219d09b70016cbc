#include <fmt/format.h>
#include <gnu/libc-version.h>

#include <cstdlib>
#include <memory>
#include <nlohmann/json.hpp>
#include <thread>

#include "commands.h"
#include "exit_code.h"
#include "stunt/scenarios/math_variants.h"

namespace stunt::cli {
namespace {

struct DoctorFlags {
  bool json = false;
};

int Doctor(const DoctorFlags& flags) {
  const char* tunables = std::getenv("GLIBC_TUNABLES");
  nlohmann::ordered_json report;
  report["stunt_version"] = STUNT_VERSION;
  report["compiler"] = fmt::format("{} {}", STUNT_COMPILER, __VERSION__);
  report["glibc"] = gnu_get_libc_version();
  report["glibc_tunables"] = tunables == nullptr ? "" : tunables;
  report["math_tag"] = scenarios::MathTag();
  report["cores"] = std::thread::hardware_concurrency();
  if (flags.json) {
    fmt::print("{}\n", report.dump(2));
    return kSuccess;
  }
  for (const auto& [key, value] : report.items()) {
    fmt::print("{:<16} {}\n", key, value.is_string() ? value.get<std::string>() : value.dump());
  }
  return kSuccess;
}

}  // namespace

void AddDoctor(CLI::App& program, Action& action) {
  CLI::App* command = program.add_subcommand("doctor", "Says what this machine and this build are");
  auto flags = std::make_shared<DoctorFlags>();
  command->add_flag("--json", flags->json, "machine-readable");
  command->callback([flags, &action] { action = [flags] { return Doctor(*flags); }; });
}

}  // namespace stunt::cli
