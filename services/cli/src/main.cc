#include <CLI/CLI.hpp>
#include <exception>

#include "commands.h"
#include "complain.h"
#include "exit_code.h"
#include "stunt/scenarios/math_variants.h"
#include "stunt/trace/input_error.h"

namespace stunt::cli {
namespace {

int Run(int argc, char** argv) {
  CLI::App program("Simulates body motion as wearables sense it, and scores detectors on it.", "stunt");
  program.set_version_flag("--version", "stunt " STUNT_VERSION);
  program.require_subcommand(1);
  Action action;
  AddCalibrate(program, action);
  AddDoctor(program, action);
  AddDraw(program, action);
  AddFidelity(program, action);
  AddList(program, action);
  AddReplay(program, action);
  AddScore(program, action);
  AddServe(program, action);
  AddSimulate(program, action);
  AddSweep(program, action);
  try {
    program.parse(argc, argv);
  } catch (const CLI::Success& help_or_version) {
    return program.exit(help_or_version);
  } catch (const CLI::ParseError& error) {
    return Complain(error.what(), kBadInput);
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
    return stunt::cli::Complain(error.what(), stunt::cli::kBadInput);
  } catch (const std::exception& error) {
    return stunt::cli::Complain(error.what(), stunt::cli::kHarnessError);
  }
}
