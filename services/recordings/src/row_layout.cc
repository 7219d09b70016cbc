#include "row_layout.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cassert>
#include <cstring>

namespace stunt::recordings::internal {
namespace {

// Rows are copied into files as they lie in memory.
static_assert(std::endian::native == std::endian::little);

constexpr std::size_t kWidestText = 4096;

Handle MakeFlagType() {
  Handle type(H5Tenum_create(H5T_STD_I8LE), H5Tclose, "make a type");
  for (const std::int8_t value : {std::int8_t{0}, std::int8_t{1}}) {
    Check(H5Tenum_insert(type.get(), value == 0 ? "FALSE" : "TRUE", &value), "make a type");
  }
  return type;
}

Handle MakeFieldType(const RowLayout::Field& field) {
  switch (field.kind) {
    case RowLayout::Kind::kInteger:
      return {H5Tcopy(H5T_STD_I64LE), H5Tclose, "make a type"};
    case RowLayout::Kind::kNumber:
      return {H5Tcopy(H5T_IEEE_F64LE), H5Tclose, "make a type"};
    case RowLayout::Kind::kFlag:
      return MakeFlagType();
    case RowLayout::Kind::kText:
      return TextType(field.width);
  }
  throw Hdf5Error("a column of no kind");
}

H5T_class_t ClassOf(RowLayout::Kind kind) {
  switch (kind) {
    case RowLayout::Kind::kInteger:
      return H5T_INTEGER;
    case RowLayout::Kind::kNumber:
      return H5T_FLOAT;
    case RowLayout::Kind::kFlag:
      return H5T_ENUM;
    case RowLayout::Kind::kText:
      return H5T_STRING;
  }
  return H5T_NO_CLASS;
}

}  // namespace

RowLayout& RowLayout::Add(std::string name, Kind kind, std::size_t width) {
  Field field = {.name = std::move(name), .kind = kind, .width = 8, .offset = size_};
  if (kind == Kind::kFlag) field.width = 1;
  if (kind == Kind::kText) field.width = std::max<std::size_t>(width, 1);
  size_ += field.width;
  fields_.push_back(std::move(field));
  return *this;
}

Handle RowLayout::MakeType() const {
  Handle type(H5Tcreate(H5T_COMPOUND, size_), H5Tclose, "make a type");
  for (const Field& field : fields_) {
    const Handle field_type = MakeFieldType(field);
    Check(H5Tinsert(type.get(), field.name.c_str(), field.offset, field_type.get()), "make a type");
  }
  return type;
}

RowLayout RowLayout::WithWidthsOf(hid_t file_type) const {
  RowLayout layout;
  for (const Field& field : fields_) {
    const int index = H5Tget_member_index(file_type, field.name.c_str());
    if (index < 0) throw Hdf5Error(fmt::format("the column {} is missing", field.name));
    const Handle type(H5Tget_member_type(file_type, static_cast<unsigned>(index)), H5Tclose, "read " + field.name);
    const bool is_fixed = field.kind != Kind::kText || H5Tis_variable_str(type.get()) == 0;
    const std::size_t width = H5Tget_size(type.get());
    if (H5Tget_class(type.get()) != ClassOf(field.kind) || !is_fixed || width == 0 || width > kWidestText) {
      throw Hdf5Error(fmt::format("the column {} has another type than it should", field.name));
    }
    layout.Add(field.name, field.kind, width);
  }
  return layout;
}

std::byte* RowBuilder::Next([[maybe_unused]] RowLayout::Kind kind) {
  assert(field_ < layout_.fields().size() && layout_.fields()[field_].kind == kind);
  return bytes_.data() + layout_.fields()[field_++].offset;
}

RowBuilder& RowBuilder::Integer(std::int64_t value) {
  std::memcpy(Next(RowLayout::Kind::kInteger), &value, sizeof value);
  return *this;
}

RowBuilder& RowBuilder::Number(double value) {
  std::memcpy(Next(RowLayout::Kind::kNumber), &value, sizeof value);
  return *this;
}

RowBuilder& RowBuilder::Flag(bool value) {
  *Next(RowLayout::Kind::kFlag) = static_cast<std::byte>(value);
  return *this;
}

RowBuilder& RowBuilder::Text(std::string_view value) {
  assert(field_ < layout_.fields().size() && value.size() <= layout_.fields()[field_].width);
  std::memcpy(Next(RowLayout::Kind::kText), value.data(), value.size());
  return *this;
}

std::int64_t RowReader::Integer() {
  std::int64_t value = 0;
  std::memcpy(&value, Next(), sizeof value);
  return value;
}

double RowReader::Number() {
  double value = 0;
  std::memcpy(&value, Next(), sizeof value);
  return value;
}

bool RowReader::Flag() { return *Next() != std::byte{0}; }

std::string RowReader::Text() {
  const std::size_t width = layout_.fields()[field_].width;
  const char* const text = reinterpret_cast<const char*>(Next());
  return {text, ::strnlen(text, width)};
}

}  // namespace stunt::recordings::internal
