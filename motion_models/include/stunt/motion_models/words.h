#pragma once

#include <string>
#include <string_view>
#include <vector>

/// Names that people write, and what to say of those that are not known.
namespace stunt::motion_models {

/// The accepted word nearest to `word`, or empty when none is near (at most one edit per three letters).
[[nodiscard]] std::string NearestWord(std::string_view word, const std::vector<std::string>& accepted);

/// True when `text` matches [a-z0-9_.-]+ and is neither "." nor "..": safe as a file name.
[[nodiscard]] bool IsId(std::string_view text);

/// "(accepted: a, b, c)", with "did you mean 'b'? " before it when one is near.
[[nodiscard]] std::string AcceptedWords(std::string_view word, const std::vector<std::string>& accepted);

}  // namespace stunt::motion_models
