#include "stunt/scenarios/simulator.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <optional>
#include <stdexcept>
#include <utility>
#include <vector>

#include "body_log.h"
#include "senses.h"
#include "stunt/sim/device.h"
#include "stunt/sim/free_body.h"
#include "stunt/sim/site.h"
#include "stunt/sim/slow_sensors.h"
#include "stunt/trace/input_error.h"
#include "stunt/trace/time.h"

namespace stunt::scenarios {
namespace {

constexpr double kPieceLength = 1;  // s

/// The sensor with nothing but what sampling itself takes away.
sim::InertialSensorSpec WithoutErrors(const sim::InertialSensorSpec& sensor) {
  sim::InertialSensorSpec clean;
  clean.rate_hz = sensor.rate_hz;
  clean.bandwidth_hz = sensor.bandwidth_hz;
  clean.filter_order = sensor.filter_order;
  return clean;
}

/// The device without its errors, rigid at its site. It takes each sample when the device does, and stamps it with the
/// simulated time at which that is.
sim::DeviceSpec WithoutErrors(const sim::DeviceSpec& device) {
  sim::DeviceSpec clean;
  clean.name = device.name;
  clean.imu = {WithoutErrors(device.imu.accelerometer), WithoutErrors(device.imu.gyroscope)};
  if (device.high_g) clean.high_g = WithoutErrors(*device.high_g);
  // Of the same name, so the same unit is drawn.
  clean.clock.period_error_sd = device.clock.period_error_sd;
  clean.clock.period_drift_sd = device.clock.period_drift_sd;
  clean.clock.sample_jitter_s = device.clock.sample_jitter_s;
  return clean;
}

/// What listens at one site.
struct Recorders {
  sim::DeviceRecorder degraded;
  std::optional<sim::DeviceRecorder> clean;  // where somebody wants it
  std::optional<sim::SlowRecorder> slow;     // of a device that has such sensors
  sim::TemperatureProfile temperature;
};

/// A probe on the body and the device that listens to it, until the device leaves the body.
class Worn {
 public:
  Worn(const sim::Site& site, Recorders recorders, const sim::Body& body)
      : probe_(site, body), recorders_(std::move(recorders)), dt_(body.dt()) {}

  /// Call once after every step.
  void Sample(const motion_models::Performer& performer, const internal::Senses* senses) {
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
    for (long i = std::lround(body.dt() / dt_); i > 0; --i) {
      recorders_.degraded.Push(motion);
      if (recorders_.clean) recorders_.clean->Push(motion);
    }
    if (recorders_.slow && senses != nullptr) Sense(performer, *senses, motion.specific_force.norm());
  }

  [[nodiscard]] Recorders& recorders() { return recorders_; }

 private:
  void Sense(const motion_models::Performer& performer, const internal::Senses& senses, double specific_force) {
    const sim::Body& body = performer.body();
    const sim::Site& site = probe_.site();
    const Eigen::Isometry3d X_WS = free_ ? free_->X_WS() : body.X_WB(site.segment) * site.X_BS;
    recorders_.slow->Step({.time_s = performer.time(),
                           .dt_s = body.dt(),
                           .position_W = X_WS.translation(),
                           .velocity_W = free_ ? free_->v_W() : body.Velocity(site.segment, site.X_BS.translation()),
                           .R_WS = X_WS.linear(),
                           .specific_force = specific_force,
                           .temperature_c = recorders_.temperature.At(performer.time()),
                           .heart_bpm = free_ ? 0 : senses.heart_bpm(),
                           .body_sound_pa = senses.sound_pa(),
                           .body_distance_m = (senses.sound_from() - X_WS.translation()).norm()});
  }

  void LetGo(const motion_models::Release& release, const sim::Body& body) {
    const sim::Site& site = probe_.site();
    const Eigen::Isometry3d X_WS = body.X_WB(site.segment) * site.X_BS;
    const Eigen::Vector3d velocity = body.Velocity(site.segment, site.X_BS.translation());
    const Eigen::Vector3d rate = X_WS.linear().transpose() * body.AngularVelocity(site.segment);
    free_.emplace(release.body, X_WS, velocity + release.velocity, rate + release.spin);
    recorders_.degraded.TakeOff();
  }

