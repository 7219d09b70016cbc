#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <grpcpp/channel.h>
#include <grpcpp/server_builder.h>

#include <memory>
#include <string>
#include <string_view>

#include "stunt/rpc/security.h"

namespace stunt::rpc {

/// True for addresses that only this machine can reach: 127.0.0.0/8, ::1, localhost and unix sockets.
/// INVALID_ARGUMENT unless `address` is "host:port", "[v6]:port" or "unix:path".
[[nodiscard]] absl::StatusOr<bool> IsLoopback(const std::string& address);

/// The content of a token file without surrounding blanks; "" if no file is named. INVALID_ARGUMENT if it cannot be
/// read or is shorter than 16 characters.
[[nodiscard]] absl::StatusOr<std::string> ReadToken(const std::string& file);

/// Compares without telling by its duration where two strings differ.
[[nodiscard]] bool SameSecret(std::string_view a, std::string_view b);

/// Credentials for listening at an address, or why it must not be listened at.
[[nodiscard]] absl::StatusOr<std::shared_ptr<grpc::ServerCredentials>> ServerCredentialsFor(
    const std::string& address, const ServerSecurity& security);

/// A channel to an address, not yet connected, or why it must not be dialled.
[[nodiscard]] absl::StatusOr<std::shared_ptr<grpc::Channel>> MakeChannel(const std::string& address,
                                                                         const ClientSecurity& security);

/// Sets what both ends must agree on, or idle links die after minutes: who may ping, and how often.
void SetKeepalive(grpc::ServerBuilder& builder);

/// Codes have the same numbers in both libraries.
[[nodiscard]] grpc::Status ToGrpc(const absl::Status& status);

/// The same code, with a message that is safe to show. A cancelled call is one that is gone: UNAVAILABLE.
[[nodiscard]] absl::Status FromGrpc(const grpc::Status& status);

}  // namespace stunt::rpc
