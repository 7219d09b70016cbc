#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>

#include "mujoco_model.h"
#include "random_state.h"
#include "stunt/sim/mjcf.h"
#include "stunt/sim/site.h"

// MuJoCo as an independent oracle: another formulation (generalised coordinates by another team), fed with the tree
// that ToMjcf writes, integrated by Runge–Kutta at a step far below ours.
namespace stunt::sim {
namespace {

using Eigen::Vector3d;
using testing::Limp;

const std::vector<std::string> kSites = {"left_wrist", "right_ear", "waist", "right_ankle"};

/// What acts on the body in flight.
struct Actions {
  double lift =
      0;  // constant force at the pelvis' centre of mass [N]: limbs swing like pendulums on what does not fall
  double tone = 0;      // of muscles that pull every joint to the neutral pose
  double settling = 0;  // readings count from here on [s]: a hand's own time constant at the start is 3 ms
};

MjcfOptions FreeOptions(double timestep, double tone) {
  MjcfOptions options;
  options.tone = tone;
  options.timestep = timestep;
  options.joint_limits = false;
  options.floor = false;
  options.sites = kSites;
  return options;
}

/// Largest differences between the two over a flight.
struct Difference {
  double position = 0;        // of any segment's centre of mass [m]
  double rotation = 0;        // of any segment [rad]
  double specific_force = 0;  // of any site [m/s²]
  double angular_rate = 0;    // of any site [rad/s]
};

// MuJoCo's step: it passes the middle and the end of each of ours.
constexpr double kFine = 2.5e-4;

Difference Compare(const BodyReference& start, const Actions& actions, double dt, double seconds) {
  const Skeleton skeleton = testing::WithoutLimits(BuildSkeleton(Subject()));
  const testing::MujocoModel model = testing::LoadMjcf(ToMjcf(skeleton, FreeOptions(kFine, actions.tone)));
  model->opt.integrator = mjINT_RK4;
  const testing::MujocoData data(mj_makeData(model.get()));
  testing::SetState(*model, *data, skeleton, start);
  data->xfrc_applied[6 * testing::BodyId(*model, Segment::kPelvis) + 2] = actions.lift;
  Body body(skeleton, dt);
  body.SetState(start);
  StepInput input = Limp();
  input.AddLoad({.segment = Segment::kPelvis, .force_W = {0, 0, actions.lift}});
  input.tone.fill(actions.tone);
  std::vector<SiteProbe> probes;
  for (const std::string& name : kSites) probes.emplace_back(FindSite(skeleton, name), body);

  Difference most;
  const int half = static_cast<int>(std::lround(0.5 * dt / kFine));
  while (body.time() < seconds - 0.5 * dt) {
    for (int i = 0; i < half; ++i) mj_step(model.get(), data.get());
    mj_forward(model.get(), data.get());
    const Eigen::VectorXd middle = Eigen::Map<Eigen::VectorXd>(data->sensordata, model->nsensordata);
    for (int i = 0; i < half; ++i) mj_step(model.get(), data.get());
    mj_forward(model.get(), data.get());
    body.Step(input);
    for (std::size_t i = 0; i < probes.size(); ++i) {
      const SiteMotion motion = probes[i].Sample(body, input.gravity);
      if (body.time() < actions.settling) continue;
      const auto at = static_cast<Eigen::Index>(6 * i);
      most.specific_force = std::max(most.specific_force, (motion.specific_force - middle.segment<3>(at)).norm());
      most.angular_rate = std::max(most.angular_rate, (motion.angular_rate - middle.segment<3>(at + 3)).norm());
    }
    for (int k = 0; k < kSegments; ++k) {
      const Segment segment = static_cast<Segment>(k);
      const int id = testing::BodyId(*model, segment);
      const Vector3d position = Eigen::Map<Vector3d>(data->xipos + std::ptrdiff_t{3} * id);
      const Eigen::Matrix3d R =
          Eigen::Map<Eigen::Matrix<double, 3, 3, Eigen::RowMajor>>(data->xmat + std::ptrdiff_t{9} * id);
      most.position = std::max(most.position, (body.Position(segment, Vector3d::Zero()) - position).norm());
      const double cosine = ((body.R_WB(segment).transpose() * R).trace() - 1) / 2;
      most.rotation = std::max(most.rotation, std::acos(std::clamp(cosine, -1.0, 1.0)));
    }
  }
  return most;
}

TEST(Mujoco, LoadsTheExportedBodyWithTheSameMassAndDegreesOfFreedom) {
  const Skeleton skeleton = BuildSkeleton(Subject());
  MjcfOptions options;
  options.sites = SiteNames();
  options.tone = 0.5;
  const testing::MujocoModel model = testing::LoadMjcf(ToMjcf(skeleton, options));
  EXPECT_EQ(model->nv, kDofs);
  EXPECT_EQ(model->nbody, kSegments + 1);
  EXPECT_EQ(model->nsensordata, 6 * static_cast<int>(SiteNames().size()));
  EXPECT_EQ(model->ngeom, skeleton.contact_count + 1);
  EXPECT_NEAR(mj_getTotalmass(model.get()), skeleton.mass, 1e-12);
}

// What is left between the two is our integrator's error: bounded at 1 ms, and halved when our step is.
void ExpectFirstOrderAgreement(const BodyReference& start, const Actions& actions, const Difference& bound) {
  const Difference at_1ms = Compare(start, actions, 1e-3, 0.4), at_half = Compare(start, actions, 5e-4, 0.4);
  for (double Difference::*what :
       {&Difference::position, &Difference::rotation, &Difference::specific_force, &Difference::angular_rate}) {
    EXPECT_LT(at_1ms.*what, bound.*what);
    EXPECT_NEAR(std::log2(at_1ms.*what / (at_half.*what)), 1, 0.1);
  }
}

// 0.4 s of tumbling, every joint at about 2 rad/s. Measured at 1 ms: at most 1.3 cm, 0.18 rad (a hand that spins about
// its long axis), 1.7 m/s² of about 40, 0.46 rad/s.
TEST(Mujoco, AgreesOnATumbleInFreeFall) {
  const Skeleton skeleton = BuildSkeleton(Subject());
  for (const std::uint64_t seed : {1, 2, 3}) {
    random::Stream stream(random::StreamKey{seed, 8});
    ExpectFirstOrderAgreement(testing::RandomState(skeleton, stream, 2), {}, {0.02, 0.25, 2.5, 0.7});
  }
}

// A body that the force of its weight carries at the pelvis, let go at rest with joints bent by up to 0.4 rad: gravity
// swings its limbs and buckles its trunk. Measured at 1 ms: at most 1.4 cm, 0.04 rad, 4.9 m/s² (a limb's whip), 0.78
// rad/s.
TEST(Mujoco, AgreesOnAPassiveSwing) {
  const Skeleton skeleton = BuildSkeleton(Subject());
  for (const std::uint64_t seed : {4, 5, 6}) {
    random::Stream stream(random::StreamKey{seed, 8});
    BodyReference start = testing::RandomState(skeleton, stream, 0);
    start.q_WB.setIdentity();
    for (JointReference& joint : start.joints) {
      joint.angle *= 0.2;
      joint.q = Eigen::Quaterniond::Identity().slerp(0.2, joint.q);
    }
    ExpectFirstOrderAgreement(start, {.lift = skeleton.mass * kStandardGravity}, {0.02, 0.06, 6, 1});
  }
}

// Muscles pull the bent body straight in flight. MuJoCo's joint springs and dampers obey the same law.
TEST(Mujoco, AgreesOnMusclesThatPullToThePose) {
  const Skeleton skeleton = BuildSkeleton(Subject());
  for (const std::uint64_t seed : {7, 8}) {
    random::Stream stream(random::StreamKey{seed, 8});
    const BodyReference start = testing::RandomState(skeleton, stream, 1);
    ExpectFirstOrderAgreement(start, {.tone = 0.3, .settling = 0.05}, {0.02, 0.06, 6, 1});
  }
}

}  // namespace
}  // namespace stunt::sim
