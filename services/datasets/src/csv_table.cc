#include "csv_table.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <string>
#include <string_view>

#include "line_reader.h"
#include "stunt/trace/input_error.h"

namespace stunt::datasets {
namespace {

// Beyond any sensor: 1000 g and 57 000 °/s. A file with such a value is damaged or in another unit.
constexpr float kLargestAcceleration = 1e4F;  // m/s²
constexpr float kLargestRate = 1e3F;          // rad/s
constexpr double kUniform = 0.01;             // of the period

struct Layout {
  std::string_view header;
  bool times_in_ns;
  std::size_t columns;
};

constexpr std::array<Layout, 4> kLayouts = {{{"t_ns,ax_mps2,ay_mps2,az_mps2", true, 4},
                                             {"t_ns,ax_mps2,ay_mps2,az_mps2,gx_radps,gy_radps,gz_radps", true, 7},
                                             {"t_s,ax,ay,az", false, 4},
                                             {"t_s,ax,ay,az,gx,gy,gz", false, 7}}};

const Layout& LayoutOf(const LineReader& reader) {
  for (const Layout& layout : kLayouts) {
    if (reader.line() == layout.header) return layout;
  }
  throw trace::InputError(
      fmt::format("{}: unknown header {}; accepted: t_ns,ax_mps2,ay_mps2,az_mps2[,gx_radps,gy_radps,gz_radps] or "
                  "t_s,ax,ay,az[,gx,gy,gz]",
                  reader.Where(), Quoted(reader.line())));
}

std::string_view ColumnName(const Layout& layout, std::size_t column) {
  std::string_view rest = layout.header;
  for (; column > 0; --column) rest.remove_prefix(rest.find(',') + 1);
  return rest.substr(0, rest.find(','));
}

[[noreturn]] void Refuse(const LineReader& reader, const Layout& layout, std::size_t column, std::string_view field,
                         std::string_view accepted) {
  throw trace::InputError(
      fmt::format("{}: {} = {}; accepted: {}", reader.Where(), ColumnName(layout, column), Quoted(field), accepted));
}

template <typename Number>
bool Parse(std::string_view field, Number& number) {
  const char* const end = field.data() + field.size();
  const auto [stop, error] = std::from_chars(field.data(), end, number);
  return error == std::errc() && stop == end;
}

std::int64_t ParseTime(const LineReader& reader, const Layout& layout, std::string_view field) {
  if (layout.times_in_ns) {
    std::int64_t time_ns = 0;
    if (!Parse(field, time_ns) || time_ns < -kLargestTimeNs || time_ns > kLargestTimeNs) {
      Refuse(reader, layout, 0, field, "whole nanoseconds within ±3e18");
    }
    return time_ns;
  }
  double time_s = 0;
  if (!Parse(field, time_s) || !std::isfinite(time_s) || std::abs(time_s) > 1e-9 * kLargestTimeNs) {
    Refuse(reader, layout, 0, field, "seconds within ±3e9");
  }
  return std::llround(time_s * 1e9);
}

float ParseValue(const LineReader& reader, const Layout& layout, std::size_t column, std::string_view field) {
  const bool is_rate = column > 3;
  const float limit = is_rate ? kLargestRate : kLargestAcceleration;
  float value = 0;
  // The negated comparison refuses NaN too.
  if (!Parse(field, value) || !(std::abs(value) <= limit)) {
    Refuse(reader, layout, column, field,
           is_rate ? "a finite number of rad/s within ±1000" : "a finite number of m/s² within ±10000");
  }
  return value;
}

void ParseRow(const LineReader& reader, const Layout& layout, CsvTable& table) {
  std::string_view rest = reader.line();
  for (std::size_t column = 0; column < layout.columns; ++column) {
    const std::size_t comma = rest.find(',');
    const bool is_last = column + 1 == layout.columns;
    if ((comma == std::string_view::npos) != is_last) {
      throw trace::InputError(fmt::format("{}: {} has not the {} columns of the header {}", reader.Where(),
                                          Quoted(reader.line()), layout.columns, layout.header));
    }
    const std::string_view field = rest.substr(0, comma);
    if (column == 0) {
      const std::int64_t time_ns = ParseTime(reader, layout, field);
      if (!table.time_ns.empty() && time_ns <= table.time_ns.back()) {
        Refuse(reader, layout, column, field, "a time later than the line before");
      }
      table.time_ns.push_back(time_ns);
    } else {
      (column > 3 ? table.gyroscope : table.accelerometer).push_back(ParseValue(reader, layout, column, field));
    }
    if (!is_last) rest.remove_prefix(comma + 1);
  }
}

}  // namespace

CsvTable ReadCsvTable(const std::filesystem::path& path) {
  LineReader reader(path);
  if (!reader.Next()) throw trace::InputError(fmt::format("{}: the file is empty", reader.Where()));
  const Layout& layout = LayoutOf(reader);
  CsvTable table;
  table.times_are_exact = layout.times_in_ns;
  while (reader.Next()) ParseRow(reader, layout, table);
  if (table.time_ns.size() < 2) {
    throw trace::InputError(fmt::format("{}: {} samples; accepted: 2 or more", reader.Where(), table.time_ns.size()));
  }
  return table;
}

void SetTimes(const CsvTable& table, trace::SampleBlock& block) {
  const std::vector<std::int64_t>& times = table.time_ns;
  const std::int64_t first = times.front();
  const std::int64_t steps = static_cast<std::int64_t>(times.size()) - 1;
  // Half a step up, so that a mean period that is no whole number of nanoseconds is rounded, not cut.
  block.period_ns = (times.back() - first + steps / 2) / steps;
  block.first_time_ns = first;
  const std::int64_t tolerance_ns =
      table.times_are_exact ? 0 : static_cast<std::int64_t>(kUniform * static_cast<double>(block.period_ns));
  bool uniform = true;
  for (std::int64_t i = 0; uniform && i <= steps; ++i) {
    uniform = std::abs(times[static_cast<std::size_t>(i)] - first - i * block.period_ns) <= tolerance_ns;
  }
  block.time_offsets_ns.clear();
  if (uniform) return;
  block.time_offsets_ns.reserve(times.size());
  for (const std::int64_t time_ns : times) block.time_offsets_ns.push_back(time_ns - first);
}

double MeanRateHz(const CsvTable& table) {
  const double span_s = 1e-9 * static_cast<double>(table.time_ns.back() - table.time_ns.front());
  return static_cast<double>(table.time_ns.size() - 1) / span_s;
}

}  // namespace stunt::datasets
