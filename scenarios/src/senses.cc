#include "senses.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <string>

#include "stunt/trace/time.h"

namespace stunt::scenarios::internal {
namespace {

constexpr double kUnknownMet = 2;
constexpr double kStartle_bpm = 15;  // of who loses the balance (EST)

// Pa at 1 m for each N/s: a heel strike of 20 kN/s is heard at 58 dB, a body that hits a floor with 500 kN/s at 86 dB
// (EST).
constexpr double kSoundOfForce = 8e-7;

}  // namespace

double MetOf(std::string_view activity) {
  static const std::map<std::string, double, std::less<>> kMets = {
      {"sleeping", 0.95},  {"lying", 1.0},      {"lying_down", 1.5},      {"sitting", 1.3}, {"standing", 1.5},
      {"sitting_down", 2}, {"standing_up", 2},  {"walking", 3.5},         {"stairs", 6},    {"jogging", 7},
      {"jumping", 6},      {"cycling", 6.8},    {"mountain_biking", 8.5}, {"tennis", 7.3},  {"skiing", 5.3},
      {"push_ups", 8},     {"burpees", 8},      {"boxing", 7.8},          {"chopping", 6},  {"hammering", 3.5},
      {"drumming", 3.8},   {"clapping", 1.8},   {"crouching", 2.5},       {"bending", 2},   {"stumbling", 3.5},
      {"riding", 1.8},     {"opening_door", 2}, {"playing", 3.5},         {"rolling", 3.5}, {"hitting_table", 2}};
  const auto found = kMets.find(activity);
  return found == kMets.end() ? kUnknownMet : found->second;
}

Senses::Senses(const motion_models::Performer& performer, const sim::Subject& subject, random::StreamKey key)
    : activities_(performer.Activities()), heart_(sim::DrawHeart(subject, key.Derive("heart")), Met(0)) {
  heart_rate_.push_back({0, heart_.bpm()});
}

double Senses::Met(double time) const {
  const std::int64_t now = trace::Nanoseconds(time);
  const auto current = std::ranges::find_if(
      activities_, [now](const auto& activity) { return activity.start_ns <= now && now < activity.end_ns; });
  return current == activities_.end() ? kUnknownMet : MetOf(current->label);
}

void Senses::Step(const motion_models::Performer& performer) {
  const double time = performer.time();
  const std::optional<double>& onset = performer.happening().onset;
  if (onset && !startled_ && time >= *onset) {
    startled_ = true;
    heart_.Startle(kStartle_bpm);
  }
  heart_.Step(performer.body().dt(), Met(time));
  const std::int64_t second = static_cast<std::int64_t>(heart_rate_.size()) * 1'000'000'000;
  if (trace::Nanoseconds(time) >= second) heart_rate_.push_back({second, heart_.bpm()});
  Listen(performer.body());
}

void Senses::Listen(const sim::Body& body) {
  double force = 0, most = 0;
  for (int k = 0; k < sim::kSegments; ++k) {
    const double here = body.forces().contact[static_cast<std::size_t>(k)].norm();
    force += here;
    if (here <= most) continue;
    most = here;
    sound_from_ = body.Position(static_cast<sim::Segment>(k), Eigen::Vector3d::Zero());
  }
  sound_pa_ = last_force_ < 0 ? 0 : kSoundOfForce * std::abs(force - last_force_) / body.dt();
  last_force_ = force;
}

}  // namespace stunt::scenarios::internal