  sim::SiteProbe probe_;
  Recorders recorders_;
  std::optional<sim::FreeBody> free_;
  double dt_;  // of the recorders
};

std::vector<Worn> PutOn(const Case& c, const std::optional<sim::DeviceSpec>& instead, bool with_clean,
                        const sim::Body& body) {
  std::vector<Worn> worn;
  std::uint32_t first_channel = 0;
  for (const DeviceAt& device : c.devices) {
    try {
      const sim::Site site = sim::Wear(sim::FindSite(body.skeleton(), device.site), device.wearing);
      const sim::DeviceSpec& spec = instead ? *instead : SpecOf(device);
      const auto recorder = [&](const sim::DeviceSpec& device_spec) {
        return sim::DeviceRecorder(device_spec, device.site, body.dt(), c.key, first_channel);
      };
      Recorders recorders = {
          .degraded = recorder(spec), .clean = std::nullopt, .slow = std::nullopt, .temperature = spec.temperature};
      if (with_clean) recorders.clean = recorder(WithoutErrors(spec));
      if (spec.slow.Count() > 0) {
        recorders.slow.emplace(spec.slow, spec.clock, recorders.degraded.unit().clock, c.surroundings, spec.name,
                               device.site, body.dt(), c.key, first_channel + sim::ChannelCount(spec));
      }
      worn.emplace_back(site, std::move(recorders), body);
      first_channel += sim::ChannelCount(spec) + spec.slow.Count();
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
  event.onset_ns = trace::Nanoseconds(*happening.onset);
  event.ref_ns = trace::Nanoseconds(*happening.impact_peak);
  event.end_ns = trace::Nanoseconds(*happening.impact_peak + 1);
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

/// One case while it runs: the performer, what it wears and who watches.
class Simulator::Stage {
 public:
  Stage(const Simulator& simulator, const Case& c, bool with_clean)
      : case_(c),
        performer_(simulator.MotionOf(c.motion_file), c.parameters, c.subject, c.key.Derive("motion"),
                   {.dt = simulator.options_.dt,
                    .tail_s = simulator.options_.tail_s,
                    .quiet_steps = simulator.options_.quiet_steps}),
        worn_(PutOn(c, simulator.options_.device, with_clean, performer_.body())) {
    const bool wanted = std::ranges::any_of(worn_, [](Worn& w) { return w.recorders().slow.has_value(); });
    if (with_clean || wanted) senses_.emplace(performer_, c.subject, c.key);
  }

  [[nodiscard]] const motion_models::Performer& performer() const { return performer_; }

  void Step(const Observer& observer) {
    performer_.Step();
    if (senses_) senses_->Step(performer_);
    for (Worn& w : worn_) w.Sample(performer_, senses_ ? &*senses_ : nullptr);
    SeeHelp(performer_.body());
    if (observer) observer(performer_);
  }

  [[nodiscard]] std::vector<trace::ChannelTrace> TakeDegraded() {
    std::vector<trace::ChannelTrace> channels;
    for (Worn& w : worn_) {
      std::ranges::move(w.recorders().degraded.Take(), std::back_inserter(channels));
      if (w.recorders().slow) std::ranges::move(w.recorders().slow->Take(), std::back_inserter(channels));
    }
    return channels;
  }

  [[nodiscard]] std::vector<trace::ChannelTrace> TakeClean() {
    std::vector<trace::ChannelTrace> channels;
    for (Worn& w : worn_) {
      std::ranges::move(w.recorders().clean->Take(), std::back_inserter(channels));
      if (w.recorders().slow) std::ranges::move(w.recorders().slow->TakeTruth(), std::back_inserter(channels));
    }
    for (trace::ChannelTrace& channel : channels) channel.spec.clock = trace::kSimulatedClock;
    return channels;
  }

  /// The case as it ended, without samples.
  [[nodiscard]] Simulated Result() const {
    Simulated result;
    trace::CaseInfo& info = result.recording.info;
    info.case_id = case_.case_id;
    info.scenario_id = case_.scenario_id;
    info.label = case_.label;
    info.subject_id = case_.subject.id;
    info.tags = case_.tags;
    info.end_ns = trace::Nanoseconds(performer_.time());
    info.truth = MakeTruth(case_, performer_);
    if (senses_) info.truth.heart_rate = senses_->heart_rate();
    result.skip_reason = BrokenPromise(case_, performer_.happening());
    result.help = help_;
    if (helped_s_ > 0) result.help.torque_rms_nm = std::sqrt(torque_squared_ / helped_s_);
    return result;
  }

 private:
  void SeeHelp(const sim::Body& body) {
    const double torque = body.forces().assist_torque.norm();
    help_.force_max_n = std::max(help_.force_max_n, body.forces().assist.norm());
    help_.torque_max_nm = std::max(help_.torque_max_nm, torque);
    if (torque == 0) return;
    helped_s_ += body.dt();
    torque_squared_ += torque * torque * body.dt();
  }

  const Case& case_;
  motion_models::Performer performer_;
  std::vector<Worn> worn_;
  std::optional<internal::Senses> senses_;  // of who is recorded with everything
  ExternalHelp help_;
  double helped_s_ = 0;
  double torque_squared_ = 0;  // Nm² s
};

namespace {

// A device whose clock is fast stamps its last samples after the end.
void Cover(const std::vector<trace::ChannelTrace>& channels, std::int64_t& end_ns) {
  for (const trace::ChannelTrace& channel : channels) {
    const trace::SampleBlock& samples = channel.samples;
    if (samples.size() > 0) end_ns = std::max(end_ns, samples.TimeNs(samples.size() - 1) + 1);
  }
}

}  // namespace

Simulated Simulator::Run(const Case& c, const Observer& observer) const {
  Stage stage(*this, c, false);
  while (!stage.performer().Done()) stage.Step(observer);
  Simulated result = stage.Result();
  result.recording.channels = stage.TakeDegraded();
  Cover(result.recording.channels, result.recording.info.end_ns);
  return result;
}

Simulated Simulator::Stream(const Case& c, const Receiver& receiver, const Observer& observer) const {
  Stage stage(*this, c, true);
  internal::ContactLog contacts;
  internal::PoseLog poses(kPoseRate);
  std::int64_t last_ns = 0;
  const auto hand_out = [&] {
    std::vector<trace::ChannelTrace> degraded = stage.TakeDegraded();
    Cover(degraded, last_ns);
    receiver({.degraded = std::move(degraded),
              .clean = stage.TakeClean(),
              .contacts = contacts.Take(),
              .pose = poses.Take()});
  };
  const motion_models::Performer& performer = stage.performer();
  poses.See(performer.body(), performer.time());
  double next_piece = kPieceLength;
  while (!performer.Done()) {
    stage.Step(observer);
    contacts.Step(performer.body(), performer.time());
    poses.See(performer.body(), performer.time());
    if (performer.time() < next_piece) continue;
    next_piece += kPieceLength;
    hand_out();
  }
  contacts.Finish();
  hand_out();
  Simulated result = stage.Result();
  result.recording.info.end_ns = std::max(result.recording.info.end_ns, last_ns);
  return result;
}

}  // namespace stunt::scenarios
