#pragma once

#include <absl/status/statusor.h>

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "stunt/hil/system_under_test.h"
#include "stunt/rpc/security.h"

namespace stunt::rpc {

/// Makes a fresh detector; called once at the start and once for each stream, from many threads. Null is a failure.
using DetectorFactory = std::function<std::unique_ptr<hil::SystemUnderTest>()>;

struct DetectorServerOptions {
  ServerSecurity security;
  int max_streams = 64;                               // open at once; one more is RESOURCE_EXHAUSTED
  std::size_t max_message_bytes = 4 << 20;            // received; 64 KiB to 4 MiB
  std::chrono::milliseconds idle_limit{60'000};       // a client may be silent for
  std::chrono::milliseconds stream_limit{3'600'000};  // a stream may last
  std::chrono::milliseconds progress_interval{200};   // between two messages of ours while samples come in
};

/// A running DetectorService with health and reflection. The destructor shuts it down.
class DetectorServer {
 public:
  virtual ~DetectorServer() = default;
  [[nodiscard]] virtual int port() const = 0;  // as bound; 0 on a unix socket
  /// Blocks until Shutdown is called from another thread.
  virtual void Wait() = 0;
  /// Says NOT_SERVING, lets open streams end for as long as `grace`, then cancels them. Safe to call twice.
  virtual void Shutdown(std::chrono::milliseconds grace) = 0;
};

/// Serves detectors at `listen`: "127.0.0.1:50051", "[::1]:0" or "unix:/path". Port 0 takes a free one.
///
/// @returns  INVALID_ARGUMENT: a bad address, file or limit; FAILED_PRECONDITION: an address off loopback without TLS
/// and
///           one of client certificates and token; UNAVAILABLE: the address is in use; else what the factory's detector
///           said when it was asked to describe itself.
[[nodiscard]] absl::StatusOr<std::unique_ptr<DetectorServer>> StartDetectorServer(
    const std::string& listen, DetectorFactory factory, const DetectorServerOptions& options = {});

}  // namespace stunt::rpc
