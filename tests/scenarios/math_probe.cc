#include <cstdio>
#include <cstring>

#include "stunt/scenarios/math_variants.h"

int main(int argc, char** argv) {
  if (argc == 3 && std::strcmp(argv[1], "pin") == 0) stunt::scenarios::PinMathVariants(argv);
  std::printf("%s %s\n", stunt::scenarios::MathTag().c_str(), argv[argc - 1]);
  return 0;
}
