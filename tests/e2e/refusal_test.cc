// What the program does with bad input and with detectors that fail: one clear message, the right exit code, and
// nothing half-written.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "stunt_process.h"

namespace stunt::e2e {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

// Refused as bad input with one line that says where and what, and without a trace of a result.
void ExpectRefused(const std::vector<std::string>& arguments, const std::string& says, const TemporaryFolder& folder) {
  const std::set<std::string> before = folder.Names();
  const Outcome outcome = Stunt(arguments);
  EXPECT_EQ(outcome.exit_code, 2) << outcome.err;
  EXPECT_THAT(outcome.err, StartsWith("stunt: "));
  EXPECT_THAT(outcome.err, HasSubstr(says));
  EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1) << outcome.err;
  EXPECT_EQ(outcome.out, "");
  EXPECT_EQ(folder.Names(), before);
}

std::string Suite(const std::string& more) {
  return "schema: stunt.suite/v1\nid: tiny\ndescription: one case\nseed: 1\npopulation: adults\nsubjects: 1\n"
         "devices: [fitness_watch@left_wrist]\nmatch: {fall: {pre_s: 0, post_s: 30, refractory_s: 10}}\n"
         "entries: [{scenario: adl_stand_still, variants: 1}]\n" +
         more;
}

TEST(Refusal, OfAMissingFile) {
  const TemporaryFolder folder;
  const std::string out = folder.path() / "r";
  ExpectRefused({"replay", folder.path() / "absent.csv", "-o", out}, "absent.csv", folder);
  ExpectRefused({"sweep", folder.path() / "absent.yaml", "-o", out}, "absent.yaml", folder);
  ExpectRefused({"simulate", "no_such_scenario", "-o", folder.path() / "t.csv"}, "no_such_scenario", folder);
}

TEST(Refusal, OfAnUnknownKeyNamesFileLineAndKey) {
  const TemporaryFolder folder;
  const std::string suite = folder.Put("tiny.yaml", Suite("colour: red\n"));
  ExpectRefused({"sweep", suite, "-o", folder.path() / "r"}, "tiny.yaml:10", folder);
  ExpectRefused({"sweep", suite, "-o", folder.path() / "r"}, "colour", folder);
}

TEST(Refusal, OfAValueOutOfRange) {
  const TemporaryFolder folder;
  const std::string suite = folder.Put("tiny.yaml", Suite("max_error_fraction: 1.5\n"));
  ExpectRefused({"sweep", suite, "-o", folder.path() / "r"}, "tiny.yaml:10", folder);
  ExpectRefused({"sweep", suite, "-o", folder.path() / "r"}, "1.5", folder);
  ExpectRefused({"sweep", "smoke", "--jobs", "-3"}, "--jobs", folder);
  ExpectRefused({"simulate", "adl_walk_slow", "--set", "period_s=900", "-o", folder.path() / "t.csv"}, "period_s",
                folder);
}

TEST(Refusal, OfACsvThatEndsInTheMiddleOfARow) {
  const TemporaryFolder folder;
  std::string text = RestingCsv(200);
  text.resize(text.size() - 12);
  ExpectRefused({"replay", folder.Put("cut.csv", text), "-o", folder.path() / "r"}, "cut.csv:201", folder);
}

TEST(Refusal, OfACsvWithANotANumber) {
  const TemporaryFolder folder;
  const std::string csv = folder.Put("nan.csv", RestingCsv(3) + "60000000,nan,0,9.8,0,0,0\n");
  ExpectRefused({"replay", csv, "-o", folder.path() / "r"}, "nan.csv:5", folder);
}

