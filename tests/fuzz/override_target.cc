// "name=value" of a command line: a number, a word, a formula or a distribution.
#include <cmath>
#include <variant>

#include "fuzz_target.h"
#include "stunt/motion_models/parameters.h"

namespace {

using stunt::fuzz::Require;
using stunt::motion_models::Choice;
using stunt::motion_models::Distribution;
using stunt::motion_models::ParameterOverride;

void Check(const Distribution& distribution) {
  const auto support = stunt::motion_models::Support(distribution);
  for (const double u : {0.0, 0.25, 0.5, 1.0}) {
    const double x = stunt::motion_models::FromUniform(distribution, u);
    Require(std::isfinite(x), "a draw is finite");
    Require(x >= support.lo && x <= support.hi, "a draw lies in the support");
  }
  const auto* const choice = std::get_if<Choice>(&distribution);
  if (choice != nullptr && !choice->labels.empty()) return;  // words are shown as they are
  const ParameterOverride again = stunt::motion_models::ParseOverride("x=" + ToText(distribution));
  const auto* const read = std::get_if<Distribution>(&again.rule);
  Require(read != nullptr && ToText(*read) == ToText(distribution), "a distribution reads back from its text");
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ParameterOverride override;
  if (!stunt::fuzz::ReadOrRefuse(
          [&] { override = stunt::motion_models::ParseOverride(stunt::fuzz::AsText(data, size)); })) {
    return 0;
  }
  if (const auto* const distribution = std::get_if<Distribution>(&override.rule)) Check(*distribution);
  return 0;
}
