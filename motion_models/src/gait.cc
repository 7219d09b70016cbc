#include "gait.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "smooth.h"

namespace stunt::motion_models {
namespace {

constexpr double kPi = std::numbers::pi;
constexpr double kGravity = 9.80665;

constexpr double kLowest = 0.06;    // strides after a heel strike at which a walker is lowest: amid double support
constexpr double kFirstStep = 0.1;  // of a full one: a walker starts from feet that stand side by side

// Strides before toe-off at which a walker's ankle is under way; it would else have to catch up with the pelvis, and
// the knee to stretch for it between two flexions.
constexpr double kUnderWay = 0.08;
// Strides after heel strike in which the forefoot comes down: walking, running.
constexpr double kFlatWalking = 0.17, kFlatRunning = 0.1;

double Fraction(double x) { return x - std::floor(x); }

// Vertical force of one foot over its stance in running: half a sine.
double StanceForce(double phase, double duty) { return phase < duty ? std::sin(kPi * phase / duty) : 0; }

// Shifts the ankle when the foot turns by `pitch` about a pivot at `ahead` of the ankle, on the ground.
void Pivot(FootTarget& foot, double pitch, double ahead, double height) {
  foot.x += ahead * (1 - std::cos(pitch)) + height * std::sin(pitch);
  foot.z += ahead * std::sin(pitch) + height * (std::cos(pitch) - 1);
  foot.pitch += pitch;
}

// Carrying share of a foot: taken over in the first 10 % of the stride, handed on in the last.
double Loading(double phase, double duty) {
  constexpr double kOver = 0.1;
  return Smooth(phase / kOver) * (1 - Smooth((phase - (duty - kOver)) / kOver));
}

}  // namespace

Gait::Gait(const GaitSpec& spec, double ankle_height, double foot_length)
    : spec_(spec), ankle_height_(ankle_height), toe_(0.6 * foot_length), heel_(0.2 * foot_length) {
  if (!spec.Runs()) return;
  // Flight: the pelvis' path follows from the ground force, whose mean over a stride is body weight.
  // z̈ = g (F/mg − 1), expanded in harmonics of the step, so that it is smooth and periodic.
  constexpr int kSamples = 400;
  const double mean = 4 * spec.duty / kPi;  // of both feet
  for (int h = 1; h <= kHarmonics; ++h) {
    double cosine = 0;
    for (int i = 0; i < kSamples; ++i) {
      const double p = (i + 0.5) / kSamples;
      // Measured from mid-stance, where the force is even.
      const double force = (StanceForce(Fraction(p + 0.5 * spec.duty), spec.duty) +
                            StanceForce(Fraction(p + 0.5 * spec.duty + 0.5), spec.duty)) /
                           mean;
      cosine += 2 * force * std::cos(4 * kPi * h * p) / kSamples;
    }
    const double omega = 4 * kPi * h / spec.period;
    bounce_[static_cast<std::size_t>(h - 1)] = -kGravity * cosine / (omega * omega);
  }
}

double Gait::Strides(double t) const {
  const double up = spec_.ramp * SmoothIntegral((t - spec_.start) / spec_.ramp);
  const double down = spec_.stop_over * SmoothIntegral((t - spec_.stop) / spec_.stop_over);
  return (up - down) / spec_.period;
}

double Gait::StepShare(double strides) const {
  return spec_.grow > 0 ? kFirstStep + (1 - kFirstStep) * Smooth(strides / spec_.grow) : 1;
}

double Gait::Distance(double strides) const {
  const double grown = spec_.grow > 0
                           ? kFirstStep * strides + (1 - kFirstStep) * spec_.grow * SmoothIntegral(strides / spec_.grow)
                           : strides;
  return spec_.speed * spec_.period * grown;
}

double Gait::Footstep(double strides) const {
  return Distance(strides) + spec_.lead * spec_.speed * spec_.period * StepShare(strides);
}

// `late`: strides by which this foot comes after the left one.
FootTarget Gait::Foot(double strides, double late, double duty) const {
  const double n = std::floor(strides);
  const double p = strides - n;
  const double swing = (p - duty) / (1 - duty);
  const double early = !spec_.Runs() && spec_.rise == 0 ? kUnderWay : 0;
  const double travel = (p - duty + early) / (1 - duty + early);
  const double share = StepShare(strides - late);
  FootTarget foot;
  // Up a stair the foot first rises, then goes forward over the edge; down, it sinks late.
  const bool up = spec_.rise > 0;
  const double from = Footstep(n - late);
  foot.x = from + Cruise(up ? (swing - 0.2) / 0.8 : travel) * (Footstep(n + 1 - late) - from);
  foot.z = 2 * spec_.rise * (n + Smooth(up ? swing / 0.5 : (swing - 0.4) / 0.6)) + spec_.clearance * Hill(swing);
  const double lift = 0.58 * duty;
  const double heel_rise = share * spec_.toe_off *
                           (Smooth((p - lift) / (1.06 * duty - lift)) - Smooth((p - 1.06 * duty) / (0.6 * (1 - duty))));
  const double toe_up = -share * spec_.heel_strike *
                        (1 - Smooth(p / (spec_.Runs() ? kFlatRunning : kFlatWalking)) +
                         Smooth((p - duty - 0.45 * (1 - duty)) / (0.5 * (1 - duty))));
  Pivot(foot, heel_rise, toe_, ankle_height_);
  Pivot(foot, toe_up, -heel_, ankle_height_);
  return foot;
}

double Gait::Bounce(double strides) const {
  double z = 0;
  for (int h = 1; h <= kHarmonics; ++h) {
    z += bounce_[static_cast<std::size_t>(h - 1)] * std::cos(4 * kPi * h * (strides - 0.5 * spec_.duty));
  }
  return z;
}

GaitState Gait::At(double t) const {
  GaitState state;
  state.strides = Strides(t);
  state.cadence = Smooth((t - spec_.start) / spec_.ramp) - Smooth((t - spec_.stop) / spec_.stop_over);
  const double cadence = state.cadence;
  state.x = Distance(state.strides);
  state.y = spec_.sway * std::sin(2 * kPi * state.strides);
  const double bob = spec_.Runs() ? Bounce(state.strides) : -spec_.bob * std::cos(4 * kPi * (state.strides - kLowest));
  state.z =
      2 * spec_.rise * (state.strides - spec_.climb_lag) - spec_.crouch + cadence * StepShare(state.strides) * bob;
  // A runner starts as a walker: there is no flight at a slow cadence.
  constexpr double kWalking = 0.6;
  const double duty = spec_.duty + (1 - cadence) * std::max(0.0, kWalking - spec_.duty);
  double sum = 0;
  for (std::size_t side = 0; side < 2; ++side) {
    const double strides = state.strides + 0.5 * static_cast<double>(side);
    state.phase[side] = Fraction(strides);
    state.foot[side] = Foot(strides, 0.5 * static_cast<double>(side), duty);
    // The right foot's stride n began half a stride earlier.
    state.foot[side].z -= static_cast<double>(side) * spec_.rise;
    state.weight[side] = Loading(state.phase[side], duty);
    sum += state.weight[side];
  }
  for (double& weight : state.weight) weight /= std::max(sum, 0.6);
  return state;
}

}  // namespace stunt::motion_models
