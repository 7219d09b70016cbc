// The text of a formula.
#include <cmath>

#include "fuzz_target.h"
#include "stunt/motion_models/expression.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using stunt::fuzz::Require;
  stunt::fuzz::ReadOrRefuse([&] {
    const stunt::motion_models::Expression formula(std::string(stunt::fuzz::AsText(data, size)), "fuzz.yaml:1");
    for (const double input : {0.0, 0.75, -1e300}) {
      stunt::motion_models::ParameterScope scope;
      for (const std::string& name : formula.names()) scope[name] = input;
      stunt::fuzz::ReadOrRefuse([&] {
        const double result = formula.Evaluate(scope);
        Require(std::isfinite(result), "a formula's value is finite");
        Require(formula.Evaluate(scope) == result, "a formula gives the same value again");
      });
    }
  });
  return 0;
}
