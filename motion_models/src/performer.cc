#include "stunt/motion_models/performer.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "gait.h"
#include "instantiate.h"
#include "pose.h"
#include "resume.h"
#include "smooth.h"
#include "stride_clock.h"
#include "stunt/sim/skeleton.h"
#include "stunt/trace/time.h"

namespace stunt::motion_models {
namespace {

using Eigen::Vector3d;
using sim::Segment;
using sim::Side;

constexpr double kDegree = std::numbers::pi / 180;
constexpr double kSettle = 0.5;        // s before time 0 in which the body comes to rest on the ground
constexpr double kImpactWindow = 1.5;  // s after first contact in which the impact peaks
constexpr double kDownHeight = 0.4;    // m: whose pelvis is below this lies
constexpr double kHeadDown = 0.45;     // m: and so does whose head is
// s in which a foot that comes down takes the weight over; in a stride at once. Someone who rises from a chair with
// feet that just touch would be kicked by the whole of it.
constexpr double kTakesOver = 0.1;
constexpr double kQuietAfter = 3;  // s after an impact from which on a body may be quiet
// m/s of its fastest segment: below the first for long steps, above the second for short ones.
constexpr double kQuiet = 0.3, kNotQuiet = 0.6;
constexpr double kLongestStep = 2.0001e-3;    // s: up to there the step is known to be stable
constexpr double kDislocated = 10 * kDegree;  // beyond a joint's limit no person's joint goes
constexpr double kLostBalance = 0.25;         // m: a pelvis that far under its reference has no control

// Everything that a motion file may leave out.
ChannelValues RestValues() {
  ChannelValues v{};
  v[Slot(Channel::kTrunkTone)] = v[Slot(Channel::kTrunkDrive)] = v[Slot(Channel::kNeckTone)] = 1;
  v[Slot(Channel::kAssistPosition)] = v[Slot(Channel::kAssistRotation)] = v[Slot(Channel::kAssistWeight)] = 1;
  v[Slot(Channel::kFeetShare)] = 1;
  for (const Side side : {Side::kLeft, Side::kRight}) {
    v[Slot(Channel::kShoulderAbduct, side)] = 8 * kDegree;
    v[Slot(Channel::kElbowFlex, side)] = 15 * kDegree;
    v[Slot(Channel::kForearmPronate, side)] = 34 * kDegree;
    v[Slot(Channel::kArmTone, side)] = 0.7;
    v[Slot(Channel::kArmDrive, side)] = 1;
    v[Slot(Channel::kLegTone, side)] = v[Slot(Channel::kLegDrive, side)] = 1;
  }
  return v;
}

ParameterScope WithLengths(ParameterScope scope, const sim::Skeleton& skeleton) {
  scope["pelvis_stand_m"] = skeleton.StandingPelvisHeight();
  scope["pelvis_to_hip_m"] = skeleton.pelvis_to_hip;
  scope["hip_half_width_m"] = skeleton.hip_half_width;
  scope["thigh_m"] = skeleton.thigh;
  scope["shank_m"] = skeleton.shank;
  scope["ankle_m"] = skeleton.ankle_height;
  scope["foot_m"] = skeleton.foot_length;
  double shoulder = scope["pelvis_stand_m"];
  for (const Segment segment : {Segment::kAbdomen, Segment::kThorax}) {
    shoulder += skeleton.link(segment).p_parent_joint.z() + skeleton.link(segment).p_joint_com.z();
  }
  scope["shoulder_stand_m"] = shoulder + skeleton.link(Segment::kUpperArmL).p_parent_joint.z();
  scope["upper_arm_m"] = skeleton.upper_arm;
  scope["forearm_m"] = skeleton.forearm;
  return scope;
}

// Part of its stiffness that a leg's joint gives up while the leg carries a stride. Its force is given in advance; a
// stiff knee besides would answer each centimetre of error with a body weight.
double Yielding(Segment left) {
  if (left == Segment::kShankL) return 0.75;
  return left == Segment::kThighL ? 0.5 : 0;
}

// Channels, pose and gait at one instant.
struct Frame {
  ChannelValues values{};
  Pose pose;
  GaitState gait;
};

// Physics that went wrong ends the case: its traces are nobody's.
void CheckBody(const sim::Body& body, double t) {
  if (const std::optional<Segment> segment = body.Diverged()) {
    throw PerformError(fmt::format("the body diverged at {:.3f} s, first its {}", t, sim::Name(*segment)));
  }
  for (int joint = 0; joint < sim::kJoints; ++joint) {
    if (body.BeyondLimit(joint) <= kDislocated) continue;
    throw PerformError(fmt::format("the joint of the {} was {:.1f} degrees beyond its limit at {:.3f} s",
                                   sim::Name(static_cast<Segment>(joint + 1)), body.BeyondLimit(joint) / kDegree, t));
  }
}

/// A perturbation and the place in the world that a hold without one took hold of.
struct ActivePerturbation : Perturbation {
  std::optional<Vector3d> held;
};

}  // namespace

struct Performer::State {
  State(const Motion& m, const ResolvedParameters& parameters, const sim::Subject& s, random::StreamKey k,
        const PerformOptions& o);

