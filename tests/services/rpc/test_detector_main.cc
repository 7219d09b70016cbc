// Serves the threshold double on a free port of loopback, prints the port, and runs until it is killed.
#include <iostream>

#include "stunt/rpc/detector_server.h"
#include "test_doubles.h"

int main() {
  const auto server = stunt::rpc::StartDetectorServer(
      "127.0.0.1:0", [] { return std::make_unique<stunt::testing::ThresholdDouble>(); });
  if (!server.ok()) {
    std::cerr << server.status() << '\n';
    return 1;
  }
  std::cout << (*server)->port() << std::endl;
  (*server)->Wait();
}
