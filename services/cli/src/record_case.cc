#include "record_case.h"

#include <fmt/format.h>

#include <Eigen/Geometry>
#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "interruption.h"
#include "stunt/recordings/recording_writer.h"
#include "stunt/scenarios/math_variants.h"
#include "stunt/sim/device.h"
#include "stunt/sim/site.h"
#include "stunt/sim/skeleton.h"

namespace stunt::cli {
namespace {

using nlohmann::ordered_json;

/// Ends a simulation from within.
struct Stopped {
  absl::Status status;
};

void OrStop(absl::Status status) {
  if (!status.ok()) throw Stopped{std::move(status)};
}

ordered_json Json(const sim::PerAxis& value) { return {value.x, value.y, value.z}; }

// Every number of the sensor; those of one axis each as a list of three.
std::string Datasheet(const sim::InertialSensorSpec& sensor) {
  ordered_json j = {{"rate_hz", sensor.rate_hz},
                    {"bandwidth_hz", sensor.bandwidth_hz},
                    {"filter_order", sensor.filter_order},
                    {"range", sensor.range},
                    {"resolution", sensor.resolution},
                    {"clip_recovery_s", sensor.clip_recovery_s},
                    {"pipeline_delay_s", sensor.pipeline_delay_s}};
  const std::pair<const char*, const sim::PerAxis&> by_axis[] = {{"noise_density", sensor.noise_density},
                                                                 {"bias_instability", sensor.bias_instability},
                                                                 {"random_walk", sensor.random_walk},
                                                                 {"bias", sensor.bias},
                                                                 {"bias_sd", sensor.bias_sd},
                                                                 {"turn_on_bias_sd", sensor.turn_on_bias_sd},
                                                                 {"scale_sd", sensor.scale_sd},
                                                                 {"scale_asymmetry_sd", sensor.scale_asymmetry_sd},
                                                                 {"nonlinearity_sd", sensor.nonlinearity_sd},
                                                                 {"misalignment_sd", sensor.misalignment_sd},
                                                                 {"bias_per_k_sd", sensor.bias_per_k_sd},
                                                                 {"scale_per_k_sd", sensor.scale_per_k_sd},
                                                                 {"rectification_sd", sensor.rectification_sd},
                                                                 {"g_sensitivity_sd", sensor.g_sensitivity_sd},
                                                                 {"g2_sensitivity_sd", sensor.g2_sensitivity_sd}};
  for (const auto& [name, value] : by_axis) j[name] = Json(value);
  return j.dump();
}

// Datasheets of the sensors that are read now and then, by the name of their channel.
std::map<std::string, std::string> Datasheets(const sim::SlowSensorSpecs& slow) {
  std::map<std::string, ordered_json> sheets;
  if (const auto& s = slow.barometer) {
    sheets["barometer"] = {{"rate_hz", s->rate_hz},
                           {"bandwidth_hz", s->bandwidth_hz},
                           {"noise_rms", s->noise_rms},
                           {"bias_sd", s->bias_sd},
                           {"bias_per_k_sd", s->bias_per_k_sd},
                           {"resolution", s->resolution},
                           {"range_lo", s->range_lo},
                           {"range_hi", s->range_hi}};
  }
  if (const auto& s = slow.magnetometer) {
    sheets["magnetometer"] = {{"rate_hz", s->rate_hz},
                              {"noise_rms", s->noise_rms},
                              {"hard_iron_sd", s->hard_iron_sd},
                              {"soft_iron_sd", s->soft_iron_sd},
                              {"disturbance_sd", s->disturbance_sd},
                              {"resolution", s->resolution},
                              {"range", s->range}};
  }
  if (const auto& s = slow.gnss) {
    sheets["gnss"] = {{"rate_hz", s->rate_hz},
                      {"position_sd_open", s->position_sd_open},
                      {"position_sd_urban", s->position_sd_urban},
                      {"correlation_s", s->correlation_s},
                      {"speed_sd_open", s->speed_sd_open},
                      {"speed_sd_urban", s->speed_sd_urban},
                      {"outages_per_min_urban", s->outages_per_min_urban},
                      {"outage_s", s->outage_s}};
  }
  if (const auto& s = slow.heart_rate) {
    sheets["heart_rate"] = {{"rate_hz", s->rate_hz},
                            {"optical", s->optical},
                            {"window_s", s->window_s},
                            {"noise_rest_bpm", s->noise_rest_bpm},
                            {"noise_motion_bpm", s->noise_motion_bpm},
                            {"lock_per_min", s->lock_per_min},
                            {"lock_s", s->lock_s},
                            {"dropout_per_min", s->dropout_per_min},
                            {"dropout_s", s->dropout_s}};
  }
  if (const auto& s = slow.microphone) {
    sheets["sound_level"] = {{"rate_hz", s->rate_hz},
                             {"floor_db", s->floor_db},
                             {"overload_db", s->overload_db},
                             {"error_sd_db", s->error_sd_db},
                             {"resolution_db", s->resolution_db}};
  }
  std::map<std::string, std::string> texts;
  for (const auto& [channel, sheet] : sheets) texts[channel] = sheet.dump();
  return texts;
}

recordings::DeviceDescription Describe(const scenarios::DeviceAt& at, const sim::Skeleton& skeleton) {
  const sim::DeviceSpec& spec = SpecOf(at);
  const sim::Site site = sim::Wear(sim::FindSite(skeleton, at.site), at.wearing);
  const Eigen::Vector3d p = site.X_BS.translation();
  const Eigen::Quaterniond q(site.X_BS.linear());
  ordered_json whole = {{"name", spec.name}, {"source", spec.source}, {"worn", ToString(at)}};
  if (spec.strap) {
    const sim::StrapSpec& strap = *spec.strap;
    whole["strap"] = {{"frequency_hz", strap.frequency_hz}, {"damping_ratio", strap.damping_ratio}};
    if (strap.Loose()) {
      whole["strap"].update({{"play", Json(strap.play)},
                             {"tilt_frequency_hz", strap.tilt_frequency_hz},
                             {"tilt_damping_ratio", strap.tilt_damping_ratio},
                             {"tilt_play", Json(strap.tilt_play)},
                             {"lever_m", strap.lever_m},
                             {"gyration_m", strap.gyration_m}});
    }
  }
  const sim::ClockSpec& clock = spec.clock;
  whole["clock"] = {{"period_error_sd", clock.period_error_sd}, {"period_drift_sd", clock.period_drift_sd},
                    {"sample_jitter_s", clock.sample_jitter_s}, {"stamp_error_sd", clock.stamp_error_sd},
                    {"stamp_jitter_s", clock.stamp_jitter_s},   {"data_ready_delay_s", clock.data_ready_delay_s}};
  const sim::TemperatureProfile& temperature = spec.temperature;
  whole["temperature"] = {{"start_c", temperature.start_c},
                          {"end_c", temperature.end_c},
                          {"time_constant_s", temperature.time_constant_s},
                          {"points", temperature.points}};
  std::map<std::string, std::string> channels = Datasheets(spec.slow);
  channels["accelerometer"] = Datasheet(spec.imu.accelerometer);
  channels["gyroscope"] = Datasheet(spec.imu.gyroscope);
  if (spec.high_g) channels["high_g_accelerometer"] = Datasheet(*spec.high_g);
  return {.device = fmt::format("{}@{}", spec.name, at.site),
          .site = at.site,
          .segment = std::string(sim::Name(site.segment)),
          .p_BS_m = {p.x(), p.y(), p.z()},
          .q_BS = {q.w(), q.x(), q.y(), q.z()},
          .spec = whole.dump(),
          .channels = std::move(channels)};
}

std::vector<recordings::DeviceDescription> DevicesOf(const scenarios::Case& c) {
  const sim::Skeleton skeleton = sim::BuildSkeleton(c.subject);
  std::vector<recordings::DeviceDescription> devices;
  for (const scenarios::DeviceAt& at : c.devices) devices.push_back(Describe(at, skeleton));
  return devices;
}

recordings::Provenance ProvenanceOf(const scenarios::Case& c,
                                    const std::map<std::string, std::filesystem::path>& inputs) {
  recordings::Provenance provenance;
  provenance.program = "stunt " STUNT_VERSION;
  provenance.seed = c.suite_seed;
  provenance.variant = c.variant;
  for (const auto& [what, file] : inputs) provenance.inputs[what] = "fnv1a64:" + scenarios::FileDigest(file);
  provenance.inputs["motion"] = "fnv1a64:" + scenarios::FileDigest(c.motion_file);
  provenance.inputs["math"] = scenarios::MathTag();
  for (const motion_models::ResolvedParameter& parameter : c.parameters.values) {
    provenance.parameters[parameter.name] =
        parameter.label.empty() ? fmt::format("{}", parameter.value) : parameter.label;
  }
  const sim::Subject& subject = c.subject;
  const auto side = [](sim::Side value) { return value == sim::Side::kLeft ? "left" : "right"; };
  provenance.subject = {{"id", subject.id},
                        {"sex", subject.sex == sim::Sex::kFemale ? "female" : "male"},
                        {"age_years", fmt::format("{}", subject.age_years)},
                        {"stature_m", fmt::format("{}", subject.stature_m)},
                        {"mass_kg", fmt::format("{}", subject.mass_kg)},
                        {"handed", side(subject.handed)},
                        {"watch_side", side(subject.watch_side)}};
  return provenance;
}

std::vector<std::string> SegmentNames() {
  std::vector<std::string> names;
  for (int k = 0; k < sim::kSegments; ++k) names.emplace_back(sim::Name(static_cast<sim::Segment>(k)));
  return names;
}

/// Writes one case while it runs.
scenarios::Simulated Record(const scenarios::Simulator& simulator, const scenarios::Case& c,
                            const std::map<std::string, std::filesystem::path>& inputs,
                            recordings::RecordingWriter& writer) {
  const std::vector<std::string> segments = SegmentNames();
  bool begun = false;
  const auto write = [&](const scenarios::Piece& piece) {
    if (StopRequested().load()) throw Stopped{absl::CancelledError("interrupted; nothing was written")};
    // Not before the simulator has refused devices and sites that are not there.
    if (!begun) OrStop(writer.BeginCase(c.case_id, ProvenanceOf(c, inputs), DevicesOf(c)));
    begun = true;
    OrStop(writer.AppendSamples(recordings::Signal::kDegraded, piece.degraded));
    OrStop(writer.AppendSamples(recordings::Signal::kClean, piece.clean));
    OrStop(writer.AppendContacts(piece.contacts));
    OrStop(writer.AppendPose(piece.pose, segments));
  };
  scenarios::Simulated simulated = simulator.Stream(c, write);
  OrStop(writer.EndCase(simulated.recording.info, simulated.skip_reason));
  return simulated;
}

}  // namespace

absl::StatusOr<std::vector<scenarios::Simulated>> RecordCases(
    const scenarios::Simulator& simulator, std::span<const scenarios::Case> cases,
    const std::map<std::string, std::filesystem::path>& inputs, const std::filesystem::path& out) {
  static_cast<void>(StopRequested());  // from here on a signal ends the work in order
  absl::StatusOr<recordings::RecordingWriter> writer = recordings::RecordingWriter::Create(out, "stunt " STUNT_VERSION);
  if (!writer.ok()) return writer.status();
  try {
    std::vector<scenarios::Simulated> simulated;
    for (const scenarios::Case& c : cases) simulated.push_back(Record(simulator, c, inputs, *writer));
    OrStop(writer->Commit());
    return simulated;
  } catch (const Stopped& stopped) {
    return stopped.status;
  }
}

}  // namespace stunt::cli
