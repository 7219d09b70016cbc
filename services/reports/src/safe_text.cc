#include "stunt/reports/safe_text.h"

#include <fmt/format.h>

#include <cstdint>

namespace stunt::reports {
namespace {

// Length of the well-formed UTF-8 sequence at the beginning of `text`, or 0.
// Source: The Unicode Standard 15, table 3-7.
std::size_t SequenceLength(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const auto follows = [&](std::size_t i, std::uint8_t lo = 0x80, std::uint8_t hi = 0xBF) {
    return i < text.size() && byte(i) >= lo && byte(i) <= hi;
  };
  const std::uint8_t lead = byte(0);
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return follows(1) ? 2 : 0;
  if (lead >= 0xE0 && lead <= 0xEF) {
    const std::uint8_t lo = lead == 0xE0 ? 0xA0 : 0x80;
    const std::uint8_t hi = lead == 0xED ? 0x9F : 0xBF;
    return follows(1, lo, hi) && follows(2) ? 3 : 0;
  }
  if (lead >= 0xF0 && lead <= 0xF4) {
    const std::uint8_t lo = lead == 0xF0 ? 0x90 : 0x80;
    const std::uint8_t hi = lead == 0xF4 ? 0x8F : 0xBF;
    return follows(1, lo, hi) && follows(2) && follows(3) ? 4 : 0;
  }
  return 0;
}

// C0 and C1 controls, line and paragraph separators, and the marks that turn the direction of text.
bool MayBeShown(std::string_view sequence) {
  if (sequence.size() == 1) return sequence[0] >= 0x20 && sequence[0] != 0x7F;
  if (sequence[0] == '\xC2') return static_cast<std::uint8_t>(sequence[1]) >= 0xA0;
  if (sequence[0] == '\xE2' && sequence[1] == '\x80') {
    const auto last = static_cast<std::uint8_t>(sequence[2]);
    return !(last >= 0xA8 && last <= 0xAE) && !(last >= 0x8B && last <= 0x8F);
  }
  if (sequence[0] == '\xE2' && sequence[1] == '\x81') return static_cast<std::uint8_t>(sequence[2]) < 0xA0;
  return sequence != "\xEF\xBF\xBE" && sequence != "\xEF\xBF\xBF";
}

}  // namespace

std::string SafeText(std::string_view text, std::size_t limit) {
  std::string safe;
  while (!text.empty()) {
    const std::size_t length = SequenceLength(text);
    const std::size_t taken = length == 0 ? 1 : length;
    std::string piece;
    if (length > 0 && MayBeShown(text.substr(0, length))) {
      piece = text.substr(0, length);
    } else {
      for (const char c : text.substr(0, taken)) piece += fmt::format("\\x{:02x}", static_cast<std::uint8_t>(c));
    }
    if (safe.size() + piece.size() > limit) return safe + "…";
    safe += piece;
    text.remove_prefix(taken);
  }
  return safe;
}

}  // namespace stunt::reports
