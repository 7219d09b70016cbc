#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>

#include "commands.h"
#include "exit_code.h"
#include "stunt/scenarios/math_variants.h"
#include "stunt/reports/safe_text.h"
#include "stunt/trace/input_error.h"

namespace stunt::cli {
namespace {

constexpr std::size_t kMaxMessage = 2000;

// One clear message on stderr, whatever a file or a detector put into it.
int Fail(const char* message, int exit_code) {
  fmt::print(stderr, "stunt: {}\n", reports::SafeText(message, kMaxMessage));
  return exit_code;
}

int Run(int argc, char** argv) {
  CLI::App program("Simulates body motion as wearables sense it, and scores detectors on it.", "stunt");
  program.set_version_flag("--version", "stunt " STUNT_VERSION);
  program.require_subcommand(1);
  Action action;
  AddDoctor(program, action);
  AddList(program, action);
  AddReplay(program, action);
  AddSimulate(program, action);
  AddSweep(program, action);
  try {
    program.parse(argc, argv);
  } catch (const CLI::Success& help_or_version) {
    return program.exit(help_or_version);
  } catch (const CLI::ParseError& error) {
    return Fail(error.what(), kBadInput);
  }
  return action();
}

}  // namespace
}  // namespace stunt::cli

int main(int argc, char** argv) {
  stunt::scenarios::PinMathVariants(argv);
  try {
    return stunt::cli::Run(argc, argv);
  } catch (const stunt::trace::InputError& error) {
    return stunt::cli::Fail(error.what(), stunt::cli::kBadInput);
  } catch (const std::exception& error) {
    return stunt::cli::Fail(error.what(), stunt::cli::kHarnessError);
  }
}
