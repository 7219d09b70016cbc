#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <map>
#include <set>

#include "stunt/datasets/recording_set.h"

namespace stunt::datasets {
namespace {

std::filesystem::path RecordedFolder(const std::string& name) {
  const char* const folder = std::getenv("STUNT_RECORDED_DIR");
  return folder == nullptr ? std::filesystem::path() : std::filesystem::path(folder) / name;
}

// Counts from the read-me of the recordings and `ls`, not from the loader.
TEST(RecordedPeople, WedaFallLoadsWhole) {
  const std::filesystem::path folder = RecordedFolder("weda_fall");
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << "no recordings in STUNT_RECORDED_DIR";
  const RecordingSet set = RecordingSet::Open(folder);
  EXPECT_EQ(set.size(), 486U);
  EXPECT_TRUE(set.unmatched().empty());
  std::size_t falls = 0;
  std::set<std::string> subjects;
  for (std::size_t i = 0; i < set.size(); ++i) {
    const trace::Recording recording = set.Load(i);
    ASSERT_EQ(recording.channels.size(), 2U);
    EXPECT_TRUE(recording.channels[0].samples.time_offsets_ns.empty());
    EXPECT_EQ(recording.channels[0].samples.period_ns, 20'000'000);
    subjects.insert(recording.info.subject_id);
    EXPECT_EQ(recording.info.truth.events.empty(), recording.info.label != "fall");
    falls += recording.info.truth.events.size();
  }
  EXPECT_EQ(falls, 175U);
  EXPECT_EQ(subjects.size(), 13U);
}

TEST(RecordedPeople, SisFallPeaksLieFourSecondsIn) {
  const std::filesystem::path folder = RecordedFolder("sisfall");
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << "no recordings in STUNT_RECORDED_DIR";
  const RecordingSet set = RecordingSet::Open(folder);
  EXPECT_EQ(set.size(), 382U);
  std::size_t falls = 0;
  for (std::size_t i = 0; i < set.size(); ++i) {
    for (const trace::TruthEvent& event : set.Load(i).info.truth.events) {
      EXPECT_LE(event.ref_ns, 4'010'000'000) << set.file(i);
      EXPECT_EQ(event.onset_ns, std::max<std::int64_t>(0, event.ref_ns - 2'000'000'000));
      ++falls;
    }
  }
  EXPECT_EQ(falls, 270U);
}

}  // namespace
}  // namespace stunt::datasets
