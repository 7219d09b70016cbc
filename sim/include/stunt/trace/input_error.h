#pragma once

#include <stdexcept>
#include <string>

namespace stunt::trace {

/// Bad input of a user: a file, a key, a value or a flag. what() is the one message that the user sees, and it says
/// where (file:line), what (key and value) and what is accepted. The program ends with exit code 2.
class InputError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace stunt::trace
