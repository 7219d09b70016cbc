#pragma once

#include <string>

#include "stunt/trace/input_error.h"

namespace stunt::test {

/// The message with which `action` refuses its input; empty when it does not.
template <typename Action>
std::string Refusal(Action&& action) {
  try {
    action();
  } catch (const trace::InputError& error) {
    return error.what();
  }
  return "";
}

}  // namespace stunt::test
