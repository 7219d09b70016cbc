#pragma once

#include <functional>
#include <string>

namespace stunt::recordings::internal {

/// Runs `work` in a child process with limited memory and time, and gives the bytes that it returned.
///
/// The child is a fork: `work` may read files and allocate, but must not wait for another thread of this process. What
/// it prints is thrown away.
///
/// @param name     of the file that is read, for messages.
/// @param seconds  of CPU that it may take.
/// @throws trace::InputError with the message of the exception that `work` threw; or that says that the child died or
///         ran into its limits.
/// @throws std::runtime_error if no child can be made.
[[nodiscard]] std::string RunInChild(const std::string& name, unsigned seconds,
                                     const std::function<std::string()>& work);

}  // namespace stunt::recordings::internal
