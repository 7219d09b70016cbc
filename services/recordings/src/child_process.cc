#include "child_process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <exception>
#include <new>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <system_error>

#include "stunt/trace/input_error.h"

namespace stunt::recordings::internal {
namespace {

constexpr rlim_t kMostMemory = rlim_t{4} << 30U;  // bytes that a child may have
constexpr std::size_t kLargestAnswer = std::size_t{4} << 30U;

constexpr char kAnswer = 'A';
constexpr char kRefusal = 'R';

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kSanitized = true;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
constexpr bool kSanitized = true;
#else
constexpr bool kSanitized = false;
#endif
#else
constexpr bool kSanitized = false;
#endif

void Limit(__rlimit_resource resource, rlim_t most) {
  const rlimit limit = {.rlim_cur = most, .rlim_max = most};
  setrlimit(resource, &limit);  // where a lower one is set already, that one stays
}

bool WriteAll(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

[[noreturn]] void BeTheChild(int out, unsigned seconds, const std::function<std::string()>& work) {
  // A crashing allocator or sanitizer must not write beside the one message of the program.
  const int nowhere = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
  ::dup2(nowhere, STDOUT_FILENO);
  ::dup2(nowhere, STDERR_FILENO);
  Limit(RLIMIT_CORE, 0);
  const rlimit time = {.rlim_cur = seconds,
                       .rlim_max = seconds + 1};  // apart, or the signal would not say which it was
  setrlimit(RLIMIT_CPU, &time);
  if (!kSanitized) Limit(RLIMIT_DATA, kMostMemory);  // a sanitizer's shadow counts as data
  std::string answer;
  try {
    answer = kAnswer + work();
  } catch (const std::bad_alloc&) {
    answer = std::string(1, kRefusal) + "needs too much memory";
  } catch (const std::exception& error) {
    answer = kRefusal + std::string(error.what());
  }
  // No destructors and no exit handlers: those are the parent's.
  ::_exit(WriteAll(out, answer) ? 0 : 1);
}

std::string ReadAll(int descriptor) {
  std::string bytes;
  std::array<char, 1U << 16U> buffer;
  while (bytes.size() < kLargestAnswer) {
    const ssize_t count = ::read(descriptor, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return bytes;
    bytes.append(buffer.data(), static_cast<std::size_t>(count));
  }
  return {};
}

int WaitFor(pid_t child) {
  int status = 0;
  while (::waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) throw std::system_error(errno, std::generic_category(), "waitpid");
  }
  return status;
}

}  // namespace

std::string RunInChild(const std::string& name, unsigned seconds, const std::function<std::string()>& work) {
  std::array<int, 2> ends = {-1, -1};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::system_error(errno, std::generic_category(), "pipe");
  const pid_t child = ::fork();
  if (child < 0) {
    const int error = errno;
    for (const int end : ends) ::close(end);
    throw std::system_error(error, std::generic_category(), "fork");
  }
  if (child == 0) {
    ::close(ends[0]);
    BeTheChild(ends[1], seconds, work);
  }
  ::close(ends[1]);
  std::string answer = ReadAll(ends[0]);
  ::close(ends[0]);
  const int status = WaitFor(child);
  const bool is_whole = WIFEXITED(status) && WEXITSTATUS(status) == 0 && !answer.empty();
  if (is_whole && answer.front() == kAnswer) return answer.substr(1);
  if (is_whole && answer.front() == kRefusal) throw trace::InputError(fmt::format("{}: {}", name, answer.substr(1)));
  throw trace::InputError(fmt::format("{}: reading it broke the reader ({}); the file is damaged or too large", name,
                                      WIFSIGNALED(status) ? ::strsignal(WTERMSIG(status)) : "no whole answer"));
}

}  // namespace stunt::recordings::internal
