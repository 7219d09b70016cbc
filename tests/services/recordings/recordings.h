#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "stunt/random/random.h"
#include "stunt/recordings/recording_writer.h"
#include "stunt/trace/recording.h"

// A recording with something of everything, in general values.
namespace stunt::recordings::test {

inline const std::vector<std::string>& Segments() {
  static const std::vector<std::string> kSegments = {"pelvis", "head", "left_foot"};
  return kSegments;
}

inline trace::ChannelTrace Channel(std::uint32_t id, trace::SensorKind kind, const std::string& device,
                                   std::size_t samples, random::Stream& stream) {
  trace::ChannelTrace channel;
  channel.spec = {.channel_id = id,
                  .kind = kind,
                  .device = device,
                  .clock = device,
                  .site = device.substr(device.find('@') + 1),
                  .unit = kind == trace::SensorKind::kGyroscope   ? "rad/s"
                          : kind == trace::SensorKind::kBarometer ? "Pa"
                                                                  : "m/s²",
                  .axes = kind == trace::SensorKind::kBarometer ? 1 : 3,
                  .rate_hz = 49.7,
                  .range = 39.24,
                  .resolution = 0.1,
                  .fifo_watermark = 4};
  channel.samples.channel_id = id;
  channel.samples.axes = channel.spec.axes;
  channel.samples.first_sequence = 5;
  channel.samples.first_time_ns = -30'000'001;
  channel.samples.period_ns = 20'120'724;
  for (std::size_t i = 0; i < samples * static_cast<std::size_t>(channel.spec.axes); ++i) {
    channel.samples.values.push_back(static_cast<float>(stream.Normal() * 20));
  }
  return channel;
}

struct Content {
  Provenance provenance;
  std::vector<DeviceDescription> devices;
  std::vector<trace::ChannelTrace> degraded, clean;
  trace::PoseBlock pose;
  trace::CaseInfo info;
};

inline Content SomeContent(const std::string& case_id, std::size_t samples = 700) {
  random::Stream stream(random::StreamKey{.high = 3, .low = 14}.Derive(case_id));
  Content content;
  content.provenance = {.program = "stunt 9.8.7",
                        .seed = 18'000'000'000'000'000'000U,
                        .variant = 3,
                        .inputs = {{"scenario", "fnv1a64:0123"}, {"motion", "fnv1a64:4567"}},
                        .parameters = {{"speed_mps", "1.25"}, {"surface", "tile"}},
                        .subject = {{"stature_m", "1.71"}}};
  content.devices = {{.device = "ring@left_hand",
                      .site = "left_hand",
                      .segment = "left_hand",
                      .p_BS_m = {0.01, -0.02, 0.03},
                      .q_BS = {0.5, 0.5, -0.5, 0.5},
                      .spec = R"({"name": "ring"})",
                      .channels = {{"accelerometer", R"({"bandwidth_hz": 18})"}, {"barometer", ""}, {"gyroscope", ""}}},
                     {.device = "watch@left_wrist",
                      .site = "left_wrist",
                      .segment = "",
                      .p_BS_m = {0, 0, 0},
                      .q_BS = {1, 0, 0, 0},
                      .spec = "",
                      .channels = {{"accelerometer", ""}}}};
  content.degraded = {Channel(0, trace::SensorKind::kAccelerometer, "watch@left_wrist", samples, stream),
                      Channel(1, trace::SensorKind::kAccelerometer, "ring@left_hand", samples, stream),
                      Channel(2, trace::SensorKind::kGyroscope, "ring@left_hand", samples, stream),
                      Channel(3, trace::SensorKind::kBarometer, "ring@left_hand", samples / 3, stream)};
  // A jittering clock.
  trace::SampleBlock& jittering = content.degraded[2].samples;
  for (std::size_t i = 0; i < jittering.size(); ++i) {
    jittering.time_offsets_ns.push_back(static_cast<std::int64_t>(i) * 20'120'724 +
                                        static_cast<std::int64_t>(stream.Uniform() * 1e6));
  }
  jittering.time_offsets_ns.front() = 0;
  content.clean = {Channel(1, trace::SensorKind::kAccelerometer, "ring@left_hand", samples + 1, stream)};
  content.clean[0].spec.clock = "simulated";
  content.pose.segments = static_cast<int>(Segments().size());
  for (std::int64_t frame = 0; frame < 300; ++frame) {
    content.pose.t_ns.push_back(frame * 20'000'000);
    for (int i = 0; i < 9; ++i) content.pose.position_m.push_back(static_cast<float>(stream.Normal()));
    for (int i = 0; i < 12; ++i) content.pose.orientation.push_back(static_cast<float>(stream.Normal()));
  }
  content.info = {.case_id = case_id,
                  .scenario_id = "fall_fwd_walk_trip",
                  .label = "fall",
                  .subject_id = "s3",
                  .scope = trace::Scope::kHilDevice,
                  .tags = {{"sex", "f"}, {"surface", "tile \"wet\", glänzend"}},
                  .start_ns = -30'000'001,
                  .end_ns = 15'000'000'000,
                  .truth = {},
                  .allow_overlap = true};
  trace::Truth& truth = content.info.truth;
  truth.events = {{.event_id = case_id + "/0",
                   .event_class = "fall",
                   .onset_ns = 1'000'000'001,
                   .ref_ns = 1'700'000'002,
                   .end_ns = 2'700'000'003,
                   .severity = 1.25,
                   .ignore = false},
                  {.event_id = case_id + "/11",
                   .event_class = "crash",
                   .onset_ns = 3'000'000'000,
                   .ref_ns = 3'000'000'001,
                   .end_ns = 3'000'000'002,
                   .severity = 0,
                   .ignore = true}};
  truth.activities = {{.label = "walking", .start_ns = 0, .end_ns = 1'000'000'001}};
  truth.repetitions = {{.exercise = "squat", .set = 1, .number = 2, .start_ns = 5, .end_ns = 7}};
  for (int i = 0; i < 200; ++i) {
    truth.contacts.push_back({.segment = i % 2 == 0 ? "left_foot" : "head",
                              .ground = i % 3 == 0,
                              .start_ns = 1000 * i,
                              .end_ns = 1000 * i + 700,
                              .peak_force_n = stream.Uniform() * 1000,
                              .impulse_n_s = stream.Uniform()});
  }
  truth.heart_rate = {{.t_ns = 12, .bpm = 61.5}, {.t_ns = 1'000'000'012, .bpm = 63}};
  return content;
}

/// Rows `from` … `to` of a channel.
inline trace::ChannelTrace Part(const trace::ChannelTrace& channel, std::size_t from, std::size_t to) {
  trace::ChannelTrace part = channel;
  trace::SampleBlock& samples = part.samples;
  const auto axes = static_cast<std::size_t>(samples.axes);
  const auto value = channel.samples.values.begin();
  samples.values.assign(value + static_cast<std::ptrdiff_t>(from * axes),
                        value + static_cast<std::ptrdiff_t>(to * axes));
  samples.first_sequence += from;
  samples.first_time_ns = from < to ? channel.samples.TimeNs(from) : 0;
  samples.time_offsets_ns.clear();
  if (channel.samples.time_offsets_ns.empty()) return part;
  for (std::size_t i = from; i < to; ++i) {
    samples.time_offsets_ns.push_back(channel.samples.TimeNs(i) - samples.first_time_ns);
  }
  return part;
}

/// Writes a case in blocks of `block` samples.
inline absl::Status WriteCase(RecordingWriter& writer, const Content& content, std::size_t block) {
  if (absl::Status s = writer.BeginCase(content.info.case_id, content.provenance, content.devices); !s.ok()) return s;
  std::size_t longest = 0;
  for (const trace::ChannelTrace& channel : content.degraded) longest = std::max(longest, channel.samples.size());
  for (const trace::ChannelTrace& channel : content.clean) longest = std::max(longest, channel.samples.size());
  for (std::size_t from = 0; from < longest; from += block) {
    for (const Signal signal : {Signal::kDegraded, Signal::kClean}) {
      std::vector<trace::ChannelTrace> parts;
      for (const trace::ChannelTrace& channel : signal == Signal::kClean ? content.clean : content.degraded) {
        const std::size_t size = channel.samples.size();
        parts.push_back(Part(channel, std::min(from, size), std::min(from + block, size)));
      }
      if (absl::Status s = writer.AppendSamples(signal, parts); !s.ok()) return s;
    }
  }
  if (absl::Status s = writer.AppendPose(content.pose, Segments()); !s.ok()) return s;
  return writer.EndCase(content.info, "it did not fall");
}

inline absl::Status Write(const std::filesystem::path& path, const std::vector<Content>& contents,
                          std::size_t block = 100) {
  absl::StatusOr<RecordingWriter> writer = RecordingWriter::Create(path, "stunt 9.8.7");
  if (!writer.ok()) return writer.status();
  for (const Content& content : contents) {
    if (absl::Status s = WriteCase(*writer, content, block); !s.ok()) return s;
  }
  return writer->Commit();
}

}  // namespace stunt::recordings::test
