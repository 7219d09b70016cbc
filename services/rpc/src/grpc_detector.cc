#include "stunt/rpc/grpc_detector.h"

#include <absl/strings/strip.h>
#include <fmt/format.h>

#include <utility>

#include "detect_stream.h"
#include "stunt/v1/detector_service.grpc.pb.h"
#include "transport.h"
#include "wire.h"

namespace stunt::rpc {
namespace {

class GrpcDetector final : public hil::SystemUnderTest {
 public:
  GrpcDetector(std::string url, std::shared_ptr<grpc::Channel> channel, std::string token,
               const GrpcDetectorOptions& options)
      : url_(std::move(url)),
        channel_(std::move(channel)),
        stub_(v1::DetectorService::NewStub(channel_)),
        token_(std::move(token)),
        options_(options) {}

  absl::StatusOr<hil::DetectorInfo> Describe() override {
    if (info_) return *info_;
    if (absl::Status status = Connect(); !status.ok()) return status;
    grpc::ClientContext context;
    Authorize(context);
    context.set_deadline(std::chrono::system_clock::now() + options_.describe_timeout);
    v1::DescribeDetectorResponse response;
    const grpc::Status status = stub_->DescribeDetector(&context, {}, &response);
    if (!status.ok()) return Named(FromGrpc(status));
    hil::DetectorInfo info = FromWire(response);
    if (absl::Status checked = hil::CheckInfo(info, options_.limits); !checked.ok()) {
      return Named(absl::InternalError(checked.message()));
    }
    info_ = std::move(info);
    return *info_;
  }

  absl::Status Open(const std::vector<trace::ChannelSpec>& channels, const hil::SessionOptions& session) override {
    stream_.reset();
    if (absl::Status status = Connect(); !status.ok()) return status;
    v1::Configure configure;
    for (const trace::ChannelSpec& channel : channels) ToWire(channel, *configure.add_channels());
    configure.set_seed(session.seed);
    configure.set_emit_candidates(session.emit_candidates);
    stream_ =
        std::make_unique<DetectStream>(*stub_, DetectStream::Limits{options_.watchdog, options_.flush_timeout,
                                                                    options_.max_batches_per_frame, options_.limits});
    Authorize(stream_->context());
    return Named(stream_->Open(configure, options_.describe_timeout));
  }

  absl::Status Push(const trace::SampleBlock& block) override {
    return stream_ ? Named(stream_->Push(block)) : NotOpen();
  }

  absl::StatusOr<std::vector<trace::Detection>> Poll() override {
    if (!stream_) return NotOpen();
    absl::StatusOr<std::vector<trace::Detection>> detections = stream_->Poll();
    if (!detections.ok()) return Named(detections.status());
    return detections;
  }

  absl::StatusOr<hil::SessionSummary> Flush() override {
    if (!stream_) return NotOpen();
    absl::StatusOr<hil::SessionSummary> summary = stream_->Flush();
    if (!summary.ok()) return Named(summary.status());
    return summary;
  }

 private:
  // Waits until the connection stands or is known to fail; what fails it is for the next call to say.
  absl::Status Connect() {
    const auto deadline = std::chrono::system_clock::now() + options_.connect_timeout;
    grpc_connectivity_state state = channel_->GetState(true);
    while (state == GRPC_CHANNEL_IDLE || state == GRPC_CHANNEL_CONNECTING) {
      if (!channel_->WaitForStateChange(state, deadline)) {
        return Named(absl::UnavailableError(
            fmt::format("no connection within {:g} s", static_cast<double>(options_.connect_timeout.count()) * 1e-3)));
      }
      state = channel_->GetState(true);
    }
    return absl::OkStatus();
  }

  void Authorize(grpc::ClientContext& context) const {
    if (!token_.empty()) context.AddMetadata("authorization", "Bearer " + token_);
  }

  absl::Status Named(const absl::Status& status) const {
    if (status.ok()) return status;
    return {status.code(), fmt::format("{}: {}", url_, std::string(status.message()))};
  }

  absl::Status NotOpen() const { return Named(absl::FailedPreconditionError("no session is open")); }

  std::string url_;
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<v1::DetectorService::Stub> stub_;
  std::string token_;
  GrpcDetectorOptions options_;
  std::optional<hil::DetectorInfo> info_;
  std::unique_ptr<DetectStream> stream_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<hil::SystemUnderTest>> DialDetector(const std::string& url,
                                                                   const GrpcDetectorOptions& options) {
  absl::string_view address = url;
  if (!absl::ConsumePrefix(&address, "grpc://")) {
    return absl::InvalidArgumentError(fmt::format("\"{}\" is not a detector; grpc://host:port is accepted", url));
  }
  auto channel = MakeChannel(std::string(address), options.security);
  if (!channel.ok()) return channel.status();
  absl::StatusOr<std::string> token = ReadToken(options.security.token_file);
  if (!token.ok()) return token.status();
  return std::make_unique<GrpcDetector>(url, *std::move(channel), *std::move(token), options);
}

}  // namespace stunt::rpc
