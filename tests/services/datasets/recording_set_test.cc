#include "stunt/datasets/recording_set.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "stunt/trace/input_error.h"
#include "temporary_folder.h"

namespace stunt::datasets {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;

constexpr const char* kMapping = R"(schema: stunt.mapping/v1
name: mine
source: "my own recordings"
scope: recorded_human
files:
  pattern: '(\w+)-(\w+)\.csv'
  code: 2
  subject: 1
device:
  name: my_watch
  site: left_wrist
  accelerometer_range_mps2: 78.5
events:
  window: whole_trace
  onset_before_s: 0.015
subjects:
  - {pattern: 'anna', tags: {sex: f}}
activities:
  trip: {label: fall, activity: trip_forward, event: fall}
  walk: {label: adl, activity: walk}
)";

// The largest |a| is at 0.02 s: 3² + 4² + 12² = 13².
constexpr const char* kTrace = "t_s,ax,ay,az\n0.00,0,0,9.8\n0.01,1,9,1\n0.02,3,-4,12\n0.03,3,4,-12\n0.04,1,2,3\n";

class RecordingSetTest : public TemporaryFolder {
 protected:
  [[nodiscard]] std::string MappingMessage(const std::string& from, const std::string& to) const {
    std::string text = kMapping;
    text.replace(text.find(from), from.size(), to);
    return MessageOf([&] { (void)ParseMapping(text, "m.yaml"); });
  }
};

TEST_F(RecordingSetTest, AFolderWithItsMappingTellsCaseTruthAndTags) {
  Put("mapping.yaml", kMapping);
  Put("anna-trip.csv", kTrace);
  Put("bert-walk.csv", kTrace);
  Put("notes.csv", "x\n");
  const RecordingSet set = RecordingSet::Open(folder_);
  ASSERT_EQ(set.size(), 2U);
  EXPECT_EQ(set.unmatched(), (std::vector<fs::path>{folder_ / "notes.csv"}));
  EXPECT_EQ(set.explained_by(), "mine");

  const trace::Recording fall = set.Load(0);
  EXPECT_EQ(fall.info.case_id, "anna-trip");
  EXPECT_EQ(fall.info.scenario_id, "trip");
  EXPECT_EQ(fall.info.subject_id, "anna");
  EXPECT_EQ(fall.info.label, "fall");
  EXPECT_EQ(fall.info.scope, trace::Scope::kRecordedHuman);
  EXPECT_EQ(fall.info.tags.at("sex"), "f");
  EXPECT_EQ(fall.info.tags.at("activity"), "trip_forward");
  EXPECT_EQ(fall.info.start_ns, 0);
  EXPECT_EQ(fall.info.end_ns, 50'000'000);
  ASSERT_EQ(fall.info.truth.events.size(), 1U);
  EXPECT_EQ(fall.info.truth.events[0].ref_ns, 20'000'000) << "the first of two equal peaks";
  EXPECT_EQ(fall.info.truth.events[0].onset_ns, 5'000'000);
  EXPECT_EQ(fall.info.truth.events[0].end_ns, 50'000'000);
  EXPECT_EQ(fall.channels[0].spec.device, "my_watch@left_wrist");
  EXPECT_EQ(fall.channels[0].spec.range, 78.5);
  EXPECT_EQ(fall.channels[0].spec.rate_hz, 100);

  const trace::Recording walk = set.Load(1);
  EXPECT_TRUE(walk.info.truth.events.empty());
  EXPECT_FALSE(walk.info.tags.contains("sex"));
}

TEST_F(RecordingSetTest, OneFileTakesTheMappingOfItsFolder) {
  Put("mapping.yaml", kMapping);
  const RecordingSet set = RecordingSet::Open(Put("anna-trip.csv", kTrace));
  ASSERT_EQ(set.size(), 1U);
  EXPECT_EQ(set.Load(0).info.label, "fall");
}

TEST_F(RecordingSetTest, TheGivenMappingWins) {
  Put("weda_fall/anna-walk.csv", kTrace);
  const fs::path mapping = Put("elsewhere.yaml", kMapping);
  EXPECT_EQ(RecordingSet::Open(folder_ / "weda_fall", mapping).Load(0).info.label, "adl");
}

TEST_F(RecordingSetTest, WedaFallIsKnownByFolderNameAndByFileNames) {
  for (const std::string folder : {"weda_fall", "other_people"}) {
    Put(folder + "/F01_U08_R01.csv", kTrace);
    Put(folder + "/D07_U25_R02.csv", kTrace);
    Put(folder + "/fall_timestamps.csv", "filename,start_time,end_time\nF01_U08_R01,0.025,0.04\n");
    const RecordingSet set = RecordingSet::Open(folder_ / folder / "");
    ASSERT_EQ(set.size(), 2U);
    EXPECT_EQ(set.explained_by(), "weda_fall");
    const trace::Recording stumble = set.Load(0);
    EXPECT_EQ(stumble.info.label, "near_fall");
    EXPECT_EQ(stumble.info.tags.at("age_group"), "elder");
    const trace::TruthEvent event = set.Load(1).info.truth.events.at(0);
    EXPECT_EQ(event.onset_ns, 25'000'000);
    EXPECT_EQ(event.ref_ns, 30'000'000) << "the earlier peak is outside the window";
    EXPECT_EQ(event.end_ns, 40'000'000);
  }
}

