#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <memory>
#include <string>
#include <thread>

#include "commands.h"
#include "complain.h"
#include "detector_address.h"
#include "exit_code.h"
#include "interruption.h"
#include "stunt/rpc/detector_server.h"
#include "stunt/trace/input_error.h"

namespace stunt::cli {
namespace {

constexpr std::chrono::milliseconds kSignalPoll{50};
constexpr std::chrono::milliseconds kShutdownGrace{2000};

struct ServeDetectorFlags {
  std::string detector = "builtin:fall";
  std::string listen = "127.0.0.1:50051";
  rpc::DetectorServerOptions options;
};

int ServeDetector(const ServeDetectorFlags& flags) {
  const sweeps::DetectorFactory make = DetectorAt(flags.detector, {});
  const auto make_or_null = [make]() -> std::unique_ptr<hil::SystemUnderTest> {
    auto detector = make();
    return detector.ok() ? *std::move(detector) : nullptr;
  };
  const std::atomic<bool>& stop = StopRequested();
  const auto server = rpc::StartDetectorServer(flags.listen, make_or_null, flags.options);
  if (absl::IsInvalidArgument(server.status()) || absl::IsFailedPrecondition(server.status())) {
    throw trace::InputError(std::string(server.status().message()));
  }
  if (!server.ok()) return Complain(server.status());
  // One line that a script can wait for; with port 0 it tells the port.
  if ((*server)->port() > 0) {
    fmt::print("serving {} at {}:{}\n", flags.detector, flags.listen.substr(0, flags.listen.rfind(':')),
               (*server)->port());
  } else {
    fmt::print("serving {} at {}\n", flags.detector, flags.listen);
  }
  std::fflush(stdout);
  while (!stop.load()) std::this_thread::sleep_for(kSignalPoll);
  (*server)->Shutdown(kShutdownGrace);
  return kSuccess;
}

void AddServeDetector(CLI::App& serve, Action& action) {
  CLI::App* command = serve.add_subcommand("detector", "Serves a detector over gRPC (stunt.v1.DetectorService)");
  auto flags = std::make_shared<ServeDetectorFlags>();
  command->add_option("--detector", flags->detector, "builtin:NAME")->capture_default_str();
  command->add_option("--listen", flags->listen, "HOST:PORT or unix:PATH; port 0 takes a free one")
      ->capture_default_str();
  rpc::ServerSecurity& security = flags->options.security;
  command->add_option("--tls-cert", security.certificate_file, "PEM certificate of the server; turns TLS on");
  command->add_option("--tls-key", security.key_file, "PEM key of the server");
  command->add_option("--tls-client-ca", security.client_ca_file, "clients must show a certificate signed by this");
  command->add_option("--token-file", security.token_file, "clients must send the content of this file");
  command->callback([flags, &action] { action = [flags] { return ServeDetector(*flags); }; });
}

}  // namespace

void AddServe(CLI::App& program, Action& action) {
  CLI::App* command = program.add_subcommand("serve", "Serves a part of stunt to other programs");
  command->require_subcommand(1);
  AddServeDetector(*command, action);
}

}  // namespace stunt::cli
