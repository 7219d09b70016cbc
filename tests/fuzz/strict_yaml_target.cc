// The strict reader of YAML: parses, then asks every value for everything that it could be.
#include <cmath>
#include <set>

#include "fuzz_target.h"
#include "stunt/motion_models/strict_yaml.h"

namespace {

using stunt::fuzz::ReadOrRefuse;
using stunt::fuzz::Require;
using stunt::motion_models::YamlFile;
using stunt::motion_models::YamlSection;
using stunt::motion_models::YamlValue;

void Visit(const YamlValue& value, int depth) {
  Require(depth <= 33, "nesting deeper than 32 is refused");
  ReadOrRefuse([&] { Require(std::isfinite(value.Number()) && value.IsNumber(), "a number is finite"); });
  ReadOrRefuse([&] { static_cast<void>(value.Integer({-3, 3})); });
  ReadOrRefuse([&] { static_cast<void>(value.Flag()); });
  ReadOrRefuse([&] { Require(!value.Text().empty(), "a text is not empty"); });
  ReadOrRefuse([&] { static_cast<void>(value.Id()); });
  ReadOrRefuse([&] { static_cast<void>(value.OneOf({"fall", "adl"})); });
  if (value.IsList()) {
    for (const YamlValue& item : value.List()) Visit(item, depth + 1);
  }
  if (!value.IsMap()) return;
  YamlSection strict = value.Section();
  static_cast<void>(strict.Has("id"));
  ReadOrRefuse([&] { strict.Finish(); });
  std::set<std::string> keys;
  for (const auto& [key, child] : value.Section().Entries()) {
    Require(!key.empty() && keys.insert(key).second, "a key is not empty and given once");
    Visit(child, depth + 1);
  }
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ReadOrRefuse([&] {
    const YamlFile file = YamlFile::Parse(stunt::fuzz::AsText(data, size), "fuzz.yaml");
    ReadOrRefuse([&] { static_cast<void>(file.Root()); });
    Visit(file.Value(), 0);
  });
  return 0;
}
