#include "stunt/calibration/halves.h"

#include <fmt/format.h>

#include <utility>
#include <vector>

namespace stunt::calibration {

std::set<std::string> FittedHalf(const std::map<std::string, std::string>& groups) {
  std::set<std::pair<std::string, std::string>> people;
  for (const auto& [id, group] : groups) people.emplace(group, id);
  std::set<std::string> half;
  std::size_t place = 0;
  for (const auto& [group, id] : people) {
    if (place++ % 2 == 0) half.insert(id);
  }
  return half;
}

std::map<std::string, std::string> GroupsOf(const std::vector<trace::Recording>& recordings,
                                            const datasets::Mapping& mapping) {
  std::set<std::string> keys;
  for (const datasets::MappedSubjects& subjects : mapping.subjects) {
    for (const auto& [key, value] : subjects.tags) keys.insert(key);
  }
  std::map<std::string, std::string> groups;
  for (const trace::Recording& recording : recordings) {
    std::string group;
    for (const std::string& key : keys) {
      const auto tag = recording.info.tags.find(key);
      if (tag != recording.info.tags.end()) group += fmt::format("{} {};", key, tag->second);
    }
    groups[recording.info.subject_id] = group;
  }
  return groups;
}

}  // namespace stunt::calibration
