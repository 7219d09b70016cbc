#include "stunt/rpc/detector_server.h"

#include <gmock/gmock.h>
#include <grpcpp/client_context.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <thread>

#include "absl/strings/str_cat.h"
#include "raw_calls.h"
#include "stunt/hil/run_asap.h"
#include "stunt/rpc/grpc_detector.h"
#include "stunt/v1/detector_service.grpc.pb.h"
#include "test_doubles.h"

namespace stunt {
namespace {

using namespace std::chrono_literals;
using testing::CallRaw;
using ::testing::HasSubstr;
using testing::PlainChannel;
using testing::ThresholdDouble;
using testing::TwoBumps;

std::unique_ptr<hil::SystemUnderTest> MakeDouble() { return std::make_unique<ThresholdDouble>(); }

std::unique_ptr<rpc::DetectorServer> Serve(const rpc::DetectorServerOptions& options = {},
                                           const rpc::DetectorFactory& factory = MakeDouble) {
  auto server = rpc::StartDetectorServer("127.0.0.1:0", factory, options);
  EXPECT_TRUE(server.ok()) << server.status();
  return *std::move(server);
}

absl::StatusCode StartCode(const std::string& listen, const rpc::DetectorServerOptions& options = {}) {
  return rpc::StartDetectorServer(listen, MakeDouble, options).status().code();
}

TEST(DetectorServer, HealthSaysServing) {
  const auto server = Serve();
  const std::string service = "stunt.v1.DetectorService";
  for (const std::string& name : {std::string(), service}) {
    // HealthCheckRequest{service: 1}; HealthCheckResponse{status: 1}, SERVING = 1.
    const std::string request = name.empty() ? "" : std::string("\x0a") + static_cast<char>(name.size()) + name;
    const auto answer = CallRaw(server->port(), "/grpc.health.v1.Health/Check", request);
    EXPECT_TRUE(answer.status.ok()) << name << answer.status.error_message();
    EXPECT_EQ(answer.bytes, std::string("\x08\x01")) << name;
  }
  const auto unknown = CallRaw(server->port(), "/grpc.health.v1.Health/Check", "\x0a\x01x");
  EXPECT_EQ(unknown.status.error_code(), grpc::StatusCode::NOT_FOUND);
}

TEST(DetectorServer, ReflectionListsTheService) {
  const auto server = Serve();
  // ServerReflectionRequest{list_services: 7}
  const auto answer = CallRaw(server->port(), "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
                              std::string("\x3a\x01*"));
  EXPECT_TRUE(answer.status.ok()) << answer.status.error_message();
  EXPECT_THAT(answer.bytes, HasSubstr("stunt.v1.DetectorService"));
}

TEST(DetectorServer, TakenPortIsAnError) {
  const auto server = Serve();
  EXPECT_EQ(StartCode("127.0.0.1:" + std::to_string(server->port())), absl::StatusCode::kUnavailable);
}

TEST(DetectorServer, OffLoopbackDemandsTlsAndAProof) {
  for (const char* address : {"0.0.0.0:0", "[::]:0", "192.0.2.1:0", "example.org:0"}) {
    EXPECT_EQ(StartCode(address), absl::StatusCode::kFailedPrecondition) << address;
  }
  rpc::DetectorServerOptions options;
  options.security.token_file = "token";  // in the clear: no
  EXPECT_EQ(StartCode("0.0.0.0:0", options), absl::StatusCode::kFailedPrecondition);
  options.security.token_file = "";
  options.security.certificate_file = "certificate";  // without asking who calls: no
  EXPECT_EQ(StartCode("0.0.0.0:0", options), absl::StatusCode::kFailedPrecondition);
}

TEST(DetectorServer, BadOptionsAreInvalidArgument) {
  for (const char* address : {"", "5", "127.0.0.1", "127.0.0.1:", ":50051", "127.0.0.1:70000", "::1:5", "unix:"}) {
    EXPECT_EQ(StartCode(address), absl::StatusCode::kInvalidArgument) << address;
  }
  const auto with = [](const std::function<void(rpc::DetectorServerOptions&)>& spoil) {
    rpc::DetectorServerOptions options;
    spoil(options);
    return StartCode("127.0.0.1:0", options);
  };
  constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;
  EXPECT_EQ(with([](auto& o) { o.max_message_bytes = (64 << 10) - 1; }), kInvalid);
  EXPECT_EQ(with([](auto& o) { o.max_message_bytes = (4 << 20) + 1; }), kInvalid);
  EXPECT_EQ(with([](auto& o) { o.max_streams = 0; }), kInvalid);
  EXPECT_EQ(with([](auto& o) { o.idle_limit = 0ms; }), kInvalid);
  EXPECT_EQ(with([](auto& o) { o.security.token_file = "/nonexistent/token"; }), kInvalid);
  EXPECT_EQ(with([](auto& o) { o.security.certificate_file = "/nonexistent/certificate"; }), kInvalid);
  EXPECT_EQ(with([](auto& o) { o.security.key_file = "/nonexistent/key"; }), kInvalid);
}

TEST(DetectorServer, ListensOnAUnixSocket) {
  const std::string path = ::testing::TempDir() + "stunt_detector_" + std::to_string(getpid());
  const auto server = rpc::StartDetectorServer("unix:" + path, MakeDouble);
  ASSERT_TRUE(server.ok()) << server.status();
  const auto detector = rpc::DialDetector("grpc://unix:" + path);
  ASSERT_TRUE(detector.ok()) << detector.status();
  EXPECT_TRUE(hil::RunAsap(TwoBumps(), **detector).ok());
}

TEST(DetectorServer, FactoryThatFailsIsReportedAtTheStart) {
  const auto start = [](const rpc::DetectorFactory& factory) {
    return rpc::StartDetectorServer("127.0.0.1:0", factory).status();
  };
  EXPECT_EQ(start([] { return nullptr; }).code(), absl::StatusCode::kInternal);
  const absl::Status thrown =
      start([]() -> std::unique_ptr<hil::SystemUnderTest> { throw std::runtime_error("no weights"); });
  EXPECT_THAT(std::string(thrown.message()), HasSubstr("no weights"));
}

TEST(DetectorServer, DetectorThatThrowsEndsItsStreamOnly) {
  class Throws : public ThresholdDouble {
   public:
    absl::Status Push(const trace::SampleBlock& block) override {
      if (block.first_time_ns > 0) throw std::runtime_error("division by zero");
      return absl::OkStatus();
    }
  };
  const auto server = Serve({}, [] { return std::make_unique<Throws>(); });
  const auto detector = *rpc::DialDetector("grpc://127.0.0.1:" + std::to_string(server->port()));
  for (int run : {1, 2}) {
    const absl::Status status = hil::RunAsap(TwoBumps(), *detector).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInternal) << run;
    EXPECT_THAT(std::string(status.message()), HasSubstr("the detector failed: division by zero"));
  }
}

TEST(DetectorServer, RefusesMoreStreamsThanItServes) {
  rpc::DetectorServerOptions options;
  options.max_streams = 2;
  const auto server = Serve(options);
  const std::string url = "grpc://127.0.0.1:" + std::to_string(server->port());
  const std::vector<trace::ChannelSpec> channels = {TwoBumps().channels[0].spec};
  const auto first = *rpc::DialDetector(url);
  auto second = *rpc::DialDetector(url);
  const auto third = *rpc::DialDetector(url);
  ASSERT_TRUE(first->Open(channels, {}).ok());
  ASSERT_TRUE(second->Open(channels, {}).ok());
  EXPECT_EQ(third->Open(channels, {}).code(), absl::StatusCode::kResourceExhausted);
  second.reset();  // its place becomes free
  absl::Status status = absl::UnknownError("");
  for (int i = 0; i < 100 && !status.ok(); ++i) {
    std::this_thread::sleep_for(10ms);
    status = third->Open(channels, {});
  }
  EXPECT_TRUE(status.ok()) << status;
}

TEST(DetectorServer, CancelsIdleClients) {
  rpc::DetectorServerOptions options;
  options.idle_limit = 100ms;
  const auto server = Serve(options);
  const auto detector = *rpc::DialDetector("grpc://127.0.0.1:" + std::to_string(server->port()));
  ASSERT_TRUE(detector->Open({TwoBumps().channels[0].spec}, {}).ok());
  std::this_thread::sleep_for(400ms);
  EXPECT_EQ(detector->Flush().status().code(), absl::StatusCode::kUnavailable);
}

TEST(DetectorServer, CancelsStreamsThatLastTooLong) {
  rpc::DetectorServerOptions options;
  options.stream_limit = 200ms;
  options.idle_limit = 100ms;
  const auto server = Serve(options);
  const auto detector = *rpc::DialDetector("grpc://127.0.0.1:" + std::to_string(server->port()));
  trace::SampleBlock block = TwoBumps().channels[0].samples;
  block.values.resize(3);
  ASSERT_TRUE(detector->Open({TwoBumps().channels[0].spec}, {}).ok());
  absl::Status status;
  int pushes = 0;
  for (; pushes < 100 && status.ok(); ++pushes) {  // never idle
    std::this_thread::sleep_for(20ms);
    status = detector->Push(block);
    ++block.first_sequence;
    block.first_time_ns += block.period_ns;
  }
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_GE(pushes, 8);
  EXPECT_LT(pushes, 60);
}

TEST(DetectorServer, ShutdownCancelsOpenStreamsAndReturns) {
  const auto server = Serve();
  const auto detector = *rpc::DialDetector("grpc://127.0.0.1:" + std::to_string(server->port()));
  ASSERT_TRUE(detector->Open({TwoBumps().channels[0].spec}, {}).ok());
  std::jthread waiter([&] { server->Wait(); });
  const auto start = std::chrono::steady_clock::now();
  server->Shutdown(100ms);
  server->Shutdown(100ms);
  EXPECT_LT(std::chrono::steady_clock::now() - start, 2s);
  EXPECT_EQ(detector->Flush().status().code(), absl::StatusCode::kUnavailable);
}

TEST(DetectorServer, ShutdownLetsAStreamEndWithinItsGrace) {
  const auto server = Serve();
  const auto detector = *rpc::DialDetector("grpc://127.0.0.1:" + std::to_string(server->port()));
  ASSERT_TRUE(detector->Open({TwoBumps().channels[0].spec}, {}).ok());
  std::jthread stopper([&] { server->Shutdown(5s); });
  std::this_thread::sleep_for(100ms);
  EXPECT_TRUE(detector->Push(TwoBumps().channels[0].samples).ok());
  EXPECT_TRUE(detector->Flush().ok());
}

/// A folder with an authority, a server and a client certificate, and a token, made by openssl.
class Secrets {
 public:
  Secrets() : folder_(::testing::TempDir() + "stunt_secrets_" + std::to_string(getpid()) + "/") {
    std::filesystem::create_directories(folder_);
    Run("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=authority "
        "-keyout ca.key -out ca.pem");
    std::ofstream(folder_ + "names") << "subjectAltName=DNS:localhost,IP:127.0.0.1\n";
    for (const std::string name : {"server", "client"}) {
      Run(absl::StrCat("openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=", name,
                       " -keyout ", name, ".key -out ", name, ".csr"));
      Run(absl::StrCat("openssl x509 -req -in ", name,
                       ".csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile names -out ", name, ".pem"));
    }
    std::ofstream(folder_ + "token") << "correct-horse-battery-staple\n";
    std::ofstream(folder_ + "wrong") << "correct-horse-battery-stapler\n";
    std::ofstream(folder_ + "short") << "horse\n";
  }
  ~Secrets() { std::filesystem::remove_all(folder_); }
  std::string operator()(const std::string& name) const { return folder_ + name; }

