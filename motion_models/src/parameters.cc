#include "stunt/motion_models/parameters.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <set>
#include <stdexcept>

#include "stunt/trace/input_error.h"

namespace stunt::motion_models {
namespace {

constexpr int kMaxAttempts = 100;
constexpr std::size_t kMaxParameters = 1000;  // sorting them by use takes their square
// Names that formulas see besides the parameters: a parameter of one would hide it, or be hidden.
constexpr std::array<std::string_view, 23> kReserved = {
    "pi",         "stature_m",      "mass_kg",         "age_years",        "female",
    "watch_side", "side",           "t_end_s",         "t_event_s",        "t_contact_s",
    "t_resume_s", "t_repeat_s",     "repetition",      "thigh_m",          "shank_m",
    "ankle_m",    "pelvis_stand_m", "pelvis_to_hip_m", "hip_half_width_m", "foot_m",
    "forearm_m",  "upper_arm_m",    "shoulder_stand_m"};
constexpr std::array<sim::Side, 2> kSides = {sim::Side::kLeft, sim::Side::kRight};

std::string_view SideName(sim::Side side) { return side == sim::Side::kLeft ? "left" : "right"; }
double SideSign(sim::Side side) { return side == sim::Side::kLeft ? 1 : -1; }

bool IsParameterName(std::string_view name) {
  const auto letter = [](char c) { return c >= 'a' && c <= 'z'; };
  const auto allowed = [&](char c) { return letter(c) || (c >= '0' && c <= '9') || c == '_'; };
  return !name.empty() && letter(name.front()) && std::all_of(name.begin(), name.end(), allowed);
}

void CheckName(const std::string& name, const YamlValue& value) {
  if (!IsParameterName(name)) value.Refuse("is no name of a parameter; accepted: a letter, then a-z 0-9 _");
  if (std::find(kReserved.begin(), kReserved.end(), name) != kReserved.end())
    value.Refuse("is a name of the context, which formulas see; accepted: another name");
  if (name.ends_with("_left") || name.ends_with("_right")) {
    value.Refuse("ends like one side of a parameter; accepted: 'per_side: true' instead");
  }
}

NumberRange ReadRange(const YamlValue& value) {
  const auto ends = value.Numbers({2, 2});
  if (ends[0] > ends[1]) value.Refuse("has lo above hi; accepted: [lo, hi]");
  return {ends[0], ends[1]};
}

ParameterDecl ReadDeclaration(const std::string& name, const YamlValue& value) {
  CheckName(name, value);
  ParameterDecl decl;
  decl.name = name;
  decl.where = value.Where();
  if (!value.IsMap()) {
    const Value short_form = ReadValue(value);
    if (short_form.formula()) {
      decl.rule = *short_form.formula();
    } else {
      decl.rule = Constant{short_form.Evaluate({})};
    }
    return decl;
  }
  YamlSection section = value.Section();
  auto distribution = FindDistribution(section);
  const auto formula = section.Find("expr");
  decl.unit = section.TextOr("unit", "");
  decl.per_side = section.FlagOr("per_side", false);
  decl.source = section.TextOr("source", "");
  if (const auto range = section.Find("range")) decl.range = ReadRange(*range);
  section.Finish();
  if (distribution.has_value() == formula.has_value()) {
    section.Refuse(
        "must hold either a distribution (value, uniform, normal, truncnorm, lognormal, choice, bernoulli, "
        "integer, poisson) or expr");
  }
  if (distribution) {
    decl.rule = std::move(*distribution);
  } else {
    decl.rule = Expression(formula->Text(), formula->Where());
  }
  return decl;
}

ParameterRule ReadRule(const YamlValue& value) {
  if (value.IsMap()) return ReadDistribution(value);
  if (value.IsNumber()) return Constant{value.Number()};
  std::string text = value.Text();
  if (text.starts_with('=')) return Expression(text.substr(1), value.Where());
  return Choice{.values = {0}, .labels = {std::move(text)}, .weights = {1}};
}

/// One value to resolve: a parameter, or one side of it.
struct Slot {
  const ParameterDecl* decl;
  std::string name;               // with _left or _right
  std::optional<sim::Side> side;  // of a per_side parameter
  ParameterRule rule;
  std::string where;  // of the rule
  random::Stream stream;
};

std::vector<Slot> MakeSlots(const std::vector<ParameterDecl>& declarations, random::StreamKey key) {
  std::vector<Slot> slots;
  for (const ParameterDecl& decl : declarations) {
    const random::StreamKey own = key.Derive(decl.name);
    if (!decl.per_side) {
      slots.push_back({&decl, decl.name, std::nullopt, decl.rule, decl.where, random::Stream(own)});
      continue;
    }
    for (const sim::Side side : kSides) {
      const std::string_view side_name = SideName(side);
      slots.push_back({&decl, fmt::format("{}_{}", decl.name, side_name), side, decl.rule, decl.where,
                       random::Stream(own.Derive(side_name))});
    }
  }
  return slots;
}

[[noreturn]] void RefuseName(const ParameterOverride& o, const std::vector<Slot>& slots) {
  std::vector<std::string> accepted;
  for (const Slot& slot : slots) {
    if (slot.side == sim::Side::kLeft) accepted.push_back(slot.decl->name);
    accepted.push_back(slot.name);
  }
  throw trace::InputError(
      fmt::format("{}: unknown parameter '{}' {}", o.where, o.name, AcceptedWords(o.name, accepted)));
}

/// Words of an override take the numbers that the declaration gave them.
ParameterRule MatchLabels(const ParameterOverride& o, const ParameterDecl& decl) {
  const auto choice_of = [](const ParameterRule& rule) -> const Choice* {
    const auto* const distribution = std::get_if<Distribution>(&rule);
    const auto* const choice = distribution == nullptr ? nullptr : std::get_if<Choice>(distribution);
    return choice == nullptr || choice->labels.empty() ? nullptr : choice;
  };
  const Choice* const given = choice_of(o.rule);
  const Choice* const declared = choice_of(decl.rule);
  if (given == nullptr && declared == nullptr) return o.rule;
  const auto refuse = [&](const std::string& word, const std::vector<std::string>& accepted) {
    throw trace::InputError(
        fmt::format("{}: parameter '{}' cannot be '{}' {}", o.where, o.name, word, AcceptedWords(word, accepted)));
  };
  if (given == nullptr) refuse("a number", declared->labels);
  if (declared == nullptr) refuse(given->labels.front(), {"numbers"});
  Choice matched = *given;
  for (std::size_t i = 0; i < matched.labels.size(); ++i) {
    const auto found = std::find(declared->labels.begin(), declared->labels.end(), matched.labels[i]);
    if (found == declared->labels.end()) refuse(matched.labels[i], declared->labels);
    matched.values[i] = static_cast<double>(found - declared->labels.begin());
  }
  return Distribution{matched};
}

void Apply(const std::vector<ParameterOverride>& overrides, std::vector<Slot>& slots) {
  for (const ParameterOverride& o : overrides) {
    bool known = false;
    for (Slot& slot : slots) {
      if (o.name != slot.name && o.name != slot.decl->name) continue;
      slot.rule = MatchLabels(o, *slot.decl);
      slot.where = o.where;
      known = true;
    }
    if (!known) RefuseName(o, slots);
  }
}

bool Inside(const Slot& slot, double value) {
  return !slot.decl->range || (value >= slot.decl->range->lo && value <= slot.decl->range->hi);
}

[[noreturn]] void RefuseValue(const Slot& slot, double value, std::string_view why) {
  throw trace::InputError(fmt::format("{}: parameter '{}' is {}{}; accepted: {} to {}", slot.where, slot.name, value,
                                      why, slot.decl->range->lo, slot.decl->range->hi));
}

bool IsRandom(const Slot& slot) {
  const auto* const distribution = std::get_if<Distribution>(&slot.rule);
  return distribution != nullptr && !IsConstant(*distribution);
}

double DrawInside(Slot& slot, const Distribution& distribution, int& redraws) {
  for (int attempt = 0;; ++attempt) {
    const double value = Draw(distribution, slot.stream);
    if (Inside(slot, value)) return value;
    if (!IsRandom(slot)) RefuseValue(slot, value, "");
    if (attempt + 1 == kMaxAttempts) RefuseValue(slot, value, fmt::format(" in the last of {} draws", kMaxAttempts));
    ++redraws;
  }
}

std::string LabelOf(const ParameterDecl& decl, double value) {
  const auto* const distribution = std::get_if<Distribution>(&decl.rule);
  const auto* const choice = distribution == nullptr ? nullptr : std::get_if<Choice>(distribution);
  if (choice == nullptr || choice->labels.empty()) return "";
  return choice->labels[static_cast<std::size_t>(value)];
}

/// One attempt to give every slot its value. Empty when a formula left its range and another attempt may do better.
std::optional<std::vector<ResolvedParameter>> TryResolve(std::vector<Slot>& slots, ParameterScope scope, bool last,
                                                         int& redraws) {
  std::vector<ResolvedParameter> values;
  for (Slot& slot : slots) {
    double value = 0;
    if (const auto* const distribution = std::get_if<Distribution>(&slot.rule)) {
      value = DrawInside(slot, *distribution, redraws);
    } else {
      const auto& formula = std::get<Expression>(slot.rule);
      value = formula.Evaluate(slot.side ? SideScope(scope, *slot.side) : scope);
      if (!Inside(slot, value)) {
        if (last) RefuseValue(slot, value, "");
        return std::nullopt;
      }
    }
    scope[slot.name] = value;
    values.push_back({slot.name, value, LabelOf(*slot.decl, value)});
  }
  return values;
}

}  // namespace

const ResolvedParameter& ResolvedParameters::At(std::string_view name) const {
  for (const ResolvedParameter& parameter : values) {
    if (parameter.name == name) return parameter;
  }
  throw std::out_of_range(fmt::format("no parameter '{}'", name));
}

std::vector<ParameterDecl> ReadParameters(const YamlValue& block) {
  std::vector<ParameterDecl> declarations;
  const auto entries = block.Section().Entries();
  if (entries.size() > kMaxParameters) {
    block.Refuse(fmt::format("holds {} parameters; accepted: up to {}", entries.size(), kMaxParameters));
  }
  for (const auto& [name, value] : entries) declarations.push_back(ReadDeclaration(name, value));
  return declarations;
}

ParameterOverride ReadOverride(const std::string& name, const YamlValue& value) {
  return {.name = name, .rule = ReadRule(value), .where = value.Where()};
}

std::vector<ParameterOverride> ReadOverrides(const YamlValue& block) {
  std::vector<ParameterOverride> overrides;
  for (const auto& [name, value] : block.Section().Entries()) {
    overrides.push_back(ReadOverride(name, value));
  }
  return overrides;
}

ParameterOverride ParseOverride(std::string_view assignment) {
  const std::size_t sign = assignment.find('=');
  const std::string name(assignment.substr(0, sign));
  if (sign == std::string_view::npos || !IsParameterName(name)) {
    throw trace::InputError(fmt::format("--set {}: accepted: name=value", assignment));
  }
  const std::string where = fmt::format("--set {}", assignment);
  const std::string text(assignment.substr(sign + 1));
  // A formula is text to YAML, whatever characters it holds.
  if (text.starts_with('=')) return {.name = name, .rule = Expression(text.substr(1), where), .where = where};
  const YamlFile value = YamlFile::Parse(text, where);
  return {.name = name, .rule = ReadRule(value.Value(name)), .where = where};
}

ResolvedParameters Resolve(const std::vector<ParameterDecl>& declarations,
                           const std::vector<ParameterOverride>& overrides, const sim::Subject& subject,
                           random::StreamKey key) {
  std::vector<Slot> slots = MakeSlots(declarations, key);
  Apply(overrides, slots);
  const bool random = std::any_of(slots.begin(), slots.end(), IsRandom);
  const ParameterScope context = SubjectScope(subject);
  ResolvedParameters resolved;
  for (int attempt = 0;; ++attempt) {
    const bool last = !random || attempt + 1 == kMaxAttempts;
    if (auto values = TryResolve(slots, context, last, resolved.redraws)) {
      resolved.values = std::move(*values);
      return resolved;
    }
    ++resolved.redraws;
  }
}

ParameterScope SubjectScope(const sim::Subject& subject) {
  return {{"stature_m", subject.stature_m},
          {"mass_kg", subject.mass_kg},
          {"age_years", subject.age_years},
          {"female", subject.sex == sim::Sex::kFemale ? 1 : 0},
          {"watch_side", SideSign(subject.watch_side)}};
}

ParameterScope MakeScope(const ResolvedParameters& parameters, const sim::Subject& subject) {
  ParameterScope scope = SubjectScope(subject);
  for (const ResolvedParameter& parameter : parameters.values) scope[parameter.name] = parameter.value;
  return scope;
}

ParameterScope SideScope(const ParameterScope& scope, sim::Side side) {
  ParameterScope result = scope;
  const std::string ending = fmt::format("_{}", SideName(side));
  for (const auto& [name, value] : scope) {
    if (name.ends_with(ending)) result[name.substr(0, name.size() - ending.size())] = value;
  }
  result["side"] = SideSign(side);
  return result;
}

}  // namespace stunt::motion_models
