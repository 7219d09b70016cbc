#include "stunt/rpc/grpc_detector.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <functional>
#include <thread>

#include "stunt/hil/run_asap.h"
#include "stunt/rpc/detector_server.h"
#include "test_doubles.h"

namespace stunt {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using testing::kSecond;
using ::testing::StartsWith;
using testing::ThresholdDouble;
using testing::TwoBumps;

std::string Message(const absl::Status& status) { return std::string(status.message()); }

std::unique_ptr<rpc::DetectorServer> Serve(rpc::DetectorFactory factory,
                                           const rpc::DetectorServerOptions& options = {}) {
  auto server = rpc::StartDetectorServer("127.0.0.1:0", std::move(factory), options);
  EXPECT_TRUE(server.ok()) << server.status();
  return *std::move(server);
}

std::unique_ptr<hil::SystemUnderTest> Dial(int port, const rpc::GrpcDetectorOptions& options = {}) {
  auto detector = rpc::DialDetector("grpc://127.0.0.1:" + std::to_string(port), options);
  EXPECT_TRUE(detector.ok()) << detector.status();
  return *std::move(detector);
}

double SecondsOf(const std::function<void()>& call) {
  const auto start = std::chrono::steady_clock::now();
  call();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// The detector of test_detector_main.cc in its own process.
class DetectorProcess {
 public:
  DetectorProcess() {
    int ends[2];
    EXPECT_EQ(pipe(ends), 0);
    pid_ = fork();
    if (pid_ == 0) {
      dup2(ends[1], STDOUT_FILENO);
      execl(STUNT_TEST_DETECTOR, STUNT_TEST_DETECTOR, nullptr);
      _exit(127);
    }
    close(ends[1]);
    FILE* const out = fdopen(ends[0], "r");
    EXPECT_EQ(fscanf(out, "%d", &port_), 1);
    fclose(out);
  }
  ~DetectorProcess() {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  void Signal(int number) const { kill(pid_, number); }
  [[nodiscard]] int port() const { return port_; }

 private:
  pid_t pid_ = 0;
  int port_ = 0;
};

TEST(GrpcDetector, DescribesWhatIsServed) {
  const auto server = Serve([] {
    auto detector = std::make_unique<ThresholdDouble>();
    detector->info.version = "2.1";
    detector->info.labels = {"fall", "crash"};
    detector->info.needs = {{trace::SensorKind::kAccelerometer, 50, true, "g", {"left_wrist"}},
                            {trace::SensorKind::kBarometer, 0, false}};
    detector->info.default_threshold = 0.75;
    detector->info.algorithmic_window_ns = 3 * kSecond;
    detector->info.supports_candidates = true;
    return detector;
  });
  const auto info = Dial(server->port())->Describe();
  ASSERT_TRUE(info.ok()) << info.status();
  EXPECT_EQ(info->name, "threshold");
  EXPECT_EQ(info->version, "2.1");
  EXPECT_EQ(info->digest, "none");
  EXPECT_EQ(info->labels, (std::vector<std::string>{"fall", "crash"}));
  ASSERT_EQ(info->needs.size(), 2u);
  EXPECT_EQ(info->needs[0].kind, trace::SensorKind::kAccelerometer);
  EXPECT_EQ(info->needs[0].rate_hz, 50);
  EXPECT_TRUE(info->needs[0].required);
  EXPECT_EQ(info->needs[0].unit, "g");
  EXPECT_EQ(info->needs[0].sites, std::vector<std::string>{"left_wrist"});
  EXPECT_FALSE(info->needs[1].required);
  EXPECT_EQ(info->default_threshold, 0.75);
  EXPECT_EQ(info->algorithmic_window_ns, 3 * kSecond);
  EXPECT_TRUE(info->supports_candidates);
}

// Oracle: the same detector in this process, block for block.
TEST(GrpcDetector, GivesTheSameRecordAsInProcess) {
  trace::Recording recording = TwoBumps();
  trace::SampleBlock& uneven = recording.channels[1].samples;
  for (std::size_t i = 0; i < uneven.size(); ++i) {
    uneven.time_offsets_ns.push_back(static_cast<std::int64_t>(i * 19'876'543 + i % 7));
  }
  ThresholdDouble local;
  const auto expected = hil::RunAsap(recording, local);
  ASSERT_TRUE(expected.ok());
  ASSERT_EQ(expected->detections.size(), 2u);
  const auto server = Serve([] { return std::make_unique<ThresholdDouble>(); });
  const auto remote = Dial(server->port());
  for (int run : {1, 2}) {  // the second session starts from a reset detector
    const auto record = hil::RunAsap(recording, *remote);
    ASSERT_TRUE(record.ok()) << run << record.status();
    ASSERT_EQ(record->detections.size(), expected->detections.size());
    for (std::size_t i = 0; i < record->detections.size(); ++i) {
      const trace::Detection& a = record->detections[i];
      const trace::Detection& b = expected->detections[i];
      EXPECT_EQ(a.detection_id, b.detection_id);
      EXPECT_EQ(a.label, b.label);
      EXPECT_EQ(a.score, b.score);
      EXPECT_EQ(a.above_threshold, b.above_threshold);
      EXPECT_EQ(a.decision_sample_time_ns, b.decision_sample_time_ns);
      EXPECT_EQ(a.decision_device_ns, b.decision_device_ns);
      EXPECT_EQ(a.first_input_device_ns, b.first_input_device_ns);
      EXPECT_EQ(a.claimed_start_ns, b.claimed_start_ns);
      EXPECT_EQ(a.claimed_end_ns, b.claimed_end_ns);
      EXPECT_EQ(a.quantity, b.quantity);
      EXPECT_EQ(a.quantity_unit, b.quantity_unit);
    }
    EXPECT_EQ(record->inference_count, expected->inference_count);
    EXPECT_EQ(record->consumed_through_ns, expected->consumed_through_ns);
    EXPECT_GT(record->detector_compute_ns, 0);
  }
}

// What the server's detector was given, bit for bit.
TEST(GrpcDetector, DeliversBlocksAndChannelsUnchanged) {
  static ThresholdDouble seen;
  class Recorder : public ThresholdDouble {
   public:
    absl::StatusOr<hil::SessionSummary> Flush() override {
      seen.blocks = blocks;
      seen.channels = channels;
      return summary;
    }
  };
  trace::Recording recording = TwoBumps();
  trace::ChannelSpec& spec = recording.channels[0].spec;
  spec.unit = "m/s²";
  spec.range = 39.2266;
  spec.resolution = 0.00119710083;
  spec.fifo_watermark = 25;
  ThresholdDouble local;
  ASSERT_TRUE(hil::RunAsap(recording, local).ok());
  const auto server = Serve([] { return std::make_unique<Recorder>(); });
  ASSERT_TRUE(hil::RunAsap(recording, *Dial(server->port())).ok());
  ASSERT_EQ(seen.blocks.size(), local.blocks.size());
  for (std::size_t i = 0; i < seen.blocks.size(); ++i) {
    EXPECT_EQ(seen.blocks[i].channel_id, local.blocks[i].channel_id);
    EXPECT_EQ(seen.blocks[i].first_sequence, local.blocks[i].first_sequence);
    EXPECT_EQ(seen.blocks[i].first_time_ns, local.blocks[i].first_time_ns);
    EXPECT_EQ(seen.blocks[i].period_ns, local.blocks[i].period_ns);
    EXPECT_EQ(seen.blocks[i].values, local.blocks[i].values);
  }
  ASSERT_EQ(seen.channels.size(), 2u);
  EXPECT_EQ(seen.channels[0].kind, spec.kind);
  EXPECT_EQ(seen.channels[0].device, spec.device);
  EXPECT_EQ(seen.channels[0].clock, spec.clock);
  EXPECT_EQ(seen.channels[0].site, spec.site);
  EXPECT_EQ(seen.channels[0].unit, spec.unit);
  EXPECT_EQ(seen.channels[0].axes, 3);
  EXPECT_EQ(seen.channels[0].rate_hz, spec.rate_hz);
  EXPECT_EQ(seen.channels[0].range, spec.range);
  EXPECT_EQ(seen.channels[0].resolution, spec.resolution);
  EXPECT_EQ(seen.channels[0].fifo_watermark, spec.fifo_watermark);
}

TEST(GrpcDetector, BadAddressesAreInvalidArgument) {
  for (const char* url : {"", "127.0.0.1:5", "http://127.0.0.1:5", "grpc://", "grpc://127.0.0.1", "grpc://:5",
                          "grpc://host:99999", "grpc://host:-1", "grpc://host:5/x", "grpc://::1:5", "grpc://a:b"}) {
    EXPECT_EQ(rpc::DialDetector(url).status().code(), absl::StatusCode::kInvalidArgument) << url;
  }
}

TEST(GrpcDetector, RefusesPlainTextToAnotherMachine) {
  EXPECT_EQ(rpc::DialDetector("grpc://192.0.2.7:50051").status().code(), absl::StatusCode::kFailedPrecondition);
  rpc::GrpcDetectorOptions options;
  options.security.allow_plaintext = true;
  EXPECT_TRUE(rpc::DialDetector("grpc://192.0.2.7:50051", options).ok());
}

TEST(GrpcDetector, UnreachablePortIsUnavailableAtOnce) {
  const int socket_fd = socket(AF_INET, SOCK_STREAM, 0);  // bound, but nobody listens
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof(address);
  ASSERT_EQ(bind(socket_fd, reinterpret_cast<sockaddr*>(&address), length), 0);
  ASSERT_EQ(getsockname(socket_fd, reinterpret_cast<sockaddr*>(&address), &length), 0);
  const int port = ntohs(address.sin_port);
  absl::Status status;
  EXPECT_LT(SecondsOf([&] { status = Dial(port)->Describe().status(); }), 2);
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(Message(status), StartsWith("grpc://127.0.0.1:" + std::to_string(port) + ": "));
  EXPECT_THAT(Message(status), HasSubstr("refused"));
  EXPECT_EQ(Dial(port)->Open({}, {}).code(), absl::StatusCode::kUnavailable);
  close(socket_fd);
}

TEST(GrpcDetector, ServerThatNeverAnswersEndsAtTheConnectTimeout) {
  const int socket_fd = socket(AF_INET, SOCK_STREAM, 0);  // accepts connections, says nothing
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof(address);
  ASSERT_EQ(bind(socket_fd, reinterpret_cast<sockaddr*>(&address), length), 0);
  ASSERT_EQ(listen(socket_fd, 8), 0);
  ASSERT_EQ(getsockname(socket_fd, reinterpret_cast<sockaddr*>(&address), &length), 0);
  rpc::GrpcDetectorOptions options;
  options.connect_timeout = 200ms;
  absl::Status status;
  EXPECT_LT(SecondsOf([&] { status = Dial(ntohs(address.sin_port), options)->Describe().status(); }), 2);
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(Message(status), HasSubstr("no connection within 0.2 s"));
  close(socket_fd);
}

TEST(GrpcDetector, DetectorKilledInMidStreamIsUnavailableAtOnce) {
  const DetectorProcess process;
  const auto detector = Dial(process.port());
  const trace::Recording recording = TwoBumps();
  ASSERT_TRUE(detector->Open({recording.channels[0].spec}, {}).ok());
  trace::SampleBlock block = recording.channels[0].samples;
  block.values.resize(30);
  ASSERT_TRUE(detector->Push(block).ok());
  process.Signal(SIGKILL);
  absl::Status status;
  const double seconds = SecondsOf([&] {
    while (status.ok()) {
      block.first_sequence += 10;
      block.first_time_ns += 10 * block.period_ns;
      status = detector->Push(block);
    }
  });
  EXPECT_LT(seconds, 2);
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable) << status;
  EXPECT_EQ(detector->Poll().status().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(detector->Flush().status().code(), absl::StatusCode::kUnavailable);
}

TEST(GrpcDetector, DetectorKilledBeforeFlushIsUnavailable) {
  const DetectorProcess process;
  const auto detector = Dial(process.port());
  ASSERT_TRUE(detector->Open({TwoBumps().channels[0].spec}, {}).ok());
  process.Signal(SIGKILL);
  absl::Status status;
  EXPECT_LT(SecondsOf([&] { status = detector->Flush().status(); }), 2);
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable) << status;
}

TEST(GrpcDetector, FrozenDetectorEndsAtTheWatchdog) {
  const DetectorProcess process;
  rpc::GrpcDetectorOptions options;
  options.watchdog = 300ms;
  const auto detector = Dial(process.port(), options);
  ASSERT_TRUE(detector->Open({TwoBumps().channels[0].spec}, {}).ok());
  process.Signal(SIGSTOP);
  trace::SampleBlock block = TwoBumps().channels[0].samples;
  absl::Status status;
  const double seconds = SecondsOf([&] {
    for (int i = 0; i < 10'000 && status.ok(); ++i) {  // 120 MB: no buffer swallows that
      status = detector->Push(block);
      block.first_sequence += 1000;
      block.first_time_ns += 1000 * block.period_ns;
    }
  });
  EXPECT_GT(seconds, 0.29);
  EXPECT_LT(seconds, 3);
  EXPECT_EQ(status.code(), absl::StatusCode::kDeadlineExceeded) << status;
}

class Sleeps : public ThresholdDouble {
 public:
  explicit Sleeps(std::chrono::milliseconds nap) : nap_(nap) {}
  absl::Status Push(const trace::SampleBlock& block) override {
    std::this_thread::sleep_for(nap_);
    return ThresholdDouble::Push(block);
  }

 private:
  std::chrono::milliseconds nap_;
};

TEST(GrpcDetector, StuckDetectorEndsAtTheWatchdog) {
  const auto server = Serve([] { return std::make_unique<Sleeps>(1500ms); });
  rpc::GrpcDetectorOptions options;
  options.watchdog = 200ms;
  absl::Status status;
  EXPECT_LT(SecondsOf([&] { status = hil::RunAsap(TwoBumps(), *Dial(server->port(), options)).status(); }), 1.4);
  EXPECT_EQ(status.code(), absl::StatusCode::kDeadlineExceeded) << status;
  EXPECT_THAT(Message(status), HasSubstr("no progress"));
}

// 100 blocks at 10 ms each take a second, three times the watchdog.
TEST(GrpcDetector, SlowDetectorThatReportsProgressIsWaitedFor) {
  rpc::DetectorServerOptions server_options;
  server_options.progress_interval = 50ms;
  const auto server = Serve([] { return std::make_unique<Sleeps>(10ms); }, server_options);
  rpc::GrpcDetectorOptions options;
  options.watchdog = 300ms;
  trace::Recording recording = TwoBumps();
  recording.channels.pop_back();
  const auto record = hil::RunAsap(recording, *Dial(server->port(), options));
  ASSERT_TRUE(record.ok()) << record.status();
  EXPECT_EQ(record->detections.size(), 2u);
}

TEST(GrpcDetector, NextSessionAfterAFailureStartsClean) {
  const auto server = Serve([] { return std::make_unique<ThresholdDouble>(); });
  const auto detector = Dial(server->port());
  const trace::Recording recording = TwoBumps();
  ASSERT_TRUE(detector->Open({recording.channels[0].spec}, {}).ok());
  trace::SampleBlock stranger = recording.channels[1].samples;
  EXPECT_TRUE(detector->Push(stranger).ok());  // an unknown channel: the server ends the stream
  EXPECT_EQ(detector->Flush().status().code(), absl::StatusCode::kInvalidArgument);
  const auto record = hil::RunAsap(recording, *detector);
  ASSERT_TRUE(record.ok()) << record.status();
  EXPECT_EQ(record->detections.size(), 2u);
}

TEST(GrpcDetector, RefusalOfTheDetectorKeepsItsCode) {
  class Refuses : public ThresholdDouble {
   public:
    absl::Status Open(const std::vector<trace::ChannelSpec>&, const hil::SessionOptions&) override {
      return absl::InvalidArgumentError("needs 64 Hz\x1b[2J");
    }
  };
  const auto server = Serve([] { return std::make_unique<Refuses>(); });
  const absl::Status status = hil::RunAsap(TwoBumps(), *Dial(server->port())).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(Message(status), HasSubstr("needs 64 Hz\\x1b[2J"));  // escaped
}

TEST(GrpcDetector, CallsWithoutASessionFail) {
  const auto detector = Dial(1);
  EXPECT_EQ(detector->Push({}).code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(detector->Poll().status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(detector->Flush().status().code(), absl::StatusCode::kFailedPrecondition);
}

TEST(GrpcDetector, CallsAfterFlushFail) {
  const auto server = Serve([] { return std::make_unique<ThresholdDouble>(); });
  const auto detector = Dial(server->port());
  const trace::Recording recording = TwoBumps();
  ASSERT_TRUE(detector->Open({recording.channels[0].spec}, {}).ok());
  ASSERT_TRUE(detector->Push(recording.channels[0].samples).ok());
  ASSERT_TRUE(detector->Flush().ok());
  const auto last = detector->Poll();
  ASSERT_TRUE(last.ok());
  EXPECT_EQ(last->size(), 2u);
  EXPECT_EQ(detector->Push(recording.channels[0].samples).code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(detector->Flush().status().code(), absl::StatusCode::kFailedPrecondition);
}

TEST(GrpcDetector, ManyAtOnceGiveTheSame) {
  const auto server = Serve([] { return std::make_unique<ThresholdDouble>(); });
  std::vector<std::jthread> workers;
  for (int i = 0; i < 4; ++i) {
    workers.emplace_back([port = server->port()] {
      const auto detector = Dial(port);
      for (int run = 0; run < 10; ++run) {
        const auto record = hil::RunAsap(TwoBumps(), *detector);
        ASSERT_TRUE(record.ok()) << record.status();
        EXPECT_EQ(record->detections.size(), 2u);
      }
    });
  }
}

}  // namespace
}  // namespace stunt
