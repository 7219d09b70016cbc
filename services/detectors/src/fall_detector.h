#pragma once

#include <memory>

#include "stunt/detectors/fall_score.h"
#include "stunt/hil/system_under_test.h"

namespace stunt::detectors {

/// builtin:fall: FallPhases behind the seam. Listens to the first accelerometer of 50 Hz (± 5 %) among the channels.
[[nodiscard]] std::unique_ptr<hil::SystemUnderTest> MakeFallDetector(const FallSettings& settings);

}  // namespace stunt::detectors
