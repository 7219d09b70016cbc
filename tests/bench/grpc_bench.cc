// What the detector protocol costs, against the least that gRPC can do with the same messages.
//
// BM_GrpcBare: a bidirectional stream of the same requests between a client and a server without any logic.
// BM_GrpcDetect: our client and our server with a detector that does nothing, one message a block as in BM_GrpcBare.
// BM_GrpcDetectPacked: the same as it runs in a sweep, where blocks share a message while the link is busy.
// BM_GrpcRoundTrip…: one block, and the answer to it.
#include <benchmark/benchmark.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <memory>
#include <string>
#include <vector>

#include "stunt/rpc/detector_server.h"
#include "stunt/rpc/grpc_detector.h"
#include "stunt/v1/detector_service.grpc.pb.h"

namespace stunt {
namespace {

constexpr int kBlocksPerSession = 600;  // a minute of 100 ms blocks
constexpr int kSamplesPerBlock = 10;

std::vector<trace::ChannelSpec> Accelerometer() {
  trace::ChannelSpec spec;
  spec.channel_id = 1;
  spec.kind = trace::SensorKind::kAccelerometer;
  spec.device = "watch@left_wrist";
  spec.clock = "watch";
  spec.site = "left_wrist";
  spec.rate_hz = 100;
  return std::vector<trace::ChannelSpec>(1, spec);
}

trace::SampleBlock BlockAt(int i) {
  trace::SampleBlock block;
  block.channel_id = 1;
  block.first_sequence = static_cast<std::uint64_t>(i) * kSamplesPerBlock;
  block.period_ns = 10'000'000;
  block.first_time_ns = static_cast<std::int64_t>(block.first_sequence) * block.period_ns;
  for (int k = 0; k < kSamplesPerBlock * block.axes; ++k) block.values.push_back(0.1F * static_cast<float>(k));
  return block;
}

v1::DetectRequest RequestAt(int i) {
  const trace::SampleBlock block = BlockAt(i);
  v1::DetectRequest request;
  v1::SampleBatch& batch = *request.mutable_samples()->add_batches();
  batch.set_channel_id(block.channel_id);
  batch.set_first_sequence(block.first_sequence);
  batch.set_sample_count(kSamplesPerBlock);
  batch.set_first_time_ns(block.first_time_ns);
  batch.set_period_ns(block.period_ns);
  batch.set_data(block.values.data(), block.values.size() * sizeof(float));
  return request;
}

/// Says nothing, or one thing per block.
class NullDetector : public hil::SystemUnderTest {
 public:
  explicit NullDetector(bool answers) : answers_(answers) {}
  absl::StatusOr<hil::DetectorInfo> Describe() override { return hil::DetectorInfo{"null", "1.0", "", {}, {}}; }
  absl::Status Open(const std::vector<trace::ChannelSpec>&, const hil::SessionOptions&) override {
    return absl::OkStatus();
  }
  absl::Status Push(const trace::SampleBlock& block) override {
    summary_.consumed_through_ns = block.TimeNs(block.size() - 1);
    fresh_ = answers_;
    return absl::OkStatus();
  }
  absl::StatusOr<std::vector<trace::Detection>> Poll() override {
    std::vector<trace::Detection> detections;
    if (std::exchange(fresh_, false)) {
      detections.emplace_back().label = "fall";
      detections.back().decision_sample_time_ns = summary_.consumed_through_ns;
    }
    return detections;
  }
  absl::StatusOr<hil::SessionSummary> Flush() override { return summary_; }

 private:
  bool answers_;
  bool fresh_ = false;
  hil::SessionSummary summary_;
};

/// Reads everything, answers Flush; with `answers`, also each message of samples by a detection.
class BareServer : public v1::DetectorService::Service {
 public:
  explicit BareServer(bool answers) : answers_(answers) {
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port_);
    builder.RegisterService(this);
    server_ = builder.BuildAndStart();
  }

  grpc::Status Detect(grpc::ServerContext*,
                      grpc::ServerReaderWriter<v1::DetectResponse, v1::DetectRequest>* stream) override {
    v1::DetectRequest request;
    v1::DetectResponse detected;
    detected.mutable_detections()->add_detections()->set_label("fall");
    while (stream->Read(&request) && !request.has_flush()) {
      if (answers_) stream->Write(detected);
    }
    v1::DetectResponse flushed;
    flushed.mutable_flushed();
    stream->Write(flushed);
    return grpc::Status::OK;
  }

