#include "stunt/scenarios/math_variants.h"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstdlib>

#include "stunt/random/random.h"

namespace stunt::scenarios {
namespace {

// Reads the function through a volatile pointer: the compiler must not compute the probes itself.
using Unary = double (*)(double);
using Binary = double (*)(double, double);

void Add(std::uint64_t& hash, double value) {
  const auto bytes = std::bit_cast<std::array<char, sizeof value>>(value);
  hash = random::HashBytes({bytes.data(), bytes.size()}, hash);
}

}  // namespace

std::string MathTag() {
  constexpr int kProbes = 2000;  // enough to meet arguments where the variants round differently
  const std::array<volatile Unary, 6> unary = {std::sin, std::cos, std::tan, std::atan, std::exp, std::log};
  const std::array<volatile Unary, 2> inverse = {std::asin, std::acos};  // on 0 … 1
  const std::array<volatile Binary, 2> binary = {std::atan2, std::pow};
  std::uint64_t hash = random::HashBytes("math");
  for (int i = 1; i <= kProbes; ++i) {
    const double x = i * 0.00773;  // 0.008 … 15.5
    for (const volatile Unary& f : unary) Add(hash, f(x));
    for (const volatile Unary& f : inverse) Add(hash, f(x / 16));
    for (const volatile Binary& f : binary) Add(hash, f(x, 3.7 - 0.31 * x));
  }
  return fmt::format("{:016x}", hash);
}

std::string BaselineMathTag() { return "ab70ad9a646d08e8"; }

void PinMathVariants(char** argv) {
#if defined(__x86_64__) && defined(__GLIBC__)
  constexpr const char* kVariable = "GLIBC_TUNABLES";
  // Set: by the user, or by us before we started the program again.
  if (std::getenv(kVariable) != nullptr || MathTag() == BaselineMathTag()) return;
  if (setenv(kVariable, "glibc.cpu.hwcaps=-FMA,-FMA4", 1) != 0) return;
  execv("/proc/self/exe", argv);
  // Only reached when that failed. Children must not think otherwise.
  unsetenv(kVariable);
#else
  static_cast<void>(argv);
#endif
}

}  // namespace stunt::scenarios
