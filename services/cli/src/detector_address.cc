#include "detector_address.h"

#include <memory>

#include "stunt/detectors/detectors.h"
#include "stunt/rpc/grpc_detector.h"
#include "stunt/trace/input_error.h"

namespace stunt::cli {
namespace {

// A wrong name, address or file is bad input; a detector that does not answer is not.
sweeps::DetectorFactory Checked(const std::string& address, sweeps::DetectorFactory make) {
  const absl::Status status = make().status();
  if (absl::IsInvalidArgument(status) || absl::IsFailedPrecondition(status)) {
    const std::string flag = absl::IsFailedPrecondition(status) ? " (--tls-ca)" : "";
    throw trace::InputError("--detector " + address + ": " + std::string(status.message()) + flag);
  }
  return make;
}

}  // namespace

sweeps::DetectorFactory DetectorAt(const std::string& address, const rpc::ClientSecurity& security) {
  if (address.starts_with("builtin:")) {
    return Checked(address, [address] { return detectors::MakeDetector(address); });
  }
  if (address.starts_with("grpc://")) {
    rpc::GrpcDetectorOptions options;
    options.security = security;
    return Checked(address, [address, options] { return rpc::DialDetector(address, options); });
  }
  throw trace::InputError("--detector " + address + ": accepted are builtin:NAME and grpc://HOST:PORT");
}

}  // namespace stunt::cli
