// A truth file beside the samples of one device, a.csv.
#include "fuzz_target.h"
#include "stunt/datasets/csv_recording.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using stunt::fuzz::Put;
  static const std::filesystem::path samples =
      Put("a.csv", "t_ns,ax_mps2,ay_mps2,az_mps2,gx_radps,gy_radps,gz_radps\n0,0,0,9.8,0,0,0\n10000000,0,1,9,0,0,1\n");
  const std::filesystem::path file = Put("a.truth.json", stunt::fuzz::AsText(data, size));
  stunt::fuzz::ReadOrRefuse([&] {
    const stunt::trace::Recording recording = stunt::datasets::ReadCsvRecording(file);
    for (const stunt::trace::TruthEvent& event : recording.info.truth.events) {
      stunt::fuzz::Require(event.end_ns - event.onset_ns >= 0, "an event does not end before it begins");
      stunt::fuzz::Require(event.ref_ns - event.onset_ns < INT64_MAX, "times can be subtracted");
    }
    for (const stunt::trace::ActivitySegment& segment : recording.info.truth.activities) {
      stunt::fuzz::Require(segment.end_ns - segment.start_ns < INT64_MAX, "times can be subtracted");
    }
    stunt::fuzz::Require(recording.info.end_ns - recording.info.start_ns < INT64_MAX, "times can be subtracted");
  });
  stunt::fuzz::ReadOrRefuse([&] { static_cast<void>(stunt::datasets::ReadCsvRecording(samples)); });
  return 0;
}
