#include "stunt_process.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <thread>

namespace stunt::e2e {
namespace {

namespace fs = std::filesystem;

void Redirect(const fs::path& file, int descriptor) {
  const int opened = ::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  ::dup2(opened, descriptor);
  ::close(opened);
}

}  // namespace

TemporaryFolder::TemporaryFolder() {
  std::string name = (fs::temp_directory_path() / "stunt_e2e_XXXXXX").string();
  path_ = ::mkdtemp(name.data());
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

std::set<std::string> TemporaryFolder::Names() const {
  std::set<std::string> names;
  for (const auto& entry : fs::directory_iterator(path_)) names.insert(entry.path().filename());
  return names;
}

fs::path TemporaryFolder::Put(const std::string& name, const std::string& text) const {
  fs::create_directories((path_ / name).parent_path());
  std::ofstream(path_ / name, std::ios::binary) << text;
  return path_ / name;
}

Process::Process(std::vector<std::string> command) {
  std::vector<char*> arguments;
  for (std::string& word : command) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  pid_ = ::fork();
  if (pid_ < 0) throw std::runtime_error("fork failed");
  if (pid_ == 0) {
    Redirect(folder_.path() / "out", STDOUT_FILENO);
    Redirect(folder_.path() / "err", STDERR_FILENO);
    ::execv(arguments[0], arguments.data());
    ::_exit(127);
  }
}

Process::~Process() {
  if (pid_ < 0) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

void Process::Signal(int signal) const { ::kill(pid_, signal); }

Outcome Process::Wait() {
  int status = 0;
  ::waitpid(pid_, &status, 0);
  pid_ = -1;
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, ReadFile(folder_.path() / "out"),
          ReadFile(folder_.path() / "err")};
}

std::string Process::FirstLine() const {
  for (int i = 0; i < 400; ++i) {
    const std::string text = ReadFile(folder_.path() / "out");
    if (const std::size_t end = text.find('\n'); end != std::string::npos) return text.substr(0, end);
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  throw std::runtime_error("no line within 20 s");
}

Outcome Stunt(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), STUNT_PROGRAM);
  return Process(std::move(arguments)).Wait();
}

std::string ReadFile(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::string RestingCsv(int samples) {
  std::string text = "t_ns,ax_mps2,ay_mps2,az_mps2,gx_radps,gy_radps,gz_radps\n";
  for (int i = 0; i < samples; ++i) text += std::to_string(i * 20'000'000LL) + ",0.1,0.2,9.8,0,0.01,0\n";
  return text;
}

}  // namespace stunt::e2e