  [[nodiscard]] double Time() const { return body.time() - kSettle; }
  [[nodiscard]] Frame At(double t) const;
  [[nodiscard]] bool Striding() const { return gait && !resumed; }
  void PlaceBase(double t, Frame& frame, BasePlacement& base) const;
  void PlanResume();
  void BeginResume();
  void Advance();
  void FillInput();
  void FillMuscles();
  void FillFeet();
  double StridingPressure(std::size_t side) const;
  void FillPerturbations();
  sim::PointLoad LoadOf(ActivePerturbation& p, double t, double u);
  void WaitForBody();
  void Watch();
  void LandAt(double t);
  [[nodiscard]] bool IsDown() const;
  [[nodiscard]] double FastestSegment() const;
  void ChooseStep();
  void SetStep(double dt);

  const Motion& motion;
  sim::Subject subject;
  random::StreamKey key;
  PerformOptions options;
  sim::Skeleton skeleton;
  ParameterScope scope;
  std::optional<Gait> gait;
  StrideClock stride_clock;
  double stance_crouch = 0, stance_width = 0, stance_forward = 0, stance_height = 0;
  Tracks tracks;
  std::vector<ActivePerturbation> perturbations;
  sim::Body body;
  sim::StepInput input;
  double duration = 0;
  std::vector<sim::Surface> grounds;  // those that are not for feet alone
  std::optional<Release> release;
  std::optional<Resume> resume;              // planned or begun
  bool resumed = false;                      // begun
  Frame before, now, after;                  // at t − dt, t and t + dt
  std::array<double, 2> foot_down = {1, 1};  // filtered contact of each foot
  Happening happening;
};

Performer::State::State(const Motion& m, const ResolvedParameters& parameters, const sim::Subject& s,
                        random::StreamKey k, const PerformOptions& o)
    : motion(m), subject(s), key(k), options(o), skeleton(sim::BuildSkeleton(s)), body(skeleton, o.dt) {
  scope = WithLengths(MakeScope(parameters, subject), skeleton);
  if (motion.event_at) {
    happening.onset = motion.event_at->Evaluate(scope);
    scope["t_event_s"] = *happening.onset;
  }
  duration = motion.duration.Evaluate(scope);
  scope["t_end_s"] = duration;
  if (!motion.gait.empty()) {
    gait.emplace(MakeGait(motion.gait, scope), skeleton.ankle_height, skeleton.foot_length);
  } else {
    stance_crouch = motion.stance.at("crouch_m").Evaluate(scope);
    stance_width = motion.stance.at("width_m").Evaluate(scope);
    stance_forward = motion.stance.at("forward_m").Evaluate(scope);
    stance_height = motion.stance.at("height_m").Evaluate(scope);
  }
  AppendTracks(motion.tracks, scope, subject.watch_side, key.Derive("tracks"), tracks);
  AppendTracks(motion.closing, scope, subject.watch_side, key.Derive("closing"), tracks);
  for (Perturbation& p : MakePerturbations(motion.perturbations, scope, subject.watch_side)) {
    perturbations.push_back({std::move(p), {}});
  }
  std::vector<sim::Surface> surfaces = MakeSurfaces(motion.surfaces, scope);
  for (const sim::Surface& surface : surfaces) {
    if (surface.ground && surface.segments != sim::kFeet) grounds.push_back(surface);
  }
  body.SetSurfaces(std::move(surfaces));
  const auto assist = [&](const char* name) { return motion.assist.at(name).Evaluate(scope); };
  // Numbers of motion files are for 73 kg; forces scale with the mass, torques with the strength.
  const double force_scale = skeleton.mass / 73;
  input.assist.stiffness = assist("stiffness_npm") * force_scale;
  input.assist.damping = 2 * assist("damping_ratio") * std::sqrt(input.assist.stiffness * skeleton.mass);
  input.assist.max_force = assist("max_force_n") * force_scale;
  input.assist.rotation_stiffness *= skeleton.strength;
  input.assist.rotation_damping *= skeleton.strength;
  input.assist.max_torque = assist("max_torque_nm") * skeleton.strength;
  if (!happening.onset) PlanResume();
  if (motion.release) release = MakeRelease(*motion.release, scope);
  before = At(Time() - o.dt);
  now = At(Time());
  after = At(Time() + o.dt);
  body.SetState(MakeReference(skeleton, before.pose, now.pose, after.pose, o.dt));
  const double half_step = 0.5 * o.dt;
  while (Time() < -half_step) Advance();
}

// Where gait or stance has pelvis and ankles.
void Performer::State::PlaceBase(double t, Frame& frame, BasePlacement& base) const {
  if (Striding()) {
    // Treads stay where they are, so on stairs the steps wait; on the level they go on at their pace, over less way.
    const bool level = gait->spec().rise == 0;
    frame.gait = gait->At(level ? t : t - stride_clock.delay());
    if (level) frame.gait.Shift(-gait->spec().speed * stride_clock.delay());
    base.pelvis = {frame.gait.x, frame.gait.y, skeleton.StandingPelvisHeight() + frame.gait.z};
  } else {
    frame.gait.weight = {0.5, 0.5};
    base.pelvis = {0, 0, stance_height + skeleton.StandingPelvisHeight() - stance_crouch};
    frame.values[Slot(Channel::kFeetByContact)] = 1;
  }
  for (std::size_t i = 0; i < 2; ++i) {
    const Side side = i == 0 ? Side::kLeft : Side::kRight;
    const double left = i == 0 ? 1 : -1;
    if (Striding()) {
      // Feet swing closer to the midline than the hips are wide.
      const FootTarget& foot = frame.gait.foot[i];
      base.ankle[i] = {foot.x, left * 0.6 * skeleton.hip_half_width, skeleton.ankle_height + foot.z};
      frame.values[Slot(Channel::kFootPitch, side)] = foot.pitch;
    } else {
      base.ankle[i] = {stance_forward - 0.04, left * (skeleton.hip_half_width + 0.5 * stance_width),
                       stance_height + skeleton.ankle_height};
    }
  }
}

Frame Performer::State::At(double t) const {
  Frame frame;
  frame.values = RestValues();
  BasePlacement base;
  PlaceBase(t, frame, base);
  const double cadence = Striding() ? frame.gait.cadence : 1;
  tracks.placing.Apply(t, frame.gait.phase, cadence, frame.values);
  const Vector3d moved(frame.values[Slot(Channel::kBaseX)], frame.values[Slot(Channel::kBaseY)],
                       frame.values[Slot(Channel::kBaseZ)]);
  for (Vector3d* point : {&base.pelvis, &base.ankle[0], &base.ankle[1]}) *point += moved;
  PlaceFeet(skeleton, base, frame.values);
  tracks.legs.Apply(t, frame.gait.phase, cadence, frame.values);
  frame.pose = MakePose(base, frame.values);
  if (resumed) resume->Apply(t, frame.pose, frame.values);
  return frame;
}

void Performer::State::PlanResume() {
  if (!motion.resume) return;
  resume.emplace(motion.resume->at.Evaluate(scope), motion.resume->over.Evaluate(scope));
}

void Performer::State::BeginResume() {
  const double t = Time();
  const ChannelValues values = now.values;
  scope["t_resume_s"] = t;
  tracks = {};
  AppendTracks(motion.resume->tracks, scope, subject.watch_side, key.Derive("resume"), tracks);
  // Stands on its own feet from here on, wherever a gait had led it.
  stance_crouch = 0.014;
  stance_width = stance_forward = stance_height = 0;
  gait.reset();
  now = At(t);
  resume->Begin(PoseOf(body), now.pose, values);
  resumed = true;
  before = At(t - body.dt());
  now = At(t);
  after = At(t + body.dt());
}

double Performer::State::FastestSegment() const {
  double fastest = 0;
  for (int k = 0; k < sim::kSegments; ++k) {
    fastest = std::max(fastest, body.Velocity(static_cast<Segment>(k), Vector3d::Zero()).squaredNorm());
  }
  return std::sqrt(fastest);
}

// Long steps for a body that lies still, short ones as soon as it moves.
void Performer::State::ChooseStep() {
  const double long_step = options.quiet_steps * options.dt;
  if (options.quiet_steps == 1 || long_step > kLongestStep || !happening.impact_peak || release || resume) return;
  if (Time() < *happening.impact_peak + kQuietAfter) return;
  const bool quiet = body.dt() > options.dt;
  const double fastest = FastestSegment();
  if (quiet && fastest > kNotQuiet) SetStep(options.dt);
  if (!quiet && fastest < kQuiet) SetStep(long_step);
}

void Performer::State::SetStep(double dt) {
  body.SetStep(dt);
  before = At(Time() - dt);
  after = At(Time() + dt);
}

void Performer::State::FillMuscles() {
  const auto set = [&](Segment segment, double tone, double drive) {
    const auto joint = static_cast<std::size_t>(sim::Index(segment)) - 1;
    input.tone[joint] = tone;
    input.feed_forward[joint] = drive;
  };
  const ChannelValues& v = now.values;
  for (const Segment s : {Segment::kAbdomen, Segment::kThorax}) {
    set(s, v[Slot(Channel::kTrunkTone)], v[Slot(Channel::kTrunkDrive)]);
  }
  set(Segment::kHead, v[Slot(Channel::kNeckTone)], v[Slot(Channel::kTrunkDrive)]);
  for (const Side side : {Side::kLeft, Side::kRight}) {
    for (const Segment s : {Segment::kUpperArmL, Segment::kForearmL, Segment::kWristL, Segment::kHandL}) {
      set(sim::OnSide(s, side), v[Slot(Channel::kArmTone, side)], v[Slot(Channel::kArmDrive, side)]);
    }
    // A runner's leg is a spring and keeps its stiffness.
    const double stance = Striding() && gait->spec().duty > 0.5
                              ? (1 - v[Slot(Channel::kFeetByContact)]) * now.gait.weight[side == Side::kLeft ? 0 : 1]
                              : 0;
    for (const Segment s : {Segment::kThighL, Segment::kShankL, Segment::kFootL}) {
      const double tone = v[Slot(Channel::kLegTone, side)] * (1 - stance * Yielding(s));
      set(sim::OnSide(s, side), tone, v[Slot(Channel::kLegDrive, side)]);
    }
  }
}

// Where a striding foot is pushed down: ahead of its centre of mass [m]. From the heel to the ball over the first 0.6
// of the stance, but under what touches: a foot that is pushed down beside it turns instead of carrying, and slaps.
double Performer::State::StridingPressure(std::size_t side) const {
  const double length = skeleton.foot_length;
  const double stance = now.gait.phase[side] / gait->spec().duty;
  if (gait->spec().Runs()) return length * (-0.23 + 0.66 * std::min(1.0, stance));
  constexpr double kHeel = -0.38, kBall = 0.29, kToes = 0.32;  // foot lengths
  constexpr double kTilt = 0.08;                               // rad by which one end has surely left the ground
  const Eigen::Matrix3d R_WB = body.R_WB(side == 0 ? Segment::kFootL : Segment::kFootR);
  const double toes_down = std::atan2(-R_WB(2, 0), R_WB(0, 0)) / kTilt;
  const double rear = kBall + (kHeel - kBall) * (1 - std::clamp(toes_down, 0.0, 1.0));
  const double front = kHeel + (kToes - kHeel) * (1 - std::clamp(-toes_down, 0.0, 1.0));
  return length * (rear + (front - rear) * std::min(1.0, stance / 0.6));
}

// Feet carry by the schedule of the stride, by what touches the ground, or by something between.
void Performer::State::FillFeet() {
  const double cadence = gait ? now.gait.cadence : 0;
  // At rest a walker stands on both feet.
  const double by_contact = std::max(now.values[Slot(Channel::kFeetByContact)], 1 - cadence);
  const Vector3d centre = body.CentreOfMass();
  const std::array<Segment, 2> feet = {Segment::kFootL, Segment::kFootR};
  std::array<Vector3d, 2> sole;
  for (std::size_t i = 0; i < 2; ++i) {
    const bool touches = body.forces().contact[static_cast<std::size_t>(sim::Index(feet[i]))].z() > 20;
    const double slowness = touches && !Striding() ? kTakesOver : 0.02;
    foot_down[i] += ((touches ? 1.0 : 0.0) - foot_down[i]) * std::min(1.0, body.dt() / slowness);
    sole[i] = body.Position(feet[i], Vector3d::Zero());
  }
  // Both feet down: the nearer one to the centre of mass carries more.
  const Vector3d across = sole[1] - sole[0];
  const double right = std::clamp((centre - sole[0]).dot(across) / std::max(across.squaredNorm(), 1e-4), 0.0, 1.0);
  std::array<double, 2> carried = {foot_down[0] * (1 - right * foot_down[1]),
                                   foot_down[1] * (1 - (1 - right) * foot_down[0])};
  const double sum = std::max(carried[0] + carried[1], 0.6);
  // A foot that the stride asks to carry does so once it is on the ground; pushed down earlier, it would stamp.
  const std::array<double, 2> planned = {now.gait.weight[0] * foot_down[0], now.gait.weight[1] * foot_down[1]};
  const double planned_sum = std::max(planned[0] + planned[1], 0.6);
  const double length = skeleton.foot_length;
  for (std::size_t i = 0; i < 2; ++i) {
    input.feet.weight[i] = (1 - by_contact) * planned[i] / planned_sum + by_contact * carried[i] / sum;
    const double stride_x = gait ? StridingPressure(i) : 0;
    const double under = (body.R_WB(feet[i]).transpose() * (centre - sole[i])).x();
    const double contact_x = std::clamp(under, -0.3 * length, 0.42 * length);
    input.feet.centre_of_pressure[i] = {(1 - by_contact) * stride_x + by_contact * contact_x, 0,
                                        -0.5 * skeleton.ankle_height};
  }
}

void Performer::State::FillPerturbations() {
  const double t = Time();
  input.load_count = 0;
  input.foot_friction = {1, 1};
  for (ActivePerturbation& p : perturbations) {
    const double u = (t - p.at) / p.over;
    if (u < 0 || u >= 1) continue;
    if (p.kind == PerturbationSpec::Kind::kFriction) {
      input.foot_friction[p.segment == Segment::kFootL ? 0 : 1] = p.scale;
      continue;
    }
    input.AddLoad(LoadOf(p, t, u));
  }
}

// `u` is the share of the perturbation that has passed.
sim::PointLoad Performer::State::LoadOf(ActivePerturbation& p, double t, double u) {
  sim::PointLoad load;
  load.segment = p.segment;
  load.p_B = p.p_B;
  if (p.kind == PerturbationSpec::Kind::kImpulse) {
    // Half a sine with the impulse as its area.
    load.force_W = p.impulse * (0.5 * std::numbers::pi / p.over * std::sin(std::numbers::pi * u));
    return load;
  }
  if (p.kind == PerturbationSpec::Kind::kServo) {
    load.servo_damping = p.damping;
    load.servo_velocity_W = p.velocity;
    return load;
  }
  if (!p.held) p.held = p.to.value_or(body.Position(p.segment, p.p_B));
  const double share = Smooth((t - p.at) / p.ramp);
  load.hold_stiffness = share * p.stiffness;
  load.hold_damping = share * p.damping;
  load.hold_max_force = p.max_force;
  load.hold_point_W = *p.held + (t - p.at) * p.velocity;
  load.hold_velocity_W = p.velocity;
  return load;
}

void Performer::State::FillInput() {
  input.reference = MakeReference(skeleton, before.pose, now.pose, after.pose, body.dt());
  const ChannelValues& v = now.values;
  input.assist.position_share = v[Slot(Channel::kAssistPosition)];
  input.assist.rotation_share = v[Slot(Channel::kAssistRotation)];
  input.assist.weight_share = v[Slot(Channel::kAssistWeight)];
  input.assist.descent_damping = v[Slot(Channel::kDescentDamping)];
  input.feet.share = v[Slot(Channel::kFeetShare)];
  FillMuscles();
  FillFeet();
  FillPerturbations();
}

void Performer::State::LandAt(double t) {
  happening.first_contact = t;
  happening.impact_speed = -body.Velocity(Segment::kPelvis, Vector3d::Zero()).z();
  scope["t_contact_s"] = t;
  AppendTracks(motion.after_contact, scope, subject.watch_side, key.Derive("after_contact"), tracks);
  PlanResume();
}

void Performer::State::Watch() {
  const double t = Time();
  CheckBody(body, t);
  const double pelvis = body.Position(Segment::kPelvis, Vector3d::Zero()).z();
  const bool before_event = !happening.onset || t < *happening.onset;
  if (before_event && now.pose.p_WB.z() - pelvis > kLostBalance) {
    throw PerformError(fmt::format("the subject lost its balance at {:.2f} s before anything disturbed it", t));
  }
  if (!happening.onset || t <= *happening.onset) return;
  const sim::StepForces& forces = body.forces();
  if (!happening.first_contact && (forces.on_ground & ~sim::kFeet) != 0) LandAt(t);
  if (happening.first_contact && IsDown()) happening.was_down = true;
  if (!happening.first_contact || t > *happening.first_contact + kImpactWindow) return;
  double force = 0;
  for (std::size_t k = 0; k < sim::kSegments; ++k) {
    if (forces.on_ground & ~sim::kFeet & (1u << k)) force += forces.contact[k].norm();
  }
  if (force > happening.impact_force) {
    happening.impact_force = force;
    happening.impact_peak = t;
  }
}

// Near the highest ground under it: a stair has a floor at every tread.
bool Performer::State::IsDown() const {
  const auto near_ground = [&](Segment segment, double height) {
    const Vector3d p = body.Position(segment, Vector3d::Zero());
    return std::any_of(grounds.begin(), grounds.end(), [&](const sim::Surface& ground) {
      return p.x() >= ground.x_lo && p.x() <= ground.x_hi && p.y() >= ground.y_lo && p.y() <= ground.y_hi &&
             p.z() < ground.height + height;
    });
  };
  return near_ground(Segment::kPelvis, kDownHeight) || near_ground(Segment::kHead, kHeadDown);
}

// Who has lost control, in a fall, waits for nothing.
void Performer::State::WaitForBody() {
  if (!Striding()) return;
  const double lag = now.pose.p_WB.x() - body.Position(Segment::kPelvis, Vector3d::Zero()).x();
  const double control = Smooth((now.values[Slot(Channel::kAssistPosition)] - 0.5) / 0.4);
  stride_clock.Advance(lag, now.gait.cadence * control, body.dt());
}

void Performer::State::Advance() {
  ChooseStep();
  FillInput();
  body.Step(input);
  Watch();
  before = std::move(now);
  now = std::move(after);
  WaitForBody();
  after = At(Time() + body.dt());
  if (resume && !resumed && Time() >= resume->at()) BeginResume();
  happening.ended_down = IsDown();
}

Performer::Performer(const Motion& motion, const ResolvedParameters& parameters, const sim::Subject& subject,
                     random::StreamKey key, const PerformOptions& options)
    : state_(std::make_unique<State>(motion, parameters, subject, key, options)) {}
Performer::~Performer() = default;

bool Performer::Done() const {
  double end = state_->duration;
  if (state_->happening.impact_peak) end = std::max(end, *state_->happening.impact_peak + state_->options.tail_s);
  return state_->Time() >= end;
}

void Performer::Step() { state_->Advance(); }
const sim::Body& Performer::body() const { return state_->body; }
double Performer::time() const { return state_->Time(); }
const Happening& Performer::happening() const { return state_->happening; }
const sim::StepInput& Performer::input() const { return state_->input; }
bool Performer::resumed() const { return state_->resumed; }
const std::optional<Release>& Performer::release() const { return state_->release; }

std::vector<trace::ActivitySegment> Performer::Activities() const {
  std::vector<trace::ActivitySegment> activities;
  for (const ActivitySpec& spec : state_->motion.activities) {
    const auto ns = [&](const Value& value) { return trace::Nanoseconds(value.Evaluate(state_->scope)); };
    activities.push_back({spec.label, ns(spec.from), ns(spec.to)});
  }
  return activities;
}

}  // namespace stunt::motion_models
