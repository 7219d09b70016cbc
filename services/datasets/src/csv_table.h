#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "stunt/trace/channel.h"

namespace stunt::datasets {

/// The largest magnitude of a time in any file, ns: 95 years, so that unix time fits. The difference of two such times,
/// added to a third, stays in 64 bits.
inline constexpr std::int64_t kLargestTimeNs = 3'000'000'000'000'000'000;

/// The numbers of one CSV file.
struct CsvTable {
  std::vector<std::int64_t> time_ns;  // strictly increasing
  std::vector<float> accelerometer;   // samples × 3, m/s²
  std::vector<float> gyroscope;       // samples × 3, rad/s; empty without those columns
  bool times_are_exact = false;       // t_ns, against the rounded t_s of recorded people
};

/// Reads a CSV file with one of the four headers `t_ns,ax_mps2,ay_mps2,az_mps2[,gx_radps,gy_radps,gz_radps]` and
/// `t_s,ax,ay,az[,gx,gy,gz]`. Lines may end in CR LF; the last line must be ended too, or the file counts as truncated.
/// @throws trace::InputError with file:line.
[[nodiscard]] CsvTable ReadCsvTable(const std::filesystem::path& path);

/// Sets the times of a block: a period where they are uniform (exactly, or within 1 % of the period where the file
/// rounds its times), offsets elsewhere.
void SetTimes(const CsvTable& table, trace::SampleBlock& block);

/// Nominal rate of the table, from its mean period; Hz.
[[nodiscard]] double MeanRateHz(const CsvTable& table);

}  // namespace stunt::datasets
