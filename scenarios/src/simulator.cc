#include "stunt/scenarios/simulator.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <stdexcept>
#include <vector>

#include "stunt/scenarios/devices.h"
#include "stunt/sim/device.h"
#include "stunt/sim/free_body.h"
#include "stunt/sim/site.h"
#include "stunt/trace/input_error.h"

namespace stunt::scenarios {
namespace {

std::int64_t Nanoseconds(double seconds) { return std::llround(seconds * 1e9); }

/// A probe on the body and the device that listens to it, until the device leaves the body.
class Worn {
 public:
  Worn(const sim::Site& site, sim::DeviceRecorder recorder, const sim::Body& body)
      : probe_(site, body), recorder_(std::move(recorder)), dt_(body.dt()) {}

  /// Call once after every step.
  void Sample(const motion_models::Performer& performer) {
    const sim::Body& body = performer.body();
    const Eigen::Vector3d& gravity = performer.input().gravity;
    const std::optional<motion_models::Release>& release = performer.release();
    if (!free_ && release && performer.time() - body.dt() >= release->at) LetGo(*release, body);
    const sim::SiteMotion motion =
        free_ ? free_->Step(body.dt(), gravity, body.surfaces()) : probe_.Sample(body, gravity);
    if (!motion.specific_force.allFinite() || !motion.angular_rate.allFinite()) {
      throw motion_models::PerformError(
          fmt::format("the device of the {} diverged at {:.3f} s", probe_.site().name, performer.time()));
    }
    // A long step's motion is the mean of the short ones that it stands for.
    for (long i = std::lround(body.dt() / dt_); i > 0; --i) recorder_.Push(motion);
  }

  [[nodiscard]] std::vector<trace::ChannelTrace> Take() { return recorder_.Take(); }

 private:
  void LetGo(const motion_models::Release& release, const sim::Body& body) {
    const sim::Site& site = probe_.site();
    const Eigen::Isometry3d X_WS = body.X_WB(site.segment) * site.X_BS;
    const Eigen::Vector3d velocity = body.Velocity(site.segment, site.X_BS.translation());
    const Eigen::Vector3d rate = X_WS.linear().transpose() * body.AngularVelocity(site.segment);
    free_.emplace(release.body, X_WS, velocity + release.velocity, rate + release.spin);
    recorder_.TakeOff();
  }

  sim::SiteProbe probe_;
  sim::DeviceRecorder recorder_;
  std::optional<sim::FreeBody> free_;
  double dt_;  // of the recorder
};

std::vector<Worn> PutOn(const Case& c, const std::optional<sim::DeviceSpec>& instead, const sim::Body& body) {
  std::vector<Worn> worn;
  std::uint32_t first_channel = 0;
  for (const DeviceAt& device : c.devices) {
    try {
      const sim::Site site = sim::FindSite(body.skeleton(), device.site);
      const sim::DeviceSpec spec = instead               ? *instead
                                   : device.file.empty() ? FindDevice(device.name).spec
                                                         : LoadDevice(device.file).spec;
      worn.emplace_back(site, sim::DeviceRecorder(spec, device.site, body.dt(), c.key, first_channel), body);
      first_channel += sim::ChannelCount(spec);
    } catch (const std::invalid_argument& error) {
      throw trace::InputError(fmt::format("device {}: {}", ToString(device), error.what()));
    } catch (const trace::InputError& error) {
      throw trace::InputError(fmt::format("device {}: {}", ToString(device), error.what()));
    }
  }
  return worn;
}

trace::Truth MakeTruth(const Case& c, const motion_models::Performer& performer) {
  trace::Truth truth;
  truth.activities = performer.Activities();
  const motion_models::Happening& happening = performer.happening();
  if (c.event.empty() || !happening.onset || !happening.impact_peak) return truth;
  trace::TruthEvent event;
  event.event_id = c.case_id + "/0";
  event.event_class = c.event;
  event.onset_ns = Nanoseconds(*happening.onset);
  event.ref_ns = Nanoseconds(*happening.impact_peak);
  event.end_ns = Nanoseconds(*happening.impact_peak + 1);
  event.severity = happening.impact_speed;
  truth.events.push_back(event);
  return truth;
}

// The label is a promise about physics; it is checked against what the body did.
std::string BrokenPromise(const Case& c, const motion_models::Happening& happening) {
  const bool fell = happening.first_contact && happening.ended_down;
  if (c.event == "fall" && !happening.was_down) return "the subject never lay on the ground, as in a fall it must";
  if (c.event.empty() && fell) return "the subject fell, although the scenario promises that it does not";
  return "";
}

}  // namespace

const motion_models::Motion& Simulator::MotionOf(const std::filesystem::path& file) const {
  const std::scoped_lock lock(mutex_);
  auto& motion = motions_[file];
  if (!motion) motion = std::make_unique<const motion_models::Motion>(motion_models::LoadMotion(file));
  return *motion;
}

Simulated Simulator::Run(const Case& c, const Observer& observer) const {
  const motion_models::PerformOptions options = {
      .dt = options_.dt, .tail_s = options_.tail_s, .quiet_steps = options_.quiet_steps};
  motion_models::Performer performer(MotionOf(c.motion_file), c.parameters, c.subject, c.key.Derive("motion"), options);
  std::vector<Worn> worn = PutOn(c, options_.device, performer.body());
  while (!performer.Done()) {
    performer.Step();
    for (Worn& w : worn) w.Sample(performer);
    if (observer) observer(performer);
  }
  Simulated result;
  trace::CaseInfo& info = result.recording.info;
  info.case_id = c.case_id;
  info.scenario_id = c.scenario_id;
  info.label = c.label;
  info.subject_id = c.subject.id;
  info.tags = c.tags;
  info.end_ns = Nanoseconds(performer.time());
  info.truth = MakeTruth(c, performer);
  for (Worn& w : worn) {
    for (trace::ChannelTrace& channel : w.Take()) {
      // A device whose clock is fast stamps its last samples after the end.
      const trace::SampleBlock& samples = channel.samples;
      if (samples.size() > 0) info.end_ns = std::max(info.end_ns, samples.TimeNs(samples.size() - 1) + 1);
      result.recording.channels.push_back(std::move(channel));
    }
  }
  result.skip_reason = BrokenPromise(c, performer.happening());
  return result;
}

}  // namespace stunt::scenarios
