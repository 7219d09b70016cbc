#include "stunt/motion_models/parameters.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <cmath>
#include <locale>
#include <numbers>
#include <thread>

#include "refusal.h"

namespace stunt::motion_models {
namespace {

using test::Refusal;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr random::StreamKey kKey{11, 22};

sim::Subject SomeSubject() {
  return {.id = "s1", .sex = sim::Sex::kFemale, .age_years = 71, .stature_m = 1.6, .mass_kg = 64};
}

std::vector<ParameterDecl> Declared(const std::string& text) {
  const YamlFile file = YamlFile::Parse(text, "m.yaml");
  return ReadParameters(file.Value("parameters"));
}

std::vector<ParameterOverride> Overrides(const std::string& text) {
  const YamlFile file = YamlFile::Parse(text, "s.yaml");
  return ReadOverrides(file.Value("set"));
}

ResolvedParameters ResolveText(const std::string& text, const std::string& set = "{}", random::StreamKey key = kKey) {
  return Resolve(Declared(text), Overrides(set), SomeSubject(), key);
}

std::string RefusalOf(const std::string& text, const std::string& set = "{}") {
  return Refusal([&] { static_cast<void>(ResolveText(text, set)); });
}

// ---- expressions ----

TEST(Expression, FollowsArithmetic) {
  const ParameterScope scope = {{"a", 3}, {"b", -2}};
  const auto value = [&](const std::string& text) { return Expression(text, "x:1").Evaluate(scope); };
  EXPECT_DOUBLE_EQ(value("1 + a * b ^ 2"), 13);
  EXPECT_DOUBLE_EQ(value("a > 2 && b < 0 ? 7 : 8"), 7);
  EXPECT_DOUBLE_EQ(value("clamp(10, 0, a) + floor(-0.5) + ceil(0.5) + rint(2.6)"), 6);
  EXPECT_DOUBLE_EQ(value("sin(pi / 6) + max(a, b) + abs(b)"), 5.5);
  EXPECT_DOUBLE_EQ(value("ln(exp(2)) + sqrt(16) + log10(1000)"), 9);
  EXPECT_EQ(Expression("b + a + a", "x:1").names(), (std::vector<std::string>{"a", "b"}));
}

TEST(Expression, NonsenseIsRefusedWithItsPlace) {
  const ParameterScope scope = {{"speed_mps", 1}};
  for (const std::string text :
       {"", "1 +", "((1)", "a = 3", "speed_mps = 2", "1, 2", "'a'", "\"a\"", "foo(2)", "1 2", "a b"}) {
    EXPECT_THAT(Refusal([&] { static_cast<void>(Expression(text, "x.yaml:9").Evaluate(scope)); }),
                StartsWith("x.yaml:9: formula '"))
        << text;
  }
  EXPECT_THAT(Refusal([&] { static_cast<void>(Expression("2 * speed_mp", "x.yaml:9").Evaluate(scope)); }),
              HasSubstr("unknown name 'speed_mp' (did you mean 'speed_mps'? accepted: speed_mps)"));
  EXPECT_THAT(Refusal([&] { static_cast<void>(Expression("1 / (speed_mps - 1)", "x.yaml:9").Evaluate(scope)); }),
              HasSubstr("gives inf"));
  EXPECT_THAT(Refusal([] { Expression(std::string(2000, '('), "x.yaml:9"); }), HasSubstr("longer than"));
}

TEST(Expression, ComparisonsAreNoAssignments) {
  const ParameterScope scope = {{"a", 3}};
  EXPECT_EQ(Expression("a == 3", "x:1").Evaluate(scope), 1);
  EXPECT_EQ(Expression("(a != 3) + (a <= 3) + (a >= 4)", "x:1").Evaluate(scope), 1);
}

struct DecimalComma : std::numpunct<char> {
  char do_decimal_point() const override { return ','; }
};

TEST(Expression, DecimalPointDoesNotDependOnTheLocale) {
  const std::locale before = std::locale::global(std::locale(std::locale(), new DecimalComma));
  const double value = Expression("1.5 * 2", "x:1").Evaluate({});
  const auto parameters = ResolveText("{a: 0.25}");
  std::locale::global(before);
  EXPECT_EQ(value, 3);
  EXPECT_EQ(parameters.Number("a"), 0.25);
}

TEST(Expression, CopiesMayBeEvaluatedByManyThreads) {
  const Expression shared("a * 2 + b", "x:1");
  std::vector<std::jthread> threads;
  std::atomic<int> wrong = 0;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&wrong, t, copy = shared] {
      const ParameterScope scope = {{"a", t}, {"b", 1}};
      for (int i = 0; i < 2000; ++i) wrong += copy.Evaluate(scope) == 2 * t + 1 ? 0 : 1;
    });
  }
  threads.clear();
  EXPECT_EQ(wrong, 0);
}

