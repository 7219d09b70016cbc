#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "stunt/motion_models/parameters.h"

namespace stunt::calibration {

/// The numbers of a rule that can be fitted, by name:
///
///   constant value · uniform lo hi mid width · normal, truncnorm mean sd · lognormal median sigma · bernoulli p ·
///   poisson mean · a formula: scale, a factor that is 1 as the file has it
///
/// `mid` moves both ends of a uniform distribution, `width` moves them apart about their middle.
[[nodiscard]] std::vector<std::string> FieldsOf(const motion_models::ParameterRule& rule);

/// @pre `field` is one of FieldsOf(rule)
[[nodiscard]] double Field(const motion_models::ParameterRule& rule, std::string_view field);

/// The rule with one number replaced. It may then be no distribution any more: see Check.
/// @pre `field` is one of FieldsOf(rule)
[[nodiscard]] motion_models::ParameterRule WithField(const motion_models::ParameterRule& rule, std::string_view field,
                                                     double value);

/// @throws trace::InputError if its numbers make no distribution. @param where  begins the message.
void Check(const motion_models::ParameterRule& rule, const std::string& where);

/// The nearest number with so many significant digits.
[[nodiscard]] double Rounded(double value, int digits);

/// As a motion file writes it, on one line.
[[nodiscard]] std::string RuleText(const motion_models::ParameterRule& rule);

}  // namespace stunt::calibration
