#include "stunt/calibration/bench.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "stunt/calibration/halves.h"
#include "stunt/fidelity/compare.h"
#include "stunt/random/random.h"
#include "stunt/scenarios/cases.h"
#include "stunt/scenarios/math_variants.h"
#include "stunt/trace/input_error.h"

namespace stunt::calibration {
namespace {

bool Listed(const std::vector<std::string>& list, const std::string& name) {
  return list.empty() || std::find(list.begin(), list.end(), name) != list.end();
}

/// The one given folder whose mapping has the name.
datasets::RecordingSet Take(const std::string& recordings, const std::vector<std::filesystem::path>& folders,
                            std::vector<bool>& taken) {
  for (std::size_t i = 0; i < folders.size(); ++i) {
    datasets::RecordingSet set = datasets::RecordingSet::Open(folders[i]);
    if (fidelity::MappingOf(set, folders[i]).name != recordings) continue;
    taken[i] = true;
    return set;
  }
  throw trace::InputError(fmt::format(
      "the plan compares with recordings '{}'; accepted: --real FOLDER that a mapping of that name explains",
      recordings));
}

void RefuseUnknown(const std::vector<std::string>& wanted, const scenarios::Suite& suite) {
  for (const std::string& name : wanted) {
    const bool known = std::any_of(suite.entries.begin(), suite.entries.end(),
                                   [&](const scenarios::SuiteEntry& entry) { return entry.scenario.id == name; });
    if (!known) throw trace::InputError(fmt::format("suite {} has no scenario '{}' of the plan", suite.id, name));
  }
}

std::string DataDigest(const scenarios::DataFolders& data) {
  std::string digests;
  for (const std::filesystem::path& root : data.roots()) {
    std::set<std::filesystem::path> files;
    for (const char* part : {"motion_models/data", "scenarios/catalog", "scenarios/populations"}) {
      std::error_code error;
      for (const auto& file : std::filesystem::directory_iterator(root / part, error)) {
        if (file.path().extension() == ".yaml") files.insert(file.path());
      }
    }
    for (const std::filesystem::path& file : files) digests += scenarios::FileDigest(file);
  }
  return digests;
}

}  // namespace

Bench::Set Bench::Prepare(const PlanSet& wanted, const std::filesystem::path& suite,
                          const datasets::RecordingSet& recordings, const scenarios::DataFolders& data) {
  Set set;
  const datasets::Mapping& mapping = *recordings.mapping();
  set.version = mapping.version;
  set.device = fidelity::DeviceLike(mapping.device);
  set.variants = wanted.variants;
  set.weight = wanted.weight;
  set.suite = scenarios::LoadSuite(suite, data);
  set.suite.devices = {{mapping.device.name, mapping.device.site}};
  RefuseUnknown(wanted.scenarios, set.suite);
  set.code_of = fidelity::CodesOf(set.suite, mapping.codes);

  const std::vector<trace::Recording> people = fidelity::LoadAll(recordings);
  set.half = FittedHalf(GroupsOf(people, mapping));
  std::set<std::string> codes;
  std::vector<fidelity::Trial> seen;
  for (const trace::Recording& person : people) codes.insert(person.info.scenario_id);
  std::erase_if(set.suite.entries, [&](const scenarios::SuiteEntry& entry) {
    const auto code = set.code_of.find(entry.scenario.id);
    return code == set.code_of.end() || !codes.contains(code->second) || !Listed(wanted.scenarios, entry.scenario.id) ||
           !Listed(wanted.labels, entry.scenario.label);
  });
  if (set.suite.entries.empty()) {
    throw trace::InputError(fmt::format("suite {}: none of its scenarios that the plan wants has recordings in {}",
                                        set.suite.id, mapping.name));
  }
  codes.clear();
  for (const scenarios::SuiteEntry& entry : set.suite.entries) codes.insert(set.code_of.at(entry.scenario.id));
  for (const trace::Recording& person : people) {
    fidelity::Trial trial = fidelity::MakeTrial(person, person.info.scenario_id);
    if (set.half.contains(trial.subject_id)) seen.push_back(trial);
    if (codes.contains(trial.code)) set.recorded.push_back(std::move(trial));
  }
  set.detectors = fidelity::DetectorsThatCount(seen);
  return set;
}

Bench::Bench(const Plan& plan, const std::vector<std::filesystem::path>& folders, const scenarios::DataFolders& data,
             const Options& options)
    : plan_(plan), data_(data), options_(options), data_digest_(DataDigest(data)) {
  std::vector<bool> taken(folders.size(), false);
  std::vector<scenarios::Suite> suites;
  bool any_strap = false;
  digest_ = fmt::format("{} {} {} {}", plan.digest, options.seed, scenarios::MathTag(), data_digest_);
  for (const PlanSet& wanted : plan.sets) {
    const std::filesystem::path suite = data.Suite(wanted.suite, plan.folder);
    sets_.push_back(Prepare(wanted, suite, Take(wanted.recordings, folders, taken), data));
    const Set& set = sets_.back();
    suites.push_back(set.suite);
    any_strap = any_strap || set.device.strap.has_value();
    digest_ += scenarios::FileDigest(suite) + set.version;
    for (const fidelity::Trial& trial : set.recorded) {
      digest_ += fmt::format("{} {} {}\n", trial.code, trial.subject_id, fmt::join(trial.features, " "));
    }
  }
  digest_ = fmt::format("{:016x}", random::HashBytes(digest_));
  for (std::size_t i = 0; i < folders.size(); ++i) {
    if (!taken[i]) throw trace::InputError(fmt::format("--real {}: no set of the plan names it", folders[i].string()));
  }
  space_.emplace(plan_, data, suites, any_strap);
}

std::optional<SetFigures> Bench::Evaluate(const Set& set, const std::vector<double>& values, Draws draws,
                                          const std::function<bool()>& stop) const {
  scenarios::Suite suite = set.suite;
  space_->Apply(values, suite);
  double dt = fidelity::SimulateSettings{}.dt;
  if (draws.generation) {
    dt = plan_.dt;
    // 63 bits: what a suite's file may say.
    suite.seed = random::HashBytes(fmt::format("calibrate {} {} {}", suite.id, options_.seed, *draws.generation)) >> 1;
    for (scenarios::SuiteEntry& entry : suite.entries) {
      if (set.variants > 0) entry.variants = set.variants;
    }
  }
  sim::DeviceSpec device = set.device;
  space_->Apply(values, device);
  const std::vector<scenarios::Case> cases = scenarios::Expand(suite);
  const auto made = fidelity::Simulate(cases, set.code_of, device, {.jobs = options_.jobs, .dt = dt, .stop = stop});
  if (!made) return {};

  SetFigures result;
  result.lost = static_cast<double>(made->skipped + made->errors) / static_cast<double>(cases.size());
  std::vector<const fidelity::Trial*> simulated, people[kWhos];
  for (const fidelity::Trial& trial : made->trials) simulated.push_back(&trial);
  for (const fidelity::Trial& trial : set.recorded) {
    people[set.half.contains(trial.subject_id) ? kFitted : kHeldOut].push_back(&trial);
    people[kEveryone].push_back(&trial);
  }
  for (std::size_t who = 0; who < kWhos; ++who) {
    result.figures[who] = Judge(plan_, people[who], simulated, result.lost, set.detectors);
  }
  return result;
}

std::optional<Evaluation> Bench::Evaluate(const std::vector<double>& values, Draws draws,
                                          const std::function<bool()>& stop) const {
  // Motions are read anew for every point: an edit in between would make two points incomparable.
  if (DataDigest(data_) != data_digest_) {
    throw trace::InputError(
        "motions or scenarios have changed since the fit began; accepted: data that stay as they are");
  }
  Evaluation evaluation;
  double weights = 0;
  for (const Set& set : sets_) weights += set.weight;
  for (const Set& set : sets_) {
    const std::optional<SetFigures> figures = Evaluate(set, values, draws, stop);
    if (!figures) return {};
    for (std::size_t who = 0; who < kWhos; ++who) {
      evaluation.objective[who] += set.weight / weights * figures->figures[who].objective;
    }
    evaluation.sets.push_back(*figures);
  }
  return evaluation;
}

std::vector<Bench::People> Bench::people() const {
  std::vector<People> all;
  for (std::size_t i = 0; i < sets_.size(); ++i) {
    std::set<std::string> halves[2];
    for (const fidelity::Trial& trial : sets_[i].recorded) {
      halves[sets_[i].half.contains(trial.subject_id) ? 0 : 1].insert(trial.subject_id);
    }
    all.push_back({plan_.sets[i].recordings,
                   sets_[i].version,
                   {halves[0].begin(), halves[0].end()},
                   {halves[1].begin(), halves[1].end()}});
  }
  return all;
}

}  // namespace stunt::calibration