TEST(Refusal, OfOneBadFileAmongGoodOnesWritesNothing) {
  const TemporaryFolder folder;
  folder.Put("data/mapping.yaml",
             "schema: stunt.mapping/v1\nname: mine\nsource: test\nscope: recorded_human\n"
             "files: {pattern: '(A)_(S\\d)\\.csv', code: 1, subject: 2}\n"
             "device: {name: watch, site: wrist, rate_hz: 50}\n"
             "activities: {A: {label: adl, activity: rest}}\n");
  for (const char* name : {"data/A_S1.csv", "data/A_S2.csv"}) folder.Put(name, RestingCsv(300));
  const Outcome good = Stunt({"replay", folder.path() / "data"});
  EXPECT_EQ(good.exit_code, 0) << good.err;
  folder.Put("data/A_S3.csv", RestingCsv(2) + "garbage\n");
  ExpectRefused({"replay", folder.path() / "data", "--jobs", "2", "-o", folder.path() / "r"}, "A_S3.csv:4", folder);
}

TEST(Refusal, OfALogThatIsNoLog) {
  const TemporaryFolder folder;
  ExpectRefused({"score", folder.path() / "absent"}, "run.jsonl", folder);
  folder.Put("run.jsonl", "{}\n");
  ExpectRefused({"score", folder.path()}, "run.jsonl:1", folder);
}

TEST(Refusal, OfAPlaceThatCannotBeWrittenComesBeforeTheWork) {
  const TemporaryFolder folder;
  const std::string csv = folder.Put("a.csv", RestingCsv(200));
  ExpectRefused({"replay", csv, "-o", "/proc/r"}, "-o /proc/r: cannot write in /proc", folder);
  ExpectRefused({"replay", csv, "-o", csv + "/r"}, "a.csv", folder);
  ExpectRefused({"simulate", "adl_stand_still", "-o", folder.path() / "absent/t.csv"}, "absent/t.csv", folder);
}

TEST(Refusal, OfHdf5ThatCannotBeWrittenComesBeforeTheWork) {
  const TemporaryFolder folder;
  ExpectRefused({"simulate", "adl_stand_still", "-o", folder.path() / "absent/t.h5"}, "absent/t.h5", folder);
  ExpectRefused({"simulate", "adl_stand_still", "-o", "/proc/t.h5"}, "/proc/t.h5", folder);
  ExpectRefused({"simulate", "adl_stand_still", "-o", folder.path() / "t.hdf5"}, ".h5 or .csv", folder);
  ExpectRefused({"simulate", "adl_stand_still", "--device", "sundial@left_wrist", "-o", folder.path() / "t.h5"},
                "unknown device 'sundial'", folder);
}

