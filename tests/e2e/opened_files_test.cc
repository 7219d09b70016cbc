// Which files the real program reads: nothing that was recorded from people decides what a simulated person does.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "stunt_process.h"

namespace stunt::e2e {
namespace {

namespace fs = std::filesystem;

// Where a simulation may read: what ships, what it writes, and the system.
bool MayBeRead(const fs::path& file, const fs::path& out) {
  const std::string source = STUNT_SOURCE_DIR;
  const std::vector<std::string> roots = {source + "/scenarios/",
                                          source + "/motion_models/data/",
                                          fs::path(STUNT_PROGRAM).parent_path().string() + "/",
                                          out.string() + "/",
                                          "/usr/",
                                          "/lib",
                                          "/etc/",
                                          "/proc/",
                                          "/sys/",
                                          "/dev/"};
  return std::any_of(roots.begin(), roots.end(),
                     [&](const std::string& root) { return (file.string() + "/").starts_with(root); });
}

/// Every file that a run of `stunt` opened, in all its threads and children.
class Traced {
 public:
  explicit Traced(std::vector<std::string> arguments) {
    const fs::path log = folder_.path() / "strace.txt";
    std::vector<std::string> command = {"/usr/bin/env", "strace",     "-f",
                                        "-qq",          "-e",         "trace=open,openat,openat2,creat",
                                        "-o",           log.string(), STUNT_PROGRAM};
    command.insert(command.end(), arguments.begin(), arguments.end());
    Process process(command);
    outcome_ = process.Wait();
    std::istringstream lines(ReadFile(log));
    // A call that another thread interrupts ends on a later line: taken as opened.
    const std::regex opened("\"([^\"]+)\".*( = [0-9]+|<unfinished)");
    for (std::string line; std::getline(lines, line);) {
      std::smatch match;
      if (std::regex_search(line, match, opened)) files_.insert(fs::weakly_canonical(match[1].str()));
    }
  }

  [[nodiscard]] const Outcome& outcome() const { return outcome_; }
  [[nodiscard]] const std::set<fs::path>& files() const { return files_; }

 private:
  TemporaryFolder folder_;
  Outcome outcome_;
  std::set<fs::path> files_;
};

bool CanTrace() {
  const TemporaryFolder folder;
  Process process({"/usr/bin/env", "strace", "-qq", "-o", (folder.path() / "log").string(), "/bin/true"});
  return process.Wait().exit_code == 0;
}

void ExpectOwnFilesOnly(const Traced& traced, const fs::path& out) {
  const char* given = std::getenv("STUNT_RECORDED_DIR");
  const fs::path recorded = given != nullptr ? fs::weakly_canonical(given) : fs::path();
  for (const fs::path& file : traced.files()) {
    EXPECT_TRUE(MayBeRead(file, out)) << file;
    EXPECT_FALSE(!recorded.empty() && file.string().starts_with(recorded.string())) << file;
  }
}

TEST(OpenedFiles, SimulateAndSweepReadNoRecording) {
  if (!CanTrace()) GTEST_SKIP() << "strace cannot trace here (not installed, or ptrace is forbidden)";
  const TemporaryFolder folder;
  const fs::path out = fs::weakly_canonical(folder.path());
  const fs::path motions = fs::path(STUNT_SOURCE_DIR) / "motion_models/data";

  const Traced simulate({"simulate", "fall_fwd_walk_trip", "--seed", "7", "-o", (out / "trip.csv").string()});
  ASSERT_EQ(simulate.outcome().exit_code, 0) << simulate.outcome().err;
  EXPECT_TRUE(simulate.files().contains(motions / "fall_reaction.yaml")) << "the trace sees what is read";
  ExpectOwnFilesOnly(simulate, out);

  const Traced sweep({"sweep", "smoke", "--jobs", "2", "-o", (out / "smoke").string()});
  ASSERT_THAT(sweep.outcome().exit_code, ::testing::AnyOf(0, 1)) << sweep.outcome().err;
  EXPECT_TRUE(sweep.files().contains(motions / "fall_reaction.yaml")) << "the trace sees what is read";
  ExpectOwnFilesOnly(sweep, out);
}

}  // namespace
}  // namespace stunt::e2e
