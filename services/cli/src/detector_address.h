#pragma once

#include <string>

#include "stunt/sweeps/run_cases.h"

namespace stunt::cli {

/// What `--detector` accepts: "builtin:NAME" or "grpc://HOST:PORT".
/// @throws trace::InputError for anything else. Whether somebody listens shows when a detector is made.
[[nodiscard]] sweeps::DetectorFactory DetectorAt(const std::string& address);

}  // namespace stunt::cli
