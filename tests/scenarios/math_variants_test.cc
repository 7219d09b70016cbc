#include "stunt/scenarios/math_variants.h"

#include <gmock/gmock.h>
#include <gnu/libc-version.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <memory>
#include <string>

namespace stunt::scenarios {
namespace {

constexpr const char* kMask = "GLIBC_TUNABLES=glibc.cpu.hwcaps=-FMA,-FMA4";

/// What the probe prints: a tag and its last argument.
std::string Probe(const std::string& environment, const std::string& arguments) {
  std::string command = "env ";
  command += environment;
  command += " " MATH_PROBE " ";
  command += arguments;
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(command.c_str(), "r"), pclose);
  std::array<char, 256> line{};
  std::string text;
  while (pipe != nullptr && fgets(line.data(), line.size(), pipe.get()) != nullptr) text += line.data();
  return text;
}

TEST(MathVariants, PinnedProgramComputesLikeOneWithoutFma) {
  const std::string masked = Probe(kMask, "word");
  EXPECT_THAT(masked, ::testing::MatchesRegex("[0-9a-f]{16} word\n"));
  EXPECT_EQ(Probe("-u GLIBC_TUNABLES", "pin word"), masked);  // arguments come through
}

TEST(MathVariants, TagIsThatOfTheEnvironment) { EXPECT_EQ(Probe("", "word"), MathTag() + " word\n"); }

TEST(MathVariants, TagTellsTheFmaVariantsApart) {
  if (!__builtin_cpu_supports("fma") || !__builtin_cpu_supports("avx2")) GTEST_SKIP() << "no FMA on this machine";
  EXPECT_NE(Probe("-u GLIBC_TUNABLES", "word"), Probe(kMask, "word"));
}

TEST(MathVariants, MaskedTagIsTheBaselineOfThisLibrary) {
  if (std::string(gnu_get_libc_version()) != "2.36") GTEST_SKIP() << "the baseline is that of glibc 2.36";
  EXPECT_EQ(Probe(kMask, "word"), BaselineMathTag() + " word\n");
}

TEST(MathVariants, TunablesOfTheUserAreLeftAlone) {
  const std::string user = "GLIBC_TUNABLES=glibc.malloc.check=0";
  EXPECT_EQ(Probe(user, "pin word"), Probe(user, "word"));
}

}  // namespace
}  // namespace stunt::scenarios
