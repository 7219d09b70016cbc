#pragma once

#include <string>

#include "stunt/rpc/security.h"
#include "stunt/sweeps/run_cases.h"

namespace stunt::cli {

/// What `--detector` accepts: "builtin:NAME" or "grpc://HOST:PORT".
///
/// @param security  how to prove oneself to a detector of another program.
/// @throws trace::InputError for an address or a file that makes no sense. Whether somebody listens shows when a
///         detector is made.
[[nodiscard]] sweeps::DetectorFactory DetectorAt(const std::string& address, const rpc::ClientSecurity& security);

}  // namespace stunt::cli
