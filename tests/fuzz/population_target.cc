// People: a population that subjects are drawn from, or one subject.
#include "fuzz_target.h"
#include "stunt/scenarios/population.h"

namespace {

void Check(const stunt::sim::Subject& subject) {
  stunt::fuzz::Require(subject.age_years >= 16 && subject.age_years <= 110, "an age is one that bodies are known for");
  stunt::fuzz::Require(subject.stature_m >= 1.2 && subject.stature_m <= 2.2, "so is a stature");
  stunt::fuzz::Require(subject.mass_kg >= 29.99 && subject.mass_kg <= 250.01, "so is a mass");
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace stunt::scenarios;  // NOLINT(google-build-using-namespace): all of it is under test
  const std::filesystem::path file = stunt::fuzz::Put("people.yaml", stunt::fuzz::AsText(data, size));
  stunt::fuzz::ReadOrRefuse([&] {
    const Population population = LoadPopulation(file);
    for (std::uint64_t i = 0; i < 4; ++i) Check(DrawSubject(population, stunt::random::StreamKey{}, i));
  });
  stunt::fuzz::ReadOrRefuse([&] { Check(LoadSubject(file)); });
  return 0;
}
