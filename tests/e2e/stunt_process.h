#pragma once

#include <filesystem>
#include <set>
#include <string>
#include <vector>

namespace stunt::e2e {

/// How a run of the real program ended.
struct Outcome {
  int exit_code = -1;  // -1: ended by a signal
  std::string out;
  std::string err;
};

/// A folder for one test, removed with the object.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  /// Names in the folder, so that a test sees what was left behind.
  [[nodiscard]] std::set<std::string> Names() const;
  /// Writes a file and returns its path.
  std::filesystem::path Put(const std::string& name, const std::string& text) const;

 private:
  std::filesystem::path path_;
};

/// A program that runs beside the test: started on construction, its output collected in files.
class Process {
 public:
  explicit Process(std::vector<std::string> command);
  ~Process();  // kills it if it still runs
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  void Signal(int signal) const;
  [[nodiscard]] Outcome Wait();
  /// The first line on the standard output; waits for it for up to 20 s.
  [[nodiscard]] std::string FirstLine() const;

 private:
  TemporaryFolder folder_;
  int pid_ = -1;
};

/// Runs `stunt` to its end.
[[nodiscard]] Outcome Stunt(std::vector<std::string> arguments);

[[nodiscard]] std::string ReadFile(const std::filesystem::path& path);

/// A trace of ours at rest: header t_ns,…, `samples` rows at 50 Hz.
[[nodiscard]] std::string RestingCsv(int samples);

}  // namespace stunt::e2e
