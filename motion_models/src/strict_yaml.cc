#include "stunt/motion_models/strict_yaml.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fstream>
#include <system_error>

#include "stunt/trace/input_error.h"
#include "yaml_tree.h"

namespace stunt::motion_models {
namespace {

using Kind = YamlNode::Kind;

[[noreturn]] void Fail(std::string_view where, std::string_view complaint) {
  throw trace::InputError(fmt::format("{}: {}", where, complaint));
}

std::string Place(const std::string& file, const YamlNode& node) { return fmt::format("{}:{}", file, node.line); }

// What a message shows of a value: enough to find it, not a page of it.
std::string Shown(const YamlNode& node) {
  switch (node.kind) {
    case Kind::kNull:
      return "nothing";
    case Kind::kList:
      return "a list";
    case Kind::kMap:
      return "a map";
    case Kind::kScalar:
      break;
  }
  constexpr std::size_t kLongest = 60;
  const std::string text = node.text.size() <= kLongest ? node.text : node.text.substr(0, kLongest) + "…";
  return node.quoted ? fmt::format("the text '{}'", text) : fmt::format("'{}'", text);
}

template <typename T>
std::optional<T> ParseWhole(const YamlNode& node) {
  if (node.kind != Kind::kScalar || node.quoted) return std::nullopt;
  std::string_view text = node.text;
  if (text.starts_with('+') && !text.starts_with("+-")) text.remove_prefix(1);
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<double> ParseFinite(const YamlNode& node) {
  const auto value = ParseWhole<double>(node);
  return value && std::isfinite(*value) ? value : std::nullopt;
}

std::string Describe(NumberRange range) {
  if (std::isinf(range.lo) && std::isinf(range.hi)) return "a finite number";
  if (std::isinf(range.hi)) return fmt::format("a number of at least {}", range.lo);
  if (std::isinf(range.lo)) return fmt::format("a number of at most {}", range.hi);
  return fmt::format("a number from {} to {}", range.lo, range.hi);
}

std::string Describe(IntegerRange range) {
  const bool open_lo = range.lo == IntegerRange{}.lo;
  const bool open_hi = range.hi == IntegerRange{}.hi;
  if (open_lo && open_hi) return "a whole number";
  if (open_hi) return fmt::format("a whole number of at least {}", range.lo);
  if (open_lo) return fmt::format("a whole number of at most {}", range.hi);
  return fmt::format("a whole number from {} to {}", range.lo, range.hi);
}

std::string Describe(SizeRange range) {
  if (range.lo == range.hi) return fmt::format("a list of {} values", range.lo);
  if (range.hi != SizeRange{}.hi) return fmt::format("a list of {} to {} values", range.lo, range.hi);
  return range.lo == 0 ? "a list" : fmt::format("a list of at least {} values", range.lo);
}

const YamlNode* FindEntry(const YamlNode& map, std::string_view key) {
  for (const auto& [name, value] : map.entries) {
    if (name == key) return &value;
  }
  return nullptr;
}

}  // namespace

// ---- values ----

bool YamlValue::IsScalar() const { return node_->kind == Kind::kScalar; }
bool YamlValue::IsNumber() const { return ParseFinite(*node_).has_value(); }
bool YamlValue::IsList() const { return node_->kind == Kind::kList; }
bool YamlValue::IsMap() const { return node_->kind == Kind::kMap; }

std::string YamlValue::Where() const { return Place(*file_, *node_); }

void YamlValue::Refuse(std::string_view complaint) const { Fail(Where(), fmt::format("'{}' {}", name_, complaint)); }

double YamlValue::Number(NumberRange range) const {
  const auto value = ParseFinite(*node_);
  if (!value || *value < range.lo || *value > range.hi) {
    Refuse(fmt::format("is {}; accepted: {}", Shown(*node_), Describe(range)));
  }
  return *value;
}

std::int64_t YamlValue::Integer(IntegerRange range) const {
  const auto value = ParseWhole<std::int64_t>(*node_);
  if (!value || *value < range.lo || *value > range.hi) {
    Refuse(fmt::format("is {}; accepted: {}", Shown(*node_), Describe(range)));
  }
  return *value;
}

bool YamlValue::Flag() const {
  const bool plain = node_->kind == Kind::kScalar && !node_->quoted;
  if (plain && node_->text == "true") return true;
  if (plain && node_->text == "false") return false;
  Refuse(fmt::format("is {}; accepted: true, false", Shown(*node_)));
}

std::string YamlValue::Text() const {
  if (node_->kind != Kind::kScalar || node_->text.empty()) {
    Refuse(fmt::format("is {}; accepted: text that is not empty", Shown(*node_)));
  }
  return node_->text;
}

std::string YamlValue::Id() const {
  if (node_->kind != Kind::kScalar || !IsId(node_->text)) {
    Refuse(fmt::format("is {}; accepted: an id of the characters a-z 0-9 _ . -", Shown(*node_)));
  }
  return node_->text;
}

std::string YamlValue::OneOf(std::initializer_list<std::string_view> accepted) const {
  if (node_->kind == Kind::kScalar && std::find(accepted.begin(), accepted.end(), node_->text) != accepted.end()) {
    return node_->text;
  }
  Refuse(fmt::format("is {} {}", Shown(*node_), AcceptedWords(node_->text, {accepted.begin(), accepted.end()})));
}

std::vector<YamlValue> YamlValue::List(SizeRange size) const {
  if (node_->kind != Kind::kList) Refuse(fmt::format("is {}; accepted: {}", Shown(*node_), Describe(size)));
  if (node_->items.size() < size.lo || node_->items.size() > size.hi) {
    Refuse(fmt::format("is a list of {}; accepted: {}", node_->items.size(), Describe(size)));
  }
  std::vector<YamlValue> values;
  values.reserve(node_->items.size());
  for (std::size_t i = 0; i < node_->items.size(); ++i) {
    values.emplace_back(file_, &node_->items[i], fmt::format("{}[{}]", name_, i));
  }
  return values;
}

std::vector<double> YamlValue::Numbers(SizeRange size, NumberRange range) const {
  std::vector<double> numbers;
  for (const YamlValue& value : List(size)) numbers.push_back(value.Number(range));
  return numbers;
}

std::vector<std::string> YamlValue::Texts(SizeRange size) const {
  std::vector<std::string> texts;
  for (const YamlValue& value : List(size)) texts.push_back(value.Text());
  return texts;
}

YamlSection YamlValue::Section() const {
  if (node_->kind != Kind::kMap) Refuse(fmt::format("is {}; accepted: a map of keys", Shown(*node_)));
  return {file_, node_, name_};
}

// ---- sections ----

YamlSection::YamlSection(const std::string* file, const YamlNode* node, std::string name)
    : file_(file), node_(node), name_(std::move(name)) {}

std::string YamlSection::Where() const { return Place(*file_, *node_); }

void YamlSection::Refuse(std::string_view complaint) const {
  Fail(Where(), name_.empty() ? std::string(complaint) : fmt::format("'{}' {}", name_, complaint));
}

const YamlNode* YamlSection::Ask(std::string_view key) {
  if (std::find(asked_.begin(), asked_.end(), key) == asked_.end()) asked_.emplace_back(key);
  return FindEntry(*node_, key);
}

bool YamlSection::Has(std::string_view key) { return Ask(key) != nullptr; }

std::optional<YamlValue> YamlSection::Find(std::string_view key) {
  const YamlNode* const node = Ask(key);
  if (node == nullptr) return std::nullopt;
  return YamlValue(file_, node, std::string(key));
}

YamlValue YamlSection::Get(std::string_view key) {
  const auto value = Find(key);
  if (!value) Refuse(fmt::format("{}key '{}' is missing", name_.empty() ? "" : "is incomplete: ", key));
  return *value;
}

double YamlSection::Number(std::string_view key, NumberRange range) { return Get(key).Number(range); }

double YamlSection::NumberOr(std::string_view key, double otherwise, NumberRange range) {
  const auto value = Find(key);
  return value ? value->Number(range) : otherwise;
}

std::int64_t YamlSection::Integer(std::string_view key, IntegerRange range) { return Get(key).Integer(range); }

std::int64_t YamlSection::IntegerOr(std::string_view key, std::int64_t otherwise, IntegerRange range) {
  const auto value = Find(key);
  return value ? value->Integer(range) : otherwise;
}

bool YamlSection::FlagOr(std::string_view key, bool otherwise) {
  const auto value = Find(key);
  return value ? value->Flag() : otherwise;
}

std::string YamlSection::Text(std::string_view key) { return Get(key).Text(); }

std::string YamlSection::TextOr(std::string_view key, std::string_view otherwise) {
  const auto value = Find(key);
  return value ? value->Text() : std::string(otherwise);
}

std::string YamlSection::Id(std::string_view key) { return Get(key).Id(); }

std::string YamlSection::OneOf(std::string_view key, std::initializer_list<std::string_view> accepted) {
  return Get(key).OneOf(accepted);
}

std::string YamlSection::OneOfOr(std::string_view key, std::string_view otherwise,
                                 std::initializer_list<std::string_view> accepted) {
  const auto value = Find(key);
  return value ? value->OneOf(accepted) : std::string(otherwise);
}

std::vector<YamlValue> YamlSection::List(std::string_view key, SizeRange size) { return Get(key).List(size); }

std::vector<YamlValue> YamlSection::ListOrEmpty(std::string_view key, SizeRange size) {
  const auto value = Find(key);
  return value ? value->List(size) : std::vector<YamlValue>{};
}

YamlSection YamlSection::Child(std::string_view key) { return Get(key).Section(); }

std::optional<YamlSection> YamlSection::FindChild(std::string_view key) {
  const auto value = Find(key);
  if (!value) return std::nullopt;
  return value->Section();
}

std::vector<std::pair<std::string, YamlValue>> YamlSection::Entries() {
  std::vector<std::pair<std::string, YamlValue>> entries;
  entries.reserve(node_->entries.size());
  for (const auto& [key, node] : node_->entries) entries.emplace_back(key, YamlValue(file_, &node, key));
  free_keys_ = true;
  return entries;
}

void YamlSection::Finish() const {
  if (free_keys_) return;
  for (const auto& [key, value] : node_->entries) {
    if (std::find(asked_.begin(), asked_.end(), key) != asked_.end()) continue;
    Fail(Place(*file_, value),
         fmt::format("unknown key '{}'{} {}", key, name_.empty() ? "" : fmt::format(" in '{}'", name_),
                     AcceptedWords(key, asked_)));
  }
}

// ---- files ----

YamlFile::YamlFile(std::string name, std::unique_ptr<YamlNode> root)
    : name_(std::make_unique<std::string>(std::move(name))), root_(std::move(root)) {}
YamlFile::YamlFile(YamlFile&&) noexcept = default;
YamlFile& YamlFile::operator=(YamlFile&&) noexcept = default;
YamlFile::~YamlFile() = default;

std::string YamlFile::Read(const std::filesystem::path& path) {
  std::error_code error;
  if (!std::filesystem::exists(path, error)) Fail(path.string(), "no such file");
  if (std::filesystem::is_directory(path, error)) Fail(path.string(), "is a folder; accepted: a YAML file");
  std::ifstream stream(path, std::ios::binary);
  if (!stream) Fail(path.string(), "cannot be read");
  std::string text;
  std::vector<char> chunk(1 << 16);
  // An endless file is read until it is too long.
  while (stream && text.size() <= kMaxYamlBytes) {
    stream.read(chunk.data(), static_cast<std::streamsize>(chunk.size()));
    text.append(chunk.data(), static_cast<std::size_t>(stream.gcount()));
  }
  if (stream.bad()) Fail(path.string(), "cannot be read");
  return text;
}

YamlFile YamlFile::Load(const std::filesystem::path& path) { return Parse(Read(path), path.string()); }

YamlFile YamlFile::Parse(std::string_view text, std::string name) {
  std::unique_ptr<YamlNode> root = ParseYaml(text, name);
  return {std::move(name), std::move(root)};
}

YamlValue YamlFile::Value(std::string called) const { return {name_.get(), root_.get(), std::move(called)}; }

YamlSection YamlFile::Root() const {
  if (root_->kind != Kind::kMap)
    Fail(Place(*name_, *root_), fmt::format("the file is {}; accepted: a map of keys", Shown(*root_)));
  return {name_.get(), root_.get(), ""};
}

}  // namespace stunt::motion_models
