#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "stunt/metrics/waveform.h"

namespace stunt::calibration {

/// How far two samples of a feature are apart. All are 0 for equal samples.
enum class Distance {
  kKs,           // the largest difference of their distribution functions, 0 … 1
  kCramer,       // the root mean square of that difference over both samples: less jumpy
  kWasserstein,  // the area A between them and the recorded spread S (10th to 90th percentile): A/(A + S), sees how far
};

/// One suite, compared with one set of recordings.
struct PlanSet {
  std::string suite;       // id, or a path that ends in .yaml and starts from the plan's folder
  std::string recordings;  // name of their mapping
  double weight = 1;
  std::uint64_t variants = 0;          // of each entry; 0: as the suite has
  std::vector<std::string> scenarios;  // ids; empty: all
  std::vector<std::string> labels;     // of scenarios; empty: all
};

/// One number of one distribution that is fitted: a field of a parameter that a motion file declares, or of the strap
/// that holds a device.
struct FitParameter {
  std::string motion;     // id; empty: the strap
  std::string parameter;  // name in the motion's own block; empty: the strap
  std::string field;      // see FieldsOf; of the strap: frequency_hz, damping_ratio
  double lo = 0, hi = 0;
  bool logarithmic = false;
  std::string where;  // "file:line"

  [[nodiscard]] std::string Name() const;  // "fall_reaction.mat_foundation.median"
};

/// What is fitted to what. File schema stunt.calibration/v1; docs/calibration.md describes it.
struct Plan {
  std::string id;
  Distance distance = Distance::kCramer;
  std::array<double, metrics::kFeatures> weights{};  // of features; 0: not looked at
  double alarms = 0;                                 // weight of the mean absolute difference of alarm rates
  double dt = 1e-3;                                  // s: physics step of the search; the report's is 1 ms
  std::vector<PlanSet> sets;
  std::vector<FitParameter> parameters;
  std::filesystem::path folder;  // in which the plan lies
  std::string digest;            // of the text
};

/// @throws trace::InputError with file:line, key, value and what is accepted.
[[nodiscard]] Plan LoadPlan(const std::filesystem::path& file);

}  // namespace stunt::calibration
