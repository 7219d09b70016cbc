#include "yaml_tree.h"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

#include "stunt/trace/input_error.h"

namespace stunt::motion_models {
namespace {

constexpr std::size_t kMaxDepth = 32;

[[noreturn]] void Fail(const std::string& file, int line, std::string_view complaint) {
  throw trace::InputError(fmt::format("{}:{}: {}", file, line, complaint));
}

/// Builds the tree from the parser's events. The library's own tree would first expand what we refuse.
class TreeBuilder : public YAML::EventHandler {
 public:
  explicit TreeBuilder(const std::string& file) : file_(file), root_(std::make_unique<YamlNode>()) {}

  std::unique_ptr<YamlNode> TakeRoot() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    Fail(file_, mark.line + 1, "aliases are not accepted");
  }

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    Add({.kind = YamlNode::Kind::kNull, .line = mark.line + 1}, "", anchor);
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& text) override {
    // The parser marks plain text with "?" and quoted text with "!".
    const bool quoted = tag == "!";
    const bool null = !quoted && (text == "~" || text == "null");
    Add({.kind = null ? YamlNode::Kind::kNull : YamlNode::Kind::kScalar,
         .line = mark.line + 1,
         .quoted = quoted,
         .text = text},
        quoted ? "" : tag, anchor);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    Open({.kind = YamlNode::Kind::kList, .line = mark.line + 1}, tag, anchor);
  }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    Open({.kind = YamlNode::Kind::kMap, .line = mark.line + 1}, tag, anchor);
  }
  void OnSequenceEnd() override { open_.pop_back(); }
  void OnMapEnd() override { open_.pop_back(); }

 private:
  struct OpenNode {
    YamlNode* node;
    bool has_key = false;  // of a map: the next node is the value of `key`
    std::string key;
    int key_line = 0;
    std::map<std::string, int> lines;  // of the keys so far
  };

  void Open(YamlNode node, const std::string& tag, YAML::anchor_t anchor) {
    if (open_.size() >= kMaxDepth) Fail(file_, node.line, fmt::format("nested deeper than {} levels", kMaxDepth));
    if (!open_.empty() && open_.back().node->kind == YamlNode::Kind::kMap && !open_.back().has_key) {
      Fail(file_, node.line, "a key must be plain text");
    }
    YamlNode* const placed = Add(std::move(node), tag, anchor);
    open_.push_back({.node = placed, .key = {}, .lines = {}});
  }

  /// Puts the node where it belongs. Its parents do not move while it is open: they only grow after it was closed.
  YamlNode* Add(YamlNode node, const std::string& tag, YAML::anchor_t anchor) {
    if (anchor != YAML::NullAnchor) Fail(file_, node.line, "anchors are not accepted");
    if (!tag.empty() && tag != "?") Fail(file_, node.line, fmt::format("tags are not accepted, here '{}'", tag));
    if (open_.empty()) {
      *root_ = std::move(node);
      return root_.get();
    }
    OpenNode& parent = open_.back();
    if (parent.node->kind == YamlNode::Kind::kList) return &parent.node->items.emplace_back(std::move(node));
    if (!parent.has_key) {
      TakeKey(parent, node);
      return nullptr;
    }
    parent.has_key = false;
    node.line = parent.key_line;
    return &parent.node->entries.emplace_back(std::move(parent.key), std::move(node)).second;
  }

  void TakeKey(OpenNode& map, const YamlNode& key) {
    if (key.kind != YamlNode::Kind::kScalar || key.text.empty()) Fail(file_, key.line, "a key must be plain text");
    const auto [other, is_new] = map.lines.emplace(key.text, key.line);
    if (!is_new) Fail(file_, key.line, fmt::format("key '{}' was given in line {} already", key.text, other->second));
    map.key = key.text;
    map.key_line = key.line;
    map.has_key = true;
  }

  const std::string& file_;
  std::unique_ptr<YamlNode> root_;
  std::vector<OpenNode> open_;
};

int LineOf(std::string_view text, std::size_t byte) {
  return 1 + static_cast<int>(std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(byte), '\n'));
}

void RefuseBinary(std::string_view text, const std::string& file) {
  if (text.size() > kMaxYamlBytes) Fail(file, 1, fmt::format("larger than {} bytes", kMaxYamlBytes));
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if ((byte < 0x20 && byte != '\n' && byte != '\r' && byte != '\t') || byte == 0x7f) {
      Fail(file, LineOf(text, i), fmt::format("control character 0x{:02x}: this is no text file", byte));
    }
  }
  try {  // the JSON library knows UTF-8
    static_cast<void>(nlohmann::json(text).dump());
  } catch (const nlohmann::json::type_error&) {
    Fail(file, 1, "not encoded in UTF-8");
  }
}

}  // namespace

std::unique_ptr<YamlNode> ParseYaml(std::string_view text, const std::string& file) {
  RefuseBinary(text, file);
  std::istringstream stream{std::string(text)};
  TreeBuilder builder(file);
  try {
    YAML::Parser parser(stream);
    if (!parser.HandleNextDocument(builder)) Fail(file, 1, "is empty");
    std::unique_ptr<YamlNode> root = builder.TakeRoot();
    TreeBuilder second(file);
    if (parser.HandleNextDocument(second)) Fail(file, root->line, "holds more than one document");
    return root;
  } catch (const YAML::Exception& error) {
    Fail(file, error.mark.line + 1, error.msg);
  }
}

}  // namespace stunt::motion_models
