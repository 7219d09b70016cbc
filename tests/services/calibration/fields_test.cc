#include "stunt/calibration/fields.h"

#include <gtest/gtest.h>

#include "stunt/trace/input_error.h"

namespace stunt::calibration {
namespace {

using namespace motion_models;

const ParameterRule kRules[] = {Distribution{Constant{2}},
                                Distribution{Uniform{1, 3}},
                                Distribution{Normal{1, 0.3}},
                                Distribution{TruncatedNormal{1, 0.3, 0, 2}},
                                Distribution{LogNormal{1.1, 0.5, 0.1, 9}},
                                Distribution{Bernoulli{0.4}},
                                Distribution{Poisson{0.7}}};

TEST(Fields, OfEveryDistributionCanBeReadAndReplaced) {
  for (const ParameterRule& rule : kRules) {
    const std::vector<std::string> fields = FieldsOf(rule);
    ASSERT_FALSE(fields.empty()) << RuleText(rule);
    for (const std::string& field : fields) {
      const ParameterRule same = WithField(rule, field, Field(rule, field));
      EXPECT_EQ(std::get<Distribution>(same), std::get<Distribution>(rule)) << RuleText(rule) << field;
      const ParameterRule other = WithField(rule, field, Field(rule, field) * 1.25);
      EXPECT_NEAR(Field(other, field), Field(rule, field) * 1.25, 1e-12) << RuleText(rule) << field;
      EXPECT_NO_THROW(Check(other, "here"));
    }
  }
}

TEST(Fields, MiddleAndWidthOfAUniformLeaveOneAnotherAlone) {
  const ParameterRule moved = WithField(WithField(kRules[1], "mid", 5), "width", 1);
  EXPECT_EQ(std::get<Distribution>(moved), Distribution(Uniform{4.5, 5.5}));
}

TEST(Fields, OfAFormulaScaleItsValue) {
  const ParameterRule rule = Expression("x > 1 ? 3 : 4", "here:1");
  EXPECT_EQ(FieldsOf(rule), std::vector<std::string>{"scale"});
  EXPECT_EQ(std::get<Expression>(WithField(rule, "scale", 0.5)).Evaluate({{"x", 2}}), 1.5);
}

TEST(Fields, ThatMakeNoDistributionAreSeen) {
  EXPECT_THROW(Check(WithField(kRules[1], "lo", 4), "here"), trace::InputError);
  EXPECT_THROW(Check(WithField(kRules[5], "p", 1.5), "here"), trace::InputError);
}

TEST(Rounded, KeepsDigitsThatPrintShort) {
  EXPECT_EQ(Rounded(0.1 + 0.2, 6), 0.3);
  EXPECT_EQ(Rounded(1234567, 3), 1230000);
  EXPECT_EQ(Rounded(-0.0012345, 3), -0.00123);
  EXPECT_EQ(Rounded(0, 3), 0);
}

}  // namespace
}  // namespace stunt::calibration
