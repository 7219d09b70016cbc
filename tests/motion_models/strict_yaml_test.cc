#include "stunt/motion_models/strict_yaml.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <fstream>

#include "refusal.h"
#include "stunt/random/random.h"

namespace stunt::motion_models {
namespace {

using test::Refusal;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string ParseRefusal(std::string_view text) {
  return Refusal([&] { static_cast<void>(YamlFile::Parse(text, "x.yaml")); });
}

std::string Repeated(std::string_view text, std::size_t times) {
  std::string all;
  for (std::size_t i = 0; i < times; ++i) all += text;
  return all;
}

TEST(StrictYaml, ReadsEveryKindOfValue) {
  const YamlFile file = YamlFile::Parse(
      "id: trip.v-1\nspeed_mps: +1.25\ncount: -3\nactive: true\naxis: y\nnames: [a, 'b c']\n"
      "curve: [0, .5, 1e1]\ninner:\n  deep: {x: 2}\nempty_list: []\n",
      "x.yaml");
  YamlSection root = file.Root();
  EXPECT_EQ(root.Id("id"), "trip.v-1");
  EXPECT_EQ(root.Number("speed_mps"), 1.25);
  EXPECT_EQ(root.Integer("count", {-3, 3}), -3);
  EXPECT_TRUE(root.FlagOr("active", false));
  EXPECT_EQ(root.OneOf("axis", {"x", "y"}), "y");
  EXPECT_EQ(root.Get("names").Texts(), (std::vector<std::string>{"a", "b c"}));
  EXPECT_EQ(root.Get("curve").Numbers({3, 3}), (std::vector<double>{0, 0.5, 10}));
  YamlSection inner = root.Child("inner");
  EXPECT_EQ(inner.Child("deep").Number("x"), 2);
  inner.Finish();
  EXPECT_TRUE(root.List("empty_list").empty());
  EXPECT_EQ(root.NumberOr("absent", 4.5), 4.5);
  EXPECT_EQ(root.IntegerOr("absent", 4), 4);
  EXPECT_EQ(root.TextOr("absent", "none"), "none");
  EXPECT_EQ(root.OneOfOr("absent", "x", {"x"}), "x");
  EXPECT_FALSE(root.Has("absent"));
  EXPECT_FALSE(root.FindChild("absent").has_value());
  root.Finish();
}

TEST(StrictYaml, UnknownKeyIsRefusedWithPlaceAcceptedKeysAndTheNearestOne) {
  const YamlFile file = YamlFile::Parse("axis: x\n\npeek_g: 3\n", "dir/x.yaml");
  YamlSection root = file.Root();
  EXPECT_EQ(root.Text("axis"), "x");
  EXPECT_EQ(root.NumberOr("peak_g", 1), 1);
  EXPECT_EQ(Refusal([&] { root.Finish(); }),
            "dir/x.yaml:3: unknown key 'peek_g' (did you mean 'peak_g'? accepted: axis, peak_g)");
}

TEST(StrictYaml, MessagesNameTheLineOfTheKeyAlsoForMapsAndLists) {
  const YamlFile file = YamlFile::Parse("a: 1\nouter:\n\n  x: 1\nlist:\n  - 1\n  - two\n", "x.yaml");
  YamlSection root = file.Root();
  EXPECT_EQ(Refusal([&] { root.Child("outer").Finish(); }), "x.yaml:4: unknown key 'x' in 'outer' (accepted: none)");
  EXPECT_EQ(Refusal([&] { static_cast<void>(root.Child("outer").Number("y")); }),
            "x.yaml:2: 'outer' is incomplete: key 'y' is missing");
  EXPECT_EQ(Refusal([&] { static_cast<void>(root.Get("list").Numbers()); }),
            "x.yaml:7: 'list[1]' is 'two'; accepted: a finite number");
  EXPECT_EQ(Refusal([&] { static_cast<void>(root.Number("missing")); }), "x.yaml:1: key 'missing' is missing");
}

TEST(StrictYaml, NumbersMustBePlainFiniteAndInRange) {
  const YamlFile file = YamlFile::Parse("ok: 5\n", "x.yaml");
  EXPECT_EQ(Refusal([&] {
              static_cast<void>(file.Root().Number("ok", {0, 4.5}));
            }),
            "x.yaml:1: 'ok' is '5'; accepted: a number from 0 to 4.5");
  EXPECT_EQ(file.Root().Number("ok", {5, 5}), 5);
  for (const std::string text : {"nan", ".nan", "inf", "-inf", "1e999", "'5'", "5 m", "0x10", "1,5", "", "--1", "+-1",
                                 "[1]", "{a: 1}", "~", "true"}) {
    const YamlFile bad = YamlFile::Parse(fmt::format("v: {}\n", text), "x.yaml");
    EXPECT_THAT(Refusal([&] { static_cast<void>(bad.Root().Number("v")); }), StartsWith("x.yaml:1: 'v' is ")) << text;
    EXPECT_FALSE(bad.Root().Get("v").IsNumber()) << text;
  }
  for (const std::string text : {"1.0", "9223372036854775808", "1e3"}) {
    const YamlFile bad = YamlFile::Parse(fmt::format("v: {}\n", text), "x.yaml");
    EXPECT_THAT(Refusal([&] { static_cast<void>(bad.Root().Integer("v")); }), HasSubstr("a whole number")) << text;
  }
}

TEST(StrictYaml, IdsAreSafeAsFileNames) {
  EXPECT_TRUE(IsId("fall_fwd.v2-a"));
  for (const std::string text : {"", ".", "..", "a/b", "A", "a b", "ä", "a\n"}) EXPECT_FALSE(IsId(text)) << text;
}

TEST(StrictYaml, DuplicatesAliasesAnchorsTagsAndDocumentsAreRefused) {
  EXPECT_EQ(ParseRefusal("a: 1\nb: 2\na: 3\n"), "x.yaml:3: key 'a' was given in line 1 already");
  EXPECT_EQ(ParseRefusal("a: {b: 1,\n  c: 2, b: 3}\n"), "x.yaml:2: key 'b' was given in line 1 already");
  EXPECT_THAT(ParseRefusal("a: &x 1\nb: *x\n"), StartsWith("x.yaml:1: anchors are not accepted"));
  EXPECT_THAT(ParseRefusal("a: !!binary aGk=\n"), HasSubstr("tags are not accepted"));
  EXPECT_THAT(ParseRefusal("a: !evil {x: 1}\n"), HasSubstr("tags are not accepted"));
  EXPECT_THAT(ParseRefusal("a: 1\n---\nb: 2\n"), HasSubstr("more than one document"));
  EXPECT_THAT(ParseRefusal(""), HasSubstr("is empty"));
  EXPECT_THAT(ParseRefusal("? [a, b]\n: 1\n"), HasSubstr("a key must be plain text"));
}

TEST(StrictYaml, AliasBombIsRefusedAtItsFirstAnchor) {
  std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 12; ++i) {
    bomb += fmt::format("a{0}: &a{0} [{1} *a{2}]\n", i, Repeated(fmt::format("*a{}, ", i - 1), 9), i - 1);
  }
  EXPECT_THAT(ParseRefusal(bomb), StartsWith("x.yaml:1: anchors are not accepted"));
}

TEST(StrictYaml, NestingIsLimitedTo32) {
  EXPECT_EQ(ParseRefusal(Repeated("[", 32) + Repeated("]", 32)), "");
  EXPECT_THAT(ParseRefusal(Repeated("[", 33) + Repeated("]", 33)), HasSubstr("nested deeper than 32"));
}

TEST(StrictYaml, HostileBytesAreRefusedInShortTime) {
  using Clock = std::chrono::steady_clock;
  constexpr std::size_t kHalf = 2u << 20;
  for (const std::string text :
       {"[", "{", "- ", "? ", "\"", "{a: ", "[[],", "a: b\n", "!", "&", "*", "%", "|\n", "#"}) {
    const auto begin = Clock::now();
    EXPECT_NE(ParseRefusal(Repeated(text, kHalf / text.size())), "") << text;
    EXPECT_LT(Clock::now() - begin, std::chrono::seconds(20)) << text;
  }
  EXPECT_THAT(ParseRefusal(std::string(5u << 20, 'a')), HasSubstr("larger than 4194304 bytes"));
  EXPECT_THAT(ParseRefusal(std::string("a: 1\nb: \0", 9)), StartsWith("x.yaml:2: control character 0x00"));
  EXPECT_THAT(ParseRefusal("a: \xff\xfe\n"), HasSubstr("UTF-8"));
}

TEST(StrictYaml, ManyKeysTakeLinearTime) {
  std::string text;
  for (int i = 0; i < 200000; ++i) text += fmt::format("k{}: 1\n", i);
  const YamlFile file = YamlFile::Parse(text, "x.yaml");
  EXPECT_EQ(file.Root().Entries().size(), 200000u);
}

// Whatever the bytes: a tree or an InputError, never anything else.
TEST(StrictYaml, RandomBytesNeverEscapeAsAnotherError) {
  random::Stream stream(random::StreamKey{1, 2});
  constexpr std::string_view kAlphabet = "ab01:-?[]{},&*!|>'\"%@`#\n\n  \t.~<=";
  int parsed = 0;
  for (int i = 0; i < 20000; ++i) {
    std::string text;
    const auto length = stream.Below(40);
    for (std::uint64_t k = 0; k < length; ++k) text += kAlphabet[stream.Below(kAlphabet.size())];
    EXPECT_NO_THROW(parsed += ParseRefusal(text).empty() ? 1 : 0) << text;
  }
  EXPECT_GT(parsed, 100);  // the alphabet is not all nonsense
}

TEST(StrictYaml, UnreadableFilesAreRefusedByName) {
  EXPECT_EQ(Refusal([] { static_cast<void>(YamlFile::Load("no/such.yaml")); }), "no/such.yaml: no such file");
  EXPECT_THAT(Refusal([] { static_cast<void>(YamlFile::Load("/tmp")); }), HasSubstr("is a folder"));
  EXPECT_THAT(Refusal([] { static_cast<void>(YamlFile::Load("/dev/zero")); }), HasSubstr("larger than"));
}

TEST(StrictYaml, ViewsSurviveAMoveOfTheFile) {
  YamlFile file = YamlFile::Parse("a: {b: 1}\n", "x.yaml");
  YamlSection a = file.Root().Child("a");
  const YamlFile moved = std::move(file);
  EXPECT_EQ(a.Number("b"), 1);
  EXPECT_EQ(a.Where(), "x.yaml:1");
}

TEST(StrictYaml, NearestWordKnowsWhenNothingIsNear) {
  EXPECT_EQ(NearestWord("speed_mp", {"pace", "speed_mps"}), "speed_mps");
  EXPECT_EQ(NearestWord("zzz", {"pace", "speed_mps"}), "");
  EXPECT_EQ(NearestWord(std::string(100000, 'x'), {"pace"}), "");
}

}  // namespace
}  // namespace stunt::motion_models
