// Peers that break the protocol: each ends its own stream with a clear status, and nothing else.
#include <gmock/gmock.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <functional>
#include <limits>

#include "raw_calls.h"
#include "stunt/hil/run_asap.h"
#include "stunt/rpc/detector_server.h"
#include "stunt/rpc/grpc_detector.h"
#include "stunt/v1/detector_service.grpc.pb.h"
#include "test_doubles.h"

namespace stunt {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using testing::PlainChannel;
using testing::ThresholdDouble;
using testing::TwoBumps;

// ---- hostile clients ----

v1::DetectRequest GoodConfigure() {
  v1::DetectRequest request;
  v1::ChannelSpec& channel = *request.mutable_configure()->add_channels();
  channel.set_channel_id(7);
  channel.set_kind(v1::SENSOR_KIND_ACCELEROMETER);
  channel.set_axes(3);
  channel.set_rate_hz(100);
  channel.set_encoding(v1::SAMPLE_ENCODING_FLOAT32_LE);
  return request;
}

std::string Bytes(const void* data, std::size_t size) { return {static_cast<const char*>(data), size}; }

v1::SampleBatch GoodBatch() {
  v1::SampleBatch batch;
  batch.set_channel_id(7);
  batch.set_sample_count(2);
  batch.set_first_sequence(5);
  batch.set_first_time_ns(1000);
  batch.set_period_ns(10);
  const float values[] = {1, 2, 3, 4, 5, 6};
  batch.set_data(Bytes(values, sizeof(values)));
  return batch;
}

v1::DetectRequest Samples(const v1::SampleBatch& batch) {
  v1::DetectRequest request;
  *request.mutable_samples()->add_batches() = batch;
  return request;
}

v1::DetectRequest FlushRequest() {
  v1::DetectRequest request;
  request.mutable_flush();
  return request;
}

class HostileClient : public ::testing::Test {
 protected:
  void SetUp() override {
    auto server = rpc::StartDetectorServer("127.0.0.1:0", [] { return std::make_unique<ThresholdDouble>(); });
    ASSERT_TRUE(server.ok());
    server_ = *std::move(server);
    stub_ = v1::DetectorService::NewStub(PlainChannel(server_->port()));
  }

  // Sends the requests and gives how the server ended the stream.
  grpc::Status Send(const std::vector<v1::DetectRequest>& requests) {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + 10s);
    const auto stream = stub_->Detect(&context);
    for (const v1::DetectRequest& request : requests) stream->Write(request);
    stream->WritesDone();
    v1::DetectResponse response;
    responses_.clear();
    while (stream->Read(&response)) responses_.push_back(response);
    return stream->Finish();
  }

  void ExpectInvalid(const std::function<void(v1::SampleBatch&)>& spoil, const std::string& words) {
    v1::SampleBatch batch = GoodBatch();
    spoil(batch);
    const grpc::Status status = Send({GoodConfigure(), Samples(batch), FlushRequest()});
    EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT) << words;
    EXPECT_THAT(status.error_message(), HasSubstr(words));
  }

  void ExpectInvalidChannel(const std::function<void(v1::ChannelSpec&)>& spoil, const std::string& words) {
    v1::DetectRequest request = GoodConfigure();
    spoil(*request.mutable_configure()->mutable_channels(0));
    const grpc::Status status = Send({request});
    EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT) << words;
    EXPECT_THAT(status.error_message(), HasSubstr(words));
  }

  std::unique_ptr<rpc::DetectorServer> server_;
  std::unique_ptr<v1::DetectorService::Stub> stub_;
  std::vector<v1::DetectResponse> responses_;
};

TEST_F(HostileClient, GoodOneIsServed) {
  const grpc::Status status = Send({GoodConfigure(), Samples(GoodBatch()), FlushRequest()});
  EXPECT_TRUE(status.ok()) << status.error_message();
  ASSERT_FALSE(responses_.empty());
  EXPECT_TRUE(responses_.front().has_configured());
  EXPECT_EQ(responses_.back().flushed().consumed_through_ns(), 1010);
}

