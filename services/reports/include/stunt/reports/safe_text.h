#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace stunt::reports {

/// Text of a detector, a device or a file, fit to be shown: valid UTF-8 without control characters (a terminal would
/// obey them, XML forbids them) and at most `limit` bytes, with "…" where it was cut. What is not shown as it is
/// becomes "\xNN".
[[nodiscard]] std::string SafeText(std::string_view text, std::size_t limit = 200);

}  // namespace stunt::reports
