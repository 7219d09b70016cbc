#include <benchmark/benchmark.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <string>
#include <vector>

#include "../sim/mujoco_model.h"
#include "stunt/scenarios/devices.h"
#include "stunt/sim/body.h"
#include "stunt/sim/device.h"
#include "stunt/sim/mjcf.h"
#include "stunt/sim/site.h"

// Simulated seconds per second of this process' CPU time: a body with four devices at 1 ms, ours and MuJoCo's.
namespace stunt::sim {
namespace {

constexpr double kDt = 1e-3;
const std::array<std::string, 4> kSites = {"left_wrist", "right_wrist", "left_ear", "waist"};

double CpuSeconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

/// Counts simulated time from its construction on.
class Throughput {
 public:
  explicit Throughput(benchmark::State& state) : state_(state), start_(CpuSeconds()) {}
  ~Throughput() {
    const double simulated = static_cast<double>(state_.iterations()) * kDt;
    state_.counters["sim_s_per_cpu_s"] = simulated / (CpuSeconds() - start_);
  }

 private:
  benchmark::State& state_;
  double start_;
};

BodyReference Standing(const Skeleton& skeleton) {
  BodyReference reference;
  reference.p_WB = {0, 0, skeleton.StandingPelvisHeight() - 0.002};  // weight presses the soles in
  return reference;
}

// Standing on the floor with muscles, feed-forward and the assist: everything in a step that walking has, too, but the
// motion's references.
void BM_DynamicStandFourDevices(benchmark::State& state) {
  const Skeleton skeleton = BuildSkeleton(Subject());
  StepInput input;
  input.reference = Standing(skeleton);
  input.assist.position_share = input.assist.rotation_share = 1;
  input.feet.share = 1;
  input.feet.weight = {0.5, 0.5};
  Body body(skeleton, kDt);
  body.SetState(input.reference);
  body.AddSurface(Surface());
  std::vector<SiteProbe> probes;
  std::vector<DeviceRecorder> devices;
  for (const std::string& site : kSites) {
    probes.emplace_back(FindSite(skeleton, site), body);
    devices.emplace_back(scenarios::FindDevice("watch").spec, site, kDt, random::StreamKey{1, 2},
                         static_cast<std::uint32_t>(2 * devices.size()));
  }
  for (int k = 0; k < 1000; ++k) body.Step(input);  // settle
  const Throughput throughput(state);
  for (auto _ : state) {
    body.Step(input);
    for (std::size_t i = 0; i < probes.size(); ++i) devices[i].Push(probes[i].Sample(body, input.gravity));
  }
  if (!body.Finite()) state.SkipWithError("the body diverged");
  for (DeviceRecorder& device : devices) benchmark::DoNotOptimize(device.Take());
}
BENCHMARK(BM_DynamicStandFourDevices);

// MuJoCo stepping the body that ToMjcf exports, on its floor, with an accelerometer and a gyroscope at the same sites
// and at the same step. Joint springs keep it from folding; it stands, leans and falls as it likes, so contacts vary
// with time: the run restarts every 2 s.
void BM_MujocoHumanoid(benchmark::State& state) {
  const Skeleton skeleton = BuildSkeleton(Subject());
  MjcfOptions options;
  options.timestep = kDt;
  options.tone = 1;
  options.sites.assign(kSites.begin(), kSites.end());
  const testing::MujocoModel model = testing::LoadMjcf(ToMjcf(skeleton, options));
  const testing::MujocoData data(mj_makeData(model.get()));
  testing::SetState(*model, *data, skeleton, Standing(skeleton));
  const std::vector<mjtNum> qpos(data->qpos, data->qpos + model->nq);
  const Throughput throughput(state);
  double contacts = 0;
  for (auto _ : state) {
    mj_step(model.get(), data.get());
    contacts += data->ncon;
    if (data->time >= 2) {
      mj_resetData(model.get(), data.get());
      std::copy(qpos.begin(), qpos.end(), data->qpos);
    }
  }
  state.counters["contacts"] = contacts / static_cast<double>(state.iterations());
}
BENCHMARK(BM_MujocoHumanoid);

}  // namespace
}  // namespace stunt::sim
