#include "stunt/calibration/fields.h"

#include <fmt/format.h>

#include <string>
#include <utility>

namespace stunt::calibration {
namespace {

using namespace motion_models;  // the distributions

using Access = std::vector<std::pair<std::string_view, double*>>;

/// The numbers that a distribution simply holds.
Access Held(Distribution& distribution) {
  struct Visitor {
    Access operator()(Constant& d) const { return {{"value", &d.value}}; }
    Access operator()(Uniform& d) const { return {{"lo", &d.lo}, {"hi", &d.hi}}; }
    Access operator()(Normal& d) const { return {{"mean", &d.mean}, {"sd", &d.sd}}; }
    Access operator()(TruncatedNormal& d) const { return {{"mean", &d.mean}, {"sd", &d.sd}}; }
    Access operator()(LogNormal& d) const { return {{"median", &d.median}, {"sigma", &d.sigma}}; }
    Access operator()(Choice&) const { return {}; }
    Access operator()(Bernoulli& d) const { return {{"p", &d.p}}; }
    Access operator()(IntegerUniform&) const { return {}; }
    Access operator()(Poisson& d) const { return {{"mean", &d.mean}}; }
  };
  return std::visit(Visitor{}, distribution);
}

}  // namespace

double Rounded(double value, int digits) {
  if (value == 0) return 0;
  // Through decimal text: the nearest double to a short number is the one that prints short.
  return std::stod(fmt::format("{:.{}e}", value, digits - 1));
}

std::vector<std::string> FieldsOf(const ParameterRule& rule) {
  if (std::holds_alternative<Expression>(rule)) return {"scale"};
  Distribution distribution = std::get<Distribution>(rule);
  std::vector<std::string> fields;
  for (const auto& [name, number] : Held(distribution)) fields.emplace_back(name);
  if (std::holds_alternative<Uniform>(distribution)) fields.insert(fields.end(), {"mid", "width"});
  return fields;
}

double Field(const ParameterRule& rule, std::string_view field) {
  if (std::holds_alternative<Expression>(rule)) return 1;
  Distribution distribution = std::get<Distribution>(rule);
  for (const auto& [name, number] : Held(distribution)) {
    if (name == field) return *number;
  }
  const auto& uniform = std::get<Uniform>(distribution);
  return field == "mid" ? (uniform.lo + uniform.hi) / 2 : uniform.hi - uniform.lo;
}

ParameterRule WithField(const ParameterRule& rule, std::string_view field, double value) {
  if (const auto* const formula = std::get_if<Expression>(&rule)) {
    return Expression(fmt::format("{}*({})", value, formula->text()), formula->where());
  }
  Distribution distribution = std::get<Distribution>(rule);
  for (const auto& [name, number] : Held(distribution)) {
    if (name != field) continue;
    *number = value;
    return distribution;
  }
  auto& uniform = std::get<Uniform>(distribution);
  const double mid = field == "mid" ? value : Field(rule, "mid");
  const double width = field == "width" ? value : Field(rule, "width");
  uniform = {.lo = Rounded(mid - width / 2, 6), .hi = Rounded(mid + width / 2, 6)};  // no 0.30000000000000004
  return distribution;
}

void Check(const ParameterRule& rule, const std::string& where) {
  if (std::holds_alternative<Expression>(rule)) return;
  const YamlFile file = YamlFile::Parse(RuleText(rule), where);
  static_cast<void>(ReadDistribution(file.Value("the fitted distribution")));
}

std::string RuleText(const ParameterRule& rule) {
  if (const auto* const formula = std::get_if<Expression>(&rule))
    return fmt::format("{{expr: \"{}\"}}", formula->text());
  return ToText(std::get<Distribution>(rule));
}

}  // namespace stunt::calibration
