#include "stunt/detectors/detectors.h"

#include <absl/status/status.h>
#include <fmt/format.h>

#include "fall_detector.h"

namespace stunt::detectors {

std::vector<BuiltinDetector> ListDetectors() {
  return {{.name = "builtin:fall", .summary = "falls, from one accelerometer: impact, change of posture, inactivity"}};
}

absl::StatusOr<std::unique_ptr<hil::SystemUnderTest>> MakeDetector(std::string_view name) {
  if (name == "builtin:fall") return MakeFallDetector(FallSettings{});
  std::string accepted;
  for (const BuiltinDetector& detector : ListDetectors()) {
    accepted += fmt::format("{}{}", accepted.empty() ? "" : ", ", detector.name);
  }
  return absl::InvalidArgumentError(fmt::format("no detector \"{}\"; accepted: {}", name, accepted));
}

}  // namespace stunt::detectors
