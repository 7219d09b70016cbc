#include "stunt/rpc/detector_server.h"

#include <absl/strings/match.h>
#include <fmt/format.h>
#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <exception>
#include <mutex>
#include <utility>

#include "detector_session.h"
#include "stream_watch.h"
#include "stunt/v1/detector_service.grpc.pb.h"
#include "transport.h"
#include "wire.h"

namespace stunt::rpc {
namespace {

// A detector may be anybody's code: what it throws ends its stream, not the server.
template <typename Call>
absl::Status Guarded(Call call) {
  try {
    return call();
  } catch (const std::exception& error) {
    return absl::InternalError(fmt::format("the detector failed: {}", error.what()));
  } catch (...) {
    return absl::InternalError("the detector failed");
  }
}

class DetectorServiceImpl final : public v1::DetectorService::Service {
 public:
  DetectorServiceImpl(DetectorFactory factory, const hil::DetectorInfo& info, std::string token,
                      const DetectorServerOptions& options)
      : factory_(std::move(factory)),
        token_(std::move(token)),
        progress_interval_(options.progress_interval),
        watch_({options.max_streams, options.idle_limit, options.stream_limit}) {
    ToWire(info, description_);
    v1::Capabilities& capabilities = *description_.mutable_capabilities();
    capabilities.set_max_message_bytes(static_cast<std::uint32_t>(options.max_message_bytes));
    capabilities.add_injection_modes(v1::INJECTION_MODE_MODEL);
    for (const auto encoding : {v1::SAMPLE_ENCODING_FLOAT32_LE, v1::SAMPLE_ENCODING_INT16_LE,
                                v1::SAMPLE_ENCODING_FLOAT64_LE, v1::SAMPLE_ENCODING_INT32_LE}) {
      capabilities.add_encodings(encoding);
    }
  }

  grpc::Status DescribeDetector(grpc::ServerContext* context, const v1::DescribeDetectorRequest*,
                                v1::DescribeDetectorResponse* response) override {
    if (absl::Status status = Authorize(*context); !status.ok()) return ToGrpc(status);
    *response = description_;
    return grpc::Status::OK;
  }

  grpc::Status Detect(grpc::ServerContext* context,
                      grpc::ServerReaderWriter<v1::DetectResponse, v1::DetectRequest>* stream) override {
    if (absl::Status status = Authorize(*context); !status.ok()) return ToGrpc(status);
    std::optional<StreamWatch::Place> place = watch_.Enter(context);
    if (!place) return ToGrpc(absl::ResourceExhaustedError("the detector has as many streams as it serves at once"));
    return ToGrpc(Guarded([&] { return Serve(*stream, *place); }));
  }

 private:
  using Stream = grpc::ServerReaderWriter<v1::DetectResponse, v1::DetectRequest>;

  absl::Status Authorize(const grpc::ServerContext& context) const {
    if (token_.empty()) return absl::OkStatus();
    const auto [first, last] = context.client_metadata().equal_range("authorization");
    for (auto entry = first; entry != last; ++entry) {
      if (SameSecret({entry->second.data(), entry->second.size()}, "Bearer " + token_)) return absl::OkStatus();
    }
    return absl::UnauthenticatedError("the token is missing or wrong");
  }

  absl::Status Serve(Stream& stream, StreamWatch::Place& place) const {
    std::unique_ptr<hil::SystemUnderTest> detector = factory_();
    if (detector == nullptr) return absl::InternalError("the detector could not be made");
    DetectorSession session(std::move(detector), progress_interval_);
    v1::DetectRequest request;
    place.Waits();
    while (stream.Read(&request)) {
      place.Works();
      if (absl::Status status = session.Handle(request); !status.ok()) return status;
      place.Waits();
      for (const v1::DetectResponse& response : session.responses()) {
        if (!stream.Write(response)) return absl::CancelledError("the client is gone");
      }
      if (session.finished()) return absl::OkStatus();
    }
    return absl::CancelledError("the stream ended before Flush");
  }

