#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "hdf5_handles.h"

namespace stunt::recordings::internal {

/// Columns of a table whose rows are one compound value of HDF5 each: packed, little-endian, texts of fixed width
/// (UTF-8, filled up with 0), booleans as h5py knows them.
class RowLayout {
 public:
  enum class Kind { kInteger, kNumber, kFlag, kText };
  struct Field {
    std::string name;
    Kind kind = Kind::kInteger;
    std::size_t width = 8;  // bytes
    std::size_t offset = 0;
  };

  RowLayout& Add(std::string name, Kind kind, std::size_t width = 0);

  [[nodiscard]] Handle MakeType() const;
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] const std::vector<Field>& fields() const { return fields_; }

  /// The same columns with the widths of texts that a file has.
  /// @throws Hdf5Error where the file's type has other columns or kinds.
  [[nodiscard]] RowLayout WithWidthsOf(hid_t file_type) const;

 private:
  std::vector<Field> fields_;
  std::size_t size_ = 0;
};

/// Puts the values of one row one after the other, in the order of the columns.
class RowBuilder {
 public:
  explicit RowBuilder(const RowLayout& layout) : layout_(layout), bytes_(layout.size()) {}

  RowBuilder& Integer(std::int64_t value);
  RowBuilder& Number(double value);
  RowBuilder& Flag(bool value);
  /// @pre not longer than the column.
  RowBuilder& Text(std::string_view value);

  [[nodiscard]] const std::byte* bytes() const { return bytes_.data(); }

 private:
  std::byte* Next(RowLayout::Kind kind);

  const RowLayout& layout_;
  std::vector<std::byte> bytes_;
  std::size_t field_ = 0;
};

/// Gets the values of one row in the order of the columns.
class RowReader {
 public:
  RowReader(const RowLayout& layout, const std::byte* row) : layout_(layout), row_(row) {}

  [[nodiscard]] std::int64_t Integer();
  [[nodiscard]] double Number();
  [[nodiscard]] bool Flag();
  [[nodiscard]] std::string Text();

 private:
  const std::byte* Next() { return row_ + layout_.fields()[field_++].offset; }

  const RowLayout& layout_;
  const std::byte* row_;
  std::size_t field_ = 0;
};

}  // namespace stunt::recordings::internal
