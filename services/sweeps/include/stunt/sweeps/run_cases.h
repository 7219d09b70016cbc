#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <vector>

#include "stunt/hil/run_asap.h"
#include "stunt/hil/system_under_test.h"
#include "stunt/trace/recording.h"
#include "stunt/trace/run_record.h"

namespace stunt::sweeps {

/// Cases and a way to each one's recording. Simulated cases and recorded people are run alike.
struct CaseSet {
  /// What is known of each case before its recording exists; an error is filed under it. A truth file may give its
  /// recording another case_id than the file's name, which stands here.
  std::vector<trace::CaseInfo> cases;

  /// The recording of cases[i]. Called from several threads at once; the same index gives
  /// the same recording.
  /// FAILED_PRECONDITION: the case is not what its scenario promises, and is skipped. Any other code: the case is in
  /// error. @throws trace::InputError for input that ends the whole run.
  std::function<absl::StatusOr<trace::Recording>(std::size_t)> make;
};

/// A new detector, as every worker has its own.
using DetectorFactory = std::function<absl::StatusOr<std::unique_ptr<hil::SystemUnderTest>>()>;

struct RunCasesOptions {
  int jobs = 1;  // worker threads, ≥ 1
  hil::RunOptions run;
  const std::atomic<bool>* stop = nullptr;                          // when it turns true, no further case is begun
  std::function<void(std::size_t done, std::size_t all)> progress;  // called from one thread at a time
};

struct CasesRun {
  hil::DetectorInfo detector;
  std::vector<trace::RunRecord> records;  // by case_id
  std::vector<std::size_t> origin;        // of each record: its index in the set
  bool interrupted = false;               // some cases were not run
};

/// Runs every case through a detector. The records do not depend on the number of workers (save their clock fields).
///
/// A detector that fails or dies in a case makes that case an error; the worker then asks for a new detector, and when
/// there is none, the cases it takes from then on are errors too.
///
/// @returns  the first detector's own status if it cannot be had or does not describe itself: then nothing was run.
/// @throws   trace::InputError of the first case, in the order of the set, that had one.
[[nodiscard]] absl::StatusOr<CasesRun> RunCases(const CaseSet& set, const DetectorFactory& make_detector,
                                                const RunCasesOptions& options);

}  // namespace stunt::sweeps
