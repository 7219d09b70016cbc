// What is fitted to recordings is data that a person reviewed: the programs that simulate read no recording.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "stunt_process.h"

namespace stunt::e2e {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;
using Paths = std::set<std::string>;

/// Every file that `stunt` opens; fails the test unless it ends with 0.
Paths OpenedBy(std::vector<std::string> arguments) {
  const TemporaryFolder folder;
  const std::string log = folder.path() / "opened";
  std::vector<std::string> command = {"/usr/bin/env", "LD_PRELOAD=" STUNT_OPEN_LOG_LIBRARY, "STUNT_OPEN_LOG=" + log,
                                      STUNT_PROGRAM};
  command.insert(command.end(), arguments.begin(), arguments.end());
  const Outcome outcome = Process(command).Wait();
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  std::istringstream lines(ReadFile(log));
  Paths paths;
  for (std::string line; std::getline(lines, line);) paths.insert(line);
  return paths;
}

/// Nothing of the source tree but motions, scenarios, suites and populations; no samples but those that it writes.
void ExpectNoRecording(const Paths& opened, const TemporaryFolder& folder) {
  const std::filesystem::path tree = STUNT_SOURCE_DIR;
  for (const std::string& path : opened) {
    const auto in = [&](const std::filesystem::path& place) { return path.starts_with(place.string() + "/"); };
    if (in(folder.path())) continue;
    EXPECT_THAT(path, Not(HasSubstr("recorded")));
    EXPECT_THAT(path, Not(HasSubstr("calibrat")));
    const std::string ending = std::filesystem::path(path).extension();
    EXPECT_TRUE(ending != ".csv" && ending != ".h5") << path;
    if (in(tree)) {
      EXPECT_TRUE(in(tree / "motion_models/data") || in(tree / "scenarios/catalog") || in(tree / "scenarios/suites") ||
                  in(tree / "scenarios/populations"))
          << path;
    }
  }
}

class OpenedFiles : public ::testing::Test {
  void SetUp() override {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    GTEST_SKIP() << "a sanitizer wants to be loaded first";
#endif
  }
};

TEST_F(OpenedFiles, OfReplayAreTheRecordings) {
  const TemporaryFolder folder;
  const std::string csv = folder.Put("a.csv", RestingCsv(200));
  EXPECT_THAT(OpenedBy({"replay", csv}), Contains(csv));  // the log sees what there is to see
}

TEST_F(OpenedFiles, OfSimulateAreNoRecordings) {
  const TemporaryFolder folder;
  const Paths opened = OpenedBy({"simulate", "fall_fwd_walk_trip", "-o", folder.path() / "trip.csv"});
  EXPECT_THAT(opened, Contains(HasSubstr("motion_models/data/fall_reaction.yaml")));
  ExpectNoRecording(opened, folder);
}

TEST_F(OpenedFiles, OfSweepAreNoRecordings) {
  const TemporaryFolder folder;
  const std::string suite = folder.Put(
      "two.yaml",
      "schema: stunt.suite/v1\nid: two\nseed: 1\npopulation: adults\nsubjects: 1\ndevices: [fitness_watch@left_wrist]\n"
      "entries: [{scenario: fall_back_sitdown}, {scenario: adl_sit_half_fast}]\n");
  const Paths opened = OpenedBy({"sweep", suite, "-o", folder.path() / "r"});
  EXPECT_THAT(opened, Contains(HasSubstr("motion_models/data/fall_reaction.yaml")));
  ExpectNoRecording(opened, folder);
}

}  // namespace
}  // namespace stunt::e2e