TEST(Value, IsANumberOrAFormula) {
  const YamlFile file = YamlFile::Parse("a: 0.5\nb: \"=2 * a\"\nc: 2 * a\nd: = a\n", "x.yaml");
  YamlSection root = file.Root();
  EXPECT_TRUE(ReadValue(root.Get("a"), {0, 1}).IsNumber());
  EXPECT_EQ(ReadValue(root.Get("b")).Evaluate({{"a", 4}}), 8);
  EXPECT_EQ(ReadValue(root.Get("d")).Evaluate({{"a", 4}}), 4);
  EXPECT_EQ(ReadValueOr(root, "absent", 3).Evaluate({}), 3);
  EXPECT_THAT(Refusal([&] { static_cast<void>(ReadValue(root.Get("c"))); }), HasSubstr("x.yaml:3: 'c' is '2 * a'"));
  EXPECT_THAT(Refusal([&] { static_cast<void>(ReadValue(root.Get("a"), {1, 2})); }), HasSubstr("from 1 to 2"));
}

// ---- parameters ----

TEST(Parameters, ResolveInOrderWithContextAndFormulas) {
  const auto p = ResolveText(
      "{speed_mps: {uniform: [0.75, 1.35], source: PHYSICS, unit: m/s}, pace: 1.1,\n"
      " step_m: {expr: 'speed_mps / pace * stature_m'}, old: '=age_years > 65 && female', w: '=watch_side'}");
  ASSERT_EQ(p.values.size(), 5u);
  EXPECT_GE(p.Number("speed_mps"), 0.75);
  EXPECT_LT(p.Number("speed_mps"), 1.35);
  EXPECT_DOUBLE_EQ(p.Number("step_m"), p.Number("speed_mps") / 1.1 * 1.6);
  EXPECT_EQ(p.Number("old"), 1);
  EXPECT_EQ(p.Number("w"), 1);  // the left side is positive
  EXPECT_THROW(static_cast<void>(p.At("absent")), std::out_of_range);
}

TEST(Parameters, ANewParameterLeavesTheOthersAsTheyWere) {
  const auto before =
      ResolveText("{a: {uniform: [0, 1]}, b: {normal: {mean: 0, sd: 1}}, c: {bernoulli: 0.5, per_side: true}}");
  const auto after = ResolveText(
      "{z: {uniform: [0, 1]}, a: {uniform: [0, 1]}, y: {poisson: 3}, b: {normal: {mean: 0, sd: 1}},\n"
      " c: {bernoulli: 0.5, per_side: true}}");
  for (const auto& p : before.values) EXPECT_EQ(after.Number(p.name), p.value) << p.name;
}

TEST(Parameters, DifferentKeysAndNamesDrawDifferently) {
  const auto a = ResolveText("{a: {uniform: [0, 1]}, b: {uniform: [0, 1], per_side: true}}");
  const auto b = ResolveText("{a: {uniform: [0, 1]}, b: {uniform: [0, 1], per_side: true}}", "{}", kKey.Derive(1));
  EXPECT_NE(a.Number("a"), b.Number("a"));
  EXPECT_NE(a.Number("a"), a.Number("b_left"));
  EXPECT_NE(a.Number("b_left"), a.Number("b_right"));
}

TEST(Parameters, PerSideFormulasSeeTheirOwnSide) {
  const auto p = ResolveText(
      "{react_s: {uniform: [0.1, 0.3], per_side: true}, late_s: {expr: 'react_s + 1', per_side: true},\n"
      " sign: {expr: 'side', per_side: true}, sum: '=react_s_left + react_s_right'}");
  EXPECT_DOUBLE_EQ(p.Number("late_s_left"), p.Number("react_s_left") + 1);
  EXPECT_DOUBLE_EQ(p.Number("late_s_right"), p.Number("react_s_right") + 1);
  EXPECT_EQ(p.Number("sign_left"), 1);
  EXPECT_EQ(p.Number("sign_right"), -1);
  EXPECT_DOUBLE_EQ(p.Number("sum"), p.Number("react_s_left") + p.Number("react_s_right"));
  const ParameterScope right = SideScope(MakeScope(p, SomeSubject()), sim::Side::kRight);
  EXPECT_EQ(right.at("react_s"), p.Number("react_s_right"));
  EXPECT_THAT(RefusalOf("{x: {value: 1, per_side: true}, y: '=x'}"), HasSubstr("unknown name 'x'"));
}

