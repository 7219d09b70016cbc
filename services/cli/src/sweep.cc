#include <algorithm>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "commands.h"
#include "run_and_report.h"
#include "stunt/scenarios/cases.h"
#include "stunt/scenarios/suite.h"
#include "stunt/trace/input_error.h"
#include "stunt/trace/time.h"
#include "synthesize.h"

namespace stunt::cli {
namespace {

struct SweepFlags {
  std::string suite;
  RunFlags run;
};

metrics::ScoreConfig ScoreConfigOf(const scenarios::Suite& suite) {
  metrics::ScoreConfig config;
  for (const auto& [event_class, window] : suite.match) {
    config.match.classes[event_class] = {trace::Nanoseconds(window.pre_s), trace::Nanoseconds(window.post_s),
                                         trace::Nanoseconds(window.refractory_s)};
  }
  if (!suite.match.empty() && !suite.match.contains(config.match.event_class)) {
    config.match.event_class = suite.match.begin()->first;
  }
  config.match.threshold = suite.threshold;
  if (suite.exposure) config.exposure = {suite.exposure->id, suite.exposure->hours_per_day};
  return config;
}

metrics::Evidence ParseEvidence(const std::string& text) {
  for (const metrics::Evidence evidence :
       {metrics::Evidence::kModelled, metrics::Evidence::kDeviceReported, metrics::Evidence::kMeasured}) {
    if (text == metrics::ToString(evidence)) return evidence;
  }
  return metrics::Evidence::kModelled;
}

metrics::Gate GateOf(const scenarios::SuiteGate& words) {
  metrics::Gate gate;
  gate.metric = words.metric;
  gate.slice = words.slice;
  gate.op = metrics::ParseGateOp(words.op);
  gate.value = words.value;
  gate.confidence = words.confidence;
  if (words.side == "lower") gate.side = metrics::Side::kLower;
  if (words.side == "upper") gate.side = metrics::Side::kUpper;
  gate.ci = words.ci;
  gate.min_evidence = ParseEvidence(words.min_evidence);
  if (const auto fault = metrics::FindGateFault(gate)) throw trace::InputError(words.where + ": " + *fault);
  return gate;
}

// A case must be recorded for as long as a detector may answer.
scenarios::SimulateOptions SimulateOptionsOf(const scenarios::Suite& suite) {
  scenarios::SimulateOptions options;
  if (!suite.match.empty()) options.tail_s = 0;
  for (const auto& [event_class, window] : suite.match) options.tail_s = std::max(options.tail_s, window.post_s);
  return options;
}

sweeps::CaseSet CasesOf(const scenarios::Suite& suite) {
  auto simulator = std::make_shared<const scenarios::Simulator>(SimulateOptionsOf(suite));
  auto simulated = std::make_shared<const std::vector<scenarios::Case>>(scenarios::Expand(suite));
  sweeps::CaseSet set;
  for (const scenarios::Case& one : *simulated) set.cases.push_back(InfoOf(one));
  set.make = [simulator = std::move(simulator), simulated = std::move(simulated)](std::size_t i) {
    return Synthesize(*simulator, (*simulated)[i]);
  };
  return set;
}

int Sweep(const SweepFlags& flags) {
  const scenarios::DataFolders folders = scenarios::DataFolders::Find(flags.suite);
  const scenarios::Suite suite = scenarios::LoadSuite(folders.Suite(flags.suite), folders);
  reports::RunSetup setup;
  setup.kind = "sweep";
  setup.name = suite.id;
  setup.seed = suite.seed;
  setup.score_config = ScoreConfigOf(suite);
  sweeps::Demands demands;
  for (const scenarios::SuiteGate& gate : suite.gates) demands.gates.push_back(GateOf(gate));
  demands.max_error_fraction = suite.max_error_fraction;
  return RunAndReport(CasesOf(suite), std::move(setup), demands, flags.run);
}

}  // namespace

void AddSweep(CLI::App& program, Action& action) {
  CLI::App* command = program.add_subcommand("sweep", "Simulates a suite, runs it through a detector and judges it");
  auto flags = std::make_shared<SweepFlags>();
  command->add_option("suite", flags->suite, "a suite file, or the id of a shipped suite")->required();
  AddRunFlags(*command, flags->run);
  command->callback([flags, &action] { action = [flags] { return Sweep(*flags); }; });
}

}  // namespace stunt::cli
