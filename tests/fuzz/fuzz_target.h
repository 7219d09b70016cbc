#pragma once

#include <cstddef>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <string_view>

#include "stunt/trace/input_error.h"

/// Every target is one file that defines this function of libFuzzer. Bytes are read, or refused with trace::InputError;
/// whatever else happens to them is a finding.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace stunt::fuzz {

[[nodiscard]] inline std::string_view AsText(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

/// Ends the program with `promise` as its last words when it does not hold.
void Require(bool holds, std::string_view promise);

/// True when `read` returned, false when it refused its input.
template <typename Read>
bool ReadOrRefuse(Read read) {
  try {
    read();
    return true;
  } catch (const trace::InputError& refusal) {
    Require(!std::string_view(refusal.what()).empty(), "a refusal says what is wrong");
    return false;
  }
}

/// Writes a file of this name into a folder of this process, which is removed when the program ends.
std::filesystem::path Put(std::string_view name, std::string_view bytes);

}  // namespace stunt::fuzz
