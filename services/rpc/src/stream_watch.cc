#include "stream_watch.h"

#include <algorithm>

namespace stunt::rpc {

StreamWatch::StreamWatch(const Limits& limits)
    : limits_(limits), thread_([this](const std::stop_token& stop) { Watch(stop); }) {}

std::optional<StreamWatch::Place> StreamWatch::Enter(grpc::ServerContext* context) {
  const std::lock_guard lock(mutex_);
  if (entries_.size() >= static_cast<std::size_t>(limits_.max_streams)) return std::nullopt;
  entries_.emplace_back(context);
  return Place(*this, std::prev(entries_.end()));
}

StreamWatch::Place::~Place() {
  if (watch_ == nullptr) return;
  const std::lock_guard lock(watch_->mutex_);
  watch_->entries_.erase(entry_);
}

void StreamWatch::Watch(const std::stop_token& stop) {
  const auto period = std::clamp(limits_.idle / 4, std::chrono::milliseconds(10), std::chrono::milliseconds(1000));
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested()) {
    const Clock::time_point now = Clock::now();
    for (Entry& entry : entries_) {
      const Clock::rep since = entry.waiting_since;
      const bool idle = since != 0 && now - Clock::time_point(Clock::duration(since)) > limits_.idle;
      if (idle || now - entry.opened > limits_.total) entry.context->TryCancel();
    }
    wake_.wait_for(lock, stop, period, [] { return false; });
  }
}

}  // namespace stunt::rpc
