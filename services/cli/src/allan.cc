#include "stunt/fidelity/allan.h"

#include <fmt/format.h>

#include <array>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <numbers>
#include <optional>
#include <string>

#include "commands.h"
#include "complain.h"
#include "exit_code.h"
#include "stunt/datasets/atomic_file.h"
#include "stunt/datasets/recording_set.h"
#include "stunt/scenarios/devices.h"
#include "stunt/sim/body.h"

namespace stunt::cli {
namespace {

struct AllanFlags {
  std::string device;
  std::filesystem::path recording;
  double hours = 1;
  std::uint64_t units = 8;
  std::uint64_t seed = 0;
  std::filesystem::path out;
  bool json = false;
};

constexpr std::array<const char*, 6> kAxes = {"accelerometer_x", "accelerometer_y", "accelerometer_z",
                                              "gyroscope_x",     "gyroscope_y",     "gyroscope_z"};

// What of an axis is printed, in the units of datasheets.
struct Shown {
  const char* unit;
  double noise_density;     // µg/√Hz or mdps/√Hz
  double bias_instability;  // µg or °/h
  double random_walk;       // µg/√s or mdps/√s
};

Shown InDatasheetUnits(std::size_t axis, const metrics::AllanCoefficients& fit) {
  if (axis < 3) {
    const double ug = 1e6 / sim::kStandardGravity;
    return {"ug", ug * fit.noise_density, ug * fit.bias_instability, ug * fit.random_walk};
  }
  const double degrees = 180 / std::numbers::pi;
  return {"mdps", 1e3 * degrees * fit.noise_density, 3600 * degrees * fit.bias_instability,
          1e3 * degrees * fit.random_walk};
}

void PrintTable(const fidelity::StaticCurves& curves, const char* what) {
  fmt::print("{} {}: {} samples at {:.4g} Hz\n", what, curves.name, curves.samples, curves.rate_hz);
  fmt::print("{:<18}{:>22}{:>22}{:>24}\n", "axis", "noise per rtHz", "bias instability", "random walk per rts");
  for (std::size_t a = 0; a < 6; ++a) {
    const Shown s = InDatasheetUnits(a, curves.fits[a]);
    fmt::print("{:<18}{:>17.4g} {:<4}{:>17.4g} {:<4}{:>19.3g} {:<4}\n", kAxes[a], s.noise_density, s.unit,
               s.bias_instability, a < 3 ? "ug" : "dph", s.random_walk, s.unit);
  }
}

nlohmann::ordered_json Json(const fidelity::StaticCurves& curves) {
  nlohmann::ordered_json json = {{"name", curves.name}, {"rate_hz", curves.rate_hz}, {"samples", curves.samples}};
  for (std::size_t a = 0; a < 6; ++a) {
    const metrics::AllanCoefficients& fit = curves.fits[a];
    nlohmann::ordered_json axis = {{"noise_density_si", fit.noise_density},
                                   {"bias_instability_si", fit.bias_instability},
                                   {"random_walk_si", fit.random_walk},
                                   {"curve", nlohmann::ordered_json::array()}};
    for (const metrics::AllanPoint& p : curves.curves[a]) {
      axis["curve"].push_back({{"tau_s", p.tau_s}, {"deviation", p.deviation}, {"lo", p.lo}, {"hi", p.hi}});
    }
    json[kAxes[a]] = std::move(axis);
  }
  return json;
}

scenarios::Device DeviceOf(const std::string& name) {
  return name.ends_with(".yaml") ? scenarios::LoadDevice(name) : scenarios::FindDevice(name);
}

int Allan(const AllanFlags& flags) {
  const scenarios::Device device = DeviceOf(flags.device);
  std::optional<fidelity::StaticCurves> recorded;
  fidelity::StaticSettings settings = {.seconds = 3600 * flags.hours, .units = flags.units, .seed = flags.seed};
  if (!flags.recording.empty()) {
    recorded = fidelity::CurvesOf(datasets::RecordingSet::Open(flags.recording).Load(0));
    settings.seconds = static_cast<double>(recorded->samples) / device.spec.imu.accelerometer.rate_hz;
  }
  const fidelity::StaticCurves simulated = fidelity::SimulateStatic(device.spec, settings);
  if (!flags.out.empty()) {
    const absl::Status written = datasets::WriteFileAtomically(flags.out, fidelity::AllanSvg(simulated, recorded));
    if (!written.ok()) return Complain(written);
  }
  if (flags.json) {
    nlohmann::ordered_json json = {{"simulated", Json(simulated)}};
    if (recorded) json["recorded"] = Json(*recorded);
    fmt::print("{}\n", json.dump(2));
    return kSuccess;
  }
  if (recorded) PrintTable(*recorded, "recorded");
  PrintTable(simulated, "simulated");
  return kSuccess;
}

}  // namespace

void AddAllan(CLI::App& program, Action& action) {
  CLI::App* command = program.add_subcommand("allan", "Allan deviation of a device at rest, beside a recording of one");
  auto flags = std::make_shared<AllanFlags>();
  command->add_option("device", flags->device, "name of a device, or a device file or Kalibr's imu.yaml")->required();
  command->add_option("--recording", flags->recording, "CSV of a sensor at rest; the simulation is made as long");
  command->add_option("--hours", flags->hours, "simulated time without a recording")->check(CLI::Range(0.01, 1000.0));
  command->add_option("--units", flags->units, "virtual units to average over")->check(CLI::Range(1, 1000));
  command->add_option("--seed", flags->seed, "of the units");
  command->add_option("-o,--out", flags->out, "SVG file of the curves");
  command->add_flag("--json", flags->json, "machine-readable");
  command->callback([flags, &action] { action = [flags] { return Allan(*flags); }; });
}

}  // namespace stunt::cli
