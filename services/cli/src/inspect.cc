#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "commands.h"
#include "exit_code.h"
#include "stunt/recordings/recording_file.h"
#include "stunt/reports/safe_text.h"

namespace stunt::cli {
namespace {

using nlohmann::ordered_json;
using recordings::CaseSummary;
using recordings::ChannelSummary;
using reports::SafeText;

struct InspectFlags {
  std::filesystem::path file;
  bool json = false;
};

double Seconds(std::int64_t ns) { return static_cast<double>(ns) * 1e-9; }

void PrintChannels(const std::vector<ChannelSummary>& channels) {
  std::size_t width = 6;
  for (const ChannelSummary& channel : channels) width = std::max(width, SafeText(channel.spec.device).size());
  fmt::print("  {:<{}}  {:<20}  {:>8}  {:>9}  {:>9}  {:>10}  {:>10}  {:>10}  {}\n", "device", width, "channel",
             "rate_hz", "samples", "clean", "first_s", "last_s", "range", "unit");
  for (const ChannelSummary& channel : channels) {
    const trace::ChannelSpec& spec = channel.spec;
    fmt::print("  {:<{}}  {:<20}  {:>8g}  {:>9}  {:>9}  {:>10.4f}  {:>10.4f}  {:>10}  {}\n", SafeText(spec.device),
               width, recordings::NameOf(spec.kind), spec.rate_hz, channel.samples, channel.clean_samples,
               Seconds(channel.first_ns), Seconds(channel.last_ns),
               spec.range > 0 ? fmt::format("{:.5g}", spec.range) : "unlimited", SafeText(spec.unit));
  }
}

void Print(const CaseSummary& one) {
  const trace::CaseInfo& info = one.info;
  fmt::print("\n{}: {} ({}), subject {}, {:.3f} to {:.3f} s\n", SafeText(info.case_id), SafeText(info.label),
             SafeText(info.scenario_id), SafeText(info.subject_id), Seconds(info.start_ns), Seconds(info.end_ns));
  fmt::print("  made by {} from seed {}, variant {}\n", SafeText(one.provenance.program), one.provenance.seed,
             one.provenance.variant);
  if (!one.skip_reason.empty()) fmt::print("  not as promised: {}\n", SafeText(one.skip_reason));
  PrintChannels(one.channels);
  const trace::Truth& truth = info.truth;
  fmt::print("  truth: {} events, {} activities, {} repetitions, {} contacts, {} heart rates, {} poses\n",
             truth.events.size(), truth.activities.size(), truth.repetitions.size(), truth.contacts.size(),
             truth.heart_rate.size(), one.pose_frames);
  for (const trace::TruthEvent& event : truth.events) {
    fmt::print("    {}: onset {:.3f} s, reference {:.3f} s, end {:.3f} s\n", SafeText(event.event_class),
               Seconds(event.onset_ns), Seconds(event.ref_ns), Seconds(event.end_ns));
  }
  for (const trace::ActivitySegment& activity : truth.activities) {
    fmt::print("    {}: {:.3f} to {:.3f} s\n", SafeText(activity.label), Seconds(activity.start_ns),
               Seconds(activity.end_ns));
  }
}

ordered_json ToJson(const ChannelSummary& channel) {
  const trace::ChannelSpec& spec = channel.spec;
  return {{"channel_id", spec.channel_id},
          {"device", spec.device},
          {"site", spec.site},
          {"kind", recordings::NameOf(spec.kind)},
          {"clock", spec.clock},
          {"unit", spec.unit},
          {"frame", channel.frame},
          {"axes", channel.axes},
          {"rate_hz", spec.rate_hz},
          {"range", spec.range},
          {"resolution", spec.resolution},
          {"fifo_watermark", spec.fifo_watermark},
          {"samples", channel.samples},
          {"clean_samples", channel.clean_samples},
          {"first_ns", channel.first_ns},
          {"last_ns", channel.last_ns}};
}

ordered_json ToJson(const trace::Truth& truth, std::uint64_t pose_frames) {
  ordered_json json = {{"events", ordered_json::array()},         {"activities", ordered_json::array()},
                       {"repetitions", truth.repetitions.size()}, {"contacts", truth.contacts.size()},
                       {"heart_rate", truth.heart_rate.size()},   {"pose_frames", pose_frames}};
  for (const trace::TruthEvent& event : truth.events) {
    json["events"].push_back({{"event_id", event.event_id},
                              {"class", event.event_class},
                              {"onset_ns", event.onset_ns},
                              {"ref_ns", event.ref_ns},
                              {"end_ns", event.end_ns},
                              {"severity", event.severity},
                              {"ignore", event.ignore}});
  }
  for (const trace::ActivitySegment& activity : truth.activities) {
    json["activities"].push_back(
        {{"label", activity.label}, {"start_ns", activity.start_ns}, {"end_ns", activity.end_ns}});
  }
  return json;
}

ordered_json ToJson(const CaseSummary& one) {
  ordered_json json = {{"case_id", one.info.case_id},
                       {"scenario_id", one.info.scenario_id},
                       {"label", one.info.label},
                       {"subject_id", one.info.subject_id},
                       {"start_ns", one.info.start_ns},
                       {"end_ns", one.info.end_ns},
                       {"skip_reason", one.skip_reason},
                       {"tags", one.info.tags},
                       {"provenance",
                        {{"program", one.provenance.program},
                         {"seed", one.provenance.seed},
                         {"variant", one.provenance.variant},
                         {"inputs", one.provenance.inputs},
                         {"parameters", one.provenance.parameters},
                         {"subject", one.provenance.subject}}},
                       {"channels", ordered_json::array()},
                       {"truth", ToJson(one.info.truth, one.pose_frames)}};
  for (const ChannelSummary& channel : one.channels) json["channels"].push_back(ToJson(channel));
  return json;
}

int Inspect(const InspectFlags& flags) {
  const recordings::FileSummary summary = recordings::Inspect(flags.file);
  if (flags.json) {
    ordered_json json = {{"program", summary.program}, {"bytes", summary.bytes}, {"cases", ordered_json::array()}};
    for (const CaseSummary& one : summary.cases) json["cases"].push_back(ToJson(one));
    fmt::print("{}\n", json.dump(2, ' ', false, ordered_json::error_handler_t::replace));
    return kSuccess;
  }
  fmt::print("{}: {} bytes, {} {}, written by {}\n", SafeText(flags.file.string()), summary.bytes, summary.cases.size(),
             summary.cases.size() == 1 ? "case" : "cases", SafeText(summary.program));
  for (const CaseSummary& one : summary.cases) Print(one);
  return kSuccess;
}

}  // namespace

void AddInspect(CLI::App& program, Action& action) {
  CLI::App* command = program.add_subcommand("inspect", "Shows what a file of recordings (HDF5) holds");
  auto flags = std::make_shared<InspectFlags>();
  command->add_option("file", flags->file, "NAME.h5, as `stunt simulate -o NAME.h5` writes it")->required();
  command->add_flag("--json", flags->json, "machine-readable");
  command->callback([flags, &action] { action = [flags] { return Inspect(*flags); }; });
}

}  // namespace stunt::cli
