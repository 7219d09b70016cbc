#include "yaml_map.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "line_reader.h"
#include "stunt/trace/input_error.h"

namespace stunt::datasets {
namespace {

constexpr std::size_t kMostKeys = 1000;  // looking them up one by one takes their square

}  // namespace

YamlMap::YamlMap(const YAML::Node& node, std::string where, std::string name)
    : node_(node), where_(std::move(where)), name_(std::move(name)) {
  if (!node_.IsMap()) throw trace::InputError(fmt::format("{}: {} must be a map", Position(node_), name_));
  if (node_.size() > kMostKeys) {
    throw trace::InputError(
        fmt::format("{}: {} has {} keys; accepted: up to {}", Position(node_), name_, node_.size(), kMostKeys));
  }
  std::vector<std::string> seen;
  for (const auto& entry : node_) {
    if (!entry.first.IsScalar()) {
      throw trace::InputError(fmt::format("{}: a key of {} is no plain word", Position(entry.first), name_));
    }
    const std::string key = entry.first.Scalar();
    if (std::find(seen.begin(), seen.end(), key) != seen.end()) {
      throw trace::InputError(
          fmt::format("{}: key {} of {} is given twice", Position(entry.first), Quoted(key), name_));
    }
    seen.push_back(key);
  }
}

bool YamlMap::Has(const std::string& key) const {
  const YAML::Node& node = node_;  // the operator of a constant node does not insert
  return node[key].IsDefined();
}

YAML::Node YamlMap::At(const std::string& key) {
  asked_.push_back(key);
  if (!Has(key)) throw trace::InputError(fmt::format("{}: {} lacks the key {}", Position(node_), name_, key));
  return node_[key];
}

std::string YamlMap::Text(const std::string& key) {
  const YAML::Node node = At(key);
  if (!node.IsScalar() || node.Scalar().empty()) Refuse(key, "a text");
  return node.Scalar();
}

std::string YamlMap::TextOr(const std::string& key, const std::string& fallback) {
  asked_.push_back(key);
  return Has(key) ? Text(key) : fallback;
}

double YamlMap::NumberOr(const std::string& key, double fallback) {
  asked_.push_back(key);
  if (!Has(key)) return fallback;
  const std::string text = Text(key);
  double number = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool is_number = error == std::errc() && stop == text.data() + text.size() && std::isfinite(number);
  if (!is_number || number < 0) Refuse(key, "a number from 0");
  return number;
}

std::size_t YamlMap::Whole(const std::string& key) {
  const std::string text = Text(key);
  std::size_t number = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || stop != text.data() + text.size()) Refuse(key, "a whole number from 0");
  return number;
}

YamlMap YamlMap::Map(const std::string& key) { return {At(key), where_, key}; }

std::vector<YamlMap> YamlMap::List(const std::string& key) {
  const YAML::Node node = At(key);
  if (!node.IsSequence()) Refuse(key, "a list");
  std::vector<YamlMap> maps;
  for (const YAML::Node& item : node) maps.emplace_back(item, where_, "an item of " + key);
  return maps;
}

std::vector<std::string> YamlMap::Keys() const {
  std::vector<std::string> keys;
  for (const auto& entry : node_) keys.push_back(entry.first.Scalar());
  return keys;
}

void YamlMap::ExpectNothingElse() const {
  for (const auto& entry : node_) {
    if (std::find(asked_.begin(), asked_.end(), entry.first.Scalar()) != asked_.end()) continue;
    std::vector<std::string> accepted = asked_;
    std::sort(accepted.begin(), accepted.end());
    accepted.erase(std::unique(accepted.begin(), accepted.end()), accepted.end());
    throw trace::InputError(fmt::format("{}: unknown key {} of {}; accepted: {}", Position(entry.first),
                                        Quoted(entry.first.Scalar()), name_, fmt::join(accepted, ", ")));
  }
}

void YamlMap::Refuse(const std::string& key, std::string_view accepted) const {
  const YAML::Node& map = node_;
  const YAML::Node value = map[key];
  const std::string shown = value.IsScalar() ? Quoted(value.Scalar()) : "something else";
  throw trace::InputError(fmt::format("{}: {} = {}; accepted: {}", Position(value), key, shown, accepted));
}

std::string YamlMap::Position(const YAML::Node& node) const {
  const YAML::Mark mark = node.Mark();
  return mark.is_null() ? where_ : fmt::format("{}:{}", where_, mark.line + 1);
}

}  // namespace stunt::datasets
