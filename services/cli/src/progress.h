#pragma once

#include <chrono>
#include <cstddef>
#include <string_view>

namespace stunt::cli {

/// A line "12 of 60 cases, 3 s" on the standard error, drawn over and over; nothing where that is no terminal.
class Progress {
 public:
  Progress();
  ~Progress();  // wipes the line
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void Show(std::size_t done, std::size_t all, std::string_view what = "cases");

 private:
  bool on_terminal_;
  std::chrono::steady_clock::time_point start_;
  std::chrono::steady_clock::time_point last_shown_;
};

}  // namespace stunt::cli
