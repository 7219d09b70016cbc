#include "stunt/calibration/fit_space.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "stunt/calibration/fields.h"
#include "stunt/motion_models/strict_yaml.h"
#include "stunt/trace/input_error.h"

namespace stunt::calibration {
namespace {

using motion_models::ParameterDecl;

std::filesystem::path FileOf(const ParameterDecl& decl) {
  return std::filesystem::path(decl.where.substr(0, decl.where.rfind(':'))).lexically_normal();
}

/// The motion's own declaration, not one that it inherits.
Declared FindOwn(const FitParameter& wanted, const scenarios::DataFolders& folders) {
  const auto refuse = [&](const std::string& why) {
    throw trace::InputError(fmt::format("{}: {}", wanted.where, why));
  };
  Declared found{wanted.motion, wanted.parameter, {}, motion_models::Distribution{}, {}};
  try {
    found.file = folders.Motion(wanted.motion).lexically_normal();
  } catch (const trace::InputError& error) {
    refuse(error.what());
  }
  std::vector<std::string> names;
  for (const ParameterDecl& decl : motion_models::ReadParameterBlock(found.file)) {
    if (FileOf(decl) != found.file) continue;
    names.push_back(decl.name);
    if (decl.name != wanted.parameter) continue;
    found.rule = decl.rule;
    return found;
  }
  refuse(fmt::format("motion '{}' has no parameter '{}' of its own {}", wanted.motion, wanted.parameter,
                     motion_models::AcceptedWords(wanted.parameter, names)));
  return found;
}

double StrapField(const sim::StrapSpec& strap, const std::string& field) {
  return field == "frequency_hz" ? strap.frequency_hz : strap.damping_ratio;
}

}  // namespace

FitSpace::FitSpace(const Plan& plan, const scenarios::DataFolders& folders, const std::vector<scenarios::Suite>& suites,
                   bool any_strap)
    : parameters_(plan.parameters) {
  Find(folders);
  CheckCorners();
  Reach(suites, any_strap);
}

void FitSpace::Find(const scenarios::DataFolders& folders) {
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    const FitParameter& p = parameters_[i];
    if (p.motion.empty()) {
      start_.push_back(StrapField({}, p.field));
    } else {
      auto known = std::find_if(declared_.begin(), declared_.end(),
                                [&](const Declared& d) { return d.motion == p.motion && d.parameter == p.parameter; });
      if (known == declared_.end()) known = declared_.insert(known, FindOwn(p, folders));
      const std::vector<std::string> fields = FieldsOf(known->rule);
      if (std::find(fields.begin(), fields.end(), p.field) == fields.end()) {
        throw trace::InputError(fmt::format("{}: '{}' of motion '{}' is {} and has no '{}' {}", p.where, p.parameter,
                                            p.motion, RuleText(known->rule), p.field,
                                            motion_models::AcceptedWords(p.field, fields)));
      }
      known->fitted.push_back(i);
      start_.push_back(Field(known->rule, p.field));
    }
    if (start_[i] < p.lo || start_[i] > p.hi) {
      throw trace::InputError(
          fmt::format("{}: {} is {} now; accepted: lo and hi around it", p.where, p.Name(), start_[i]));
    }
  }
}

// A distribution stays one between lo and hi if it is one at all corners.
void FitSpace::CheckCorners() const {
  for (const Declared& declared : declared_) {
    for (std::size_t corner = 0; corner < std::size_t{1} << declared.fitted.size(); ++corner) {
      std::vector<double> values = start_;
      for (std::size_t k = 0; k < declared.fitted.size(); ++k) {
        const FitParameter& p = parameters_[declared.fitted[k]];
        values[declared.fitted[k]] = (corner >> k & 1) != 0 ? p.hi : p.lo;
      }
      Check(Rule(declared, values), parameters_[declared.fitted.front()].where);
    }
  }
}

void FitSpace::Reach(const std::vector<scenarios::Suite>& suites, bool any_strap) {
  std::vector<bool> moves(declared_.size(), false);
  for (const scenarios::Suite& suite : suites) {
    for (const scenarios::SuiteEntry& entry : suite.entries) {
      const auto [reached, is_new] = reached_.try_emplace(entry.scenario.motion_file);
      if (!is_new) continue;
      for (const ParameterDecl& decl : motion_models::ReadParameterBlock(entry.scenario.motion_file)) {
        for (std::size_t k = 0; k < declared_.size(); ++k) {
          if (decl.name != declared_[k].parameter || FileOf(decl) != declared_[k].file) continue;
          reached->second.push_back(k);
          moves[k] = true;
        }
      }
    }
  }
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    const FitParameter& p = parameters_[i];
    bool moved = p.motion.empty() && any_strap;
    for (std::size_t k = 0; k < declared_.size(); ++k) {
      const std::vector<std::size_t>& fitted = declared_[k].fitted;
      moved = moved || (moves[k] && std::find(fitted.begin(), fitted.end(), i) != fitted.end());
    }
    if (!moved) {
      throw trace::InputError(
          fmt::format("{}: {} moves nothing; accepted: what a compared scenario's motion has from "
                      "that very file, or the strap of a device at a wrist",
                      p.where, p.Name()));
    }
  }
}

std::vector<double> FitSpace::ToUnit(const std::vector<double>& values) const {
  std::vector<double> unit;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const FitParameter& p = parameters_[i];
    unit.push_back(p.logarithmic ? std::log(values[i] / p.lo) / std::log(p.hi / p.lo)
                                 : (values[i] - p.lo) / (p.hi - p.lo));
  }
  return unit;
}

std::vector<double> FitSpace::FromUnit(const std::vector<double>& unit) const {
  std::vector<double> values;
  for (std::size_t i = 0; i < unit.size(); ++i) {
    const FitParameter& p = parameters_[i];
    const double value = p.logarithmic ? p.lo * std::pow(p.hi / p.lo, unit[i]) : p.lo + unit[i] * (p.hi - p.lo);
    values.push_back(std::clamp(value, p.lo, p.hi));
  }
  return values;
}

motion_models::ParameterRule FitSpace::Rule(const Declared& declared, const std::vector<double>& values) const {
  motion_models::ParameterRule rule = declared.rule;
  for (const std::size_t i : declared.fitted) rule = WithField(rule, parameters_[i].field, values[i]);
  return rule;
}

void FitSpace::Apply(const std::vector<double>& values, scenarios::Suite& suite) const {
  for (scenarios::SuiteEntry& entry : suite.entries) {
    std::vector<motion_models::ParameterOverride> set;
    for (const std::size_t k : reached_.at(entry.scenario.motion_file)) {
      set.push_back({declared_[k].parameter, Rule(declared_[k], values), "the fit"});
    }
    // Later ones win: the scenario's own and the suite's.
    entry.scenario.set.insert(entry.scenario.set.begin(), set.begin(), set.end());
  }
}

void FitSpace::Apply(const std::vector<double>& values, sim::DeviceSpec& device) const {
  if (!device.strap) return;
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    if (!parameters_[i].motion.empty()) continue;
    (parameters_[i].field == "frequency_hz" ? device.strap->frequency_hz : device.strap->damping_ratio) = values[i];
  }
}

}  // namespace stunt::calibration
