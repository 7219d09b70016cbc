#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "stunt/motion_models/motion.h"
#include "stunt/motion_models/performer.h"

namespace stunt::motion_models::test {

inline std::filesystem::path DataFolder() { return std::filesystem::path(STUNT_SOURCE_DIR) / "motion_models/data"; }

/// A motion of the library, read once.
inline const Motion& Library(const std::string& id) {
  static std::map<std::string, Motion> motions;
  const auto found = motions.find(id);
  if (found != motions.end()) return found->second;
  return motions.emplace(id, LoadMotion(DataFolder() / (id + ".yaml"))).first->second;
}

/// Adults from small to tall, light to heavy.
inline sim::Subject DrawAdult(std::uint64_t i) {
  random::Stream stream(random::StreamKey{77, 1}.Derive(i));
  sim::Subject subject;
  subject.id = "adult" + std::to_string(i);
  subject.sex = stream.Uniform() < 0.5 ? sim::Sex::kFemale : sim::Sex::kMale;
  subject.age_years = stream.Uniform(20, 80);
  subject.stature_m = subject.sex == sim::Sex::kFemale ? stream.Uniform(1.50, 1.77) : stream.Uniform(1.60, 1.92);
  subject.mass_kg = stream.Uniform(19, 35) * subject.stature_m * subject.stature_m;
  subject.watch_side = stream.Uniform() < 0.5 ? sim::Side::kLeft : sim::Side::kRight;
  return subject;
}

/// One draw of a motion: its parameters, subject and key.
struct Draw {
  const Motion* motion;
  sim::Subject subject;
  random::StreamKey key;
  ResolvedParameters parameters;

  Draw(const Motion& m, const sim::Subject& s, random::StreamKey k, const std::vector<std::string>& set = {})
      : motion(&m), subject(s), key(k) {
    std::vector<ParameterOverride> overrides;
    for (const std::string& assignment : set) overrides.push_back(ParseOverride(assignment));
    parameters = Resolve(m.parameters, overrides, s, k.Derive("parameters"));
  }
  Draw(const std::string& id, std::uint64_t i, const std::vector<std::string>& set = {})
      : Draw(Library(id), DrawAdult(i), random::StreamKey{42, 7}.Derive(id).Derive(i), set) {}

  [[nodiscard]] Performer Perform(double tail_s = 1) const {
    return Performer(*motion, parameters, subject, key.Derive("motion"), {.dt = 1e-3, .tail_s = tail_s});
  }
};

/// Of the surroundings on the whole body [N].
inline Eigen::Vector3d GroundForce(const sim::Body& body) {
  Eigen::Vector3d sum = Eigen::Vector3d::Zero();
  for (const Eigen::Vector3d& force : body.forces().contact) sum += force;
  return sum;
}

}  // namespace stunt::motion_models::test
