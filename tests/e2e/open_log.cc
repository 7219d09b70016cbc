// Preloaded into the program by a test: appends the path of every file that it opens to the file STUNT_OPEN_LOG.

#include <dlfcn.h>
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <string>

namespace {

void Note(const char* path) {
  const char* const log = std::getenv("STUNT_OPEN_LOG");
  if (log == nullptr || path == nullptr) return;
  // By system call: open() is what this file replaces.
  const long file = ::syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (file < 0) return;
  const std::string line = std::string(path) + "\n";
  [[maybe_unused]] const auto written = ::write(static_cast<int>(file), line.data(), line.size());
  ::close(static_cast<int>(file));
}

template <typename Function>
Function* Next(const char* name) {
  return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

mode_t ModeOf(int flags, std::va_list& rest) { return (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(rest, mode_t) : 0; }

using Open = int(const char*, int, ...);
using OpenAt = int(int, const char*, int, ...);
using FOpen = FILE*(const char*, const char*);

}  // namespace

#define STUNT_REPLACE_OPEN(name)                          \
  extern "C" int name(const char* path, int flags, ...) { \
    std::va_list rest;                                    \
    va_start(rest, flags);                                \
    const mode_t mode = ModeOf(flags, rest);              \
    va_end(rest);                                         \
    Note(path);                                           \
    return Next<Open>(#name)(path, flags, mode);          \
  }
#define STUNT_REPLACE_OPENAT(name)                                    \
  extern "C" int name(int folder, const char* path, int flags, ...) { \
    std::va_list rest;                                                \
    va_start(rest, flags);                                            \
    const mode_t mode = ModeOf(flags, rest);                          \
    va_end(rest);                                                     \
    Note(path);                                                       \
    return Next<OpenAt>(#name)(folder, path, flags, mode);            \
  }
#define STUNT_REPLACE_FOPEN(name)                             \
  extern "C" FILE* name(const char* path, const char* mode) { \
    Note(path);                                               \
    return Next<FOpen>(#name)(path, mode);                    \
  }

STUNT_REPLACE_OPEN(open)
STUNT_REPLACE_OPEN(open64)
STUNT_REPLACE_OPENAT(openat)
STUNT_REPLACE_OPENAT(openat64)
STUNT_REPLACE_FOPEN(fopen)
STUNT_REPLACE_FOPEN(fopen64)
