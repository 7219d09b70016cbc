#pragma once

#include <CLI/CLI.hpp>

namespace stunt::cli {

/// Accepts what a suite file accepts as its seed: a whole number from 0 to 2^63 - 1.
[[nodiscard]] CLI::Validator WholeNumber();

}  // namespace stunt::cli
