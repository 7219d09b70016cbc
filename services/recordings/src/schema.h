#pragma once

#include <hdf5.h>

#include <cstdint>

#include "row_layout.h"
#include "stunt/trace/channel.h"
#include "stunt/trace/recording.h"
#include "stunt/trace/time.h"

// Names and sizes of docs/format.md.
namespace stunt::recordings::internal {

inline constexpr const char* kSchema = "stunt.recordings/v1";
inline constexpr std::int64_t kLargestTimeNs = 3'000'000'000'000'000'000;  // either sign; as in CSV files

// A chunk is what is read, checked and decompressed as one, and what a writer keeps in memory of each dataset: 41 s at
// 100 Hz, 48 KiB of three axes.
inline constexpr hsize_t kSamplesPerChunk = 4096;
inline constexpr hsize_t kPosesPerChunk = 256;  // 5 s; 54 KiB
inline constexpr hsize_t kRowsPerChunk = 64;    // of truth tables
inline constexpr std::size_t kSegmentWidth = 16;

/// What the columns of a channel are called: "x,y,z".
[[nodiscard]] const char* AxesOf(const trace::ChannelSpec& spec);
/// The frame of a channel's values: "S", the device's sensor frame, or "none".
[[nodiscard]] const char* FrameOf(const trace::ChannelSpec& spec);

[[nodiscard]] trace::SensorKind KindNamed(const std::string& name);  // kUnspecified for an unknown one
[[nodiscard]] const char* NameOfScope(trace::Scope scope);
/// @throws Hdf5Error for an unknown one.
[[nodiscard]] trace::Scope ScopeNamed(const std::string& name);

// The truth tables. Widths are those of the longest text.
[[nodiscard]] RowLayout EventRows(std::size_t id_width, std::size_t class_width);
[[nodiscard]] RowLayout ActivityRows(std::size_t label_width);
[[nodiscard]] RowLayout RepetitionRows(std::size_t exercise_width);
[[nodiscard]] RowLayout ContactRows();
[[nodiscard]] RowLayout HeartRateRows();

}  // namespace stunt::recordings::internal