 private:
  void Run(const std::string& command) {
    ASSERT_EQ(std::system(("cd " + folder_ + " && " + command + " > log 2>&1").c_str()), 0) << command;
  }
  std::string folder_;
};

absl::StatusCode RunWith(int port, const rpc::ClientSecurity& security) {
  rpc::GrpcDetectorOptions options;
  options.security = security;
  options.connect_timeout = 2s;
  const auto detector = rpc::DialDetector("grpc://localhost:" + std::to_string(port), options);
  return detector.ok() ? hil::RunAsap(TwoBumps(), **detector).status().code() : detector.status().code();
}

TEST(DetectorServer, TokenIsDemanded) {
  const Secrets secrets;
  rpc::DetectorServerOptions options;
  options.security.token_file = secrets("token");
  const auto server = Serve(options);
  EXPECT_EQ(RunWith(server->port(), {.token_file = secrets("token")}), absl::StatusCode::kOk);
  EXPECT_EQ(RunWith(server->port(), {.token_file = secrets("wrong")}), absl::StatusCode::kUnauthenticated);
  EXPECT_EQ(RunWith(server->port(), {.token_file = secrets("short")}), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(RunWith(server->port(), {}), absl::StatusCode::kUnauthenticated);
  // Not only Describe: the stream itself.
  const auto stub = v1::DetectorService::NewStub(PlainChannel(server->port()));
  grpc::ClientContext context;
  const auto stream = stub->Detect(&context);
  v1::DetectResponse response;
  EXPECT_FALSE(stream->Read(&response));
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::UNAUTHENTICATED);
}

TEST(DetectorServer, TokenOverTlsOffLoopback) {
  const Secrets secrets;
  rpc::DetectorServerOptions options;
  options.security = {secrets("server.pem"), secrets("server.key"), "", secrets("token")};
  const auto server = rpc::StartDetectorServer("0.0.0.0:0", MakeDouble, options);
  ASSERT_TRUE(server.ok()) << server.status();
  const int port = (*server)->port();
  EXPECT_EQ(RunWith(port, {.ca_file = secrets("ca.pem"), .token_file = secrets("token")}), absl::StatusCode::kOk);
  EXPECT_EQ(RunWith(port, {.ca_file = secrets("ca.pem")}), absl::StatusCode::kUnauthenticated);
  EXPECT_EQ(RunWith(port, {.token_file = secrets("token")}), absl::StatusCode::kUnavailable);  // no TLS
}

TEST(DetectorServer, MutualTlsDemandsAClientCertificate) {
  const Secrets secrets;
  rpc::DetectorServerOptions options;
  options.security = {secrets("server.pem"), secrets("server.key"), secrets("ca.pem"), ""};
  const auto server = rpc::StartDetectorServer("0.0.0.0:0", MakeDouble, options);
  ASSERT_TRUE(server.ok()) << server.status();
  const int port = (*server)->port();
  EXPECT_EQ(RunWith(port, {secrets("ca.pem"), secrets("client.pem"), secrets("client.key")}), absl::StatusCode::kOk);
  EXPECT_EQ(RunWith(port, {.ca_file = secrets("ca.pem")}), absl::StatusCode::kUnavailable);
}

}  // namespace
}  // namespace stunt
