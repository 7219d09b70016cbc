// Uses one thing of each library that a project outside the tree may link.

#include <iostream>

#include "stunt/metrics/interval.h"
#include "stunt/random/random.h"
#include "stunt/scenarios/math_variants.h"
#include "stunt/sim/skeleton.h"
#include "stunt/trace/recording.h"

int main() {
  stunt::trace::Recording recording;
  recording.info.case_id = "outside";
  stunt::random::Stream stream(stunt::random::StreamKey{}.Derive("outside"));
  const double draw = stream.Uniform();
  const double mass_kg = stunt::sim::BuildSkeleton(stunt::sim::Subject{}).mass;
  const auto interval = stunt::metrics::Wilson(9, 10);
  std::cout << recording.info.case_id << ' ' << draw << ' ' << mass_kg << ' ' << interval->lo << ' '
            << stunt::scenarios::MathTag() << '\n';
  return draw >= 0 && draw < 1 && mass_kg > 0 && interval->hi > interval->lo ? 0 : 1;
}
