#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace stunt::motion_models {

inline constexpr std::size_t kMaxYamlBytes = 4u << 20;

/// One node of a parsed file. Keys of a map are unique.
struct YamlNode {
  enum class Kind { kNull, kScalar, kList, kMap };
  Kind kind = Kind::kNull;
  int line = 0;           // counted from 1; of a value in a map, its key's
  bool quoted = false;    // of a scalar
  std::string text = {};  // of a scalar
  std::vector<YamlNode> items = {};
  std::vector<std::pair<std::string, YamlNode>> entries = {};  // in the order of the file
};

/// Parses one document under the limits of strict_yaml.h.
/// @param file  stands for the file in messages.
/// @throws trace::InputError
[[nodiscard]] std::unique_ptr<YamlNode> ParseYaml(std::string_view text, const std::string& file);

}  // namespace stunt::motion_models
