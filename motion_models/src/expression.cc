#include "stunt/motion_models/expression.h"

#include <fmt/format.h>
#include <muParser.h>

#include <algorithm>
#include <cmath>
#include <mutex>
#include <numbers>

#include "stunt/trace/input_error.h"

namespace stunt::motion_models {
namespace {

constexpr std::size_t kLongest = 1000;

double Floor(double x) { return std::floor(x); }
double Ceil(double x) { return std::ceil(x); }
double Clamp(double x, double lo, double hi) { return std::min(std::max(x, lo), hi); }

[[noreturn]] void Fail(const std::string& where, const std::string& text, std::string_view complaint) {
  throw trace::InputError(fmt::format("{}: formula '{}': {}", where, text, complaint));
}

// The library would let a formula assign to its inputs.
bool Assigns(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '=') continue;
    if (i + 1 < text.size() && text[i + 1] == '=') {
      ++i;
    } else if (i == 0 || std::string_view("<>!").find(text[i - 1]) == std::string_view::npos) {
      return true;
    }
  }
  return false;
}

}  // namespace

struct Expression::Compiled {
  std::string text;
  std::string where;
  std::vector<std::string> names;
  // The parser evaluates over these numbers, one a name, so one thread at a time.
  std::mutex mutex;
  std::vector<double> inputs;
  mu::Parser parser;
};

Expression::Expression(std::string text, std::string where) : compiled_(std::make_shared<Compiled>()) {
  Compiled& c = *compiled_;
  c.text = std::move(text);
  c.where = std::move(where);
  if (c.text.size() > kLongest)
    Fail(c.where, c.text.substr(0, 40) + "…", fmt::format("longer than {} characters", kLongest));
  if (Assigns(c.text)) Fail(c.where, c.text, "assigns with '='; accepted: comparison with '=='");
  try {
    c.parser.DefineConst("pi", std::numbers::pi);
    c.parser.DefineFun("floor", Floor);
    c.parser.DefineFun("ceil", Ceil);
    c.parser.DefineFun("clamp", Clamp);
    c.parser.SetExpr(c.text);
    for (const auto& [name, address] : c.parser.GetUsedVar()) c.names.push_back(name);
    c.inputs.resize(c.names.size(), 1.0);
    for (std::size_t i = 0; i < c.names.size(); ++i) c.parser.DefineVar(c.names[i], &c.inputs[i]);
    static_cast<void>(c.parser.Eval());
    if (c.parser.GetNumResults() != 1) Fail(c.where, c.text, "gives several numbers; accepted: one");
  } catch (const mu::ParserError& error) {
    Fail(c.where, c.text, error.GetMsg());
  }
}

const std::string& Expression::text() const { return compiled_->text; }
const std::string& Expression::where() const { return compiled_->where; }
const std::vector<std::string>& Expression::names() const { return compiled_->names; }

double Expression::Evaluate(const ParameterScope& scope) const {
  Compiled& c = *compiled_;
  const std::lock_guard lock(c.mutex);
  for (std::size_t i = 0; i < c.names.size(); ++i) {
    const auto found = scope.find(c.names[i]);
    if (found == scope.end()) {
      std::vector<std::string> known;
      for (const auto& [name, value] : scope) known.push_back(name);
      Fail(c.where, c.text, fmt::format("unknown name '{}' {}", c.names[i], AcceptedWords(c.names[i], known)));
    }
    c.inputs[i] = found->second;
  }
  double result = 0;
  try {
    result = c.parser.Eval();
  } catch (const mu::ParserError& error) {
    Fail(c.where, c.text, error.GetMsg());
  }
  if (!std::isfinite(result)) Fail(c.where, c.text, fmt::format("gives {}; accepted: a finite number", result));
  return result;
}

double Value::Evaluate(const ParameterScope& scope) const {
  if (!formula_) return number_;
  const double value = formula_->Evaluate(scope);
  if (value < range_.lo || value > range_.hi) {
    Fail(formula_->where(), formula_->text(),
         fmt::format("gives {}; accepted: from {} to {}", value, range_.lo, range_.hi));
  }
  return value;
}

Value ReadValue(const YamlValue& value, NumberRange range) {
  if (value.IsScalar() && value.Text().starts_with('='))
    return Value(Expression(value.Text().substr(1), value.Where()), range);
  if (value.IsScalar() && !value.IsNumber()) {
    value.Refuse(fmt::format("is '{}'; accepted: a number, or a formula that begins with '='", value.Text()));
  }
  return Value(value.Number(range));
}

Value ReadValueOr(YamlSection& section, std::string_view key, double otherwise, NumberRange range) {
  const auto value = section.Find(key);
  return value ? ReadValue(*value, range) : Value(otherwise);
}

}  // namespace stunt::motion_models
