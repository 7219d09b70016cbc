// A file of recordings (HDF5). Its reader is a child process, so what breaks HDF5 is a refusal and no finding.
#include "fuzz_target.h"
#include "stunt/recordings/recording_file.h"

using stunt::fuzz::Require;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::filesystem::path file = stunt::fuzz::Put("recording.h5", stunt::fuzz::AsText(data, size));
  stunt::fuzz::ReadOrRefuse([&] {
    for (const std::string& case_id : stunt::recordings::CaseIds(file)) {
      for (const auto signal : {stunt::recordings::Signal::kDegraded, stunt::recordings::Signal::kClean}) {
        const stunt::trace::Recording recording = stunt::recordings::Load(file, case_id, signal);
        Require(recording.info.case_id == case_id, "a case is the one that was asked for");
        for (const stunt::trace::ChannelTrace& channel : recording.channels) {
          const stunt::trace::SampleBlock& samples = channel.samples;
          for (std::size_t i = 1; i < samples.size(); ++i) {
            Require(samples.TimeNs(i) >= samples.TimeNs(i - 1), "time does not run backwards");
          }
        }
      }
    }
    Require(stunt::recordings::Inspect(file).bytes == size, "a file is as long as it is");
  });
  return 0;
}