TEST(Parameters, OverridesReplaceTheRuleAndTheLastOneWins) {
  const std::string text =
      "{speed_mps: {uniform: [0.75, 1.35]}, twice: '=2 * speed_mps', limp: {bernoulli: 0, per_side: true}}";
  EXPECT_EQ(ResolveText(text, "{speed_mps: 1.5}").Number("twice"), 3);
  EXPECT_GE(ResolveText(text, "{speed_mps: {uniform: [5, 6]}}").Number("speed_mps"), 5);
  EXPECT_EQ(ResolveText(text, "{speed_mps: '=stature_m'}").Number("speed_mps"), 1.6);
  EXPECT_EQ(ResolveText(text, "{twice: 9}").Number("twice"), 9);
  const auto limps = ResolveText(text, "{limp_left: 1}");
  EXPECT_EQ(limps.Number("limp_left"), 1);
  EXPECT_EQ(limps.Number("limp_right"), 0);
  EXPECT_EQ(ResolveText(text, "{limp: 1}").Number("limp_right"), 1);
  auto both = Overrides("{speed_mps: 1}");
  both.push_back(ParseOverride("speed_mps=2"));
  EXPECT_EQ(Resolve(Declared(text), both, SomeSubject(), kKey).Number("speed_mps"), 2);
}

TEST(Parameters, AnOverriddenParameterLeavesTheOthersAsTheyWere) {
  const std::string text = "{a: {uniform: [0, 1]}, b: {uniform: [0, 1]}}";
  EXPECT_EQ(ResolveText(text, "{a: 0.5}").Number("b"), ResolveText(text).Number("b"));
}

TEST(Parameters, WordsKeepTheNumbersOfTheirDeclaration) {
  const std::string text = "{surface: {choice: [wood, mat, ice]}}";
  const auto p = ResolveText(text, "{surface: ice}");
  EXPECT_EQ(p.Number("surface"), 2);
  EXPECT_EQ(p.Label("surface"), "ice");
  EXPECT_EQ(ResolveText(text, "{surface: {choice: [ice, mat], weights: [0, 1]}}").Label("surface"), "mat");
  EXPECT_THAT(RefusalOf(text, "{surface: ise}"),
              HasSubstr("s.yaml:1: parameter 'surface' cannot be 'ise' (did you mean 'ice'? "
                        "accepted: wood, mat, ice)"));
  EXPECT_THAT(RefusalOf(text, "{surface: 1}"), HasSubstr("cannot be 'a number'"));
  EXPECT_THAT(RefusalOf("{pace: 1}", "{pace: quick}"), HasSubstr("cannot be 'quick' (accepted: numbers)"));
}

TEST(Parameters, UnknownOverrideIsRefusedWithTheAcceptedNames) {
  EXPECT_EQ(RefusalOf("{speed_mps: 1, limp: {value: 0, per_side: true}}", "{sped_mps: 2}"),
            "s.yaml:1: unknown parameter 'sped_mps' (did you mean 'speed_mps'? accepted: speed_mps, limp, limp_left, "
            "limp_right)");
}

TEST(Parameters, ConstantsOutsideTheirRangeAreRefused) {
  EXPECT_EQ(RefusalOf("{a: {value: 3, range: [0, 2]}}"), "m.yaml:1: parameter 'a' is 3; accepted: 0 to 2");
  EXPECT_EQ(RefusalOf("{a: {value: 1, range: [0, 2]}}", "{a: -1}"), "s.yaml:1: parameter 'a' is -1; accepted: 0 to 2");
  EXPECT_THAT(RefusalOf("{a: 3, b: {expr: '2 * a', range: [0, 2]}}"), HasSubstr("parameter 'b' is 6"));
}

