#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "stunt/motion_models/words.h"

/// Strict reading of YAML. Whatever is not understood is refused with trace::InputError, whose text begins with
/// "file:line: " and ends with what is accepted. Refused while parsing: aliases, anchors, tags, duplicate keys, more
/// than one document, nesting deeper than 32, more than 4 MiB, control characters, bytes that are not UTF-8.
///
///   const YamlFile file = YamlFile::Load("impact.yaml");
///   YamlSection root = file.Root();
///   const double peak_g = root.Number("peak_g", {0, 50});
///   const std::string axis = root.OneOfOr("axis", "x", {"x", "y", "z"});
///   root.Finish();  // refuses every key that was not asked for
///
/// Sections and values are views: the YamlFile must outlive them.
namespace stunt::motion_models {

struct YamlNode;  // src/yaml_tree.h

/// What a number may be, both ends included.
struct NumberRange {
  double lo = -std::numeric_limits<double>::infinity();
  double hi = std::numeric_limits<double>::infinity();
};
struct IntegerRange {
  std::int64_t lo = std::numeric_limits<std::int64_t>::min();
  std::int64_t hi = std::numeric_limits<std::int64_t>::max();
};
struct SizeRange {
  std::size_t lo = 0;
  std::size_t hi = std::numeric_limits<std::size_t>::max();
};

class YamlSection;

/// One value of a file: a scalar, a list or a map, with its place for messages. The readers throw when it is something
/// else or out of range.
class YamlValue {
 public:
  YamlValue(const std::string* file, const YamlNode* node, std::string name)
      : file_(file), node_(node), name_(std::move(name)) {}

  [[nodiscard]] bool IsScalar() const;
  [[nodiscard]] bool IsNumber() const;  // a plain scalar that reads as a finite number
  [[nodiscard]] bool IsList() const;
  [[nodiscard]] bool IsMap() const;

  [[nodiscard]] double Number(NumberRange range = {}) const;  // finite; digits in quotes are text
  [[nodiscard]] std::int64_t Integer(IntegerRange range = {}) const;
  [[nodiscard]] bool Flag() const;         // true or false
  [[nodiscard]] std::string Text() const;  // any scalar that is not empty
  [[nodiscard]] std::string Id() const;    // text that matches [a-z0-9_.-]+, safe in a path
  [[nodiscard]] std::string OneOf(std::initializer_list<std::string_view> accepted) const;
  [[nodiscard]] std::vector<YamlValue> List(SizeRange size = {}) const;
  [[nodiscard]] std::vector<double> Numbers(SizeRange size = {}, NumberRange range = {}) const;
  [[nodiscard]] std::vector<std::string> Texts(SizeRange size = {}) const;
  [[nodiscard]] YamlSection Section() const;

  /// Refuses this value: "file:line: 'name' <complaint>".
  [[noreturn]] void Refuse(std::string_view complaint) const;
  [[nodiscard]] std::string Where() const;  // "file:line"
  [[nodiscard]] const std::string& name() const { return name_; }

 private:
  const std::string* file_;
  const YamlNode* node_;
  std::string name_;  // key, or key[index]
};

/// A map whose keys are known. It remembers which keys were asked for; Finish() refuses the rest. The readers without
/// "Or" and "Find" require their key.
class YamlSection {
 public:
  YamlSection(const std::string* file, const YamlNode* node, std::string name);
  YamlSection(YamlSection&&) = default;
  YamlSection& operator=(YamlSection&&) = default;
  YamlSection(const YamlSection&) = delete;  // a copy would forget what the other one read
  YamlSection& operator=(const YamlSection&) = delete;

  [[nodiscard]] bool Has(std::string_view key);
  [[nodiscard]] YamlValue Get(std::string_view key);
  [[nodiscard]] std::optional<YamlValue> Find(std::string_view key);

  [[nodiscard]] double Number(std::string_view key, NumberRange range = {});
  [[nodiscard]] double NumberOr(std::string_view key, double otherwise, NumberRange range = {});
  [[nodiscard]] std::int64_t Integer(std::string_view key, IntegerRange range = {});
  [[nodiscard]] std::int64_t IntegerOr(std::string_view key, std::int64_t otherwise, IntegerRange range = {});
  [[nodiscard]] bool FlagOr(std::string_view key, bool otherwise);
  [[nodiscard]] std::string Text(std::string_view key);
  [[nodiscard]] std::string TextOr(std::string_view key, std::string_view otherwise);
  [[nodiscard]] std::string Id(std::string_view key);
  [[nodiscard]] std::string OneOf(std::string_view key, std::initializer_list<std::string_view> accepted);
  [[nodiscard]] std::string OneOfOr(std::string_view key, std::string_view otherwise,
                                    std::initializer_list<std::string_view> accepted);
  [[nodiscard]] std::vector<YamlValue> List(std::string_view key, SizeRange size = {});
  [[nodiscard]] std::vector<YamlValue> ListOrEmpty(std::string_view key, SizeRange size = {});
  [[nodiscard]] YamlSection Child(std::string_view key);
  [[nodiscard]] std::optional<YamlSection> FindChild(std::string_view key);

  /// A map with free keys, in the order of the file. Counts every key as read.
  [[nodiscard]] std::vector<std::pair<std::string, YamlValue>> Entries();

  /// @throws trace::InputError that names the first key nobody asked for, the keys that were, and the nearest of them.
  void Finish() const;

  [[noreturn]] void Refuse(std::string_view complaint) const;
  [[nodiscard]] std::string Where() const;
  [[nodiscard]] const std::string& name() const { return name_; }

 private:
  const YamlNode* Ask(std::string_view key);

  const std::string* file_;
  const YamlNode* node_;
  std::string name_;
  std::vector<std::string> asked_;  // in the order of the first question
  bool free_keys_ = false;
};

/// A parsed file.
class YamlFile {
 public:
  /// @throws trace::InputError when the file cannot be read or is refused.
  [[nodiscard]] static YamlFile Load(const std::filesystem::path& path);
  /// The text that Load parses, cut where it is too long to be parsed.
  [[nodiscard]] static std::string Read(const std::filesystem::path& path);
  /// @param name  stands for the file in messages.
  [[nodiscard]] static YamlFile Parse(std::string_view text, std::string name);

  YamlFile(YamlFile&&) noexcept;
  YamlFile& operator=(YamlFile&&) noexcept;
  ~YamlFile();

  [[nodiscard]] YamlSection Root() const;  // of a file that is a map
  [[nodiscard]] YamlValue Value(std::string called = "file") const;
  [[nodiscard]] const std::string& name() const { return *name_; }

 private:
  YamlFile(std::string name, std::unique_ptr<YamlNode> root);

  std::unique_ptr<std::string> name_;  // views point to it, also after a move
  std::unique_ptr<YamlNode> root_;
};

}  // namespace stunt::motion_models
