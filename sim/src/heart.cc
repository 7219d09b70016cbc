#include "stunt/sim/heart.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace stunt::sim {
namespace {

constexpr double kMet = 3.5;                                 // mL/(kg min)
constexpr double kStartleComes_s = 3, kStartleFades_s = 25;  // EST

// Medians by decade from the twenties to the seventies.
double MedianVo2Max(const Subject& subject) {
  constexpr std::array<double, 6> kMen = {48.0, 42.4, 37.8, 32.6, 28.2, 24.4};
  constexpr std::array<double, 6> kWomen = {37.6, 30.2, 26.7, 23.4, 20.0, 18.3};
  const std::array<double, 6>& medians = subject.sex == Sex::kMale ? kMen : kWomen;
  const double decade = std::clamp((subject.age_years - 25) / 10, 0.0, 5.0);
  const auto below = std::min<std::size_t>(static_cast<std::size_t>(decade), 4);
  return std::lerp(medians[below], medians[below + 1], decade - static_cast<double>(below));
}

}  // namespace

HeartTraits DrawHeart(const Subject& subject, random::StreamKey key) {
  random::Stream stream(key);
  const bool man = subject.sex == Sex::kMale;
  const double median = MedianVo2Max(subject);
  HeartTraits traits;
  traits.vo2max = std::max(14.0, median + (man ? 9 : 7.5) * std::clamp(stream.Normal(), -2.0, 2.0));
  const double fitter = traits.vo2max - median;
  traits.rest_bpm = std::clamp((man ? 62 : 66) - 0.45 * fitter + 8 * stream.Normal(), 38.0, 95.0);
  traits.max_bpm = std::max(traits.rest_bpm + 40, 208 - 0.7 * subject.age_years + 9 * stream.Normal());
  const double fit = std::clamp(0.5 + fitter / 20, 0.0, 1.0);  // 0 untrained … 1 trained
  const double old = std::clamp((subject.age_years - 60) / 20, 0.0, 1.0);
  traits.rise_s = std::max(10.0, std::lerp(40.0, 20.0, fit) + std::lerp(12.0, 6.0, fit) * stream.Normal());
  traits.fall_s = std::max(20.0, std::lerp(std::lerp(85.0, 45.0, fit), 100.0, old * (1 - fit)) + 12 * stream.Normal());
  traits.delay_s = stream.Uniform(3, 8);
  return traits;
}

Heart::Heart(const HeartTraits& traits, double met) : traits_(traits), asked_bpm_(Steady(met)), rate_bpm_(asked_bpm_) {}

double Heart::Steady(double met) const {
  const double share = std::clamp((met - 1) * kMet / (traits_.vo2max - kMet), 0.0, 1.0);
  return std::lerp(traits_.rest_bpm, traits_.max_bpm, share);
}

void Heart::Step(double dt_s, double met) {
  asked_bpm_ += (Steady(met) - asked_bpm_) * -std::expm1(-dt_s / traits_.delay_s);
  const double constant = asked_bpm_ > rate_bpm_ ? traits_.rise_s : traits_.fall_s;
  rate_bpm_ += (asked_bpm_ - rate_bpm_) * -std::expm1(-dt_s / constant);
  startle_bpm_ += (fright_bpm_ - startle_bpm_) * -std::expm1(-dt_s / kStartleComes_s);
  fright_bpm_ *= std::exp(-dt_s / kStartleFades_s);
}

}  // namespace stunt::sim
