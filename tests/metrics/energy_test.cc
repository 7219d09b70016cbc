#include "stunt/metrics/energy.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "cases.h"
#include "stunt/trace/input_error.h"

namespace stunt::metrics {
namespace {

/// A watch for a minute at 50 Hz, FIFO of 25 samples, one inference a second.
trace::DeviceActivity Minute() {
  trace::DeviceActivity activity;
  activity.device = "watch@left_wrist";
  activity.duration_s = 60;
  activity.accelerometer_samples = 3000;
  activity.gyroscope_samples = 3000;
  activity.accelerometer_rate_hz = 50;
  activity.gyroscope_rate_hz = 50;
  activity.fifo_wakeups = 120;
  activity.inferences = 60;
  activity.radio_bytes = 400;
  return activity;
}

std::map<std::string, double> Terms(const trace::DeviceActivity& activity,
                                    const EnergyParameters& parameters = DefaultWatchEnergy()) {
  std::map<std::string, double> terms;
  for (const EnergyTerm& term : DeviceEnergy(activity, parameters)) terms[term.name] = term.joule;
  return terms;
}

/// What of the terms changes, as factors.
std::map<std::string, double> Changes(const std::function<void(trace::DeviceActivity&)>& change) {
  trace::DeviceActivity changed = Minute();
  change(changed);
  const auto before = Terms(Minute()), after = Terms(changed);
  std::map<std::string, double> factors;
  for (const auto& [name, joule] : before) {
    if (after.at(name) != joule) factors[name] = after.at(name) / joule;
  }
  return factors;
}

using Factors = std::map<std::string, double>;

TEST(DeviceEnergy, DoublingTheSamplingRateDoublesAccelerometerAndSampleWorkAlone) {
  EXPECT_EQ(Changes([](trace::DeviceActivity& a) {
              a.accelerometer_rate_hz *= 2;
              a.gyroscope_rate_hz *= 2;
              a.accelerometer_samples *= 2;
              a.gyroscope_samples *= 2;
            }),
            (Factors{{"accelerometer", 2}, {"samples", 2}}));
}

TEST(DeviceEnergy, DoublingWakeupsBytesOrInferencesDoublesTheirTermAlone) {
  EXPECT_EQ(Changes([](trace::DeviceActivity& a) { a.fifo_wakeups *= 2; }), (Factors{{"wakeups", 2}}));
  EXPECT_EQ(Changes([](trace::DeviceActivity& a) { a.radio_bytes *= 2; }), (Factors{{"radio_bytes", 2}}));
  EXPECT_EQ(Changes([](trace::DeviceActivity& a) { a.inferences *= 2; }), (Factors{{"inferences", 2}}));
}

TEST(DeviceEnergy, DoublingTimeDoublesWhatIsAlwaysOn) {
  EXPECT_EQ(
      Changes([](trace::DeviceActivity& a) { a.duration_s *= 2; }),
      (Factors{{"accelerometer", 2}, {"gyroscope", 2}, {"mcu_sleep", 2}, {"radio_events", 2}, {"sensor_sleep", 2}}));
}

// By hand from the parameters' own figures: 23 µA per 52 Hz at 50 Hz on 1.8 V for 60 s, and so on.
TEST(DeviceEnergy, IsTheSumOfItsTermsByHand) {
  const auto terms = Terms(Minute());
  EXPECT_NEAR(terms.at("sensor_sleep"), 1.8 * 3e-6 * 60, 1e-12);
  EXPECT_NEAR(terms.at("accelerometer"), 1.8 * 22.1153846e-6 * 60, 1e-10);
  EXPECT_NEAR(terms.at("gyroscope"), 1.8 * 264e-6 * 60, 1e-12);
  EXPECT_NEAR(terms.at("mcu_sleep"), 3.3 * 1.5e-6 * 60, 1e-12);
  EXPECT_NEAR(terms.at("wakeups"), 120 * 8000 * 64.35e-12, 1e-15);
  EXPECT_NEAR(terms.at("samples"), 6000 * 600 * 64.35e-12, 1e-15);
  EXPECT_NEAR(terms.at("inferences"), 60 * 5000 * 64.35e-12, 1e-15);
  EXPECT_NEAR(terms.at("radio_bytes"), 400 * 0.25e-6, 1e-15);
  EXPECT_NEAR(terms.at("radio_events"), 60 * 12e-6, 1e-15);
  EXPECT_EQ(terms.size(), 9U);
  EnergyParameters rare = DefaultWatchEnergy();
  rare.radio_event_interval_s.value = 4;
  EXPECT_NEAR(Terms(Minute(), rare).at("radio_events"), 15 * 12e-6, 1e-15);
}

TEST(DeviceEnergy, AccelerometerCurrentStopsAtTheAlwaysOnMode) {
  trace::DeviceActivity fast = Minute();
  fast.accelerometer_rate_hz = 1600;
  EXPECT_NEAR(Terms(fast).at("accelerometer"), 1.8 * 170e-6 * 60, 1e-12);
}

TEST(DeviceEnergy, SwitchedOffSensorsOnlySleep) {
  trace::DeviceActivity off = Minute();
  off.accelerometer_rate_hz = 0;
  off.gyroscope_rate_hz = 0;
  EXPECT_EQ(Terms(off).at("accelerometer"), 0);
  EXPECT_EQ(Terms(off).at("gyroscope"), 0);
  EXPECT_GT(Terms(off).at("sensor_sleep"), 0);
}

// MLPerf Tiny v1.1, closed, NUCLEO-U575ZI-Q, keyword spotting: 1004.2 µJ an inference for 2.656768 M MACs; its power
// times its time, 26.2 mW / 26.1 per second, says the same.
TEST(DeviceEnergy, OfANetworkIsThatOfTheBoardItWasMeasuredOn) {
  EnergyParameters parameters = DefaultWatchEnergy();
  parameters.macs_per_inference.value = 2656768;
  parameters.cycles_per_inference.value = 0;
  trace::DeviceActivity one;
  one.inferences = 1;
  EXPECT_NEAR(Terms(one, parameters).at("inferences"), 1004.2e-6, 1e-6);
  EXPECT_NEAR(Terms(one, parameters).at("inferences"), 26.2e-3 / 26.1, 1e-6);
}

TEST(DefaultWatchEnergy, EveryParameterHasLimitsAUnitAndASource) {
  for (const EnergyParameter& p : List(DefaultWatchEnergy())) {
    EXPECT_LE(p.lo, p.value) << p.name;
    EXPECT_LE(p.value, p.hi) << p.name;
    EXPECT_FALSE(p.unit.empty() || p.source.empty() || p.name.empty()) << p.name;
  }
}

std::vector<trace::RunRecord> TwoCases() {
  std::vector<trace::RunRecord> runs{Record(Case("a", 60)), Record(Case("b", 60))};
  for (trace::RunRecord& run : runs) run.activity = {Minute()};
  return runs;
}

const Metric& Get(const std::vector<Metric>& metrics, const std::string& name, const Slice& slice = {}) {
  const Metric* metric = FindMetric(metrics, name, slice);
  if (metric == nullptr) throw std::logic_error("no metric " + name);
  return *metric;
}

EnergyParameters Certain() {
  EnergyParameters parameters = DefaultWatchEnergy();
  for (EnergyParameter* p :
       {&parameters.sensor_supply_v, &parameters.imu_sleep_a, &parameters.accelerometer_a_per_hz,
        &parameters.accelerometer_full_a, &parameters.gyroscope_a, &parameters.mcu_supply_v, &parameters.mcu_sleep_a,
        &parameters.mcu_active_a_per_hz, &parameters.cycles_per_wakeup, &parameters.cycles_per_sample,
        &parameters.cycles_per_inference, &parameters.joule_per_mac, &parameters.radio_joule_per_byte,
        &parameters.radio_joule_per_event, &parameters.radio_event_interval_s}) {
    p->lo = p->hi = p->value;
  }
  return parameters;
}

TEST(ScoreEnergy, IsAModelledMeanPerCaseWithItsSpread) {
  const auto metrics = ScoreEnergy(TwoCases(), {});
  const Metric& energy = Get(metrics, "energy.mj_per_case");
  EXPECT_EQ(energy.evidence, Evidence::kModelled);
  EXPECT_EQ(energy.reason, "estimate, not a measurement");
  EXPECT_EQ(energy.n, 2);
  EXPECT_EQ(energy.ci_method, "monte_carlo_p5_p95");
  EXPECT_LT(*energy.ci_lo, *energy.value);
  EXPECT_GT(*energy.ci_hi, *energy.value);
  double nominal_mj = 0;
  for (const auto& [name, joule] : Terms(Minute())) nominal_mj += 1e3 * joule;
  EXPECT_NEAR(*energy.value / nominal_mj, 1, 0.25);  // the median of skewed draws is near, not at, the nominal value
}

TEST(ScoreEnergy, WithoutUncertaintyIsExactAndAddsUp) {
  EnergyConfig config;
  config.parameters = Certain();
  const auto metrics = ScoreEnergy(TwoCases(), config);
  double sum_mj = 0;
  for (const auto& [name, joule] : Terms(Minute())) {
    EXPECT_NEAR(Get(metrics, "energy.mj_per_case", {{"term", name}}).value.value(), 1e3 * joule, 1e-9) << name;
    sum_mj += 1e3 * joule;
  }
  EXPECT_NEAR(Get(metrics, "energy.mj_per_case").value.value(), sum_mj, 1e-9);
  EXPECT_NEAR(Get(metrics, "energy.mj_per_case", {{"device", "watch@left_wrist"}}).value.value(), sum_mj, 1e-9);
  EXPECT_NEAR(Get(metrics, "energy.mean_mw").value.value(), sum_mj / 60, 1e-9);
  EXPECT_NEAR(Get(metrics, "energy.uj_per_inference").value.value(), 5000 * 64.35e-6, 1e-9);
  EXPECT_FALSE(Get(metrics, "energy.variance_share", {{"parameter", "gyroscope"}}).value);
}

// Triangle from 0 to 4 with its peak at 1, a quarter of it below the peak: the 5th percentile is √(0.05 · 4 · 1), the
// median 4 − √(0.5 · 4 · 3) and the 95th percentile 4 − √(0.05 · 4 · 3).
TEST(ScoreEnergy, MeasuredParametersAreDrawnFromATriangle) {
  EnergyConfig config;
  config.parameters = Certain();
  config.parameters.gyroscope_a = {"gyroscope", 1, 0, 4, "A", ParameterKind::kMeasured, "test"};
  config.draws = 20000;
  const Metric gyroscope = Get(ScoreEnergy(TwoCases(), config), "energy.mj_per_case", {{"term", "gyroscope"}});
  const double scale = 1e3 * 1.8 * 60;
  EXPECT_NEAR(*gyroscope.ci_lo / scale, std::sqrt(0.2), 0.03);
  EXPECT_NEAR(*gyroscope.value / scale, 4 - std::sqrt(6), 0.03);
  EXPECT_NEAR(*gyroscope.ci_hi / scale, 4 - std::sqrt(0.6), 0.03);
}

TEST(ScoreEnergy, AssumedParametersAreLognormalBetweenTheirLimits) {
  EnergyConfig config;
  config.parameters = Certain();
  config.parameters.gyroscope_a = {"gyroscope", 1, 0.25, 4, "A", ParameterKind::kAssumed, "test"};
  config.draws = 20000;
  const Metric gyroscope = Get(ScoreEnergy(TwoCases(), config), "energy.mj_per_case", {{"term", "gyroscope"}});
  const double scale = 1e3 * 1.8 * 60;
  EXPECT_NEAR(*gyroscope.ci_lo / scale, 0.25, 0.01);
  EXPECT_NEAR(*gyroscope.value / scale, 1, 0.03);
  EXPECT_NEAR(*gyroscope.ci_hi / scale, 4, 0.15);
}

// Two independent normal-like terms of known spread: triangles of half width 1 and 2 share the variance 1 : 4.
TEST(ScoreEnergy, VarianceSharesSayWhatToMeasureNext) {
  EnergyConfig config;
  config.parameters = Certain();
  config.parameters.gyroscope_a = {"gyroscope", 3, 2, 4, "A", ParameterKind::kMeasured, "test"};
  config.parameters.imu_sleep_a = {"imu_sleep", 3, 1, 5, "A", ParameterKind::kMeasured, "test"};
  config.draws = 20000;
  const auto metrics = ScoreEnergy(TwoCases(), config);
  EXPECT_NEAR(Get(metrics, "energy.variance_share", {{"parameter", "gyroscope"}}).value.value(), 0.2, 0.01);
  EXPECT_NEAR(Get(metrics, "energy.variance_share", {{"parameter", "imu_sleep"}}).value.value(), 0.8, 0.01);
  EXPECT_EQ(Get(metrics, "energy.variance_share", {{"parameter", "mcu_sleep"}}).value.value(), 0);
}

TEST(ScoreEnergy, SameKeySameNumbersWhateverTheOrder) {
  auto runs = TwoCases();
  runs[1].activity[0].duration_s = 61.7;
  EnergyConfig config;
  config.key = {5, 6};
  const auto forward = ScoreEnergy(runs, config);
  std::reverse(runs.begin(), runs.end());
  const auto backward = ScoreEnergy(runs, config);
  ASSERT_EQ(forward.size(), backward.size());
  for (std::size_t i = 0; i < forward.size(); ++i) EXPECT_EQ(forward[i].value, backward[i].value) << forward[i].name;
  config.key = {5, 7};
  EXPECT_NE(ScoreEnergy(runs, config)[0].ci_lo, forward[0].ci_lo);
}

TEST(ScoreEnergy, DevicesCanHaveTheirOwnConstants) {
  auto runs = TwoCases();
  for (trace::RunRecord& run : runs) {
    run.activity.push_back(Minute());
    run.activity[1].device = "phone@pocket";
  }
  EnergyConfig config;
  config.parameters = Certain();
  config.by_device["phone@pocket"] = Certain();
  config.by_device["phone@pocket"].gyroscope_a.value = config.by_device["phone@pocket"].gyroscope_a.lo =
      config.by_device["phone@pocket"].gyroscope_a.hi = 0;
  const auto metrics = ScoreEnergy(runs, config);
  const double watch = Get(metrics, "energy.mj_per_case", {{"device", "watch@left_wrist"}}).value.value();
  const double phone = Get(metrics, "energy.mj_per_case", {{"device", "phone@pocket"}}).value.value();
  EXPECT_NEAR(watch - phone, 1e3 * 1.8 * 264e-6 * 60, 1e-9);
  EXPECT_NEAR(Get(metrics, "energy.mj_per_case").value.value(), watch + phone, 1e-9);
}

TEST(ScoreEnergy, OfNothingIsUndefined) {
  auto runs = TwoCases();
  for (trace::RunRecord& run : runs) run.status = trace::RunStatus::kError;
  const auto metrics = ScoreEnergy(runs, {});
  ASSERT_EQ(metrics.size(), 1U);
  EXPECT_FALSE(metrics[0].value);
  EXPECT_FALSE(metrics[0].reason.empty());
}

TEST(ScoreEnergy, RefusesLimitsThatDoNotHoldTheValue) {
  EnergyConfig config;
  config.parameters.gyroscope_a.lo = 1;
  EXPECT_THROW((void)ScoreEnergy(TwoCases(), config), trace::InputError);
}

}  // namespace
}  // namespace stunt::metrics