  DetectorFactory factory_;
  std::string token_;
  std::chrono::milliseconds progress_interval_;
  v1::DescribeDetectorResponse description_;
  StreamWatch watch_;
};

class DetectorServerImpl final : public DetectorServer {
 public:
  explicit DetectorServerImpl(std::unique_ptr<DetectorServiceImpl> service) : service_(std::move(service)) {}
  ~DetectorServerImpl() override { Shutdown(std::chrono::milliseconds(0)); }

  absl::Status Start(const std::string& listen, const std::shared_ptr<grpc::ServerCredentials>& credentials,
                     const DetectorServerOptions& options) {
    grpc::EnableDefaultHealthCheckService(true);
    grpc::reflection::InitProtoReflectionServerBuilderPlugin();
    grpc::ServerBuilder builder;
    builder.AddListeningPort(listen, credentials, &port_);
    builder.RegisterService(service_.get());
    builder.SetMaxReceiveMessageSize(static_cast<int>(options.max_message_bytes));
    builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);  // a taken port is an error, not shared
    // One more than we serve, so that it is us who refuse.
    builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, options.max_streams + 16);
    builder.SetResourceQuota(grpc::ResourceQuota("detector").SetMaxThreads(options.max_streams + 32));
    SetKeepalive(builder);
    server_ = builder.BuildAndStart();
    if (server_ == nullptr) {
      return absl::UnavailableError(fmt::format("cannot listen at {}; is the address in use?", listen));
    }
    server_->GetHealthCheckService()->SetServingStatus(v1::DetectorService::service_full_name(), true);
    if (absl::StartsWith(listen, "unix:")) port_ = 0;
    return absl::OkStatus();
  }

  int port() const override { return port_; }

  void Wait() override { server_->Wait(); }

  void Shutdown(std::chrono::milliseconds grace) override {
    const std::lock_guard lock(shutdown_);
    if (server_ == nullptr || std::exchange(stopped_, true)) return;
    server_->GetHealthCheckService()->SetServingStatus(false);
    server_->Shutdown(std::chrono::system_clock::now() + grace);
  }

 private:
  std::unique_ptr<DetectorServiceImpl> service_;
  std::unique_ptr<grpc::Server> server_;
  std::mutex shutdown_;
  bool stopped_ = false;
  int port_ = 0;
};

absl::Status CheckOptions(const DetectorServerOptions& options) {
  if (options.max_message_bytes < (64 << 10) || options.max_message_bytes > (4 << 20)) {
    return absl::InvalidArgumentError(
        fmt::format("messages of {} bytes; 65536 to 4194304 are accepted", options.max_message_bytes));
  }
  if (options.max_streams < 1 || options.max_streams > 10'000) {
    return absl::InvalidArgumentError(fmt::format("{} streams; 1 to 10000 are accepted", options.max_streams));
  }
  if (options.idle_limit.count() <= 0 || options.stream_limit.count() <= 0 || options.progress_interval.count() < 0) {
    return absl::InvalidArgumentError("time limits must be positive");
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::unique_ptr<DetectorServer>> StartDetectorServer(const std::string& listen, DetectorFactory factory,
                                                                    const DetectorServerOptions& options) {
  if (absl::Status status = CheckOptions(options); !status.ok()) return status;
  const auto credentials = ServerCredentialsFor(listen, options.security);
  if (!credentials.ok()) return credentials.status();
  const absl::StatusOr<std::string> token = ReadToken(options.security.token_file);
  if (!token.ok()) return token.status();
  hil::DetectorInfo info;
  absl::Status status = Guarded([&]() -> absl::Status {
    const std::unique_ptr<hil::SystemUnderTest> detector = factory();
    if (detector == nullptr) return absl::InternalError("the detector could not be made");
    absl::StatusOr<hil::DetectorInfo> described = detector->Describe();
    if (!described.ok()) return described.status();
    info = *std::move(described);
    return absl::OkStatus();
  });
  if (!status.ok()) return status;
  auto server = std::make_unique<DetectorServerImpl>(
      std::make_unique<DetectorServiceImpl>(std::move(factory), info, *token, options));
  status = server->Start(listen, *credentials, options);
  if (!status.ok()) return status;
  return server;
}

}  // namespace stunt::rpc
