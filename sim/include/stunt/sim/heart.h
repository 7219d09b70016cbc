#pragma once

#include "stunt/random/random.h"
#include "stunt/sim/subject.h"

namespace stunt::sim {

/// What limits one person's heart.
struct HeartTraits {
  double rest_bpm = 62;
  double max_bpm = 180;
  double vo2max = 38;  // mL/(kg min)
  double rise_s = 30;  // time constants towards a higher …
  double fall_s = 70;  // … and a lower demand
  double delay_s = 5;  // before either
};

/// Resting rate 62 (men) or 66 (women) ± 8, lower for the fit by 0.45 for each mL/(kg min); maximum 208 − 0.7 age ± 9
/// (Tanaka 2001); VO2max by decade and sex from the FRIEND registry's treadmill medians ± 9 or 7.5 (Kaminsky 2015);
/// rise and fall by fitness and age (catalogue of physiology: partly from memory).
[[nodiscard]] HeartTraits DrawHeart(const Subject& subject, random::StreamKey key);

/// Heart rate over time: a first-order answer, after a delay, to the oxygen that an activity asks for,
///   HR_steady = rest + (max − rest) · (VO2 − 3.5) / (VO2max − 3.5)  (Swain 1997), VO2 = 3.5 · MET,
/// plus a startle that fades. The delay is a first-order lag too.
class Heart {
 public:
  /// Begins in the steady state of `met`.
  Heart(const HeartTraits& traits, double met);

  void Step(double dt_s, double met);
  /// A fright, as of losing the balance: comes within some 3 s and fades within some 25 s (EST).
  void Startle(double bpm) { fright_bpm_ += bpm; }
  [[nodiscard]] double bpm() const { return rate_bpm_ + startle_bpm_; }

 private:
  [[nodiscard]] double Steady(double met) const;

  HeartTraits traits_;
  double asked_bpm_;  // steady rate, delayed
  double rate_bpm_;
  double fright_bpm_ = 0;  // what the startle goes after
  double startle_bpm_ = 0;
};

}  // namespace stunt::sim
