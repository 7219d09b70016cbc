#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <exception>
#include <string>
#include <vector>

#include "commands.h"
#include "complain.h"
#include "exit_code.h"
#include "stunt/motion_models/words.h"
#include "stunt/scenarios/math_variants.h"
#include "stunt/trace/input_error.h"

namespace stunt::cli {
namespace {

int Run(int argc, char** argv) {
  CLI::App program("Simulates body motion as wearables sense it, and scores detectors on it.", "stunt");
  program.set_version_flag("--version", "stunt " STUNT_VERSION);
  program.require_subcommand(1);
  Action action;
  AddAllan(program, action);
  AddCalibrate(program, action);
  AddDoctor(program, action);
  AddDraw(program, action);
  AddExport(program, action);
  AddFidelity(program, action);
  AddInspect(program, action);
  AddList(program, action);
  AddReplay(program, action);
  AddScore(program, action);
  AddServe(program, action);
  AddSimulate(program, action);
  AddSweep(program, action);
  if (const std::string word = argc > 1 ? argv[1] : ""; !word.empty() && !word.starts_with('-')) {
    std::vector<std::string> known;
    for (const CLI::App* command : program.get_subcommands({})) known.push_back(command->get_name());
    if (std::find(known.begin(), known.end(), word) == known.end()) {
      return Complain(fmt::format("no command '{}' {}", word, motion_models::AcceptedWords(word, known)), kBadInput);
    }
  }
  try {
    program.parse(argc, argv);
  } catch (const CLI::Success& help_or_version) {
    return program.exit(help_or_version);
  } catch (const CLI::ParseError& error) {
    return Complain(error.what(), kBadInput);
  }
  const int exit_code = action();
  // A table that nobody got must not look like success.
  if (std::fflush(stdout) != 0) return Complain("the standard output cannot be written", kHarnessError);
  return exit_code;
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
