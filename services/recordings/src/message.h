#pragma once

#include <string>

#include "stunt/recordings/recording_file.h"

// What goes from the child that reads a file to its parent, as CBOR. A child that was taken over may send anything, so
// the parent takes nothing but the expected.
namespace stunt::recordings::internal {

[[nodiscard]] std::string Pack(const FileSummary& summary);
[[nodiscard]] std::string Pack(const std::vector<std::string>& names);
[[nodiscard]] std::string Pack(const trace::Recording& recording);
[[nodiscard]] std::string Pack(const trace::PoseBlock& pose);

/// @throws std::runtime_error for anything that Pack did not make.
template <typename Content>
[[nodiscard]] Content Unpack(const std::string& bytes);

}  // namespace stunt::recordings::internal