  [[nodiscard]] std::unique_ptr<v1::DetectorService::Stub> Dial() const {
    return v1::DetectorService::NewStub(
        grpc::CreateChannel("127.0.0.1:" + std::to_string(port_), grpc::InsecureChannelCredentials()));
  }

 private:
  bool answers_;
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
};

using BareStream = grpc::ClientReaderWriter<v1::DetectRequest, v1::DetectResponse>;

bool FlushBare(BareStream& stream) {
  v1::DetectRequest flush;
  flush.mutable_flush();
  v1::DetectResponse response;
  return stream.Write(flush) && stream.Read(&response) && !stream.Read(&response) && stream.Finish().ok();
}

void CountMessages(benchmark::State& state, int per_iteration) {
  state.counters["messages_per_s"] =
      benchmark::Counter(static_cast<double>(state.iterations()) * per_iteration, benchmark::Counter::kIsRate);
}

void BM_GrpcBare(benchmark::State& state) {
  const BareServer server(false);
  const auto stub = server.Dial();
  for (auto _ : state) {
    grpc::ClientContext context;
    const auto stream = stub->Detect(&context);
    for (int i = 0; i < kBlocksPerSession; ++i) stream->Write(RequestAt(i));
    if (!FlushBare(*stream)) return state.SkipWithError("the bare stream failed");
  }
  CountMessages(state, kBlocksPerSession);
}
BENCHMARK(BM_GrpcBare)->UseRealTime()->Unit(benchmark::kMillisecond);

std::unique_ptr<rpc::DetectorServer> ServeNull(bool answers) {
  return *rpc::StartDetectorServer("127.0.0.1:0", [answers] { return std::make_unique<NullDetector>(answers); });
}

void Detect(benchmark::State& state, int batches_per_frame) {
  const auto server = ServeNull(false);
  rpc::GrpcDetectorOptions options;
  options.max_batches_per_frame = batches_per_frame;
  const auto detector = *rpc::DialDetector("grpc://127.0.0.1:" + std::to_string(server->port()), options);
  for (auto _ : state) {
    bool good = detector->Open(Accelerometer(), {}).ok();
    for (int i = 0; good && i < kBlocksPerSession; ++i) good = detector->Push(BlockAt(i)).ok();
    if (!good || !detector->Flush().ok()) return state.SkipWithError("the detector failed");
  }
  CountMessages(state, kBlocksPerSession);
}

void BM_GrpcDetect(benchmark::State& state) { Detect(state, 1); }
BENCHMARK(BM_GrpcDetect)->UseRealTime()->Unit(benchmark::kMillisecond);

void BM_GrpcDetectPacked(benchmark::State& state) { Detect(state, rpc::GrpcDetectorOptions().max_batches_per_frame); }
BENCHMARK(BM_GrpcDetectPacked)->UseRealTime()->Unit(benchmark::kMillisecond);

void BM_GrpcRoundTripBare(benchmark::State& state) {
  const BareServer server(true);
  const auto stub = server.Dial();
  grpc::ClientContext context;
  const auto stream = stub->Detect(&context);
  v1::DetectResponse response;
  int i = 0;
  for (auto _ : state) {
    if (!stream->Write(RequestAt(i++)) || !stream->Read(&response)) return state.SkipWithError("the stream failed");
  }
  CountMessages(state, 1);
  if (!FlushBare(*stream)) state.SkipWithError("the stream failed");
}
BENCHMARK(BM_GrpcRoundTripBare)->UseRealTime()->Unit(benchmark::kMicrosecond);

void BM_GrpcRoundTripDetect(benchmark::State& state) {
  const auto server = ServeNull(true);
  rpc::GrpcDetectorOptions options;
  options.limits.max_detections = std::size_t{1} << 40;
  const auto detector = *rpc::DialDetector("grpc://127.0.0.1:" + std::to_string(server->port()), options);
  if (!detector->Open(Accelerometer(), {}).ok()) return state.SkipWithError("the detector failed");
  int i = 0;
  for (auto _ : state) {
    if (!detector->Push(BlockAt(i++)).ok()) return state.SkipWithError("the detector failed");
    for (;;) {
      const auto detections = detector->Poll();
      if (!detections.ok()) return state.SkipWithError("the detector failed");
      if (!detections->empty()) break;
    }
  }
  CountMessages(state, 1);
  if (!detector->Flush().ok()) state.SkipWithError("the detector failed");
}
BENCHMARK(BM_GrpcRoundTripDetect)->UseRealTime()->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace stunt
