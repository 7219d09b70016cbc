#pragma once

#include <absl/status/statusor.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "stunt/hil/system_under_test.h"

namespace stunt::detectors {

/// A detector that comes with the program.
struct BuiltinDetector {
  std::string name;     // "builtin:fall"
  std::string summary;  // one line for `stunt list detectors`
};

/// Every built-in detector, by name.
[[nodiscard]] std::vector<BuiltinDetector> ListDetectors();

/// Makes a built-in detector. INVALID_ARGUMENT, with the names that are accepted, if there is none of that name.
///
/// Example:
///   auto detector = MakeDetector("builtin:fall");
///   if (!detector.ok()) return detector.status();
[[nodiscard]] absl::StatusOr<std::unique_ptr<hil::SystemUnderTest>> MakeDetector(std::string_view name);

}  // namespace stunt::detectors
