#include <benchmark/benchmark.h>

#include <ctime>
#include <filesystem>
#include <vector>

#include "stunt/detectors/detectors.h"
#include "stunt/hil/run_asap.h"
#include "stunt/metrics/score.h"
#include "stunt/scenarios/cases.h"
#include "stunt/scenarios/data_folders.h"
#include "stunt/scenarios/simulator.h"
#include "stunt/scenarios/suite.h"

// What a sweep pays for a case: simulate, detect and score. The cases of the smoke suite take turns.
namespace stunt {
namespace {

void BM_SmokeSweepCase(benchmark::State& state) {
  const scenarios::DataFolders folders({std::filesystem::path(STUNT_SOURCE_DIR)});
  const scenarios::Suite suite = scenarios::LoadSuite(folders.Suite("smoke"), folders);
  const std::vector<scenarios::Case> cases = scenarios::Expand(suite);
  const scenarios::Simulator simulator({});
  const auto detector = detectors::MakeDetector("builtin:fall");
  if (!detector.ok()) return state.SkipWithError("no builtin:fall");
  double simulated = 0;
  std::size_t next = 0;
  const std::clock_t start = std::clock();
  for (auto _ : state) {
    const scenarios::Simulated result = simulator.Run(cases[next++ % cases.size()]);
    const auto record = hil::RunAsap(result.recording, **detector);
    if (!record.ok()) return state.SkipWithError(record.status().ToString().c_str());
    benchmark::DoNotOptimize(metrics::ScoreRuns({*record}, {}));
    simulated += static_cast<double>(result.recording.info.end_ns) * 1e-9;
  }
  const double cpu = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
  state.counters["sim_s_per_cpu_s"] = simulated / cpu;
  state.counters["cpu_s_per_case"] = cpu / static_cast<double>(state.iterations());
}
BENCHMARK(BM_SmokeSweepCase)->Iterations(60)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace stunt
