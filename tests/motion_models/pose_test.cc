#include "pose.h"

#include <gtest/gtest.h>

#include <numbers>

#include "stunt/random/random.h"

namespace stunt::motion_models {
namespace {

using Eigen::AngleAxisd;
using Eigen::Quaterniond;
using Eigen::Vector3d;
using sim::Segment;
using sim::Side;

constexpr double kDt = 1e-3;

sim::Skeleton Person(std::uint64_t i) {
  random::Stream stream(random::StreamKey{5, i});
  sim::Subject subject;
  subject.sex = i % 2 == 0 ? sim::Sex::kMale : sim::Sex::kFemale;
  subject.stature_m = stream.Uniform(1.45, 2.0);
  subject.mass_kg = stream.Uniform(45, 110);
  return sim::BuildSkeleton(subject);
}

// Oracle: the simulated body's own kinematics.
sim::Body Shown(const sim::Skeleton& skeleton, const Pose& pose) {
  sim::Body body(skeleton, kDt);
  body.SetState(MakeReference(skeleton, pose, pose, pose, kDt));
  return body;
}

Vector3d JointOf(const sim::Body& body, Segment segment) {
  return body.Position(segment, -body.skeleton().link(segment).p_joint_com);
}

Vector3d Mirrored(const Vector3d& p) { return {p.x(), -p.y(), p.z()}; }

// ---- SolveLeg ----

Pose Standing(const ChannelValues& values) { return MakePose(BasePlacement(), values); }

ChannelValues WithLeg(const LegAngles& leg, Side side) {
  ChannelValues values{};
  values[Slot(Channel::kHipFlex, side)] = leg.hip_flex;
  values[Slot(Channel::kHipAbduct, side)] = leg.hip_abduct;
  values[Slot(Channel::kHipRotate, side)] = leg.hip_rotate;
  values[Slot(Channel::kKneeFlex, side)] = leg.knee_flex;
  return values;
}

// A target for the left ankle from its hip, at a share of the leg's length.
Vector3d LegTarget(const sim::Skeleton& skeleton, random::Stream& stream, double share) {
  const double pitch = stream.Uniform(-0.5, 1.6);
  const double abduct = stream.Uniform(-0.3, 0.7);
  const Vector3d down =
      AngleAxisd(abduct, Vector3d::UnitX()) * AngleAxisd(-pitch, Vector3d::UnitY()) * Vector3d(0, 0, -1);
  return share * (skeleton.thigh + skeleton.shank) * down;
}

TEST(SolveLeg, PutsTheAnkleThereAsTheBodyConfirms) {
  random::Stream stream(random::StreamKey{1, 2});
  for (std::uint64_t i = 0; i < 200; ++i) {
    const sim::Skeleton skeleton = Person(i);
    for (const Side side : {Side::kLeft, Side::kRight}) {
      const double left = side == Side::kLeft ? 1 : -1;
      // Farther out the soft limit holds the leg back: by 0.97 mm at 64 mm below its length.
      const double farthest = 1 - 0.064 / (skeleton.thigh + skeleton.shank);
      Vector3d target = LegTarget(skeleton, stream, stream.Uniform(0.4, farthest));
      target.y() *= left;
      const sim::Body body = Shown(skeleton, Standing(WithLeg(SolveLeg(skeleton, target, left), side)));
      const Vector3d hip = JointOf(body, sim::OnSide(Segment::kThighL, side));
      const Vector3d ankle = JointOf(body, sim::OnSide(Segment::kFootL, side));
      EXPECT_LT((ankle - hip - target).norm(), 1e-3) << target.transpose();
    }
  }
}

TEST(SolveLeg, IsExactWellWithinReach) {
  random::Stream stream(random::StreamKey{1, 3});
  for (std::uint64_t i = 0; i < 100; ++i) {
    const sim::Skeleton skeleton = Person(i);
    const Vector3d target = LegTarget(skeleton, stream, stream.Uniform(0.4, 0.75));
    const sim::Body body = Shown(skeleton, Standing(WithLeg(SolveLeg(skeleton, target, 1), Side::kLeft)));
    EXPECT_LT((JointOf(body, Segment::kFootL) - JointOf(body, Segment::kThighL) - target).norm(), 2e-6);
  }
}

TEST(SolveLeg, ReachesTowardsWhatIsTooFarWithoutAStraightKnee) {
  random::Stream stream(random::StreamKey{1, 4});
  for (std::uint64_t i = 0; i < 100; ++i) {
    const sim::Skeleton skeleton = Person(i);
    const double length = skeleton.thigh + skeleton.shank;
    Vector3d direction = LegTarget(skeleton, stream, 1);
    double before = 0;
    for (const double share : {0.95, 0.99, 1.0, 1.02, 1.1, 1.5}) {
      const LegAngles leg = SolveLeg(skeleton, share * direction, 1);
      const sim::Body body = Shown(skeleton, Standing(WithLeg(leg, Side::kLeft)));
      const Vector3d reached = JointOf(body, Segment::kFootL) - JointOf(body, Segment::kThighL);
      EXPECT_LE(reached.norm(), length - 0.004 + 1e-12);
      EXPECT_GT(reached.norm(), before);  // still moves on: no corner
      EXPECT_LT(reached.normalized().cross(direction.normalized()).norm(), 1e-9);
      EXPECT_GT(leg.knee_flex, 0.05);
      before = reached.norm() - 1e-9;
    }
  }
}

// On a saddle the ankle passes the level of the hip joint; a knee that turned outward there would do so in a step or
// two.
TEST(SolveLeg, MovesNoFasterThanTheAnkleWhereItIsLevelWithTheHip) {
  const sim::Skeleton skeleton = Person(0);
  for (const double y : {-0.05, 0.001, 0.05}) {
    sim::Body before = Shown(skeleton, Standing(WithLeg(SolveLeg(skeleton, {0.45, y, -0.1}, 1), Side::kLeft)));
    for (int i = 1; i <= 200; ++i) {
      const Vector3d ankle(0.45, y, -0.1 + 0.001 * i);
      const sim::Body now = Shown(skeleton, Standing(WithLeg(SolveLeg(skeleton, ankle, 1), Side::kLeft)));
      const double step = (JointOf(now, Segment::kShankL) - JointOf(before, Segment::kShankL)).norm();
      EXPECT_LT(step, 0.003) << y << " " << ankle.z();  // the ankle moves by 1 mm
      before = Shown(skeleton, Standing(WithLeg(SolveLeg(skeleton, ankle, 1), Side::kLeft)));
    }
  }
}

TEST(SolveLeg, MirrorsBetweenTheSides) {
  random::Stream stream(random::StreamKey{1, 5});
  const sim::Skeleton skeleton = Person(0);
  for (int i = 0; i < 100; ++i) {
    const Vector3d target = LegTarget(skeleton, stream, stream.Uniform(0.4, 1.1));
    const LegAngles left = SolveLeg(skeleton, target, 1);
    const LegAngles right = SolveLeg(skeleton, Mirrored(target), -1);
    EXPECT_EQ(left.hip_flex, right.hip_flex);
    EXPECT_EQ(left.hip_abduct, right.hip_abduct);
    EXPECT_EQ(left.hip_rotate, right.hip_rotate);
    EXPECT_EQ(left.knee_flex, right.knee_flex);
  }
}

// ---- PlaceFeet and MakePose ----

struct Placed {
  double position = 0;  // m, largest distance of an ankle from its target
  double pitch = 0;     // rad, largest error of the foot's own pitch
  double tilt = 0;      // rad, of the sole sideways
};

// Pelvis moved and turned about a crouch, feet at their own places.
Placed WorstOfManyPoses(double pitch, double roll, double yaw) {
  random::Stream stream(random::StreamKey{1, 6});
  Placed worst;
  for (std::uint64_t i = 0; i < 200; ++i) {
    const sim::Skeleton skeleton = Person(i);
    BasePlacement base;
    base.pelvis = {stream.Uniform(-1, 4), 0.1, skeleton.StandingPelvisHeight() - 0.16};
    ChannelValues values{};
    values[Slot(Channel::kPelvisX)] = stream.Uniform(-0.1, 0.1);
    values[Slot(Channel::kPelvisY)] = stream.Uniform(-0.05, 0.05);
    values[Slot(Channel::kPelvisPitch)] = stream.Uniform(-pitch, pitch);
    values[Slot(Channel::kPelvisRoll)] = stream.Uniform(-roll, roll);
    values[Slot(Channel::kPelvisYaw)] = stream.Uniform(-yaw, yaw);
    for (const Side side : {Side::kLeft, Side::kRight}) {
      const double left = side == Side::kLeft ? 1 : -1;
      base.ankle[side == Side::kLeft ? 0 : 1] = {base.pelvis.x(), 0.1 + left * skeleton.hip_half_width,
                                                 skeleton.ankle_height};
      values[Slot(Channel::kFootX, side)] = stream.Uniform(-0.15, 0.15);
      values[Slot(Channel::kFootY, side)] = stream.Uniform(0, 0.08);
      values[Slot(Channel::kFootZ, side)] = stream.Uniform(0, 0.1);
      values[Slot(Channel::kFootPitch, side)] = stream.Uniform(-0.3, 0.6);
    }
    PlaceFeet(skeleton, base, values);
    const sim::Body body = Shown(skeleton, MakePose(base, values));
    for (const Side side : {Side::kLeft, Side::kRight}) {
      const double left = side == Side::kLeft ? 1 : -1;
      const Segment foot = sim::OnSide(Segment::kFootL, side);
      const Vector3d target = base.ankle[side == Side::kLeft ? 0 : 1] +
                              Vector3d(values[Slot(Channel::kFootX, side)], left * values[Slot(Channel::kFootY, side)],
                                       values[Slot(Channel::kFootZ, side)]);
      worst.position = std::max(worst.position, (JointOf(body, foot) - target).norm());
      const Vector3d ahead = body.R_WB(foot).col(0);
      const double foot_pitch = std::atan2(-ahead.z(), std::hypot(ahead.x(), ahead.y()));
      worst.pitch = std::max(worst.pitch, std::abs(foot_pitch - values[Slot(Channel::kFootPitch, side)]));
      worst.tilt = std::max(worst.tilt, std::abs(std::asin(body.R_WB(foot).col(1).z())));
    }
  }
  return worst;
}

TEST(PlaceFeet, KeepsTheFeetWhereTheyAreUnderALeaningPelvis) {
  // Measured: 60 µm, which the soft limit takes; the foot is level to rounding.
  const Placed upright = WorstOfManyPoses(0.5, 0, 0);
  EXPECT_LT(upright.position, 1e-4);
  EXPECT_LT(upright.pitch, 1e-9);
  EXPECT_LT(upright.tilt, 1e-9);
  const Placed turned = WorstOfManyPoses(0.5, 0.15, 0.3);
  EXPECT_LT(turned.position, 1e-4);
  EXPECT_LT(turned.pitch, 1e-9);
  EXPECT_LT(turned.tilt, 1e-9);
}

TEST(MakePose, TheSameAnglesOnBothSidesGiveAMirrorImage) {
  random::Stream stream(random::StreamKey{1, 7});
  const sim::Skeleton skeleton = Person(4);
  ChannelValues values{};
  for (const Channel c : {Channel::kPelvisPitch, Channel::kLumbarFlex, Channel::kThoracicFlex, Channel::kNeckFlex}) {
    values[Slot(c)] = stream.Uniform(-0.5, 0.5);
  }
  for (int c = kFirstSided; c < kFirstSided + kSidedChannels; ++c) {
    const double amount = stream.Uniform(-0.7, 0.7);
    for (const Side side : {Side::kLeft, Side::kRight}) values[Slot(static_cast<Channel>(c), side)] = amount;
  }
  const sim::Body body = Shown(skeleton, MakePose(BasePlacement(), values));
  for (const Segment left : {Segment::kUpperArmL, Segment::kForearmL, Segment::kWristL, Segment::kHandL,
                             Segment::kThighL, Segment::kShankL, Segment::kFootL}) {
    const Segment right = sim::OnSide(left, Side::kRight);
    const Vector3d p(0.03, 0.02, -0.05);
    EXPECT_LT((body.Position(left, p) - Mirrored(body.Position(right, Mirrored(p)))).norm(), 1e-12) << sim::Name(left);
  }
}

// Signs that a reader of a motion file relies on: one channel at a time, against the words in channels.h.
TEST(MakePose, SignsAreAnatomical) {
  const sim::Skeleton skeleton = Person(2);
  const auto shown = [&](Channel channel, Side side, double amount) {
    ChannelValues values{};
    values[IsSided(channel) ? Slot(channel, side) : Slot(channel)] = amount;
    return Shown(skeleton, MakePose(BasePlacement(), values));
  };
  const sim::Body neutral = Shown(skeleton, MakePose(BasePlacement(), ChannelValues{}));
  const auto moved = [&](const sim::Body& body, Segment s) -> Vector3d {
    return body.Position(s, {0, 0, 0}) - neutral.Position(s, {0, 0, 0});
  };
  for (const Side side : {Side::kLeft, Side::kRight}) {
    const double left = side == Side::kLeft ? 1 : -1;
    const auto on = [&](Segment s) { return sim::OnSide(s, side); };
    EXPECT_GT(moved(shown(Channel::kShoulderFlex, side, 0.5), on(Segment::kHandL)).x(), 0.1);
    EXPECT_GT(left * moved(shown(Channel::kShoulderAbduct, side, 0.5), on(Segment::kHandL)).y(), 0.1);
    EXPECT_GT(moved(shown(Channel::kElbowFlex, side, 0.5), on(Segment::kHandL)).x(), 0.05);
    EXPECT_GT(moved(shown(Channel::kHipFlex, side, 0.5), on(Segment::kFootL)).x(), 0.1);
    EXPECT_GT(left * moved(shown(Channel::kHipAbduct, side, 0.5), on(Segment::kFootL)).y(), 0.1);
    EXPECT_LT(moved(shown(Channel::kKneeFlex, side, 0.5), on(Segment::kFootL)).x(), -0.1);
    // Internal rotation turns the thumbs and the toes inwards.
    EXPECT_LT(left * shown(Channel::kShoulderRotate, side, 0.5).R_WB(on(Segment::kHandL)).col(0).y(), -0.1);
    EXPECT_LT(left * shown(Channel::kForearmPronate, side, 0.5).R_WB(on(Segment::kHandL)).col(0).y(), -0.1);
    EXPECT_LT(left * shown(Channel::kHipRotate, side, 0.5).R_WB(on(Segment::kFootL)).col(0).y(), -0.1);
    EXPECT_GT(shown(Channel::kAnkleFlex, side, 0.5).R_WB(on(Segment::kFootL)).col(0).z(), 0.1);  // toes up
    EXPECT_LT(left * shown(Channel::kWristFlex, side, 0.5).R_WB(on(Segment::kHandL)).col(2).y(), 1);
  }
  EXPECT_GT(moved(shown(Channel::kPelvisPitch, Side::kLeft, 0.5), Segment::kHead).x(), 0.1);
  EXPECT_LT(moved(shown(Channel::kPelvisRoll, Side::kLeft, 0.5), Segment::kHead).y(), -0.1);
  EXPECT_GT(shown(Channel::kPelvisYaw, Side::kLeft, 0.5).R_WB(Segment::kHead).col(0).y(), 0.1);
  EXPECT_GT(moved(shown(Channel::kLumbarFlex, Side::kLeft, 0.5), Segment::kHead).x(), 0.1);
  EXPECT_LT(moved(shown(Channel::kThoracicSide, Side::kLeft, 0.5), Segment::kHead).y(), -0.05);
}

// ---- MakeReference ----

// Rz(a(t)) Rx(b(t)) has the body rate b' x + a' Rx(b)ᵀ z.
struct TwoAxes {
  double a0, a1, a2, b0, b1, b2;
  [[nodiscard]] double A(double t) const { return a0 + a1 * t + 0.5 * a2 * t * t; }
  [[nodiscard]] double B(double t) const { return b0 + b1 * t + 0.5 * b2 * t * t; }
  [[nodiscard]] Quaterniond Q(double t) const {
    return Quaterniond(AngleAxisd(A(t), Vector3d::UnitZ()) * AngleAxisd(B(t), Vector3d::UnitX()));
  }
  [[nodiscard]] Vector3d Rate(double t) const {
    const double a = a1 + a2 * t, b = b1 + b2 * t;
    return {b, a * std::sin(B(t)), a * std::cos(B(t))};
  }
  [[nodiscard]] Vector3d Acceleration(double t) const {
    const double a = a1 + a2 * t, b = b1 + b2 * t;
    return {b2, a2 * std::sin(B(t)) + a * b * std::cos(B(t)), a2 * std::cos(B(t)) - a * b * std::sin(B(t))};
  }
};

TEST(MakeReference, RatesAgreeWithTheClosedFormToSecondOrder) {
  const sim::Skeleton skeleton = Person(1);
  const TwoAxes joint = {0.3, 2.1, -7, -0.4, 3.3, 11};
  const TwoAxes pelvis = {2.9, -1.1, 5, 0.2, 0.8, -3};
  const auto pose = [&](double t) {
    Pose p = MakePose(BasePlacement(), ChannelValues{});
    p.p_WB = {1 + 2 * t - 3 * t * t, std::sin(4 * t), std::cos(3 * t)};
    p.q_WB = pelvis.Q(t);
    for (std::size_t j = 0; j < sim::kJoints; ++j) {
      p.q[j] = joint.Q(t);
      p.angle[j] = std::sin(5 * t);
    }
    return p;
  };
  const double t = 0.21;
  double before = 0;
  for (const double dt : {4e-3, 2e-3, 1e-3}) {
    const sim::BodyReference r = MakeReference(skeleton, pose(t - dt), pose(t), pose(t + dt), dt);
    double error = 0;
    error = std::max(error, (r.v_WB_W - Vector3d(2 - 6 * t, 4 * std::cos(4 * t), -3 * std::sin(3 * t))).norm());
    error = std::max(error, (r.a_WB_W - Vector3d(-6, -16 * std::sin(4 * t), -9 * std::cos(3 * t))).norm());
    error = std::max(error, (r.w_WB_W - pelvis.Q(t) * pelvis.Rate(t)).norm());
    error = std::max(error, (r.alpha_WB_W - pelvis.Q(t) * pelvis.Acceleration(t)).norm());
    for (std::size_t j = 0; j < sim::kJoints; ++j) {
      if (skeleton.links[j + 1].type == sim::JointType::kRevolute) {
        EXPECT_EQ(r.joints[j].angle, std::sin(5 * t));
        error = std::max(error, std::abs(r.joints[j].rate.x() - 5 * std::cos(5 * t)));
        error = std::max(error, std::abs(r.joints[j].acceleration.x() + 25 * std::sin(5 * t)));
      } else {
        error = std::max(error, (r.joints[j].rate - joint.Rate(t)).norm());
        error = std::max(error, (r.joints[j].acceleration - joint.Acceleration(t)).norm());
      }
    }
    EXPECT_LT(error, 40 * dt * dt * 4) << dt;
    if (before > 0) {
      EXPECT_NEAR(before / error, 4, 0.1) << dt;  // halving the step quarters the error
    }
    before = error;
  }
}

// Quaternions of the same rotation with the other sign must not make a turn of 2π in one step.
TEST(MakeReference, DoesNotCareWhichSignAQuaternionHas) {
  const sim::Skeleton skeleton = Person(1);
  const TwoAxes joint = {0.3, 2.1, -7, -0.4, 3.3, 11};
  const auto pose = [&](double t, double sign) {
    Pose p = MakePose(BasePlacement(), ChannelValues{});
    for (auto& q : p.q) q.coeffs() = sign * joint.Q(t).coeffs();
    return p;
  };
  const sim::BodyReference r = MakeReference(skeleton, pose(-kDt, 1), pose(0, -1), pose(kDt, 1), kDt);
  EXPECT_NEAR((r.joints[0].rate - joint.Rate(0)).norm(), 0, 1e-3);
}

}  // namespace
}  // namespace stunt::motion_models
