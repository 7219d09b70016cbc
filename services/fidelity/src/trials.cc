#include "stunt/fidelity/trials.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>

#include "stunt/scenarios/simulator.h"
#include "stunt/trace/input_error.h"

namespace stunt::fidelity {
namespace {

constexpr double kTail = 6;  // s after an impact: what the comparison looks at, and a margin

/// Takes cases one by one; slot i of the result is that of case i, empty where there is none.
class Workers {
 public:
  Workers(const std::vector<scenarios::Case>& cases, const std::map<std::string, std::string>& code_of,
          const scenarios::Simulator& simulator, const SimulateSettings& settings)
      : cases_(cases), code_of_(code_of), simulator_(simulator), settings_(settings), slots_(cases.size()) {}

  [[nodiscard]] std::optional<SimulatedTrials> Run(int jobs) {
    std::vector<std::thread> threads;
    for (int i = 0; i < jobs; ++i) threads.emplace_back([this] { Work(); });
    for (std::thread& thread : threads) thread.join();
    if (failure_) std::rethrow_exception(failure_);
    if (stopped_) return {};
    for (std::optional<Trial>& slot : slots_) {
      if (slot) made_.trials.push_back(*std::move(slot));
    }
    return std::move(made_);
  }

 private:
  void Work() {
    for (std::size_t i = next_++; i < cases_.size() && !stopped_; i = next_++) {
      try {
        Perform(i);
      } catch (...) {
        const std::scoped_lock lock(mutex_);
        if (!failure_) failure_ = std::current_exception();
        stopped_ = true;
      }
      const std::scoped_lock lock(mutex_);
      if (settings_.progress) settings_.progress(++done_, cases_.size());
      if (settings_.stop && settings_.stop()) stopped_ = true;
    }
  }

  void Perform(std::size_t i) {
    try {
      const scenarios::Simulated simulated = simulator_.Run(cases_[i]);
      if (simulated.skip_reason.empty()) {
        slots_[i] = MakeTrial(simulated.recording, code_of_.at(cases_[i].scenario_id));
        return;
      }
      const std::scoped_lock lock(mutex_);
      ++made_.skipped;
    } catch (const motion_models::PerformError&) {
      const std::scoped_lock lock(mutex_);
      ++made_.errors;
    }
  }

  const std::vector<scenarios::Case>& cases_;
  const std::map<std::string, std::string>& code_of_;
  const scenarios::Simulator& simulator_;
  const SimulateSettings& settings_;
  std::vector<std::optional<Trial>> slots_;
  std::atomic<std::size_t> next_{0};
  std::atomic<bool> stopped_{false};
  std::mutex mutex_;
  SimulatedTrials made_;
  std::size_t done_ = 0;
  std::exception_ptr failure_;
};

}  // namespace

sim::DeviceSpec DeviceLike(const datasets::MappedDevice& device) {
  constexpr double kNyquistShare = 0.4;
  sim::InertialSensorSpec sensor;
  sensor.rate_hz = device.rate_hz > 0 ? device.rate_hz : 50;
  sensor.bandwidth_hz = device.bandwidth_hz > 0 ? device.bandwidth_hz : kNyquistShare * sensor.rate_hz;
  sim::DeviceSpec spec;
  spec.name = device.name;
  spec.imu = {sensor, sensor};
  spec.imu.accelerometer.range = device.accelerometer_range;
  spec.imu.accelerometer.resolution = device.accelerometer_resolution;
  spec.imu.gyroscope.range = device.gyroscope_range;
  spec.imu.gyroscope.resolution = device.gyroscope_resolution;
  spec.imu.accelerometer.noise_density = device.accelerometer_noise_density;
  spec.imu.accelerometer.bias_sd = device.accelerometer_bias_sd;
  spec.imu.gyroscope.noise_density = device.gyroscope_noise_density;
  spec.imu.gyroscope.bias_sd = device.gyroscope_bias_sd;
  if (device.site == "wrist") spec.strap = sim::StrapSpec{};
  spec.source = "the mapping of the recordings";
  return spec;
}

const datasets::Mapping& MappingOf(const datasets::RecordingSet& set, const std::filesystem::path& folder) {
  if (!set.mapping()) throw trace::InputError(fmt::format("{}: no mapping explains its files", folder.string()));
  if (set.mapping()->codes.empty()) {
    throw trace::InputError(fmt::format(
        "{}: its mapping {} has no 'codes'; accepted: the key under which scenario files give the codes of this set",
        folder.string(), set.mapping()->name));
  }
  return *set.mapping();
}

std::map<std::string, std::string> CodesOf(const scenarios::Suite& suite, const std::string& key) {
  std::map<std::string, std::string> code_of;
  for (const scenarios::SuiteEntry& entry : suite.entries) {
    const auto code = entry.scenario.codes.find(key);
    if (code != entry.scenario.codes.end() && !code->second.empty()) code_of[entry.scenario.id] = code->second;
  }
  return code_of;
}

std::vector<trace::Recording> LoadAll(const datasets::RecordingSet& set) {
  std::vector<trace::Recording> recordings;
  for (std::size_t i = 0; i < set.size(); ++i) recordings.push_back(set.Load(i));
  return recordings;
}

std::optional<SimulatedTrials> Simulate(const std::vector<scenarios::Case>& cases,
                                        const std::map<std::string, std::string>& code_of,
                                        const sim::DeviceSpec& device, const SimulateSettings& settings) {
  const scenarios::Simulator simulator({.dt = settings.dt, .tail_s = kTail, .device = device});
  const int threads =
      settings.jobs > 0 ? settings.jobs : static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
  return Workers(cases, code_of, simulator, settings).Run(threads);
}

}  // namespace stunt::fidelity
