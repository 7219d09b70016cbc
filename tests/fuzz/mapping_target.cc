// A mapping file, and what it makes of a recording and its times.
#include "fuzz_target.h"
#include "stunt/datasets/mapping.h"
#include "stunt/datasets/recording_set.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using stunt::fuzz::Put;
  static const std::filesystem::path samples =
      Put("F01_SA01_R01.csv", "t_s,ax,ay,az\n0,0,0,9.8\n0.01,0,20,9\n0.02,0,1,9\n");
  static const std::filesystem::path times = Put("times.csv", "filename,start_time,end_time\nF01_SA01_R01,0,0.02\n");
  const std::string text(stunt::fuzz::AsText(data, size));
  const bool accepted =
      stunt::fuzz::ReadOrRefuse([&] { static_cast<void>(stunt::datasets::ParseMapping(text, "fuzz.yaml")); });
  if (!accepted) return 0;
  const std::filesystem::path mapping = Put("mapping.yaml", text);
  stunt::fuzz::ReadOrRefuse([&] {
    const auto recording = stunt::datasets::RecordingSet::Open(samples, mapping).Load(0);
    for (const stunt::trace::TruthEvent& event : recording.info.truth.events) {
      stunt::fuzz::Require(event.onset_ns <= event.ref_ns && event.ref_ns <= event.end_ns,
                           "an event's peak lies between its onset and its end");
    }
  });
  return 0;
}