TEST(Refusal, OfFilesThatAreNoRecordings) {
  const TemporaryFolder folder;
  ASSERT_EQ(Stunt({"simulate", "adl_stand_still", "-o", folder.path() / "good.h5"}).exit_code, 0);
  const std::string good = ReadFile(folder.path() / "good.h5");
  const std::vector<std::pair<std::string, std::string>> files = {
      {folder.Put("csv.h5", RestingCsv(200)), "csv.h5: is no HDF5 file"},
      {folder.Put("empty.h5", ""), "empty.h5: is empty"},
      {folder.Put("cut.h5", good.substr(0, good.size() / 2)), "cut.h5: truncated or damaged"},
      {folder.Put("head.h5", good.substr(0, 8) + std::string(10'000, '\xff')), "head.h5: "},
      {folder.path() / "absent.h5", "absent.h5: cannot be opened"}};
  const std::string out = folder.path() / "out";
  for (const auto& [file, says] : files) {
    ExpectRefused({"inspect", file}, says, folder);
    ExpectRefused({"export", file, "-o", out}, says, folder);
    ExpectRefused({"replay", file, "-o", out}, says, folder);
  }
  ExpectRefused({"export", folder.path() / "good.h5", "--case", "nobody", "-o", out}, "no case nobody", folder);
  ExpectRefused({"export", folder.path() / "good.h5", "-o", folder.path()}, "not empty", folder);
}

TEST(Refusal, OfDevicesThatAreNotThere) {
  const TemporaryFolder folder;
  const auto simulate = [&](std::vector<std::string> devices) {
    std::vector<std::string> arguments = {"simulate", "adl_stand_still", "-o", folder.path() / "t.csv"};
    for (std::string& device : devices) arguments.insert(arguments.end(), {"--device", std::move(device)});
    return arguments;
  };
  ExpectRefused(simulate({"sundial@left_wrist"}), "unknown device 'sundial'", folder);
  ExpectRefused(simulate({"watch@moon"}), "unknown site 'moon'", folder);
  ExpectRefused(simulate({"watch@left_wrist", "watch@left_wrist"}), "watch@left_wrist is given twice", folder);
  ExpectRefused(simulate({"watch@left_wrist", "watch@left_wrist,tightness=0.4"}), "watch@left_wrist is given twice",
                folder);
  std::string text = Suite("");
  text.replace(text.find("left_wrist"), 10, "left_wirst");
  ExpectRefused({"sweep", folder.Put("tiny.yaml", text), "-o", folder.path() / "r"}, "tiny.yaml:7: ", folder);
}

TEST(Refusal, OfHostileYaml) {
  const TemporaryFolder folder;
  const std::string csv = folder.Put("a.csv", RestingCsv(200));
  for (const std::string& text : {std::string("a: &a [x]\nb: [*a, *a]\n"), "a: " + std::string(100, '['),
                                  "a: " + std::string(40, '[') + std::string(40, ']') + "\n"}) {
    const std::string file = folder.Put("bad.yaml", text);
    ExpectRefused({"sweep", file, "-o", folder.path() / "r"}, "bad.yaml:1: ", folder);
    ExpectRefused({"replay", csv, "--mapping", file, "-o", folder.path() / "r"}, "bad.yaml:1: ", folder);
  }
}

TEST(Refusal, OfAFolderThatIsNotEmpty) {
  const TemporaryFolder folder;
  const std::string csv = folder.Put("a.csv", RestingCsv(200));
  folder.Put("mine/thesis.tex", "years of work");
  ExpectRefused({"replay", csv, "-o", folder.path() / "mine"}, "--overwrite", folder);
  ExpectRefused({"replay", csv, "--overwrite", "-o", folder.path() / "mine"}, "results.json", folder);
  EXPECT_EQ(ReadFile(folder.path() / "mine/thesis.tex"), "years of work");
}

TEST(Refusal, OfACalibrationThatCannotBe) {
  const TemporaryFolder folder;
  const auto plan = [&](const std::string& parameter) -> std::string {
    return folder.Put("plan.yaml",
                      "schema: stunt.calibration/v1\nid: p\ndescription: p\nobjective: {distance: ks}\n"
                      "sets: [{suite: fidelity_weda, recordings: weda_fall}]\nparameters:\n  - {" +
                          parameter + ", lo: 0.01, hi: 0.5}\n");
  };
  const std::string out = folder.path() / "r", limp = "motion: fall_reaction, parameter: limp, field: p";
  folder.Put("plan.yaml", "");
  folder.Put("real/a.csv", RestingCsv(200));
  ExpectRefused({"calibrate", plan(limp + ", of: U01"), "--real", folder.path() / "real", "-o", out}, "plan.yaml:7",
                folder);
  ExpectRefused({"calibrate", plan(limp), "--real", folder.path() / "absent", "-o", out}, "absent", folder);
  ExpectRefused({"calibrate", plan(limp), "--real", folder.path() / "real", "-o", out}, "mapping", folder);
  ExpectRefused({"calibrate", plan(limp), "--real", folder.path() / "real", "--budget", "0", "-o", out}, "--budget",
                folder);
  ExpectRefused({"calibrate", plan(limp), "--real", folder.path() / "real", "-o", folder.path() / "real"}, "not empty",
                folder);
}

TEST(Refusal, OfACommandLineThatMakesNoSense) {
  const TemporaryFolder folder;
  ExpectRefused({}, "subcommand", folder);
  ExpectRefused({"swep", "smoke"}, "no command 'swep' (did you mean 'sweep'?", folder);
  ExpectRefused({"list", "stars"}, "stars", folder);
  ExpectRefused({"replay", folder.Put("a.csv", RestingCsv(9)), "--detector", "builtin:nope"}, "builtin:fall", folder);
  ExpectRefused({"replay", folder.path() / "a.csv", "--detector", "telepathy"}, "telepathy", folder);
  ExpectRefused({"serve", "detector", "--listen", "0.0.0.0:0"}, "certificate", folder);
  for (const char* seed : {"-3", "1.5", "7x", "99999999999999999999"}) {
    ExpectRefused({"simulate", "adl_walk_slow", "--seed", seed, "-o", folder.path() / "t.csv"},
                  fmt::format("'{}'; accepted: a whole number from 0", seed), folder);
  }
  ExpectRefused({"sweep", "smoke", "--inconclusive", "0"}, "{fail,warn,pass}", folder);
  ExpectRefused({"sweep", "smoke", "--detector", "grpc://198.51.100.1:1"}, "--tls-ca", folder);
  ExpectRefused({"simulate", "adl_walk_slow", "--set", "speed_mps=900", "-o", folder.path() / "a.csv"}, "speed_mps",
                folder);
}

TEST(Overwrite, ReplacesAnEarlierResult) {
  const TemporaryFolder folder;
  const std::string csv = folder.Put("a.csv", RestingCsv(200));
  const std::string out = folder.path() / "r";
  EXPECT_EQ(Stunt({"replay", csv, "-o", out}).exit_code, 0);
  const std::string first = ReadFile(folder.path() / "r/results.json");
  EXPECT_EQ(Stunt({"replay", csv, "-o", out}).exit_code, 2);
  EXPECT_EQ(Stunt({"replay", csv, "--overwrite", "-o", out}).exit_code, 0);
  EXPECT_EQ(ReadFile(folder.path() / "r/results.json"), first);
  EXPECT_EQ(folder.Names(), (std::set<std::string>{"a.csv", "r"}));
}

Outcome Shell(const std::string& script) { return Process({"/bin/sh", "-c", script}).Wait(); }

TEST(FullDisk, IsSaidAndTheEarlierResultStays) {
  const TemporaryFolder folder;
  const std::string csv = folder.Put("a.csv", RestingCsv(200));
  const std::string replay =
      fmt::format("{} replay '{}' --overwrite -o '{}/r'", STUNT_PROGRAM, csv, folder.path().string());
  ASSERT_EQ(Shell(replay).exit_code, 0);
  const std::string first = ReadFile(folder.path() / "r/results.json");
  // Files of more than 1 kB cannot be written.
  const Outcome full = Shell("trap '' XFSZ; ulimit -f 2; " + replay);
  EXPECT_EQ(full.exit_code, 3) << full.err;
  EXPECT_THAT(full.err, AllOf(StartsWith("stunt: cannot write "), HasSubstr("File too large")));
  EXPECT_EQ(ReadFile(folder.path() / "r/results.json"), first);
  EXPECT_EQ(folder.Names(), (std::set<std::string>{"a.csv", "r"}));
}

TEST(FullDisk, UnderAnHdf5FileIsSaidAndLeavesNone) {
  const TemporaryFolder folder;
  ASSERT_EQ(Stunt({"simulate", "adl_stand_still", "-o", folder.path() / "t.h5"}).exit_code, 0);
  const std::uintmax_t size = std::filesystem::file_size(folder.path() / "t.h5");
  std::filesystem::remove(folder.path() / "t.h5");
  // From full soon after the first bytes, with room for the message, to full at the last ones.
  for (const double share : {0.01, 0.1, 0.4, 0.7, 0.99}) {
    const auto blocks = static_cast<long>(share * static_cast<double>(size) / 512);
    const Outcome full = Shell(fmt::format("trap '' XFSZ; ulimit -f {}; {} simulate adl_stand_still -o '{}/t.h5'",
                                           blocks, STUNT_PROGRAM, folder.path().string()));
    EXPECT_EQ(full.exit_code, 3) << full.err;
    EXPECT_THAT(full.err, AllOf(StartsWith("stunt: "), HasSubstr("t.h5: cannot "), HasSubstr("File too large")));
    EXPECT_EQ(std::count(full.err.begin(), full.err.end(), '\n'), 1) << full.err;
    EXPECT_TRUE(folder.Names().empty()) << share;
  }
}

TEST(FullDisk, UnderTheStandardOutputIsNoSuccess) {
  const Outcome full = Shell(STUNT_PROGRAM " list falls > /dev/full");
  EXPECT_EQ(full.exit_code, 3);
  EXPECT_THAT(full.err, StartsWith("stunt: "));
}

TEST(FullDisk, UnderTheErrorOutputLeavesTheExitCode) {
  EXPECT_EQ(Shell(STUNT_PROGRAM " swep 2> /dev/full").exit_code, 2);
  EXPECT_EQ(Shell(STUNT_PROGRAM " sweep nonsense 2> /dev/full").exit_code, 2);
  EXPECT_EQ(Shell(STUNT_PROGRAM " list falls > /dev/full 2> /dev/full").exit_code, 3);
}

TEST(Gate, OnAMetricThatDoesNotExistIsAnErrorSaidAloud) {
  const TemporaryFolder folder;
  const std::string suite =
      folder.Put("tiny.yaml", Suite("gates: [{metric: fall.sensibility, op: \">=\", value: 1, confidence: none}]\n"));
  const Outcome outcome = Stunt({"sweep", suite});
  EXPECT_EQ(outcome.exit_code, 3);
  EXPECT_THAT(outcome.err, HasSubstr("fall.sensibility"));
}

TEST(UnreachableDetector, EndsTheRunWithCodeThreeBeforeAnythingIsWritten) {
  const TemporaryFolder folder;
  const std::string csv = folder.Put("a.csv", RestingCsv(200));
  const Outcome outcome = Stunt({"replay", csv, "--detector", "grpc://127.0.0.1:1", "-o", folder.path() / "r"});
  EXPECT_EQ(outcome.exit_code, 3);
  EXPECT_THAT(outcome.err, HasSubstr("127.0.0.1:1"));
  EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1) << outcome.err;
  EXPECT_EQ(folder.Names(), std::set<std::string>{"a.csv"});
}

TEST(DyingDetector, MakesItsCaseAndTheFollowingOnesErrorsAndNeverMisses) {
  const TemporaryFolder folder;
  std::vector<std::string> arguments = {"replay"};
  for (const char* name : {"a.csv", "b.csv", "c.csv", "d.csv"}) arguments.push_back(folder.Put(name, RestingCsv(200)));
  Process server({STUNT_DYING_DETECTOR});
  const std::string address = "grpc://127.0.0.1:" + server.FirstLine();
  arguments.insert(arguments.end(), {"--jobs", "1", "--detector", address, "-o", folder.path() / "r"});
  const Outcome outcome = Stunt(arguments);
  EXPECT_EQ(outcome.exit_code, 3);
  EXPECT_THAT(outcome.err, HasSubstr("2 of 4 cases ended in an error"));
  EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1) << outcome.err;
  const auto results = nlohmann::json::parse(ReadFile(folder.path() / "r/results.json"));
  EXPECT_EQ(results["verdict"], "ERROR");
  std::vector<std::string> outcomes;
  for (const auto& one : results["cases"]) outcomes.push_back(one["outcome"]);
  EXPECT_EQ(outcomes, (std::vector<std::string>{"correct", "correct", "error", "error"}));
}

}  // namespace
}  // namespace stunt::e2e
