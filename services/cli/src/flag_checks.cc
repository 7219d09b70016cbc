#include "flag_checks.h"

#include <fmt/format.h>

#include <charconv>
#include <cstdint>
#include <string>

namespace stunt::cli {

CLI::Validator WholeNumber() {
  const auto complaint = [](const std::string& text) -> std::string {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error == std::errc() && end == text.data() + text.size() && value >= 0) return {};
    return fmt::format("'{}'; accepted: a whole number from 0 to {}", text, INT64_MAX);
  };
  return CLI::Validator(complaint, "WHOLE");
}

}  // namespace stunt::cli