TEST_F(HostileClient, WrongOrderIsFailedPrecondition) {
  constexpr auto kCode = grpc::StatusCode::FAILED_PRECONDITION;
  EXPECT_EQ(Send({Samples(GoodBatch())}).error_code(), kCode);
  EXPECT_EQ(Send({FlushRequest()}).error_code(), kCode);
  EXPECT_EQ(Send({v1::DetectRequest()}).error_code(), kCode);
  EXPECT_EQ(Send({GoodConfigure(), GoodConfigure()}).error_code(), kCode);
  EXPECT_EQ(Send({GoodConfigure(), v1::DetectRequest()}).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
}

TEST_F(HostileClient, StreamWithoutFlushIsCancelled) {
  EXPECT_EQ(Send({}).error_code(), grpc::StatusCode::CANCELLED);
  EXPECT_EQ(Send({GoodConfigure()}).error_code(), grpc::StatusCode::CANCELLED);
}

TEST_F(HostileClient, BatchThatContradictsItselfIsInvalid) {
  constexpr std::int64_t kHighest = std::numeric_limits<std::int64_t>::max();
  constexpr std::int64_t kLowest = std::numeric_limits<std::int64_t>::min();
  ExpectInvalid([](auto& b) { b.set_channel_id(8); }, "channel 8 was not configured");
  ExpectInvalid([](auto& b) { b.set_sample_count(0); }, "0 samples");
  ExpectInvalid([](auto& b) { b.set_sample_count(0xffffffff); }, "4294967295 samples");
  ExpectInvalid([](auto& b) { b.set_sample_count(3); }, "24 bytes do not hold 3 samples of 3 values");
  ExpectInvalid([](auto& b) { b.mutable_data()->pop_back(); }, "23 bytes");
  ExpectInvalid([=](auto& b) { b.set_first_time_ns(kHighest); }, "out of bounds");
  ExpectInvalid([=](auto& b) { b.set_first_time_ns(kLowest); }, "time goes back");
  ExpectInvalid([=](auto& b) { b.set_period_ns(kHighest); }, "out of bounds");
  ExpectInvalid([](auto& b) { b.set_period_ns(-1); }, "out of bounds");
  ExpectInvalid([](auto& b) { b.set_first_sequence(~0ULL); }, "sequence 18446744073709551615");
  ExpectInvalid([](auto& b) { b.add_time_offsets_ns(0); }, "not one time for each sample");
  ExpectInvalid(
      [](auto& b) {
        b.add_time_offsets_ns(5);
        b.add_time_offsets_ns(4);
      },
      "go back");
  ExpectInvalid(
      [=](auto& b) {
        b.add_time_offsets_ns(0);
        b.add_time_offsets_ns(kHighest);
      },
      "out of bounds");
  for (const float poison : {NAN, INFINITY, -INFINITY}) {
    ExpectInvalid([=](auto& b) { std::memcpy(b.mutable_data()->data() + 8, &poison, 4); }, "not finite");
  }
}

TEST_F(HostileClient, SamplesThatGoBackAreInvalid) {
  v1::SampleBatch next = GoodBatch();
  next.set_first_sequence(7);
  next.set_first_time_ns(1020);
  EXPECT_TRUE(Send({GoodConfigure(), Samples(GoodBatch()), Samples(next), FlushRequest()}).ok());
  v1::SampleBatch repeated = next;
  repeated.set_first_sequence(6);
  EXPECT_THAT(Send({GoodConfigure(), Samples(GoodBatch()), Samples(repeated)}).error_message(),
              HasSubstr("sequence 6 comes after 7"));
  v1::SampleBatch earlier = next;
  earlier.set_first_time_ns(1009);
  EXPECT_THAT(Send({GoodConfigure(), Samples(GoodBatch()), Samples(earlier)}).error_message(),
              HasSubstr("time goes back to 1009 ns"));
}

TEST_F(HostileClient, ChannelThatMakesNoSenseIsInvalid) {
  ExpectInvalidChannel([](auto& c) { c.set_kind(v1::SENSOR_KIND_UNSPECIFIED); }, "kind 0");
  ExpectInvalidChannel([](auto& c) { c.set_kind(static_cast<v1::SensorKind>(99)); }, "kind 99");
  ExpectInvalidChannel([](auto& c) { c.set_encoding(v1::SAMPLE_ENCODING_UNSPECIFIED); }, "encoding 0");
  ExpectInvalidChannel([](auto& c) { c.set_axes(0); }, "0 axes");
  ExpectInvalidChannel([](auto& c) { c.set_axes(0xffffffff); }, "4294967295 axes");
  ExpectInvalidChannel([](auto& c) { c.set_rate_hz(std::numeric_limits<double>::quiet_NaN()); }, "not finite");
  ExpectInvalidChannel([](auto& c) { c.set_range(-1); }, "negative");
  ExpectInvalidChannel([](auto& c) { c.set_scale(std::numeric_limits<double>::infinity()); }, "scale");
  ExpectInvalidChannel([](auto& c) { c.set_device(std::string(129, 'd')); }, "more than 128 characters");
  v1::DetectRequest twice = GoodConfigure();
  *twice.mutable_configure()->add_channels() = twice.configure().channels(0);
  EXPECT_THAT(Send({twice}).error_message(), HasSubstr("two channels have the id 7"));
  v1::DetectRequest none;
  none.mutable_configure();
  EXPECT_THAT(Send({none}).error_message(), HasSubstr("0 channels"));
}

TEST_F(HostileClient, OversizedMessageIsResourceExhausted) {
  v1::SampleBatch batch = GoodBatch();
  batch.set_data(std::string((4 << 20) + 1, '\0'));
  EXPECT_EQ(Send({GoodConfigure(), Samples(batch)}).error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
}

// Oracle: |(0, 0, 31)| exceeds the double's 30 and |(0, 0, 29)| does not, however they are written.
TEST_F(HostileClient, EveryEncodingIsRead) {
  const auto fires = [&](v1::SampleEncoding encoding, double scale, const std::string& data) {
    v1::DetectRequest configure = GoodConfigure();
    configure.mutable_configure()->mutable_channels(0)->set_encoding(encoding);
    configure.mutable_configure()->mutable_channels(0)->set_scale(scale);
    v1::SampleBatch batch = GoodBatch();
    batch.set_sample_count(1);
    batch.set_data(data);
    const grpc::Status status = Send({configure, Samples(batch), FlushRequest()});
    EXPECT_TRUE(status.ok()) << status.error_message();
    return responses_[1].has_detections();
  };
  for (const bool above : {false, true}) {
    const std::int16_t count16[] = {0, 0, static_cast<std::int16_t>(above ? -6200 : -5800)};
    const std::int32_t count32[] = {0, 0, above ? 3'100'000 : 2'900'000};
    const double doubles[] = {0, 0, above ? 31.0 : 29.0};
    const float floats[] = {0, 0, above ? 31.F : 29.F};
    EXPECT_EQ(fires(v1::SAMPLE_ENCODING_INT16_LE, 0.005, Bytes(count16, 6)), above);
    EXPECT_EQ(fires(v1::SAMPLE_ENCODING_INT32_LE, 1e-5, Bytes(count32, 12)), above);
    EXPECT_EQ(fires(v1::SAMPLE_ENCODING_FLOAT64_LE, 0, Bytes(doubles, 24)), above);
    EXPECT_EQ(fires(v1::SAMPLE_ENCODING_FLOAT32_LE, 0, Bytes(floats, 12)), above);
  }
}

// ---- hostile servers ----

using Stream = grpc::ServerReaderWriter<v1::DetectResponse, v1::DetectRequest>;

/// A server whose streams do what a test says, after a well-behaved Configured.
class HostileServer : public v1::DetectorService::Service {
 public:
  explicit HostileServer(std::function<grpc::Status(Stream&)> behave) : behave_(std::move(behave)) {
    description.set_name("hostile");
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port_);
    builder.RegisterService(this);
    server_ = builder.BuildAndStart();
  }
  ~HostileServer() override { server_->Shutdown(std::chrono::system_clock::now()); }

  grpc::Status DescribeDetector(grpc::ServerContext*, const v1::DescribeDetectorRequest*,
                                v1::DescribeDetectorResponse* response) override {
    *response = description;
    return grpc::Status::OK;
  }

  grpc::Status Detect(grpc::ServerContext*, Stream* stream) override {
    v1::DetectRequest request;
    stream->Read(&request);
    v1::DetectResponse configured;
    configured.mutable_configured();
    stream->Write(configured);
    return behave_(*stream);
  }

  // How a run against it ends.
  absl::Status Judge() {
    rpc::GrpcDetectorOptions options;
    options.watchdog = 300ms;
    options.flush_timeout = 1s;
    const auto detector = *rpc::DialDetector("grpc://127.0.0.1:" + std::to_string(port_), options);
    return hil::RunAsap(TwoBumps(), *detector).status();
  }

  v1::DescribeDetectorResponse description;

 private:
  std::function<grpc::Status(Stream&)> behave_;
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
};

void Swallow(Stream& stream) {  // everything through Flush
  v1::DetectRequest request;
  while (stream.Read(&request) && !request.has_flush()) {
  }
}

void WriteFlushed(Stream& stream) {
  v1::DetectResponse response;
  response.mutable_flushed()->set_consumed_through_ns(9'990'000'000);
  stream.Write(response);
}

v1::Detection* AddDetection(v1::DetectResponse& response) {
  v1::Detection* const detection = response.mutable_detections()->add_detections();
  detection->set_label("fall");
  return detection;
}

void ExpectJudged(const std::function<grpc::Status(Stream&)>& behave, absl::StatusCode code, const std::string& words) {
  HostileServer server(behave);
  const absl::Status status = server.Judge();
  EXPECT_EQ(status.code(), code) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr(words));
}

// Says one thing at the end of the trace, then Flushed.
std::function<grpc::Status(Stream&)> Says(const std::function<void(v1::DetectResponse&)>& fill) {
  return [fill](Stream& stream) {
    Swallow(stream);
    v1::DetectResponse response;
    fill(response);
    stream.Write(response);
    WriteFlushed(stream);
    return grpc::Status::OK;
  };
}

TEST(HostileServer, GoodOneIsJudged) {
  ExpectJudged(Says([](auto& r) { AddDetection(r); }), absl::StatusCode::kOk, "");
}

TEST(HostileServer, EarlyEndIsUnavailable) {
  ExpectJudged([](Stream&) { return grpc::Status::OK; }, absl::StatusCode::kUnavailable, "ended the stream before");
  ExpectJudged(
      [](Stream& stream) {
        Swallow(stream);
        return grpc::Status::OK;
      },
      absl::StatusCode::kUnavailable, "ended the stream before");
}

TEST(HostileServer, SilenceEndsAtTheWatchdog) {
  ExpectJudged(
      [](Stream& stream) {
        Swallow(stream);
        v1::DetectRequest request;
        stream.Read(&request);  // until cancelled
        return grpc::Status::OK;
      },
      absl::StatusCode::kDeadlineExceeded, "no progress");
}

TEST(HostileServer, ProgressWithoutProgressEndsAtTheWatchdog) {
  ExpectJudged(
      [](Stream& stream) {
        Swallow(stream);
        v1::DetectResponse response;
        response.mutable_progress()->set_consumed_through_ns(1);
        while (stream.Write(response)) {
        }
        return grpc::Status::OK;
      },
      absl::StatusCode::kDeadlineExceeded, "no progress");
}

TEST(HostileServer, CreepingProgressEndsAtTheFlushTimeout) {
  ExpectJudged(
      [](Stream& stream) {
        Swallow(stream);
        v1::DetectResponse response;
        for (std::int64_t through = 1; stream.Write(response); ++through) {
          response.mutable_progress()->set_consumed_through_ns(through);
        }
        return grpc::Status::OK;
      },
      absl::StatusCode::kDeadlineExceeded, "no progress");
}

TEST(HostileServer, ProgressBeyondTheSamplesIsInternal) {
  ExpectJudged(Says([](auto& r) { r.mutable_progress()->set_consumed_through_ns(10'000'000'000); }),
               absl::StatusCode::kInternal, "was not sent");
}

TEST(HostileServer, SecondConfiguredIsInternal) {
  ExpectJudged(Says([](auto& r) { r.mutable_configured(); }), absl::StatusCode::kInternal, "wrong order");
}

TEST(HostileServer, SecondFlushedIsInternal) {
  ExpectJudged(Says([](auto& r) { r.mutable_flushed()->set_consumed_through_ns(9'990'000'000); }),
               absl::StatusCode::kInternal, "wrong order");
}

TEST(HostileServer, HoleInTheDetectionsIsInternal) {
  ExpectJudged(Says([](auto& r) {
                 AddDetection(r);
                 r.mutable_detections()->set_first_sequence(1);
               }),
               absl::StatusCode::kInternal, "detection 1 was sent, but 0 comes next");
}

TEST(HostileServer, FloodIsInternal) {
  ExpectJudged(
      [](Stream& stream) {
        v1::DetectResponse response;
        for (int i = 0; i < 1000; ++i) AddDetection(response);
        std::uint64_t first = 0;
        while (stream.Write(response)) response.mutable_detections()->set_first_sequence(first += 1000);
        return grpc::Status::OK;
      },
      absl::StatusCode::kInternal, "more than 100000 detections");
}

TEST(HostileServer, HostileDetectionsAreInternal) {
  const auto expect = [](const std::function<void(v1::Detection&)>& spoil, const std::string& words) {
    ExpectJudged(Says([&](auto& r) { spoil(*AddDetection(r)); }), absl::StatusCode::kInternal, words);
  };
  expect([](auto& d) { d.set_label(""); }, "no label");
  expect([](auto& d) { d.set_label(std::string(1 << 20, 'x')); }, "1048576 characters");
  expect([](auto& d) { d.set_detection_id("<script>\n"); }, "<script>\\n");
  expect([](auto& d) { d.set_score(std::numeric_limits<double>::quiet_NaN()); }, "nan");
  expect([](auto& d) { d.set_quantity(std::numeric_limits<double>::infinity()); }, "inf");
  expect([](auto& d) { d.set_decision_sample_time_ns(9'990'000'001); }, "9990000001");
  expect([](auto& d) { d.set_claimed_end_ns(std::numeric_limits<std::int64_t>::min()); }, "far outside");
}

TEST(HostileServer, OversizedAnswerIsResourceExhausted) {
  ExpectJudged(Says([](auto& r) { AddDetection(r)->set_label(std::string(5 << 20, 'x')); }),
               absl::StatusCode::kResourceExhausted, "");
}

TEST(HostileServer, FalseConsumptionIsInternal) {
  ExpectJudged(
      [](Stream& stream) {
        Swallow(stream);
        v1::DetectResponse response;
        response.mutable_flushed()->set_consumed_through_ns(1);
        stream.Write(response);
        return grpc::Status::OK;
      },
      absl::StatusCode::kInternal, "consumed the trace through 1 ns");
}

TEST(HostileServer, HostileDescriptionIsInternal) {
  const auto expect = [](const std::function<void(v1::DescribeDetectorResponse&)>& spoil) {
    HostileServer server([](Stream&) { return grpc::Status::OK; });
    spoil(server.description);
    EXPECT_EQ(server.Judge().code(), absl::StatusCode::kInternal);
  };
  expect([](auto& d) { d.set_name(std::string(1000, 'n')); });
  expect([](auto& d) { d.set_digest("\x1b]0;pwned\x07"); });
  expect([](auto& d) { d.add_needs()->set_rate_hz(-1); });
  expect([](auto& d) { d.set_default_threshold(std::numeric_limits<double>::quiet_NaN()); });
}

TEST(HostileServer, ItsErrorTextIsEscapedAndCut) {
  HostileServer server(
      [](Stream&) { return grpc::Status(grpc::StatusCode::INTERNAL, "\x1b[31m" + std::string(5000, 'x')); });
  const absl::Status status = server.Judge();
  EXPECT_EQ(status.code(), absl::StatusCode::kInternal);
  EXPECT_THAT(std::string(status.message()), HasSubstr("\\x1b[31mxxx"));
  EXPECT_LT(status.message().size(), 700u);
}

}  // namespace
}  // namespace stunt
