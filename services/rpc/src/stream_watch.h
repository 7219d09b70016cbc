#pragma once

#include <grpcpp/server_context.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <list>
#include <mutex>
#include <optional>
#include <thread>

namespace stunt::rpc {

/// Keeps the number of open streams bounded and cancels those that wait or last for too long.
class StreamWatch {
 public:
  struct Limits {
    int max_streams = 0;
    std::chrono::milliseconds idle{0};
    std::chrono::milliseconds total{0};
  };

  /// A stream's place among the open ones, for as long as it lives.
  class Place;

  explicit StreamWatch(const Limits& limits);

  /// A place for a stream, or nothing if all are taken. The context must outlive the place.
  [[nodiscard]] std::optional<Place> Enter(grpc::ServerContext* context);

 private:
  using Clock = std::chrono::steady_clock;
  struct Entry {
    explicit Entry(grpc::ServerContext* c) : context(c), opened(Clock::now()) {}
    grpc::ServerContext* context;
    Clock::time_point opened;
    std::atomic<Clock::rep> waiting_since = 0;  // 0: the detector is at work
  };

  void Watch(const std::stop_token& stop);

  Limits limits_;
  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::list<Entry> entries_;
  std::jthread thread_;  // last: it uses the others
};

class StreamWatch::Place {
 public:
  Place(StreamWatch& watch, std::list<Entry>::iterator entry) : watch_(&watch), entry_(entry) {}
  Place(Place&& other) noexcept : watch_(std::exchange(other.watch_, nullptr)), entry_(other.entry_) {}
  Place& operator=(Place&&) = delete;
  ~Place();

  /// The stream now waits for its client.
  void Waits() { entry_->waiting_since = Clock::now().time_since_epoch().count(); }
  /// The stream no longer waits.
  void Works() { entry_->waiting_since = 0; }

 private:
  StreamWatch* watch_;
  std::list<Entry>::iterator entry_;
};

}  // namespace stunt::rpc
