#pragma once

#include <map>
#include <set>
#include <string>

#include "stunt/datasets/recording_set.h"

namespace stunt::calibration {

/// Every other person, in the order of group and id: the half that a fit sees. The rule knows nothing of what they did.
/// @param groups  of every person, by id: "age_group young"
[[nodiscard]] std::set<std::string> FittedHalf(const std::map<std::string, std::string>& groups);

/// The group of every person of a set of recordings: the tags that its mapping gives to subjects.
[[nodiscard]] std::map<std::string, std::string> GroupsOf(const std::vector<trace::Recording>& recordings,
                                                          const datasets::Mapping& mapping);

}  // namespace stunt::calibration
