#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "hdf5_handles.h"

namespace stunt::recordings::internal {

/// A dataset that grows row by row. Every chunk is written once, when it is full, so that less than a chunk is in
/// memory.
class GrowingDataset {
 public:
  /// @param type            of a value, in the file as in memory.
  /// @param row             shape of one row: {} one value, {3} three.
  /// @param rows_per_chunk  shuffled, deflated and checksummed together.
  GrowingDataset(hid_t parent, const std::string& name, hid_t type, const std::vector<hsize_t>& row,
                 hsize_t rows_per_chunk);

  /// `count` rows, packed.
  void Append(const void* rows, std::size_t count);

  /// Writes what is left and closes. Once.
  void Finish();

  [[nodiscard]] hid_t id() const { return dataset_.get(); }

 private:
  void WriteBuffer();

  std::string name_;
  Handle type_;
  Handle dataset_;
  std::vector<hsize_t> row_;
  std::size_t row_bytes_ = 0;
  hsize_t rows_per_chunk_ = 0;
  hsize_t written_ = 0;  // rows
  std::vector<std::byte> buffer_;
};

}  // namespace stunt::recordings::internal
