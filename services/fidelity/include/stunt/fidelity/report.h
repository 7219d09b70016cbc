#pragma once

#include <string>
#include <vector>

#include "stunt/fidelity/compare.h"

namespace stunt::fidelity {

/// What was compared, for the record.
struct Setup {
  std::string recorded;          // name of the mapping
  std::string recorded_version;  // its digest
  std::string suite;
  std::string site;
  std::string engine_version;
  std::vector<std::string> not_compared;  // codes without scenario and scenarios without recordings
  std::size_t skipped = 0;                // simulated cases that did not do what their scenario promises
  std::size_t errors = 0;                 // simulated cases that went wrong
};

/// fidelity.json: the same bytes for the same trials.
[[nodiscard]] std::string FidelityJson(const Fidelity& fidelity, const Setup& setup);

/// The headline figures as a table for a terminal, with what is aimed at.
[[nodiscard]] std::string FidelityTable(const Fidelity& fidelity, const Setup& setup);

/// trials.csv: a line a trial with its side (recorded, simulated), code, subject, label and features.
[[nodiscard]] std::string TrialsCsv(const std::vector<Trial>& recorded, const std::vector<Trial>& simulated);

enum class Signal { kSpecificForce, kAngularRate };

/// Magnitude of a signal around the peak of |a| of every activity: medians and the 10th to 90th percentile of recorded
/// and simulated trials.
[[nodiscard]] std::string WaveformsSvg(const std::vector<Trial>& recorded, const std::vector<Trial>& simulated,
                                       Signal which);

/// Empirical distribution functions of six features of every activity, recorded and simulated.
[[nodiscard]] std::string DistributionsSvg(const std::vector<Trial>& recorded, const std::vector<Trial>& simulated);

}  // namespace stunt::fidelity
