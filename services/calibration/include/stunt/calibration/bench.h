#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "stunt/calibration/fit_space.h"
#include "stunt/calibration/objective.h"
#include "stunt/calibration/plan.h"
#include "stunt/fidelity/trials.h"

namespace stunt::calibration {

enum Who : std::size_t { kFitted, kHeldOut, kEveryone, kWhos };

/// What simulated people of one set of a plan are worth.
struct SetFigures {
  std::array<Figures, kWhos> figures;  // against which recorded people
  double lost = 0;                     // share of cases that did not do what their scenario promises
};

struct Evaluation {
  std::vector<SetFigures> sets;           // in the order of the plan
  std::array<double, kWhos> objective{};  // mean over the sets by their weights
};

/// Which virtual people an evaluation draws.
struct Draws {
  /// Few, the same for all points of a generation, so that these are compared by their parameters alone; others in the
  /// next one, so that the search does not fit the few.
  static Draws Search(std::size_t generation) { return {generation}; }
  /// Those of the suite itself, none of whom the search has seen.
  static Draws Report() { return {}; }

  std::optional<std::size_t> generation;
};

/// The recordings and the suites of a plan, ready to be compared for any values of the fitted parameters.
class Bench {
 public:
  struct Options {
    std::uint64_t seed = 1;
    int jobs = 0;  // 0: one a core
  };

  /// @param folders  of recordings; each belongs to the set of the plan that has its mapping's name
  /// @throws trace::InputError
  Bench(const Plan& plan, const std::vector<std::filesystem::path>& folders, const scenarios::DataFolders& data,
        const Options& options);

  [[nodiscard]] const FitSpace& space() const { return *space_; }

  /// Simulates every case of the plan. Same values, same bits, whatever the number of threads.
  /// @returns nothing when `stop` ended it early
  /// @throws trace::InputError if files of motions or scenarios have changed meanwhile
  [[nodiscard]] std::optional<Evaluation> Evaluate(const std::vector<double>& values, Draws draws,
                                                   const std::function<bool()>& stop) const;

  struct People {
    std::string recordings, version;
    std::vector<std::string> fitted, held_out;  // who has trials that are compared
  };
  [[nodiscard]] std::vector<People> people() const;

  /// Changes with whatever an evaluation depends on: plan, seed, recordings, scenarios, motions.
  [[nodiscard]] std::string digest() const { return digest_; }

 private:
  struct Set {
    std::string version;  // of the mapping
    sim::DeviceSpec device;
    scenarios::Suite suite;  // entries that are compared, as the suite has them
    std::uint64_t variants = 0;
    double weight = 1;
    std::map<std::string, std::string> code_of;
    std::vector<fidelity::Trial> recorded;
    std::set<std::string> half;
    std::vector<std::size_t> detectors;
  };
  [[nodiscard]] static Set Prepare(const PlanSet& wanted, const std::filesystem::path& suite,
                                   const datasets::RecordingSet& recordings, const scenarios::DataFolders& data);
  [[nodiscard]] std::optional<SetFigures> Evaluate(const Set& set, const std::vector<double>& values, Draws draws,
                                                   const std::function<bool()>& stop) const;

  Plan plan_;
  scenarios::DataFolders data_;
  Options options_;
  std::string data_digest_;
  std::vector<Set> sets_;
  std::optional<FitSpace> space_;
  std::string digest_;
};

}  // namespace stunt::calibration
