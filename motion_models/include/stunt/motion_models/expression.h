#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "stunt/motion_models/strict_yaml.h"

namespace stunt::motion_models {

/// Numbers by name, that expressions may use.
using ParameterScope = std::map<std::string, double, std::less<>>;

/// A formula over named numbers, compiled once: + - * / ^, comparisons, && ||, c ? a : b, pi, and abs min max sqrt exp
/// ln log10 sin cos tan asin acos atan atan2 sign rint floor ceil clamp(x, lo, hi). Angles in radians. Copies share the
/// compiled form; evaluation from several threads at once is safe.
class Expression {
 public:
  /// @param where  "file:line", begins every message.
  /// @throws trace::InputError when the text is no formula.
  Expression(std::string text, std::string where);

  /// @throws trace::InputError when a name is not in the scope or the result is not finite.
  [[nodiscard]] double Evaluate(const ParameterScope& scope) const;

  [[nodiscard]] const std::string& text() const;
  [[nodiscard]] const std::string& where() const;
  [[nodiscard]] const std::vector<std::string>& names() const;  // the names it uses, sorted

 private:
  struct Compiled;
  std::shared_ptr<Compiled> compiled_;
};

/// A number or a formula, as motion files use it everywhere: `at: 0.4` or `at: "=t_event + react_s"`.
class Value {
 public:
  Value() = default;
  explicit Value(double number) : number_(number) {}
  /// @param range  of what the formula may give.
  explicit Value(Expression formula, NumberRange range = {}) : formula_(std::move(formula)), range_(range) {}

  /// @throws trace::InputError as Expression::Evaluate does, and when the formula leaves its range.
  [[nodiscard]] double Evaluate(const ParameterScope& scope) const;
  [[nodiscard]] bool IsNumber() const { return !formula_; }
  [[nodiscard]] const std::optional<Expression>& formula() const { return formula_; }

 private:
  double number_ = 0;
  std::optional<Expression> formula_;
  NumberRange range_;
};

/// @param range  of the number, or of what the formula may give whenever it is evaluated.
[[nodiscard]] Value ReadValue(const YamlValue& value, NumberRange range = {});
[[nodiscard]] Value ReadValueOr(YamlSection& section, std::string_view key, double otherwise, NumberRange range = {});

}  // namespace stunt::motion_models
