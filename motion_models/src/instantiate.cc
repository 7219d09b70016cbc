#include "instantiate.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "stunt/trace/input_error.h"

namespace stunt::motion_models {
namespace {

using sim::Side;

constexpr double kDegree = std::numbers::pi / 180;

std::vector<Side> SidesOf(Sides sides, Side watch_side) {
  const Side other = watch_side == Side::kLeft ? Side::kRight : Side::kLeft;
  switch (sides) {
    case Sides::kLeft:
      return {Side::kLeft};
    case Sides::kRight:
      return {Side::kRight};
    case Sides::kWatch:
      return {watch_side};
    case Sides::kOther:
      return {other};
    case Sides::kNone:
    case Sides::kBoth:
      break;
  }
  return {Side::kLeft, Side::kRight};
}

double Number(const std::map<std::string, Value>& numbers, const std::string& key, const ParameterScope& scope) {
  return numbers.at(key).Evaluate(scope);
}

bool OfTheLeg(Channel channel) { return channel >= Channel::kHipFlex && channel <= Channel::kAnkleInvert; }

/// Adds one entry for one side (or the middle) to the lists.
class TrackBuilder {
 public:
  TrackBuilder(const TrackSpec& spec, const ParameterScope& scope, Side side, random::StreamKey key, Tracks& tracks)
      : spec_(spec), scope_(scope), side_(side), key_(key), tracks_(tracks) {}

  void Add(bool sided_only) {
    for (const auto& [name, value] : spec_.channels) {
      if (IsSided(name.channel) != sided_only) continue;
      const double amount = value.Evaluate(scope_) * name.to_internal;
      const std::size_t slot = sided_only ? Slot(name.channel, side_) : Slot(name.channel);
      AddTo(OfTheLeg(name.channel) ? tracks_.legs : tracks_.placing, slot, amount);
    }
  }

 private:
  double At(const std::string& key) const { return Number(spec_.numbers, key, scope_); }

  void AddTo(TrackList& list, std::size_t slot, double amount) {
    switch (spec_.kind) {
      case TrackSpec::Kind::kMove:
        list.blends.push_back({slot, At("at_s"), At("over_s"), amount});
        return;
      case TrackSpec::Kind::kSwing:
        // Of a stride that begins anew at every heel strike: half a harmonic would jump there.
        if (At("harmonic") != std::rint(At("harmonic"))) {
          throw trace::InputError(
              fmt::format("{}: 'harmonic' is {}; accepted: a whole number", spec_.where, At("harmonic")));
        }
        list.harmonics.push_back(
            {slot, side_ == Side::kLeft ? 0 : 1, amount, At("harmonic"), At("phase_deg") * kDegree});
        return;
      case TrackSpec::Kind::kOscillate:
        list.oscillations.push_back({slot, amount, 2 * std::numbers::pi * At("hz"), At("phase_deg") * kDegree,
                                     At("from_s"), At("to_s"), At("fade_s")});
        return;
      case TrackSpec::Kind::kWobble:
        AddWobble(list, slot, amount);
        return;
      case TrackSpec::Kind::kPush:
        list.pushes.push_back({slot, amount, At("from_s"), At("to_s"), At("ramp_s")});
        return;
      case TrackSpec::Kind::kRepeat:  // has no channels of its own
        return;
    }
  }

  // Three sines of random frequency and phase; their rms is the amplitude.
  void AddWobble(TrackList& list, std::size_t slot, double amount) {
    random::Stream stream(key_.Derive(slot));
    constexpr double kRms = 0.75;  // makes the sum's rms 0.75·√((1 + .49 + .25)/2)·1.43 = 1
    for (const double share : {1.0, 0.7, 0.5}) {
      const double hz = stream.Uniform(At("hz_lo"), At("hz_hi"));
      list.oscillations.push_back({slot, kRms * 1.43 * share * amount, 2 * std::numbers::pi * hz,
                                   stream.Uniform(0, 2 * std::numbers::pi), At("from_s"), At("to_s"), At("fade_s")});
    }
  }

