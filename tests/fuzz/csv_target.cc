// A CSV file of samples, by itself.
#include "csv_table.h"
#include "fuzz_target.h"
#include "stunt/datasets/recording_set.h"

namespace {

using stunt::fuzz::Require;

void Check(const stunt::datasets::CsvTable& table) {
  const std::size_t samples = table.time_ns.size();
  Require(table.accelerometer.size() == 3 * samples, "every row has an acceleration");
  Require(table.gyroscope.empty() || table.gyroscope.size() == 3 * samples, "every row has a rate or none has");
  stunt::trace::SampleBlock block;
  SetTimes(table, block);
  block.values = table.accelerometer;
  Require(block.period_ns >= 0, "time does not run backwards");
  Require(!table.times_are_exact || block.TimeNs(samples - 1) == table.time_ns.back(), "exact times stay exact");
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::filesystem::path file = stunt::fuzz::Put("trace.csv", stunt::fuzz::AsText(data, size));
  stunt::fuzz::ReadOrRefuse([&] {
    Check(stunt::datasets::ReadCsvTable(file));
    const stunt::trace::Recording recording = stunt::datasets::RecordingSet::Open(file).Load(0);
    Require(recording.info.start_ns < recording.info.end_ns, "a recording lasts");
  });
  return 0;
}