TEST_F(RecordingSetTest, WhatIsMissingIsSaid) {
  EXPECT_THAT(MessageOf([&] { (void)RecordingSet::Open(folder_ / "nowhere"); }), HasSubstr("no such file"));
  EXPECT_THAT(MessageOf([&] { (void)RecordingSet::Open(folder_); }), HasSubstr("--mapping"));
  Put("weda_fall/readme.csv", "x");
  EXPECT_THAT(MessageOf([&] { (void)RecordingSet::Open(folder_ / "weda_fall"); }), HasSubstr("no file name fits"));
  Put("weda_fall/F01_U08_R01.csv", kTrace);
  EXPECT_THAT(MessageOf([&] { (void)RecordingSet::Open(folder_ / "weda_fall"); }), HasSubstr("fall_timestamps.csv"));
}

TEST_F(RecordingSetTest, WrongTimestampsAreRefused) {
  Put("weda_fall/F01_U08_R01.csv", kTrace);
  const auto message = [&](const std::string& rows) {
    Put("weda_fall/fall_timestamps.csv", rows);
    return MessageOf([&] { (void)RecordingSet::Open(folder_ / "weda_fall").Load(0); });
  };
  const std::string head = "filename,start_time,end_time\n";
  EXPECT_THAT(message("name,start,end\n"), HasSubstr("fall_timestamps.csv:1"));
  EXPECT_THAT(message(head + "F01_U08_R01,1\n"), HasSubstr("fall_timestamps.csv:2"));
  EXPECT_THAT(message(head + "F01_U08_R01,1,nan\n"), HasSubstr("a time in seconds"));
  EXPECT_THAT(message(head + "F01_U08_R01,2,1\n"), HasSubstr("ends before it starts"));
  EXPECT_THAT(message(head + "F01_U08_R01,0,1\nF01_U08_R01,0,1\n"), HasSubstr(":3: \"F01_U08_R01\" is given twice"));
  EXPECT_THAT(message(head), HasSubstr("no line for F01_U08_R01"));
  EXPECT_THAT(message(head + "F01_U08_R01,7,8\n"), HasSubstr("no sample between"));
}

TEST_F(RecordingSetTest, ACodeWithoutActivityIsRefused) {
  Put("mapping.yaml", kMapping);
  Put("anna-dance.csv", kTrace);
  EXPECT_THAT(MessageOf([&] { (void)RecordingSet::Open(folder_).Load(0); }), HasSubstr("\"dance\""));
}

TEST_F(RecordingSetTest, MappingErrorsNameLineKeyAndWhatIsAccepted) {
  EXPECT_THAT(MappingMessage("site: left", "place: left"),
              HasSubstr("m.yaml:9: 'device' is incomplete: key 'site' is missing"));
  EXPECT_THAT(MappingMessage("  site: left_wrist", "  site: left_wrist\n  colour: red"),
              AllOf(HasSubstr("m.yaml:12: unknown key 'colour' in 'device'"), HasSubstr("accelerometer_range_mps2")));
  EXPECT_THAT(MappingMessage("recorded_human", "people"),
              HasSubstr("m.yaml:4: 'scope' is 'people' (accepted: recorded_human, simulated_population)"));
  EXPECT_THAT(MappingMessage("(\\w+)-", "(\\w+-"), HasSubstr("m.yaml:6: 'pattern' is no regular expression"));
  EXPECT_THAT(MappingMessage("(\\w+)-", std::string(30'000, '(')),
              HasSubstr("regular expression"));  // no deep recursion
  EXPECT_THAT(MappingMessage("onset_before_s: 0.015", "onset_before_s: 1e300"), HasSubstr("from 0 to 86400"));
  EXPECT_THAT(MappingMessage("code: 2", "code: 3"),
              HasSubstr("m.yaml:7: 'code' is '3'; accepted: a whole number from 1"));
  EXPECT_THAT(MappingMessage("78.5", "wide"), HasSubstr("m.yaml:12: 'accelerometer_range_mps2' is 'wide'"));
  EXPECT_THAT(MappingMessage("78.5", "-1"), HasSubstr("a number of at least 0"));
  EXPECT_THAT(MappingMessage("whole_trace", "half"),
              HasSubstr("m.yaml:14: 'window' is 'half' (accepted: timestamps, whole_trace)"));
  EXPECT_THAT(MappingMessage("whole_trace", "timestamps\n  file: ../x.csv"), HasSubstr("m.yaml:15: 'file' is no name"));
  EXPECT_THAT(MappingMessage("walk: {label", "trip: {label"), HasSubstr("m.yaml:20: key 'trip' was given in line 19"));
  EXPECT_THAT(MappingMessage("schema: stunt.mapping/v1", "schema: [1"), HasSubstr("m.yaml:"));
  EXPECT_THAT(MappingMessage("stunt.mapping/v1", "stunt.mapping/v2"), HasSubstr("m.yaml:1: 'schema' is"));
}

TEST_F(RecordingSetTest, HostileMappingsAreRefused) {
  EXPECT_THAT(MappingMessage("label: adl", "label: &a adl"), HasSubstr("m.yaml:20: anchors are not accepted"));
  for (const std::string& text : {std::string(), std::string("- 1\n"), std::string(100'000, '['),
                                  "a: " + std::string(40, '[') + std::string(40, ']'), std::string("a: \x01\n")}) {
    EXPECT_THAT(MessageOf([&] { (void)ParseMapping(text, "m.yaml"); }), HasSubstr("m.yaml:1: ")) << text.substr(0, 20);
  }
}

TEST_F(RecordingSetTest, ShippedMappingsAreValid) {
  EXPECT_EQ(ShippedMappingTexts().size(), 2U);
  for (const auto& [name, text] : ShippedMappingTexts()) EXPECT_EQ(ParseMapping(text, name).name, name);
}

}  // namespace
}  // namespace stunt::datasets
