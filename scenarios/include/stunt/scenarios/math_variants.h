#pragma once

#include <string>

namespace stunt::scenarios {

/// 16 hexadecimal digits that tell variants of the C library's mathematics apart: a hash of the results of sin, cos,
/// tan, asin, acos, atan, atan2, exp, log and pow for fixed arguments. Traces are the same bytes only where the tag is
/// the same.
[[nodiscard]] std::string MathTag();

/// Tag of glibc 2.36 on x86-64 without the FMA variants.
[[nodiscard]] std::string BaselineMathTag();

/// Makes every x86-64 compute the same bytes: where glibc chose its FMA variants, starts the program again with those
/// masked out (GLIBC_TUNABLES). To be called first in main, before any thread or output. Returns where there is nothing
/// to do or nothing can be done: no difference, GLIBC_TUNABLES set by the user, another processor. Then MathTag() says
/// what is computed. See docs/decisions/0002-math-variants.md.
void PinMathVariants(char** argv);

}  // namespace stunt::scenarios
