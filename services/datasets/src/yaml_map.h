#pragma once

#include <yaml-cpp/yaml.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace stunt::datasets {

/// A map of a YAML file, read strictly: keys that were not asked for are errors, and so are keys given twice.
class YamlMap {
 public:
  /// `where` names the file in messages, `name` the map in it.
  YamlMap(const YAML::Node& node, std::string where, std::string name);

  [[nodiscard]] bool Has(const std::string& key) const;
  [[nodiscard]] std::string Text(const std::string& key);
  [[nodiscard]] std::string TextOr(const std::string& key, const std::string& fallback);
  [[nodiscard]] double NumberOr(const std::string& key, double fallback);  // from 0
  [[nodiscard]] std::size_t Whole(const std::string& key);                 // from 0
  [[nodiscard]] YamlMap Map(const std::string& key);
  [[nodiscard]] std::vector<YamlMap> List(const std::string& key);  // of maps
  [[nodiscard]] std::vector<std::string> Keys() const;              // in the order of the file

  void ExpectNothingElse() const;

  /// Throws the trace::InputError for the value of `key`.
  [[noreturn]] void Refuse(const std::string& key, std::string_view accepted) const;

 private:
  YAML::Node At(const std::string& key);
  [[nodiscard]] std::string Position(const YAML::Node& node) const;

  YAML::Node node_;
  std::string where_;
  std::string name_;
  std::vector<std::string> asked_;
};

}  // namespace stunt::datasets
