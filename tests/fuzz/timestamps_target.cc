// The file of times that belongs to a folder of recordings.
#include "fuzz_target.h"
#include "stunt/datasets/recording_set.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using stunt::fuzz::Put;
  static const std::filesystem::path samples = Put("F01_P1.csv", "t_s,ax,ay,az\n0,0,0,9.8\n0.01,0,20,9\n");
  static const std::filesystem::path mapping = Put("mapping.yaml", R"(schema: stunt.mapping/v1
name: written
source: written for the fuzzer
scope: recorded_human
files: {pattern: '(F\d\d)_(P\d)\.csv', code: 1, subject: 2}
device: {name: watch, site: wrist}
events: {window: timestamps, file: times.csv, onset_before_s: 0.5}
activities: {F01: {label: fall, activity: trip, event: fall}}
)");
  static_cast<void>(Put("times.csv", stunt::fuzz::AsText(data, size)));
  stunt::fuzz::ReadOrRefuse([&] { static_cast<void>(stunt::datasets::RecordingSet::Open(samples, mapping).Load(0)); });
  return 0;
}
