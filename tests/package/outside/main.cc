#include <iostream>

#include "stunt/random/random.h"
#include "stunt/trace/recording.h"

int main() {
  stunt::trace::Recording recording;
  recording.info.case_id = "outside";
  stunt::random::Stream stream(stunt::random::StreamKey{}.Derive("outside"));
  const double draw = stream.Uniform();
  std::cout << recording.info.case_id << ' ' << draw << '\n';
  return draw >= 0 && draw < 1 ? 0 : 1;
}
