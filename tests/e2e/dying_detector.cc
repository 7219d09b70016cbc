// A detector server that dies in the middle of its third session, as a crashing model stack does.

#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <memory>

#include "stunt/rpc/detector_server.h"

namespace {

std::atomic<int> sessions = 0;

class DyingDetector : public stunt::hil::SystemUnderTest {
 public:
  absl::StatusOr<stunt::hil::DetectorInfo> Describe() override {
    stunt::hil::DetectorInfo info;
    info.name = std::string("dying");
    info.version = std::string("1");
    info.digest = std::string("d");
    info.labels = {std::string("fall")};
    return info;
  }
  absl::Status Open(const std::vector<stunt::trace::ChannelSpec>&, const stunt::hil::SessionOptions&) override {
    session_ = ++sessions;
    return absl::OkStatus();
  }
  absl::Status Push(const stunt::trace::SampleBlock& block) override {
    last_ns_ = block.TimeNs(block.size() - 1);
    if (session_ == 3 && last_ns_ > 1'000'000'000) ::_exit(1);
    return absl::OkStatus();
  }
  absl::StatusOr<std::vector<stunt::trace::Detection>> Poll() override {
    return std::vector<stunt::trace::Detection>{};
  }
  absl::StatusOr<stunt::hil::SessionSummary> Flush() override {
    stunt::hil::SessionSummary summary;
    summary.consumed_through_ns = last_ns_;
    return summary;
  }

 private:
  int session_ = 0;
  std::int64_t last_ns_ = 0;
};

}  // namespace

int main() {
  auto server = stunt::rpc::StartDetectorServer("127.0.0.1:0", [] { return std::make_unique<DyingDetector>(); });
  if (!server.ok()) return 1;
  std::printf("%d\n", (*server)->port());
  std::fflush(stdout);
  (*server)->Wait();
}
