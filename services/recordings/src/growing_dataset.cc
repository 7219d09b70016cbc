#include "growing_dataset.h"

#include <algorithm>

namespace stunt::recordings::internal {
namespace {

// Measured on four devices for 37 s, 2.94 MB: 1.42 MB in 50 ms of CPU. Level 1: 1.46 MB in 46 ms; level 6: 1.42 MB in
// 54 ms; level 4 without shuffle: 1.98 MB in 78 ms.
constexpr unsigned kDeflateLevel = 4;

Handle CreationProperties(const std::vector<hsize_t>& chunk) {
  Handle creation = Properties(H5P_DATASET_CREATE);
  const hid_t id = creation.get();
  Check(H5Pset_obj_track_times(id, false), "leave out times");
  Check(H5Pset_chunk(id, static_cast<int>(chunk.size()), chunk.data()), "set the chunk");
  // The part of the last chunk beyond the end is written too: as zeros, not as what the heap held.
  Check(H5Pset_fill_time(id, H5D_FILL_TIME_ALLOC), "set the fill time");
  Check(H5Pset_shuffle(id), "set the filters");
  Check(H5Pset_deflate(id, kDeflateLevel), "set the filters");
  // Last: a reader checks the compressed bytes before it decompresses them.
  Check(H5Pset_fletcher32(id), "set the filters");
  return creation;
}

std::vector<hsize_t> WithRows(hsize_t rows, const std::vector<hsize_t>& row) {
  std::vector<hsize_t> shape = {rows};
  shape.insert(shape.end(), row.begin(), row.end());
  return shape;
}

}  // namespace

GrowingDataset::GrowingDataset(hid_t parent, const std::string& name, hid_t type, const std::vector<hsize_t>& row,
                               hsize_t rows_per_chunk)
    : name_(name),
      type_(H5Tcopy(type), H5Tclose, "make a type"),
      row_(row),
      row_bytes_(H5Tget_size(type)),
      rows_per_chunk_(rows_per_chunk) {
  for (const hsize_t extent : row) row_bytes_ *= extent;
  const std::vector<hsize_t> none = WithRows(0, row);
  const std::vector<hsize_t> most = WithRows(H5S_UNLIMITED, row);
  const Handle space(H5Screate_simple(static_cast<int>(none.size()), none.data(), most.data()), H5Sclose,
                     "make a dataspace");
  const Handle creation = CreationProperties(WithRows(rows_per_chunk, row));
  const Handle access = Properties(H5P_DATASET_ACCESS);
  // No chunk is touched twice, so none needs a cache.
  Check(H5Pset_chunk_cache(access.get(), 1, 0, 1), "set the cache");
  dataset_ =
      Handle(H5Dcreate2(parent, name.c_str(), type_.get(), space.get(), H5P_DEFAULT, creation.get(), access.get()),
             H5Dclose, "write " + name);
}

void GrowingDataset::Append(const void* rows, std::size_t count) {
  const std::size_t chunk_bytes = rows_per_chunk_ * row_bytes_;
  const auto* next = static_cast<const std::byte*>(rows);
  for (std::size_t left = count * row_bytes_; left > 0;) {
    const std::size_t part = std::min(left, chunk_bytes - buffer_.size());
    buffer_.insert(buffer_.end(), next, next + part);
    next += part;
    left -= part;
    if (buffer_.size() == chunk_bytes) WriteBuffer();
  }
}

void GrowingDataset::WriteBuffer() {
  const hsize_t rows = buffer_.size() / row_bytes_;
  if (rows == 0) return;
  const std::vector<hsize_t> shape = WithRows(rows, row_);
  Check(H5Dset_extent(dataset_.get(), WithRows(written_ + rows, row_).data()), "write " + name_);
  const Handle file_space(H5Dget_space(dataset_.get()), H5Sclose, "write " + name_);
  std::vector<hsize_t> start(shape.size(), 0);
  start[0] = written_;
  Check(H5Sselect_hyperslab(file_space.get(), H5S_SELECT_SET, start.data(), nullptr, shape.data(), nullptr),
        "write " + name_);
  const Handle memory_space(H5Screate_simple(static_cast<int>(shape.size()), shape.data(), nullptr), H5Sclose,
                            "write " + name_);
  Check(H5Dwrite(dataset_.get(), type_.get(), memory_space.get(), file_space.get(), H5P_DEFAULT, buffer_.data()),
        "write " + name_);
  written_ += rows;
  buffer_.clear();
}

void GrowingDataset::Finish() {
  WriteBuffer();
  dataset_.CloseNow("write " + name_);
}

}  // namespace stunt::recordings::internal
