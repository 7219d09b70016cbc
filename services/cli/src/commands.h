#pragma once

#include <CLI/CLI.hpp>
#include <functional>

namespace stunt::cli {

/// What the chosen command does; returns the exit code of the program.
using Action = std::function<int()>;

// Each adds one command to the program. When the user chooses it, `action` becomes what it does.
void AddAllan(CLI::App& program, Action& action);
void AddCalibrate(CLI::App& program, Action& action);
void AddDoctor(CLI::App& program, Action& action);
void AddDraw(CLI::App& program, Action& action);
void AddExport(CLI::App& program, Action& action);
void AddFidelity(CLI::App& program, Action& action);
void AddInspect(CLI::App& program, Action& action);
void AddList(CLI::App& program, Action& action);
void AddReplay(CLI::App& program, Action& action);
void AddScore(CLI::App& program, Action& action);
void AddServe(CLI::App& program, Action& action);
void AddSimulate(CLI::App& program, Action& action);
void AddSweep(CLI::App& program, Action& action);

}  // namespace stunt::cli
