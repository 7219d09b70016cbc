#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "stunt/motion_models/distribution.h"
#include "stunt/random/random.h"
#include "stunt/sim/subject.h"

namespace stunt::scenarios {

/// People of one sex and age band. Mass follows from stature and body mass index, which vary independently.
struct PopulationGroup {
  sim::Sex sex = sim::Sex::kFemale;
  double weight = 1;  // share of the population, relative to the other groups
  motion_models::Distribution age_years;
  motion_models::Distribution stature_m;
  motion_models::Distribution bmi_kgpm2;
};

/// Whom subjects are drawn from. File schema stunt.population/v1.
struct Population {
  std::string id;
  std::string description;
  std::vector<std::string> source;
  std::string confidence;  // in words: how far the numbers can be trusted
  std::vector<PopulationGroup> groups;
  double left_handed = 0.1;        // probability
  double watch_on_dominant = 0.1;  // probability
};

[[nodiscard]] Population LoadPopulation(const std::filesystem::path& file);

/// Subject `index` of an endless row: always the same person for the same key, whoever else is drawn.
[[nodiscard]] sim::Subject DrawSubject(const Population& population, random::StreamKey key, std::uint64_t index);

/// One given person. File schema stunt.subject/v1.
[[nodiscard]] sim::Subject LoadSubject(const std::filesystem::path& file);

[[nodiscard]] std::string ToString(sim::Sex sex);    // "female", "male"
[[nodiscard]] std::string ToString(sim::Side side);  // "left", "right"

}  // namespace stunt::scenarios
