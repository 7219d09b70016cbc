#pragma once

#include <absl/status/status.h>

#include <string_view>

namespace stunt::cli {

/// Prints "stunt: <message>" on the standard error, safe whatever a file or a detector put into it; returns
/// `exit_code`.
int Complain(std::string_view message, int exit_code);

/// The same for a harness, a device, a disk or a network that failed: exit code 3.
int Complain(const absl::Status& status);

}  // namespace stunt::cli
