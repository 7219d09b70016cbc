#include <benchmark/benchmark.h>

#include <array>
#include <ctime>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "stunt/motion_models/performer.h"
#include "stunt/scenarios/data_folders.h"
#include "stunt/scenarios/devices.h"
#include "stunt/scenarios/simulator.h"
#include "stunt/sim/device.h"
#include "stunt/sim/site.h"

// Simulated seconds per second of this process' CPU time: a walker with four devices, and a whole case of a fall.
namespace stunt {
namespace {

constexpr double kDt = 1e-3;

double CpuSeconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

std::filesystem::path SourceRoot() { return STUNT_SOURCE_DIR; }

struct Worn {
  sim::SiteProbe probe;
  sim::DeviceRecorder recorder;
};

// One step with references, feet, muscles, contacts, four probes and their filters, as `stunt simulate` runs it.
void BM_DynamicWalkFourDevices(benchmark::State& state) {
  const std::array<std::pair<const char*, const char*>, 4> devices = {
      {{"watch", "left_wrist"}, {"watch", "right_wrist"}, {"ideal", "left_ear"}, {"ideal", "left_pocket"}}};
  const motion_models::Motion motion = motion_models::LoadMotion(SourceRoot() / "motion_models/data/walk.yaml");
  const sim::Subject subject;
  const random::StreamKey key{1, 2};
  const auto parameters =
      motion_models::Resolve(motion.parameters, {motion_models::ParseOverride("speed_mps=1.2")}, subject, key);
  motion_models::Performer performer(motion, parameters, subject, key, {.dt = kDt, .tail_s = 0});
  std::vector<Worn> worn;
  for (const auto& [name, site] : devices) {
    const auto channel = static_cast<std::uint32_t>(2 * worn.size());
    worn.push_back({sim::SiteProbe(sim::FindSite(performer.body().skeleton(), site), performer.body()),
                    sim::DeviceRecorder(scenarios::FindDevice(name).spec, site, kDt, key, channel)});
  }
  while (performer.time() < 2) performer.Step();  // at full cadence
  const double start = CpuSeconds();
  for (auto _ : state) {
    performer.Step();
    for (Worn& w : worn) w.recorder.Push(w.probe.Sample(performer.body(), performer.input().gravity));
  }
  const double simulated = static_cast<double>(state.iterations()) * kDt;
  state.counters["sim_s_per_cpu_s"] = simulated / (CpuSeconds() - start);
  for (Worn& w : worn) benchmark::DoNotOptimize(w.recorder.Take());
}
// 60 simulated seconds: a walker that walks for hours leaves the kilometre that Body::Finite allows.
BENCHMARK(BM_DynamicWalkFourDevices)->Iterations(60000);

// A trip with its 30 s tail on one fitness watch: what a sweep pays for one fall.
void BM_FallCase(benchmark::State& state) {
  const scenarios::DataFolders folders({SourceRoot()});
  const scenarios::Scenario scenario = scenarios::LoadScenario(folders.Scenario("fall_fwd_walk_trip"), folders);
  scenarios::CaseRequest request;
  request.scenario = &scenario;
  request.suite_seed = 1;
  const scenarios::Case fall = scenarios::MakeCase(request);
  const scenarios::Simulator simulator({.dt = kDt, .tail_s = 30});
  double simulated = 0;
  const double start = CpuSeconds();
  for (auto _ : state) {
    const scenarios::Simulated result = simulator.Run(fall);
    if (!result.skip_reason.empty()) state.SkipWithError(result.skip_reason.c_str());
    simulated += static_cast<double>(result.recording.info.end_ns) * 1e-9;
  }
  const double cpu = CpuSeconds() - start;
  state.counters["sim_s_per_cpu_s"] = simulated / cpu;
  state.counters["cpu_s_per_case"] = cpu / static_cast<double>(state.iterations());
}
BENCHMARK(BM_FallCase)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace stunt