TEST(Parameters, DrawsOutsideTheirRangeAreDrawnAgainAndCounted) {
  int redraws = 0;
  for (std::uint64_t i = 0; i < 400; ++i) {
    const auto p = ResolveText("{a: {uniform: [0, 1], range: [0.5, 1]}}", "{}", kKey.Derive(i));
    EXPECT_GE(p.Number("a"), 0.5);
    redraws += p.redraws;
  }
  EXPECT_NEAR(redraws, 400, 5 * std::sqrt(2 * 400.0));  // geometric: mean 1, variance 2 a case
  EXPECT_THAT(RefusalOf("{a: {uniform: [0, 1], range: [2, 3]}}"), HasSubstr("in the last of 100 draws"));
}

TEST(Parameters, FormulasOutsideTheirRangeDrawEverythingAgain) {
  double sum = 0;
  for (std::uint64_t i = 0; i < 2000; ++i) {
    const auto p = ResolveText("{a: {uniform: [0, 1]}, b: {expr: '2 * a', range: [1, 2]}}", "{}", kKey.Derive(i));
    ASSERT_GE(p.Number("a"), 0.5);
    sum += p.Number("a");
  }
  EXPECT_NEAR(sum / 2000, 0.75, 5 * 0.5 / std::sqrt(12.0 * 2000));
  EXPECT_THAT(RefusalOf("{a: {uniform: [0, 1]}, b: {expr: '2 * a', range: [3, 4]}}"), HasSubstr("accepted: 3 to 4"));
}

TEST(Parameters, DeclarationsAreReadStrictly) {
  EXPECT_THAT(RefusalOf("{a: {uniform: [0, 1], soruce: x}}"), HasSubstr("did you mean 'source'?"));
  EXPECT_THAT(RefusalOf("{a: {uniform: [0, 1], expr: '1'}}"), HasSubstr("either a distribution"));
  EXPECT_THAT(RefusalOf("{a: {source: x}}"), HasSubstr("either a distribution"));
  EXPECT_THAT(RefusalOf("{a: {value: 1, range: [2, 1]}}"), HasSubstr("lo above hi"));
  EXPECT_THAT(RefusalOf("{A: 1}"), HasSubstr("no name of a parameter"));
  EXPECT_THAT(RefusalOf("{pi: 1}"), HasSubstr("a name of the context"));
  // What docs/motions.md lists under "Formulas" and "Tracks".
  for (const char* name :
       {"stature_m",      "mass_kg",          "age_years",        "female",    "watch_side", "side",
        "pelvis_stand_m", "pelvis_to_hip_m",  "hip_half_width_m", "thigh_m",   "shank_m",    "ankle_m",
        "foot_m",         "shoulder_stand_m", "upper_arm_m",      "forearm_m", "t_event_s",  "t_end_s",
        "t_contact_s",    "t_resume_s",       "t_repeat_s",       "repetition"}) {
    EXPECT_THAT(RefusalOf(fmt::format("{{a: 2, {}: 1}}", name)), HasSubstr("a name of the context")) << name;
  }
  EXPECT_THAT(RefusalOf("{x_left: 1}"), HasSubstr("per_side: true"));
  EXPECT_THAT(RefusalOf("{b: '=a', a: 1}"), HasSubstr("unknown name 'a'"));
  EXPECT_THAT(RefusalOf("{a: quick}"), HasSubstr("'a' is 'quick'"));
  std::string many;
  for (int i = 0; i <= 1000; ++i) many += fmt::format("p{}: 1\n", i);
  EXPECT_THAT(RefusalOf(many), HasSubstr("holds 1001 parameters; accepted: up to 1000"));
}

TEST(Parameters, CommandLineTakesTheNotationOfTheFiles) {
  EXPECT_EQ(std::get<Distribution>(ParseOverride("a=2").rule), Distribution(Constant{2}));
  EXPECT_EQ(std::get<Distribution>(ParseOverride("a={uniform: [1, 2]}").rule), Distribution(Uniform{1, 2}));
  EXPECT_EQ(std::get<Expression>(ParseOverride("a==2*b").rule).text(), "2*b");
  EXPECT_EQ(std::get<Choice>(std::get<Distribution>(ParseOverride("a=ice").rule)).labels.front(), "ice");
  for (const std::string text : {"a", "=2", "", "A=1", "a="}) {
    EXPECT_THAT(Refusal([&] { static_cast<void>(ParseOverride(text)); }), StartsWith(fmt::format("--set {}", text)))
        << text;
  }
}

}  // namespace
}  // namespace stunt::motion_models
