#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "stunt/motion_models/distribution.h"
#include "stunt/motion_models/expression.h"
#include "stunt/random/random.h"
#include "stunt/sim/subject.h"

namespace stunt::motion_models {

/// How a parameter gets its value.
using ParameterRule = std::variant<Distribution, Expression>;

/// One entry of the block `parameters:` of a motion:
///
///   parameters:
///     speed_mps: {uniform: [0.75, 1.35], source: PHYSICS}
///     pace: 1.0
///     period_s: {expr: "1.08 * sqrt(1.3 / speed_mps) * pace", range: [0.6, 2]}
///     limp: {bernoulli: 0.08, per_side: true}
///     surface: {choice: [wood, mat], weights: [3, 1], unit: "", source: WEDA}
///
/// Formulas see the parameters above them and the context: stature_m, mass_kg, age_years, female (0 or 1), watch_side
/// (+1 left, −1 right), pi. A per_side parameter x is seen as x_left and x_right; formulas that are per_side themselves
/// see their own side's plain x, and `side` (+1 left, −1 right).
struct ParameterDecl {
  std::string name;  // [a-z][a-z0-9_]*
  std::string unit;  // for people; the name's suffix says it too
  ParameterRule rule;
  std::optional<NumberRange> range;
  bool per_side = false;
  std::string source;
  std::string where;  // "file:line"
};

/// A different rule for a parameter, from `set:` of a scenario or a suite, or from --set. The range stays.
struct ParameterOverride {
  std::string name;  // also x_left or x_right of a per_side parameter
  ParameterRule rule;
  std::string where;
};

/// A parameter's value in one case. Of a per_side parameter there are two: x_left and x_right.
struct ResolvedParameter {
  std::string name;
  double value = 0;
  std::string label;  // of a choice of words
};

/// Every parameter of a case, in the order of the declarations.
struct ResolvedParameters {
  std::vector<ResolvedParameter> values;
  int redraws = 0;  // draws thrown away because they left their range

  [[nodiscard]] const ResolvedParameter& At(std::string_view name) const;  // throws std::out_of_range
  [[nodiscard]] double Number(std::string_view name) const { return At(name).value; }
  [[nodiscard]] const std::string& Label(std::string_view name) const { return At(name).label; }
};

/// Reads one block `parameters:`; the value is a map from name to rule.
[[nodiscard]] std::vector<ParameterDecl> ReadParameters(const YamlValue& block);

/// Reads only the blocks `parameters:` of a motion file and of those that it extends (none where there are none), each
/// below the ones that its formula uses.
[[nodiscard]] std::vector<ParameterDecl> ReadParameterBlock(const std::filesystem::path& motion_file);

/// Reads a block `set:`: a map from name to number, word, "=formula" or distribution.
[[nodiscard]] std::vector<ParameterOverride> ReadOverrides(const YamlValue& block);
[[nodiscard]] ParameterOverride ReadOverride(const std::string& name, const YamlValue& value);

/// Reads "name=value" of a command line; the value in the same notation.
[[nodiscard]] ParameterOverride ParseOverride(std::string_view assignment);

/// Gives every parameter its value. The parameter `name` draws from the stream key.Derive(name), per side from
/// key.Derive(name).Derive("left" or "right"), so that a new parameter leaves the others as they were. Later overrides
/// beat earlier ones.
///
/// A draw outside its range is drawn again. When a formula leaves its range, everything is drawn again. After 100 such
/// attempts, or at once when nothing is random, that is bad input.
///
/// @throws trace::InputError for an override of an unknown name, a value outside its range, a formula that fails.
[[nodiscard]] ResolvedParameters Resolve(const std::vector<ParameterDecl>& declarations,
                                         const std::vector<ParameterOverride>& overrides, const sim::Subject& subject,
                                         random::StreamKey key);

/// stature_m, mass_kg, age_years, female, watch_side.
[[nodiscard]] ParameterScope SubjectScope(const sim::Subject& subject);

/// What formulas of a motion see: the context and every parameter (per_side ones as x_left and x_right).
[[nodiscard]] ParameterScope MakeScope(const ResolvedParameters& parameters, const sim::Subject& subject);

/// The scope within a side: adds x for each x_left or x_right, and `side`.
[[nodiscard]] ParameterScope SideScope(const ParameterScope& scope, sim::Side side);

}  // namespace stunt::motion_models
