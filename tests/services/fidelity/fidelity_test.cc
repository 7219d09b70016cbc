#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "stunt/fidelity/compare.h"
#include "stunt/fidelity/detector_bank.h"
#include "stunt/fidelity/report.h"
#include "stunt/fidelity/trials.h"
#include "stunt/metrics/samples.h"
#include "stunt/random/random.h"
#include "stunt/trace/input_error.h"

// The comparison on people that are made up, so that its answers are known beforehand.
namespace stunt::fidelity {
namespace {

using metrics::Feature;

double& At(Trial& trial, Feature feature) { return trial.features[static_cast<std::size_t>(feature)]; }

// A fall has a peak of about 4 g and lies down; daily living has 1.5 g and stays up. `harder` adds to every peak.
Trial MakeUp(const std::string& code, const std::string& person, random::Stream& stream, double harder = 0) {
  Trial trial;
  trial.code = code;
  trial.subject_id = person;
  trial.fall = code[0] == 'F';
  for (double& feature : trial.features) feature = stream.Uniform(0, 1);
  At(trial, Feature::kPeak) = (trial.fall ? 4 : 1.5) + stream.Uniform(-0.9, 0.9) + harder;
  At(trial, Feature::kTilt) = (trial.fall ? 70 : 20) + stream.Uniform(-30, 30);
  At(trial, Feature::kLowest) = (trial.fall ? 0.4 : 0.7) + stream.Uniform(-0.4, 0.4);
  trial.alarms = Alarms(trial.features, {});
  trial.waveform.a_S.assign(32, Eigen::Vector3d::UnitZ());
  trial.waveform.w_S.assign(32, Eigen::Vector3d::Zero());
  return trial;
}

std::vector<Trial> People(std::uint64_t seed, double harder = 0, int people = 12) {
  random::Stream stream(random::StreamKey{seed, 1});
  std::vector<Trial> trials;
  for (const char* code : {"F01", "F02", "D01", "D02"}) {
    for (int person = 0; person < people; ++person) {
      for (int k = 0; k < 3; ++k) trials.push_back(MakeUp(code, absl::StrCat("P", person), stream, harder));
    }
  }
  return trials;
}

TEST(Compare, OfPeopleWithThemselvesFindsNoDifference) {
  const std::vector<Trial> people = People(1);
  const Fidelity same = Compare(people, people);
  EXPECT_EQ(*same.agreement.falls.mae, 0);
  EXPECT_EQ(*same.agreement.adls.mae, 0);
  EXPECT_NEAR(*same.agreement.falls.spearman, 1, 1e-12);
  EXPECT_NEAR(*same.agreement.ranking_spearman, 1, 1e-12);
  EXPECT_EQ(*same.ks_falls.value, 0);
  for (const ActivityComparison& activity : same.activities) {
    for (const FeatureComparison& feature : activity.features) {
      EXPECT_EQ(*feature.wasserstein, 0);
      EXPECT_TRUE(feature.MedianInside());
    }
  }
}

TEST(Compare, OfTwoDrawsOfTheSamePeopleStaysNearTheCeiling) {
  const Fidelity two = Compare(People(1), People(2));
  EXPECT_LT(*two.agreement.adls.mae, 1.5 * *two.agreement.adls.mae_ceiling);
  EXPECT_NEAR(*two.two_sample.all, 0.5, 0.12);
  EXPECT_GT(*two.transfer.auc, 0.95);
  EXPECT_NEAR(*two.transfer.f1, *two.transfer.f1_real, 0.05);
}

TEST(Compare, OfHarderFallersSeesIt) {
  const Fidelity harder = Compare(People(1), People(2, 3));
  EXPECT_GT(*harder.agreement.adls.mae, 2 * *harder.agreement.adls.mae_ceiling);
  EXPECT_GT(*harder.two_sample.all, 0.9);
  const FeatureComparison& peak = harder.activities.front().features[static_cast<std::size_t>(Feature::kPeak)];
  EXPECT_EQ(peak.ks, 1);
  EXPECT_FALSE(peak.MedianInside());
  // A shift by 3 g over a spread from the 10th to the 90th percentile of a uniform 1.8 g.
  EXPECT_NEAR(*peak.wasserstein, 3 / (0.8 * 1.8), 0.3);
}

TEST(Compare, MeanDifferenceIsThatOfTheRatesItLists) {
  const Fidelity result = Compare(People(1), People(2, 0.5));
  double sum = 0;
  int n = 0;
  for (const char* code : {"D01", "D02"}) {
    const auto& recorded = result.agreement.recorded_rates.at(code);
    const auto& simulated = result.agreement.simulated_rates.at(code);
    ASSERT_EQ(recorded.size(), result.agreement.detectors.size());
    for (std::size_t d = 0; d < recorded.size(); ++d, ++n) sum += std::abs(recorded[d] - simulated[d]);
  }
  EXPECT_NEAR(*result.agreement.adls.mae, sum / n, 1e-12);
}

TEST(Compare, LeavesOutWhatTooFewPeopleDid) {
  std::vector<Trial> people = People(1);
  random::Stream stream(random::StreamKey{9, 1});
  for (int k = 0; k < 9; ++k) people.push_back(MakeUp("D03", k < 8 ? "P1" : "P2", stream));  // nine of two people
  const Fidelity result = Compare(people, people);
  EXPECT_EQ(result.agreement.adls.activities, 2u);
  EXPECT_FALSE(result.agreement.recorded_rates.contains("D03"));
  EXPECT_EQ(result.activities.size(), 5u);
}

// Half of the people against the other is what a third sample of the same people is, but for the numbers of trials:
// 18 against 18 a code there, 36 against 36 here.
TEST(Compare, FloorOfKsIsThatOfTwoDrawsOfTheSamePeople) {
  const Fidelity two = Compare(People(1), People(2));
  EXPECT_NEAR(*two.ks_falls.floor, *two.ks_falls.value, 0.04);
  EXPECT_NEAR(*two.ks_falls.halves / *two.ks_falls.floor, std::sqrt(2.0), 0.1);
  EXPECT_GT(*two.ks_falls.halves, *two.ks_adls.value);
}

TEST(Compare, RanksDetectorsWhereNoActivityOfDailyLivingHasManyTrials) {
  std::vector<Trial> people = People(1);
  std::map<std::string, int> kept;
  std::erase_if(people, [&](const Trial& trial) { return !trial.fall && ++kept[trial.code] > 6; });
  const Fidelity result = Compare(people, People(2));
  EXPECT_EQ(result.agreement.adls.activities, 0u);
  EXPECT_FALSE(result.agreement.adls.mae);
  ASSERT_TRUE(result.agreement.ranking_spearman);
  EXPECT_GT(*result.agreement.ranking_spearman, 0.8);
}

TEST(Compare, ShowsPeopleOneByOneWhereTheyAreFewAndAnIntervalWhereTheyAreMany) {
  const Fidelity few = Compare(People(1, 0, 6), People(2, 0, 6)), many = Compare(People(1), People(2));
  for (const FeatureComparison& feature : few.activities.front().features) {
    EXPECT_FALSE(feature.ks_lo);
    EXPECT_EQ(feature.recorded_medians_by_subject.size(), 6u);
  }
  for (const FeatureComparison& feature : many.activities.front().features) {
    ASSERT_TRUE(feature.ks_lo && feature.ks_hi);
    EXPECT_LE(*feature.ks_lo, *feature.ks_hi);
    EXPECT_TRUE(feature.recorded_medians_by_subject.empty());
  }
}

TEST(DetectorBank, HasThirtyAndMoreOfDifferentNames) {
  std::set<std::string> names;
  for (const BankDetector& detector : DetectorBank()) names.insert(detector.name);
  EXPECT_GE(names.size(), 30u);
  EXPECT_EQ(names.size(), DetectorBank().size());
}

TEST(DetectorBank, AlarmsWhereAllRulesHold) {
  random::Stream stream(random::StreamKey{3, 1});
  const std::vector<BankDetector>& bank = DetectorBank();
  for (int i = 0; i < 50; ++i) {
    const Trial trial = MakeUp(i % 2 == 0 ? "F01" : "D01", "P", stream);
    for (std::size_t d = 0; d < bank.size(); ++d) {
      if (bank[d].rules.empty()) continue;
      bool all = true;
      for (const Rule& rule : bank[d].rules) {
        const double value = trial.features[static_cast<std::size_t>(rule.feature)];
        all = all && (rule.above ? value > rule.limit : value < rule.limit);
      }
      EXPECT_EQ(trial.alarms[d] != 0, all) << bank[d].name;
    }
  }
}

TEST(Transfer, RatesByActivityGiveTheF1) {
  const std::vector<Trial> people = People(1), others = People(2);
  const Transfer transfer = Compare(people, others).transfer;
  double hits = 0, alarms = 0, falls = 0;
  std::map<std::string, double> trials;
  for (const Trial& trial : people) trials[trial.code] += 1;
  for (const auto& [code, n] : trials) {
    const double rate = transfer.recorded_rates.at(code);
    alarms += rate * n;
    if (code.front() == 'F') {
      falls += n;
      hits += rate * n;
    }
    EXPECT_TRUE(transfer.simulated_rates.contains(code));
  }
  ASSERT_TRUE(transfer.f1);
  EXPECT_NEAR(*transfer.f1, 2 * hits / (alarms + falls), 1e-12);
}

TEST(TrialsCsv, HasALineATrialOfEitherSide) {
  const std::string csv = TrialsCsv(People(1), People(2));
  const auto lines = std::ranges::count(csv, '\n');
  EXPECT_EQ(static_cast<std::size_t>(lines), 1 + People(1).size() + People(2).size());
  EXPECT_TRUE(csv.starts_with("side,code,subject,label,peak_g,lowest_g,"));
  EXPECT_NE(csv.find("\nsimulated,"), std::string::npos);
}

TEST(FidelityJson, HasTheHeadlinesAndIsTheSameTwice) {
  const fidelity::Setup setup = {"made_up", "1", "suite", "wrist", "0", {"F09"}, 1, 2};
  const std::vector<Trial> people = People(1), others = People(2);
  const std::string text = FidelityJson(Compare(people, others), setup);
  EXPECT_EQ(text, FidelityJson(Compare(people, others), setup));
  const auto json = nlohmann::json::parse(text);
  for (const char* part : {"falls", "adls"}) {
    for (const char* key : {"mae", "spearman", "mae_null", "mae_ceiling"}) {
      EXPECT_TRUE(json.at("agreement").at(part).at(key).is_number()) << part << key;
    }
  }
  EXPECT_TRUE(json.at("agreement").at("ranking_spearman").is_number());
  EXPECT_TRUE(json.at("transfer").at("auc").is_number());
  EXPECT_TRUE(json.at("transfer").at("f1").is_number());
  EXPECT_TRUE(json.at("transfer").at("auc_real").is_number());
  EXPECT_TRUE(json.at("two_sample").at("auc").is_number());
  EXPECT_EQ(json.at("activities").size(), 4u);
}

// ---- MakeTrial ----

trace::Recording Quiet(double seconds) {
  trace::Recording recording;
  recording.info.case_id = "quiet";
  for (const trace::SensorKind kind : {trace::SensorKind::kAccelerometer, trace::SensorKind::kGyroscope}) {
    trace::ChannelTrace channel;
    channel.spec.kind = kind;
    channel.samples.axes = 3;
    channel.samples.period_ns = 20'000'000;
    const bool accelerometer = kind == trace::SensorKind::kAccelerometer;
    for (int i = 0; i < static_cast<int>(50 * seconds); ++i) {
      for (int axis = 0; axis < 3; ++axis) channel.samples.values.push_back(accelerometer && axis == 2 ? 9.80665F : 0);
    }
    recording.channels.push_back(std::move(channel));
  }
  return recording;
}

TEST(DeviceLike, HasTheNoiseAndTheOffsetsOfTheMappedDevice) {
  const datasets::Mapping mapping = datasets::ParseMapping(R"(schema: stunt.mapping/v1
name: mine
source: "my own recordings"
scope: recorded_human
codes: mine
files: {pattern: '(\w+)-(\w+)\.csv', code: 2, subject: 1}
device:
  name: my_belt
  site: waist
  accelerometer_noise_density_mps2_rthz: 0.0085
  accelerometer_bias_sd_mps2: 0.7
  gyroscope_noise_density_radps_rthz: 0.00035
  gyroscope_bias_sd_radps: 0.033
events: {window: whole_trace}
activities:
  walk: {label: adl, activity: walk}
)",
                                                           "m.yaml");
  const sim::DeviceSpec device = DeviceLike(mapping.device);
  EXPECT_EQ(device.imu.accelerometer.noise_density, 0.0085);
  EXPECT_EQ(device.imu.accelerometer.bias_sd, 0.7);
  EXPECT_EQ(device.imu.gyroscope.noise_density, 0.00035);
  EXPECT_EQ(device.imu.gyroscope.bias_sd, 0.033);
  EXPECT_FALSE(device.strap);
}

TEST(MakeTrial, OfAQuietRecordingIsQuiet) {
  Trial trial = MakeTrial(Quiet(10), "D01");
  EXPECT_FALSE(trial.fall);
  EXPECT_NEAR(At(trial, Feature::kPeak), 1, 1e-6);
  EXPECT_EQ(trial.alarms.size(), DetectorBank().size());
}

TEST(MakeTrial, RefusesWhatIsTooShortOrLacksASensor) {
  EXPECT_THROW((void)MakeTrial(Quiet(1), "D01"), trace::InputError);
  trace::Recording deaf = Quiet(10);
  deaf.channels.pop_back();
  EXPECT_THROW((void)MakeTrial(deaf, "D01"), trace::InputError);
}

}  // namespace
}  // namespace stunt::fidelity
