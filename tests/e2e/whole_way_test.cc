// From a scenario to a score with the real program.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <thread>

#include "stunt_process.h"

namespace stunt::e2e {
namespace {

using ::testing::HasSubstr;

std::string Results(const std::filesystem::path& folder) { return ReadFile(folder / "results.json"); }

std::string Suite(const std::string& gates) {
  return "schema: stunt.suite/v1\nid: tiny\ndescription: two cases\nseed: 1\npopulation: adults\nsubjects: 2\n"
         "devices: [fitness_watch@left_wrist]\nmatch: {fall: {pre_s: 0, post_s: 30, refractory_s: 10}}\n"
         "entries: [{scenario: adl_stand_still, variants: 2}]\ngates:\n" +
         gates;
}

TEST(Sweep, ResultsAreTheSameBytesWhateverTheNumberOfWorkersAndTheWayToTheDetector) {
  const TemporaryFolder folder;
  const std::string out = folder.path().string() + "/";
  const Outcome one = Stunt({"sweep", "smoke", "--jobs", "1", "-o", out + "one"});
  ASSERT_THAT(one.exit_code, ::testing::AnyOf(0, 1)) << one.err;
  EXPECT_EQ(Stunt({"sweep", "smoke", "--jobs", "2", "-o", out + "two"}).exit_code, one.exit_code);
  Process server({STUNT_PROGRAM, "serve", "detector", "--listen", "127.0.0.1:0"});
  const std::string line = server.FirstLine();
  const std::string address = "grpc://127.0.0.1" + line.substr(line.rfind(':'));
  EXPECT_EQ(Stunt({"sweep", "smoke", "--detector", address, "-o", out + "grpc"}).exit_code, one.exit_code);

  const std::string expected = Results(out + "one");
  ASSERT_FALSE(expected.empty());
  EXPECT_EQ(Results(out + "two"), expected);
  EXPECT_EQ(Results(out + "grpc"), expected);
  EXPECT_EQ(Stunt({"score", out + "one", "-o", out + "again"}).exit_code, one.exit_code);
  EXPECT_EQ(Results(out + "again"), expected) << "scored again from the log";
  const auto results = nlohmann::json::parse(expected);
  EXPECT_GE(results["cases"].size(), 50U);
  EXPECT_THAT(ReadFile(out + "one/picture.svg"), HasSubstr("truth: impact at"));
  EXPECT_THAT(ReadFile(out + "one/junit.xml"), HasSubstr("<testcase"));
  EXPECT_THAT(ReadFile(out + "one/timing.json"), HasSubstr("\"jobs\": 1"));
  server.Signal(SIGTERM);
  EXPECT_EQ(server.Wait().exit_code, 0);
}

TEST(Simulate, GivesTheSameBytesTwice) {
  const TemporaryFolder folder;
  const auto simulate = [&](const std::string& name) {
    const std::filesystem::path file = folder.path() / name;
    const Outcome outcome =
        Stunt({"simulate", "fall_fwd_walk_trip", "--seed", "7", "--device", "fitness_watch@left_wrist", "-o", file});
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    return ReadFile(file);
  };
  const std::string first = simulate("a.csv");
  EXPECT_GT(first.size(), 10'000U);
  EXPECT_EQ(simulate("b.csv"), first);
}

// Every x86-64 gives the same bytes: with the C library's FMA and AVX2 variants masked by hand, and as it comes.
TEST(Simulate, GivesTheSameBytesWithoutTheFmaAndAvx2Variants) {
  const TemporaryFolder folder;
  const std::filesystem::path as_it_comes = folder.path() / "a.csv";
  const std::filesystem::path masked = folder.path() / "b.csv";
  ASSERT_EQ(Stunt({"simulate", "fall_fwd_walk_trip", "--seed", "7", "-o", as_it_comes}).exit_code, 0);
  Process process({"/usr/bin/env", "GLIBC_TUNABLES=glibc.cpu.hwcaps=-FMA,-FMA4,-AVX2,-AVX512F", STUNT_PROGRAM,
                   "simulate", "fall_fwd_walk_trip", "--seed", "7", "-o", masked.string()});
  ASSERT_EQ(process.Wait().exit_code, 0);
  EXPECT_GT(ReadFile(masked).size(), 10'000U);
  EXPECT_EQ(ReadFile(masked), ReadFile(as_it_comes));
}

// What the heap held before is nobody's input: glibc fills fresh memory with the byte of MALLOC_PERTURB_.
TEST(Simulate, GivesTheSameBytesWhateverTheHeapHeld) {
  const TemporaryFolder folder;
  std::string first;
  for (const std::string perturb : {"0", "85", "170"}) {
    const std::filesystem::path file = folder.path() / (perturb + ".csv");
    Process process({"/usr/bin/env", "MALLOC_PERTURB_=" + perturb, STUNT_PROGRAM, "simulate", "adl_sit_half_slow",
                     "--seed", "5", "--device", "ideal@left_wrist", "-o", file.string()});
    ASSERT_EQ(process.Wait().exit_code, 0);
    if (first.empty()) first = ReadFile(file);
    EXPECT_GT(first.size(), 10'000U);
    EXPECT_EQ(ReadFile(file), first) << perturb;
  }
}

std::vector<std::string> SimulateFour(const std::filesystem::path& out) {
  return {"simulate", "fall_fwd_walk_trip", "--seed",   "7",
          "--device", "watch@left_wrist",   "--device", "fitness_watch@right_wrist",
          "--device", "belt@waist",         "--device", "ideal@chest",
          "-o",       out.string()};
}

TEST(Hdf5, HasTheSameBytesWhateverTheHeapHeldAndTheProcessorCan) {
  const TemporaryFolder folder;
  const std::filesystem::path plain = folder.path() / "plain.h5";
  const std::filesystem::path other = folder.path() / "other.h5";
  ASSERT_EQ(Stunt(SimulateFour(plain)).exit_code, 0);
  for (const std::string& setting :
       {std::string("MALLOC_PERTURB_=85"), std::string("GLIBC_TUNABLES=glibc.cpu.hwcaps=-FMA,-FMA4,-AVX2,-AVX512F")}) {
    std::vector<std::string> command = {"/usr/bin/env", setting, STUNT_PROGRAM};
    for (const std::string& argument : SimulateFour(other)) command.push_back(argument);
    ASSERT_EQ(Process(command).Wait().exit_code, 0);
    EXPECT_GT(ReadFile(other).size(), 1'000'000U);
    EXPECT_TRUE(ReadFile(other) == ReadFile(plain)) << setting;
  }
}

TEST(Hdf5, IsExportedAsTheCsvThatTheSameCaseGives) {
  const TemporaryFolder folder;
  ASSERT_EQ(Stunt(SimulateFour(folder.path() / "four.h5")).exit_code, 0);
  ASSERT_EQ(Stunt(SimulateFour(folder.path() / "four.csv")).exit_code, 0);
  const Outcome exported = Stunt({"export", folder.path() / "four.h5", "-o", folder.path() / "csv"});
  ASSERT_EQ(exported.exit_code, 0) << exported.err;
  const auto shown = nlohmann::json::parse(Stunt({"inspect", folder.path() / "four.h5", "--json"}).out);
  const std::string case_id = shown["cases"][0]["case_id"];
  for (const char* device : {"watch_left_wrist", "fitness_watch_right_wrist", "belt_waist", "ideal_chest"}) {
    const std::string csv = ReadFile(folder.path() / "csv" / (case_id + "_" + device + ".csv"));
    EXPECT_GT(csv.size(), 10'000U);
    EXPECT_TRUE(csv == ReadFile(folder.path() / (std::string("four_") + device + ".csv"))) << device;
    EXPECT_THAT(exported.out, HasSubstr(device));
  }
  auto truth = nlohmann::json::parse(ReadFile(folder.path() / "csv" / (case_id + ".truth.json")));
  auto expected = nlohmann::json::parse(ReadFile(folder.path() / "four.truth.json"));
  truth.erase("files");
  expected.erase("files");
  EXPECT_EQ(truth, expected);
}

TEST(Hdf5, HoldsSeveralCases) {
  const TemporaryFolder folder;
  const auto simulate = [&](const std::string& out) {
    return Stunt({"simulate", "fall_lat_seated_faint", "--seed", "5", "--variants", "3", "--device",
                  "watch@left_wrist,inside_out,tightness=0.5", "-o", folder.path() / out});
  };
  ASSERT_EQ(simulate("three.h5").exit_code, 0);
  const auto shown = nlohmann::json::parse(Stunt({"inspect", folder.path() / "three.h5", "--json"}).out);
  ASSERT_EQ(shown["cases"].size(), 3U);
  std::set<std::string> subjects;
  for (const auto& c : shown["cases"]) subjects.insert(c["subject_id"].get<std::string>());
  EXPECT_EQ(subjects.size(), 3U);
  const auto replayed =
      Stunt({"replay", folder.path() / "three.h5", "--detector", "builtin:fall", "-o", folder.path() / "scored"});
  EXPECT_THAT(replayed.out, HasSubstr("3 cases"));
  const std::string one = shown["cases"][1]["case_id"];
  ASSERT_EQ(Stunt({"export", folder.path() / "three.h5", "--case", one, "-o", folder.path() / "csv"}).exit_code, 0);
  EXPECT_GT(ReadFile(folder.path() / "csv" / (one + ".csv")).size(), 10'000U);
  ASSERT_EQ(simulate("again.h5").exit_code, 0);
  EXPECT_TRUE(ReadFile(folder.path() / "three.h5") == ReadFile(folder.path() / "again.h5"));
  const auto refused = simulate("three.csv");
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_FALSE(std::filesystem::exists(folder.path() / "three.csv"));
}

TEST(Hdf5, IsShownByInspect) {
  const TemporaryFolder folder;
  ASSERT_EQ(Stunt(SimulateFour(folder.path() / "four.h5")).exit_code, 0);
  const auto shown = nlohmann::json::parse(Stunt({"inspect", folder.path() / "four.h5", "--json"}).out);
  const auto& channels = shown["cases"][0]["channels"];
  ASSERT_EQ(channels.size(), 13U) << "two of each device, and five more of the watch";
  EXPECT_EQ(channels[7]["device"], "fitness_watch@right_wrist");
  EXPECT_EQ(channels[7]["rate_hz"], 50);
  EXPECT_EQ(channels[7]["clean_samples"], channels[7]["samples"]);
  EXPECT_EQ(shown["cases"][0]["truth"]["events"][0]["class"], "fall");
  EXPECT_EQ(shown["cases"][0]["provenance"]["seed"], 7);
  const std::string text = Stunt({"inspect", folder.path() / "four.h5"}).out;
  for (const char* word : {"watch@left_wrist", "gyroscope", "rad/s", "1 events", "fall: onset"}) {
    EXPECT_THAT(text, HasSubstr(word));
  }
}

TEST(Hdf5, IsReplayedAsTheCsvIs) {
  const TemporaryFolder folder;
  for (const char* name : {"one.h5", "one.csv"}) {
    ASSERT_EQ(Stunt({"simulate", "fall_fwd_walk_trip", "--seed", "7", "-o", folder.path() / name}).exit_code, 0);
    ASSERT_EQ(Stunt({"replay", folder.path() / name, "-o", folder.path() / (std::string("r_") + name)}).exit_code, 0);
  }
  const auto of_hdf5 = nlohmann::json::parse(Results(folder.path() / "r_one.h5"));
  const auto of_csv = nlohmann::json::parse(Results(folder.path() / "r_one.csv"));
  ASSERT_EQ(of_hdf5["cases"].size(), 1U);
  EXPECT_EQ(of_hdf5["metrics"], of_csv["metrics"]);
  EXPECT_EQ(of_hdf5["cases"][0]["outcome"], of_csv["cases"][0]["outcome"]);
}

/// Peak resident memory of a run, kB; -1 if it failed.
long PeakMemory(std::vector<std::string> arguments) {
  std::vector<char*> words;
  for (std::string& argument : arguments) words.push_back(argument.data());
  words.push_back(nullptr);
  const pid_t child = ::fork();
  if (child == 0) {
    ::execv(words[0], words.data());
    ::_exit(127);
  }
  int status = 0;
  rusage usage = {};
  ::wait4(child, &status, 0, &usage);
  return status == 0 ? usage.ru_maxrss : -1;
}

TEST(Hdf5, NeedsTheSameMemoryForATenTimesLongerCase) {
  const TemporaryFolder folder;
  const auto peak = [&](const std::string& seconds) {
    return PeakMemory({STUNT_PROGRAM, "simulate", "adl_stand_still", "--set", "still_s=" + seconds, "--device",
                       "ideal@left_wrist", "-o", folder.path() / "t.h5"});
  };
  const long brief = peak("40");
  const long lengthy = peak("400");
  std::printf("peak %ld kB for 40 s, %ld kB for 400 s\n", brief, lengthy);
  ASSERT_GT(brief, 0);
  EXPECT_LT(lengthy, brief + 2048) << "of 8 MB that the samples of 400 s are";
}

TEST(Hdf5, IsNotThereAfterAnInterruption) {
  const TemporaryFolder folder;
  Process simulate(
      {STUNT_PROGRAM, "simulate", "adl_stand_still", "--set", "still_s=3000", "-o", folder.path() / "t.h5"});
  while (folder.Names().empty()) std::this_thread::sleep_for(std::chrono::milliseconds(10));
  simulate.Signal(SIGINT);
  const Outcome outcome = simulate.Wait();
  EXPECT_EQ(outcome.exit_code, 130) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("interrupted"));
  EXPECT_TRUE(folder.Names().empty());
}

TEST(Gates, DecideTheExitCode) {
  const TemporaryFolder folder;
  const auto run = [&](const std::string& gate, std::vector<std::string> more = {}) {
    std::vector<std::string> arguments = {"sweep", folder.Put("tiny.yaml", Suite("  - " + gate + "\n"))};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return Stunt(arguments).exit_code;
  };
  EXPECT_EQ(run("{metric: cases.total, op: '>=', value: 2, confidence: none}"), 0);
  EXPECT_EQ(run("{metric: cases.total, op: '>=', value: 3, confidence: none}"), 1);
  EXPECT_EQ(run("{metric: fall.no_such_metric, op: '>=', value: 3, confidence: none}"), 3);
  const std::string unsure = "{metric: fall.specificity_trials, op: '>=', value: 0.5, confidence: 0.95}";
  EXPECT_EQ(run(unsure), 4);
  EXPECT_EQ(run(unsure, {"--inconclusive", "warn"}), 0);
}

TEST(Interruption, StopsCleanlyAndWritesNothing) {
  const TemporaryFolder folder;
  Process sweep({STUNT_PROGRAM, "sweep", "falls", "--jobs", "2", "-o", folder.path() / "r"});
  std::this_thread::sleep_for(std::chrono::milliseconds(1500));
  sweep.Signal(SIGINT);
  const Outcome outcome = sweep.Wait();
  EXPECT_EQ(outcome.exit_code, 130) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("interrupted"));
  EXPECT_TRUE(folder.Names().empty());
}

TEST(Replay, OfRecordedPeopleFindsMostFallsAndRaisesFewAlarms) {
  const char* recorded = std::getenv("STUNT_RECORDED_DIR");
  const std::filesystem::path people = std::filesystem::path(recorded == nullptr ? "" : recorded) / "weda_fall";
  if (!std::filesystem::exists(people)) GTEST_SKIP() << "no recorded people at " << people;
  const TemporaryFolder folder;
  const Outcome outcome = Stunt({"replay", people, "--detector", "builtin:fall", "-o", folder.path() / "r"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const auto results = nlohmann::json::parse(Results(folder.path() / "r"));
  int found = 0;
  for (const auto& metric : results["metrics"]) {
    if (!metric["slice"].empty()) continue;
    for (const char* name : {"fall.sensitivity", "fall.precision"}) {
      if (metric["name"] != name) continue;
      ++found;
      EXPECT_GE(metric["value"], 0.85) << name;
      EXPECT_LT(metric["ci_lo"], metric["value"]);
      EXPECT_EQ(metric["scope"], "recorded_human");
    }
  }
  EXPECT_EQ(found, 2);
}

}  // namespace
}  // namespace stunt::e2e
