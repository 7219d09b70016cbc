#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "stunt/calibration/plan.h"
#include "stunt/motion_models/parameters.h"
#include "stunt/scenarios/suite.h"
#include "stunt/sim/device.h"

namespace stunt::calibration {

/// A parameter of a motion file, one or more of whose numbers are fitted.
struct Declared {
  std::string motion;
  std::string parameter;
  std::filesystem::path file;
  motion_models::ParameterRule rule;  // as the file has it
  std::vector<std::size_t> fitted;    // indices of Plan::parameters
};

/// The box in which a plan searches. A point has one coordinate a parameter of the plan, 0 at its lo, 1 at its hi.
class FitSpace {
 public:
  /// Finds what the plan names in the motion files.
  /// @param suites     to which Apply is going to be applied
  /// @param any_strap  whether one of the devices has a strap
  /// @throws trace::InputError for a motion, parameter or field that is not there, for a file's own number outside lo …
  ///         hi, where the numbers between lo and hi may make no distribution, and for what moves nothing.
  FitSpace(const Plan& plan, const scenarios::DataFolders& folders, const std::vector<scenarios::Suite>& suites,
           bool any_strap);

  [[nodiscard]] const std::vector<double>& start() const { return start_; }  // values, as the files have them
  [[nodiscard]] std::vector<double> ToUnit(const std::vector<double>& values) const;
  [[nodiscard]] std::vector<double> FromUnit(const std::vector<double>& unit) const;

  [[nodiscard]] const std::vector<Declared>& declared() const { return declared_; }
  /// The rule of a declared parameter with the fitted numbers in it.
  [[nodiscard]] motion_models::ParameterRule Rule(const Declared& declared, const std::vector<double>& values) const;

  /// Gives every entry whose motion has one of the parameters, from that very file, the rule for these values. What a
  /// scenario or the suite sets itself still goes before it.
  void Apply(const std::vector<double>& values, scenarios::Suite& suite) const;

  /// The same for the strap of a device that has one.
  void Apply(const std::vector<double>& values, sim::DeviceSpec& device) const;

 private:
  void Find(const scenarios::DataFolders& folders);
  void CheckCorners() const;
  void Reach(const std::vector<scenarios::Suite>& suites, bool any_strap);

  std::vector<FitParameter> parameters_;
  std::vector<double> start_;
  std::vector<Declared> declared_;
  std::map<std::filesystem::path, std::vector<std::size_t>> reached_;  // indices of declared_ by motion file
};

}  // namespace stunt::calibration
