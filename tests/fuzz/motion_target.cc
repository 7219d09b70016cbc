// A motion file: read, its parameters drawn, its formulas turned into numbers.
#include <cmath>

#include "fuzz_target.h"
#include "instantiate.h"
#include "stunt/motion_models/motion.h"

namespace {

using namespace stunt::motion_models;  // NOLINT(google-build-using-namespace): all of it is under test

void MakeNumbers(const Motion& motion) {
  const stunt::sim::Subject subject;
  const stunt::random::StreamKey key{.high = 1, .low = 2};
  const ResolvedParameters parameters = Resolve(motion.parameters, {}, subject, key);
  for (const ResolvedParameter& parameter : parameters.values) {
    stunt::fuzz::Require(std::isfinite(parameter.value), "a parameter is finite");
  }
  const ParameterScope scope = MakeScope(parameters, subject);
  static_cast<void>(motion.duration.Evaluate(scope));
  if (motion.event_at) static_cast<void>(motion.event_at->Evaluate(scope));
  if (!motion.gait.empty()) static_cast<void>(MakeGait(motion.gait, scope));
  static_cast<void>(MakeSurfaces(motion.surfaces, scope));
  static_cast<void>(MakePerturbations(motion.perturbations, scope, subject.watch_side));
  Tracks tracks;
  AppendTracks(motion.tracks, scope, subject.watch_side, key, tracks);
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::filesystem::path file = stunt::fuzz::Put("motion.yaml", stunt::fuzz::AsText(data, size));
  stunt::fuzz::ReadOrRefuse([&] { static_cast<void>(ReadParameterBlock(file)); });
  stunt::fuzz::ReadOrRefuse([&] { MakeNumbers(LoadMotion(file)); });
  return 0;
}