  const TrackSpec& spec_;
  const ParameterScope& scope_;
  Side side_;
  random::StreamKey key_;
  Tracks& tracks_;
};

std::uint32_t Mask(const std::string& touches) {
  using sim::Bit;
  using sim::Segment;
  if (touches == "feet") return sim::kFeet;
  if (touches == "body") return sim::kAllSegments & ~sim::kFeet;
  if (touches == "hands") return sim::kLowerArms;
  if (touches == "seat") {
    return Bit(Segment::kPelvis) | Bit(Segment::kAbdomen) | Bit(Segment::kThighL) | Bit(Segment::kThighR);
  }
  if (touches == "trunk") {
    return Bit(Segment::kPelvis) | Bit(Segment::kAbdomen) | Bit(Segment::kThorax) | Bit(Segment::kHead);
  }
  return sim::kAllSegments;
}

// The i-th copy of a surface.
sim::Surface MakeSurface(const SurfaceSpec& spec, const ParameterScope& scope, int i) {
  const auto number = [&](const char* key) { return Number(spec.numbers, key, scope); };
  const double ahead = i * number("step_x_m");
  const double above = i * number("step_z_m");
  sim::Surface surface;
  surface.name = spec.name;
  surface.ground = spec.ground;
  surface.segments = Mask(spec.touches);
  surface.foundation = number("foundation_npm3");
  surface.stiffness_scale = number("stiffness");
  surface.damping_scale = number("damping");
  surface.friction = number("friction");
  surface.ramp = number("ramp_m");
  surface.depth = number("depth_m");
  if (spec.box) {
    sim::Box box;
    box.centre = {number("x_m") + ahead, number("y_m"), number("z_m") + above};
    box.half = 0.5 * Eigen::Vector3d(number("size_x_m"), number("size_y_m"), number("size_z_m"));
    box.R_WS = (Eigen::AngleAxisd(number("yaw_deg") * kDegree, Eigen::Vector3d::UnitZ()) *
                Eigen::AngleAxisd(number("pitch_deg") * kDegree, Eigen::Vector3d::UnitY()))
                   .toRotationMatrix();
    surface.box = box;
    return surface;
  }
  surface.height = number("height_m") + above;
  surface.x_lo = number("x_lo_m") + ahead;
  surface.x_hi = number("x_hi_m") + ahead;
  surface.y_lo = number("y_lo_m");
  surface.y_hi = number("y_hi_m");
  return surface;
}

Perturbation MakePerturbation(const PerturbationSpec& spec, const ParameterScope& scope, Side side) {
  const auto number = [&](const char* key) { return Number(spec.numbers, key, scope); };
  Perturbation p;
  p.kind = spec.kind;
  p.at = number("at_s");
  p.over = number("for_s");
  p.segment = spec.segment >= sim::Segment::kUpperArmL ? sim::OnSide(spec.segment, side) : spec.segment;
  if (spec.kind == PerturbationSpec::Kind::kFriction) {
    p.scale = number("scale");
    return p;
  }
  p.p_B = {number("x_m"), number("y_m"), number("z_m")};
  if (spec.kind == PerturbationSpec::Kind::kImpulse) {
    p.impulse = {number("impulse_x_ns"), number("impulse_y_ns"), number("impulse_z_ns")};
    return p;
  }
  p.velocity = {number("velocity_x_mps"), number("velocity_y_mps"), 0};
  p.damping = number("damping_nspm");
  if (spec.kind == PerturbationSpec::Kind::kServo) return p;
  p.stiffness = number("stiffness_npm");
  p.max_force = number("max_force_n");
  p.ramp = number("ramp_s");
  if (spec.numbers.contains("to_x_m")) p.to = {number("to_x_m"), number("to_y_m"), number("to_z_m")};
  return p;
}

// The body takes so many loads in one step and no more.
void RefuseTooManyAtOnce(const std::vector<PerturbationSpec>& specs, const std::vector<Perturbation>& perturbations) {
  const auto is_load = [](const Perturbation& p) { return p.kind != PerturbationSpec::Kind::kFriction; };
  for (const Perturbation& begins : perturbations) {
    const auto at_once = std::count_if(perturbations.begin(), perturbations.end(), [&](const Perturbation& p) {
      return is_load(p) && is_load(begins) && p.at <= begins.at && begins.at < p.at + p.over;
    });
    if (at_once <= sim::kMaxPointLoads) continue;
    throw trace::InputError(fmt::format("{}: 'perturbations' has {} forces at once at {:.3f} s; accepted: at most {}",
                                        specs.front().where, at_once, begins.at, sim::kMaxPointLoads));
  }
}

}  // namespace

GaitSpec MakeGait(const std::map<std::string, Value>& numbers, const ParameterScope& scope) {
  const auto number = [&](const char* key) { return Number(numbers, key, scope); };
  GaitSpec gait;
  gait.speed = number("speed_mps");
  gait.period = number("period_s");
  gait.duty = number("duty");
  gait.lead = number("lead");
  gait.start = number("start_s");
  gait.ramp = number("ramp_s");
  gait.grow = number("grow_strides");
  gait.stop = number("stop_s");
  gait.stop_over = number("stop_over_s");
  gait.crouch = number("crouch_m");
  gait.bob = number("bob_m");
  gait.sway = number("sway_m");
  gait.clearance = number("clearance_m");
  gait.toe_off = number("toe_off_deg") * kDegree;
  gait.heel_strike = number("heel_strike_deg") * kDegree;
  gait.climb_lag = number("climb_lag");
  gait.rise = number("rise_m");
  return gait;
}

std::vector<sim::Surface> MakeSurfaces(const std::vector<SurfaceSpec>& specs, const ParameterScope& scope) {
  std::vector<sim::Surface> surfaces;
  for (const SurfaceSpec& spec : specs) {
    if (spec.when.Evaluate(scope) == 0) continue;
    const int count = static_cast<int>(Number(spec.numbers, "count", scope));
    for (int i = 0; i < count; ++i) surfaces.push_back(MakeSurface(spec, scope, i));
  }
  if (specs.empty()) {
    sim::Surface floor;
    floor.name = "floor";
    floor.ground = true;
    surfaces.push_back(floor);
  }
  return surfaces;
}

Release MakeRelease(const ReleaseSpec& spec, const ParameterScope& scope) {
  const auto number = [&](const char* key) { return Number(spec.numbers, key, scope); };
  Release release;
  release.at = number("at_s");
  release.body.mass = number("mass_kg");
  release.body.size = {number("size_x_m"), number("size_y_m"), number("size_z_m")};
  release.body.stiffness = number("stiffness_npm");
  release.body.restitution = number("restitution");
  release.body.friction = number("friction");
  release.velocity = {number("velocity_x_mps"), number("velocity_y_mps"), number("velocity_z_mps")};
  release.spin = kDegree * Eigen::Vector3d(number("spin_x_dps"), number("spin_y_dps"), number("spin_z_dps"));
  return release;
}

std::vector<Perturbation> MakePerturbations(const std::vector<PerturbationSpec>& specs, const ParameterScope& scope,
                                            Side watch_side) {
  std::vector<Perturbation> perturbations;
  const auto add = [&](const PerturbationSpec& spec, const ParameterScope& own_scope, Side side) {
    if (spec.when.Evaluate(own_scope) == 0) return;
    Perturbation perturbation = MakePerturbation(spec, own_scope, side);
    const int times = static_cast<int>(Number(spec.numbers, "times", own_scope));
    for (int i = 0; i < times; ++i) {
      perturbations.push_back(perturbation);
      perturbation.at += Number(spec.numbers, "every_s", own_scope);
    }
  };
  for (const PerturbationSpec& spec : specs) {
    if (spec.sides == Sides::kNone) {
      add(spec, scope, Side::kLeft);
      continue;
    }
    for (const Side side : SidesOf(spec.sides, watch_side)) add(spec, SideScope(scope, side), side);
  }
  RefuseTooManyAtOnce(specs, perturbations);
  return perturbations;
}

namespace {

// The tracks of a repeat once for each repetition, each below the one before: a later repetition takes over.
void AppendRepeat(const TrackSpec& spec, ParameterScope scope, Side watch_side, random::StreamKey key, Tracks& tracks) {
  if (spec.when.Evaluate(scope) == 0) return;
  const double at = Number(spec.numbers, "at_s", scope), every = Number(spec.numbers, "every_s", scope);
  const int times = static_cast<int>(std::lround(Number(spec.numbers, "times", scope)));
  for (int i = 0; i < times; ++i) {
    scope["repetition"] = i;
    scope["t_repeat_s"] = at + i * every;
    AppendTracks(spec.tracks, scope, watch_side, key.Derive(static_cast<std::uint64_t>(i)), tracks);
  }
}

}  // namespace

void AppendTracks(const std::vector<TrackSpec>& specs, const ParameterScope& scope, Side watch_side,
                  random::StreamKey key, Tracks& tracks) {
  for (std::size_t i = 0; i < specs.size(); ++i) {
    const TrackSpec& spec = specs[i];
    const random::StreamKey own = key.Derive(i);
    if (spec.kind == TrackSpec::Kind::kRepeat) {
      AppendRepeat(spec, scope, watch_side, own, tracks);
      continue;
    }
    if (spec.sides == Sides::kNone) {
      if (spec.when.Evaluate(scope) != 0) TrackBuilder(spec, scope, Side::kLeft, own, tracks).Add(false);
      continue;
    }
    bool middle_done = false;  // channels of the trunk in a sided entry move once, by its first active side
    for (const Side side : SidesOf(spec.sides, watch_side)) {
      const ParameterScope side_scope = SideScope(scope, side);
      if (spec.when.Evaluate(side_scope) == 0) continue;
      TrackBuilder builder(spec, side_scope, side, own, tracks);
      builder.Add(true);
      if (!middle_done) builder.Add(false);
      middle_done = true;
    }
  }
}

}  // namespace stunt::motion_models
