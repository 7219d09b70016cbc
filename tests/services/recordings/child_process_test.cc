#include "child_process.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <stdexcept>
#include <string>

#include "../datasets/temporary_folder.h"
#include "stunt/trace/input_error.h"

namespace stunt::recordings::internal {
namespace {

using datasets::MessageOf;
using testing::HasSubstr;
using testing::StartsWith;

TEST(ChildProcess, GivesWhatTheWorkGave) {
  const std::string long_answer(3'000'000, 'x');
  EXPECT_EQ(RunInChild("f", 5, [&] { return long_answer; }), long_answer);
  EXPECT_EQ(RunInChild("f", 5, [] { return std::string(); }), "");
}

TEST(ChildProcess, SaysWhatTheWorkThrew) {
  EXPECT_EQ(MessageOf([] { (void)RunInChild("f.h5", 5, []() -> std::string { throw std::runtime_error("is odd"); }); }),
            "f.h5: is odd");
}

TEST(ChildProcess, OutlivesAChildThatDies) {
  const auto message = [](const std::function<void()>& die) {
    return MessageOf([&] {
      (void)RunInChild("f.h5", 5, [&] {
        die();
        return std::string("never");
      });
    });
  };
  EXPECT_THAT(message([] { ::raise(SIGSEGV); }), StartsWith("f.h5: reading it broke the reader"));
  EXPECT_THAT(message([] { std::abort(); }), HasSubstr("broke the reader"));
  EXPECT_THAT(message([] { ::_exit(0); }), HasSubstr("broke the reader"));
  EXPECT_THAT(message([] { ::raise(SIGKILL); }), HasSubstr("Killed"));
}

TEST(ChildProcess, GetsNoMoreTimeThanItsLimit) {
  const auto for_ever = []() -> std::string {
    std::atomic<bool> done = false;
    while (!done) {
    }
    return "";
  };
  EXPECT_THAT(MessageOf([&] { (void)RunInChild("f.h5", 1, for_ever); }), HasSubstr("CPU time limit"));
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
TEST(ChildProcess, GetsNoMoreMemoryThanItsLimit) {
  const auto greedy = [] {
    std::string bytes(std::size_t{6} << 30U, 'x');
    return bytes.substr(0, 1);
  };
  EXPECT_EQ(MessageOf([&] { (void)RunInChild("f.h5", 5, greedy); }), "f.h5: needs too much memory");
}
#endif

}  // namespace
}  // namespace stunt::recordings::internal
