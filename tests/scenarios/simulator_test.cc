#include "stunt/scenarios/simulator.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <thread>

#include "fixture.h"

// From a case to a recording, with the scenarios and motions of the library.
namespace stunt::scenarios {
namespace {

using test::Refusal;
using ::testing::AllOf;
using ::testing::HasSubstr;

const DataFolders& Library() {
  static const DataFolders folders({STUNT_SOURCE_DIR});
  return folders;
}

const Scenario& TheScenario(const std::string& id) {
  static std::map<std::string, Scenario> scenarios;
  auto found = scenarios.find(id);
  if (found == scenarios.end()) {
    found = scenarios.emplace(id, LoadScenario(Library().Scenario(id), Library())).first;
  }
  return found->second;
}

sim::Subject SomeSubject() {
  sim::Subject subject;
  subject.id = "p7";
  subject.stature_m = 1.71;
  subject.mass_kg = 68;
  return subject;
}

Case MakeOne(const std::string& scenario, std::vector<DeviceAt> devices = {}, std::uint64_t variant = 0) {
  return MakeCase({.scenario = &TheScenario(scenario),
                   .variant = variant,
                   .suite_seed = 5,
                   .subject = SomeSubject(),
                   .devices = std::move(devices),
                   .set = {},
                   .tags = {{"why", "test"}}});
}

Case TripCase() { return MakeOne("fall_fwd_walk_trip", {{"watch", "left_wrist"}, {"ideal", "left_ear"}}); }

const Simulated& Trip() {
  static const Simulated result = Simulator({}).Run(TripCase());
  return result;
}

bool Same(const trace::ChannelTrace& a, const trace::ChannelTrace& b) {
  return a.samples.values == b.samples.values && a.samples.first_time_ns == b.samples.first_time_ns &&
         a.samples.period_ns == b.samples.period_ns;
}

// Measured over six adults: 74 Nm rms in walking, 9 Nm in standing.
TEST(Simulator, ReportsWhatHoldsThePelvisFromOutside) {
  const ExternalHelp walking = Simulator({}).Run(MakeOne("adl_walk_slow")).help;
  const ExternalHelp standing = Simulator({}).Run(MakeOne("adl_stand_still")).help;
  EXPECT_EQ(walking.force_max_n, 0);
  EXPECT_GT(walking.torque_rms_nm, 5);
  EXPECT_LT(walking.torque_rms_nm, 120);
  EXPECT_LT(standing.torque_rms_nm, 20);
  EXPECT_GE(walking.torque_max_nm, walking.torque_rms_nm);
}

TEST(Simulator, RecordsEveryDeviceOfTheCase) {
  const trace::Recording& recording = Trip().recording;
  ASSERT_EQ(recording.channels.size(), 9u) << "two of each device, and five more of the watch";
  for (std::size_t i = 0; i < 9; ++i) {
    const trace::ChannelSpec& spec = recording.channels[i].spec;
    EXPECT_EQ(spec.channel_id, i);
    EXPECT_EQ(spec.device, i < 7 ? "watch@left_wrist" : "ideal@left_ear");
    EXPECT_EQ(spec.site, i < 7 ? "left_wrist" : "left_ear");
  }
  for (const std::size_t i : {0u, 7u}) {
    EXPECT_EQ(recording.channels[i].spec.kind, trace::SensorKind::kAccelerometer);
    EXPECT_EQ(recording.channels[i + 1].spec.kind, trace::SensorKind::kGyroscope);
    EXPECT_EQ(recording.channels[i].spec.rate_hz, i == 0 ? 100 : 200);
  }
}

TEST(Simulator, SamplesCoverTheCaseFromItsFirstStepToItsEnd) {
  const trace::Recording& recording = Trip().recording;
  for (const trace::ChannelTrace& channel : recording.channels) {
    const trace::SampleBlock& samples = channel.samples;
    ASSERT_GT(samples.size(), 0u);
    EXPECT_EQ(samples.first_sequence, 0u);
    EXPECT_NEAR(static_cast<double>(samples.first_time_ns), 500000,
                400000);  // the middle of the first step, by its clock
    const std::int64_t last = samples.TimeNs(samples.size() - 1);
    EXPECT_LT(last, recording.info.end_ns);
    EXPECT_GE(last + samples.period_ns + 1000000, recording.info.end_ns);
    EXPECT_NEAR(1e9 / static_cast<double>(samples.period_ns), channel.spec.rate_hz, 1e-6);
    EXPECT_TRUE(std::all_of(samples.values.begin(), samples.values.end(), [](float v) { return std::isfinite(v); }));
  }
}

TEST(Simulator, SaysWhatTheCaseWas) {
  const Case c = TripCase();
  const trace::CaseInfo& info = Trip().recording.info;
  EXPECT_EQ(info.case_id, c.case_id);
  EXPECT_EQ(info.scenario_id, "fall_fwd_walk_trip");
  EXPECT_EQ(info.label, "fall");
  EXPECT_EQ(info.subject_id, "p7");
  EXPECT_EQ(info.scope, trace::Scope::kSimulatedPopulation);
  EXPECT_EQ(info.start_ns, 0);
  EXPECT_EQ(info.tags, c.tags);
  EXPECT_EQ(info.tags.at("why"), "test");
  EXPECT_EQ(Trip().skip_reason, "");
}

TEST(Simulator, TheTruthOfAFallLiesInsideAndLeavesTimeToAnswer) {
  const trace::CaseInfo& info = Trip().recording.info;
  ASSERT_EQ(info.truth.events.size(), 1u);
  const trace::TruthEvent& event = info.truth.events[0];
  EXPECT_EQ(event.event_id, info.case_id + "/0");
  EXPECT_EQ(event.event_class, "fall");
  EXPECT_GT(event.onset_ns, 0);
  EXPECT_GT(event.ref_ns, event.onset_ns);
  EXPECT_LT(event.ref_ns, event.onset_ns + 3000000000);
  EXPECT_GT(event.end_ns, event.ref_ns);
  EXPECT_LE(event.end_ns, info.end_ns);
  EXPECT_GE(info.end_ns - event.ref_ns, 30000000000);
  EXPECT_LT(info.end_ns - event.ref_ns, 40000000000);
  EXPECT_GT(event.severity, 0.2);
  EXPECT_LT(event.severity, 6);
  ASSERT_FALSE(info.truth.activities.empty());
  EXPECT_EQ(info.truth.activities[0].label, "walking");
  EXPECT_EQ(info.truth.activities[0].end_ns, event.onset_ns);
}

// The truth is physics; the watch feels it: its largest reading is at the impact or a little before (a hand lands
// first).
TEST(Simulator, TheImpactIsWhereTheTraceHasIt) {
  const trace::Recording& recording = Trip().recording;
  const trace::SampleBlock& ear = recording.channels[7].samples;
  double largest = 0;
  std::int64_t when = 0;
  for (std::size_t i = 0; i < ear.size(); ++i) {
    double square = 0;
    for (std::size_t axis = 0; axis < 3; ++axis) square += std::pow(static_cast<double>(ear.values[3 * i + axis]), 2);
    if (square > largest) {
      largest = square;
      when = ear.TimeNs(i);
    }
  }
  const trace::TruthEvent& event = recording.info.truth.events[0];
  EXPECT_GT(std::sqrt(largest), 20);
  EXPECT_GT(when, event.onset_ns);
  EXPECT_LT(when, event.ref_ns + 1500000000);
}

TEST(Simulator, DailyLivingHasNoEventAndEndsWithItsMotion) {
  const Simulated result = Simulator({}).Run(MakeOne("hard_clap"));
  EXPECT_EQ(result.skip_reason, "");
  EXPECT_TRUE(result.recording.info.truth.events.empty());
  EXPECT_LT(result.recording.info.end_ns, 20000000000);
}

TEST(Simulator, TheSameCaseGivesTheSameBytesFromAnyThread) {
  const Simulator simulator({.dt = 1e-3, .tail_s = 3});
  const Case c = MakeOne("fall_back_walk_slip");
  const Simulated here = simulator.Run(c);
  Simulated there;
  std::thread([&] { there = simulator.Run(c); }).join();
  ASSERT_EQ(here.recording.channels.size(), there.recording.channels.size());
  for (std::size_t i = 0; i < here.recording.channels.size(); ++i) {
    EXPECT_TRUE(Same(here.recording.channels[i], there.recording.channels[i]));
  }
  EXPECT_EQ(here.recording.info.truth.events[0].ref_ns, there.recording.info.truth.events[0].ref_ns);
  const Simulated other = simulator.Run(MakeOne("fall_back_walk_slip", {}, 1));
  EXPECT_FALSE(Same(here.recording.channels[0], other.recording.channels[0]));
}

TEST(Simulator, AnotherDeviceLeavesTheFirstOnesBytes) {
  const Simulator simulator({.dt = 1e-3, .tail_s = 2});
  const DeviceAt watch = {"watch", "left_wrist"};
  const Simulated alone = simulator.Run(MakeOne("fall_fwd_walk_trip", {watch}));
  const Simulated before = simulator.Run(MakeOne("fall_fwd_walk_trip", {{"belt", "waist"}, watch}));
  EXPECT_EQ(alone.recording.info.case_id, before.recording.info.case_id);
  ASSERT_EQ(before.recording.channels.size(), 9u);
  EXPECT_TRUE(Same(alone.recording.channels[0], before.recording.channels[2]));
  EXPECT_TRUE(Same(alone.recording.channels[1], before.recording.channels[3]));
  EXPECT_EQ(before.recording.channels[2].spec.channel_id, 2u);
}

// Two ideal devices at one place differ in nothing: they see one motion.
TEST(Simulator, TwoDevicesSeeOneMotion) {
  const Simulator simulator({.dt = 1e-3, .tail_s = 2});
  const Simulated left = simulator.Run(MakeOne("adl_walk_slow", {{"ideal", "left_ear"}, {"ideal", "right_ear"}}));
  const auto& channels = left.recording.channels;
  // One head: both gyroscopes read the same.
  EXPECT_EQ(channels[1].samples.values, channels[3].samples.values);
  EXPECT_NE(channels[0].samples.values, channels[2].samples.values);
}

// ---- devices that leave the body ----

TEST(Simulator, ADroppedWatchFallsFreelyHitsTheFloorAndLiesStill) {
  const Simulated dropped = Simulator({}).Run(MakeOne("hard_watch_drop_floor", {{"ideal", "left_wrist"}}));
  EXPECT_EQ(dropped.skip_reason, "");
  const trace::SampleBlock& a = dropped.recording.channels[0].samples;
  const auto g = [&](std::size_t i) {
    return std::hypot(double{a.values[3 * i]}, double{a.values[3 * i + 1]}, double{a.values[3 * i + 2]}) / 9.80665;
  };
  std::size_t first = a.size(), hit = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (g(i) < 0.05) first = std::min(first, i);
    if (g(i) > 15 && hit == 0) hit = i;
  }
  ASSERT_LT(first, hit);
  // From a hand at 0.7 to 1.1 m.
  const double fall_s = static_cast<double>(a.TimeNs(hit) - a.TimeNs(first)) * 1e-9;
  EXPECT_GT(fall_s, std::sqrt(2 * 0.6 / 9.81));
  EXPECT_LT(fall_s, std::sqrt(2 * 1.2 / 9.81));
  EXPECT_NEAR(g(a.size() - 1), 1, 0.01);
  const auto& w = dropped.recording.channels[1].samples.values;
  EXPECT_NEAR(w[w.size() - 1], 0, 1e-3);
}

// ---- promises and refusals ----

TEST(Simulator, ABrokenPromiseIsSaid) {
  const Simulator simulator({.dt = 1e-3, .tail_s = 2});
  Case c = MakeOne("hard_clap");
  c.event = "fall";
  const Simulated stood = simulator.Run(c);
  EXPECT_THAT(stood.skip_reason, HasSubstr("never lay on the ground"));
  EXPECT_TRUE(stood.recording.info.truth.events.empty());
  EXPECT_FALSE(stood.recording.channels.empty());
  c = MakeOne("fall_fwd_walk_trip");
  c.event = "";
  const Simulated fell = simulator.Run(c);
  EXPECT_THAT(fell.skip_reason, HasSubstr("fell, although"));
  EXPECT_TRUE(fell.recording.info.truth.events.empty());
}

TEST(Simulator, UnknownDevicesAndSitesAreBadInput) {
  const Simulator simulator({});
  const auto refusal = [&](const DeviceAt& device) {
    return Refusal([&] { static_cast<void>(simulator.Run(MakeOne("hard_clap", {device}))); });
  };
  EXPECT_THAT(refusal({"wotch", "left_wrist"}),
              AllOf(HasSubstr("wotch@left_wrist"), HasSubstr("unknown device 'wotch'"), HasSubstr("fitness_watch")));
  EXPECT_THAT(refusal({"watch", "left_knee"}),
              AllOf(HasSubstr("watch@left_knee"), HasSubstr("unknown site 'left_knee'"), HasSubstr("left_ankle")));
}

TEST(Simulator, AMotionFileThatIsGoneIsBadInput) {
  Case c = MakeOne("hard_clap");
  c.motion_file = "nowhere.yaml";
  EXPECT_THAT(Refusal([&] { static_cast<void>(Simulator({}).Run(c)); }), HasSubstr("nowhere.yaml"));
}

// A body that lies still is stepped by 2 ms; what a device reports of it stays within its resolution.
TEST(Simulator, LongStepsOfAQuietBodyDoNotShow) {
  const Case c = MakeOne("fall_fwd_jog_trip", {{"fitness_watch", "left_wrist"}});
  double impact = 0;
  std::array<long, 2> steps{};
  std::array<trace::Recording, 2> recordings;
  for (const int quiet_steps : {1, 2}) {
    const auto i = static_cast<std::size_t>(quiet_steps - 1);
    const auto count = [&](const motion_models::Performer& performer) {
      ++steps[i];
      impact = performer.happening().impact_peak.value_or(0);
    };
    recordings[i] = Simulator({.tail_s = 12, .quiet_steps = quiet_steps}).Run(c, count).recording;
  }
  EXPECT_LT(static_cast<double>(steps[1]), static_cast<double>(steps[0]) - 3500) << "9 s at half as many steps";
  const trace::SampleBlock& fine = recordings[0].channels[0].samples;
  const trace::SampleBlock& coarse = recordings[1].channels[0].samples;
  const std::size_t size = std::min(fine.size(), coarse.size());
  EXPECT_LE(fine.size() - size, 1u);
  double squares = 0, before = 0, samples = 0;
  for (std::size_t k = 0; k < size; ++k) {
    for (std::size_t axis = 3 * k; axis < 3 * k + 3; ++axis) {
      const double apart = fine.values[axis] - coarse.values[axis];
      if (1e-9 * static_cast<double>(fine.TimeNs(k)) < impact + 3) {
        before = std::max(before, std::abs(apart));
      } else {
        squares += apart * apart;
        ++samples;
      }
    }
  }
  EXPECT_EQ(before, 0);
  EXPECT_LT(std::sqrt(squares / samples), 0.1) << "the watch's resolution in m/s²";
}

/// The pieces of a streamed case, put together.
struct Streamed {
  Simulated result;
  std::vector<trace::ChannelTrace> degraded, clean;
  std::vector<std::vector<std::int64_t>> degraded_t_ns, clean_t_ns;  // by channel
  std::vector<trace::Contact> contacts;
  trace::PoseBlock pose;
  std::size_t longest_piece = 0;  // samples of one channel
};

void Append(const std::vector<trace::ChannelTrace>& piece, std::vector<trace::ChannelTrace>& to) {
  if (to.empty()) {
    to = piece;
    return;
  }
  ASSERT_EQ(to.size(), piece.size());
  for (std::size_t i = 0; i < to.size(); ++i) {
    trace::SampleBlock& samples = to[i].samples;
    EXPECT_EQ(piece[i].samples.first_sequence, samples.first_sequence + samples.size());
    samples.values.insert(samples.values.end(), piece[i].samples.values.begin(), piece[i].samples.values.end());
  }
}

void AppendTimes(const std::vector<trace::ChannelTrace>& piece, std::vector<std::vector<std::int64_t>>& to) {
  to.resize(piece.size());
  for (std::size_t i = 0; i < piece.size(); ++i) {
    for (std::size_t n = 0; n < piece[i].samples.size(); ++n) to[i].push_back(piece[i].samples.TimeNs(n));
  }
}

Streamed StreamOf(const Case& c) {
  Streamed streamed;
  const auto receive = [&](const Piece& piece) {
    for (const trace::ChannelTrace& channel : piece.degraded) {
      streamed.longest_piece = std::max(streamed.longest_piece, channel.samples.size());
    }
    Append(piece.degraded, streamed.degraded);
    Append(piece.clean, streamed.clean);
    AppendTimes(piece.degraded, streamed.degraded_t_ns);
    AppendTimes(piece.clean, streamed.clean_t_ns);
    streamed.contacts.insert(streamed.contacts.end(), piece.contacts.begin(), piece.contacts.end());
    trace::PoseBlock& pose = streamed.pose;
    pose.segments = piece.pose.segments;
    pose.t_ns.insert(pose.t_ns.end(), piece.pose.t_ns.begin(), piece.pose.t_ns.end());
    pose.position_m.insert(pose.position_m.end(), piece.pose.position_m.begin(), piece.pose.position_m.end());
    pose.orientation.insert(pose.orientation.end(), piece.pose.orientation.begin(), piece.pose.orientation.end());
  };
  streamed.result = Simulator({}).Stream(c, receive);
  return streamed;
}

const Streamed& StreamedTrip() {
  static const Streamed streamed = StreamOf(TripCase());
  return streamed;
}

TEST(SimulatorStream, GivesTheSamplesOfRunPieceByPiece) {
  const Streamed& streamed = StreamedTrip();
  const std::vector<trace::ChannelTrace>& whole = Trip().recording.channels;
  ASSERT_EQ(streamed.degraded.size(), whole.size());
  for (std::size_t i = 0; i < whole.size(); ++i) EXPECT_TRUE(Same(streamed.degraded[i], whole[i])) << i;
  EXPECT_LE(streamed.longest_piece, 202u) << "of a second at 200 Hz";
  EXPECT_TRUE(streamed.result.recording.channels.empty());
  EXPECT_EQ(streamed.result.recording.info.truth.events.front().ref_ns,
            Trip().recording.info.truth.events.front().ref_ns);
}

// The channels of the watch: two inertial ones, five others; then those of the ideal device.
TEST(SimulatorStream, HoldsEveryChannelOfEachDevice) {
  using trace::SensorKind;
  std::vector<SensorKind> kinds;
  for (const trace::ChannelTrace& channel : StreamedTrip().degraded) kinds.push_back(channel.spec.kind);
  EXPECT_THAT(kinds,
              ::testing::ElementsAre(SensorKind::kAccelerometer, SensorKind::kGyroscope, SensorKind::kBarometer,
                                     SensorKind::kMagnetometer, SensorKind::kGnss, SensorKind::kHeartRate,
                                     SensorKind::kSoundLevel, SensorKind::kAccelerometer, SensorKind::kGyroscope));
}

TEST(SimulatorStream, BarometerOfAFallerRisesAsTheWristGoesDown) {
  const trace::SampleBlock& pressure = StreamedTrip().clean[2].samples;
  // From a walker's wrist at 0.8 m to a mat: 0.5 to 0.9 m, 11.4 Pa/m at 520 m.
  const double rise = static_cast<double>(pressure.values.back() - pressure.values.front());
  EXPECT_GT(rise, 0.4 * 11.4);
  EXPECT_LT(rise, 1.0 * 11.4);
}

TEST(SimulatorStream, HeartRateIsStartledByTheFall) {
  const trace::CaseInfo& info = StreamedTrip().result.recording.info;
  const auto& beats = info.truth.heart_rate;
  ASSERT_GT(beats.size(), 10u);
  for (std::size_t i = 0; i < beats.size(); ++i) EXPECT_EQ(beats[i].t_ns, static_cast<std::int64_t>(i) * 1'000'000'000);
  const auto onset = static_cast<std::size_t>(info.truth.events.front().onset_ns / 1'000'000'000);
  EXPECT_LT(beats[onset + 1].bpm, beats[onset].bpm + 8) << "a heart does not give the instant away";
  EXPECT_GT(beats[onset + 6].bpm, beats[onset].bpm + 5);
}

// A device of the preset "ideal" has no errors and no strap: there clean and degraded are one.
TEST(SimulatorStream, CleanIsTheDeviceWithoutItsErrors) {
  const Streamed& streamed = StreamedTrip();
  ASSERT_EQ(streamed.clean.size(), streamed.degraded.size());
  for (const std::size_t i : {7u, 8u}) EXPECT_EQ(streamed.clean[i].samples.values, streamed.degraded[i].samples.values);
  for (const std::size_t i : {0u, 1u}) {
    const trace::ChannelTrace& clean = streamed.clean[i];
    const trace::ChannelTrace& degraded = streamed.degraded[i];
    EXPECT_EQ(clean.spec.clock, "simulated");
    EXPECT_EQ(clean.spec.rate_hz, degraded.spec.rate_hz);
    EXPECT_EQ(clean.spec.range, 0);
    ASSERT_EQ(clean.samples.values.size(), degraded.samples.values.size());
    double mean = 0;
    for (std::size_t n = 0; n < 300; ++n) {
      mean += std::abs(static_cast<double>(clean.samples.values[n] - degraded.samples.values[n])) / 300;
    }
    EXPECT_GT(mean, 1e-3) << "noise and bias of a watch";
    EXPECT_LT(mean, 1) << "of the same motion";
  }
}

// A sample is stamped within a thousandth and 2 ms of when it was taken, and the samples of a watch are not taken
// exactly at its nominal rate.
TEST(SimulatorStream, CleanTimesAreWhenTheDeviceTookItsSamples) {
  const Streamed& streamed = StreamedTrip();
  for (const std::size_t i : {0u, 1u, 2u, 3u, 7u, 8u}) {
    const std::vector<std::int64_t>& taken = streamed.clean_t_ns[i];
    const std::vector<std::int64_t>& stamped = streamed.degraded_t_ns[i];
    ASSERT_EQ(taken.size(), stamped.size());
    const bool ideal = streamed.degraded[i].spec.device.starts_with("ideal");
    for (std::size_t n = 0; n < taken.size(); ++n) {
      if (ideal) {
        ASSERT_EQ(taken[n], stamped[n]);
      }
      ASSERT_LT(std::abs(stamped[n] - taken[n]), 2'000'000 + stamped[n] / 1000) << n;
    }
    const double rate = 1e9 * static_cast<double>(taken.size() - 1) / static_cast<double>(taken.back() - taken.front());
    EXPECT_NEAR(rate / streamed.degraded[i].spec.rate_hz, 1, 0.02);
    EXPECT_EQ(std::abs(rate / streamed.degraded[i].spec.rate_hz - 1) < 1e-7, ideal);
  }
}

// Weight is all that the ground gives to someone who stands still.
TEST(SimulatorStream, TheContactsOfStandingCarryTheWeight) {
  const Streamed streamed = StreamOf(MakeOne("adl_stand_still", {{"ideal", "left_wrist"}}));
  const double duration = 1e-9 * static_cast<double>(streamed.result.recording.info.end_ns);
  double impulse = 0;
  for (const trace::Contact& contact : streamed.contacts) {
    EXPECT_THAT(contact.segment, ::testing::EndsWith("foot"));
    EXPECT_TRUE(contact.ground);
    EXPECT_LE(contact.end_ns, streamed.result.recording.info.end_ns);
    EXPECT_GT(contact.peak_force_n, 0.3 * SomeSubject().mass_kg * 9.80665);
    impulse += contact.impulse_n_s;
  }
  EXPECT_EQ(streamed.contacts.size(), 2u) << "both feet, all the time";
  EXPECT_NEAR(impulse / (SomeSubject().mass_kg * 9.80665 * duration), 1, 0.02);
}

TEST(SimulatorStream, WhoFallsTouchesTheGroundWithMoreThanTheFeet) {
  const Streamed& streamed = StreamedTrip();
  const trace::TruthEvent& event = streamed.result.recording.info.truth.events.front();
  std::int64_t first = INT64_MAX;
  for (const trace::Contact& contact : streamed.contacts) {
    EXPECT_LT(contact.start_ns, contact.end_ns);
    if (contact.ground && !contact.segment.ends_with("foot")) first = std::min(first, contact.start_ns);
  }
  EXPECT_GT(first, event.onset_ns);
  EXPECT_LE(first, event.ref_ns);
}

TEST(SimulatorStream, PosesAreThoseOfTheBodyAtFiftyHertz) {
  std::vector<Eigen::Vector3d> heads;
  std::vector<std::int64_t> times;
  const auto observe = [&](const motion_models::Performer& performer) {
    heads.push_back(performer.body().X_WB(sim::Segment::kHead).translation());
    times.push_back(std::llround(performer.time() * 1e9));
  };
  (void)Simulator({}).Run(TripCase(), observe);
  const trace::PoseBlock& pose = StreamedTrip().pose;
  ASSERT_EQ(pose.segments, sim::kSegments);
  ASSERT_GT(pose.t_ns.size(), 1500u);
  for (std::size_t frame = 0; frame < pose.t_ns.size(); ++frame) {
    // Where steps are of 2 ms, one need not end on the instant.
    ASSERT_GE(pose.t_ns[frame], static_cast<std::int64_t>(frame) * 20'000'000);
    ASSERT_LT(pose.t_ns[frame], static_cast<std::int64_t>(frame) * 20'000'000 + 2'000'000);
    const auto step = std::find(times.begin(), times.end(), pose.t_ns[frame]);
    if (step == times.end()) continue;  // frame 0 comes before the first step
    const Eigen::Vector3d& head = heads[static_cast<std::size_t>(step - times.begin())];
    const std::size_t at = 3 * (frame * sim::kSegments + static_cast<std::size_t>(sim::Index(sim::Segment::kHead)));
    for (std::size_t axis = 0; axis < 3; ++axis) {
      ASSERT_EQ(pose.position_m[at + axis], static_cast<float>(head[static_cast<Eigen::Index>(axis)])) << frame;
    }
  }
  for (std::size_t q = 0; q < pose.orientation.size(); q += 4) {
    double square = 0;
    for (std::size_t i = 0; i < 4; ++i) square += std::pow(static_cast<double>(pose.orientation[q + i]), 2);
    ASSERT_NEAR(square, 1, 1e-5);
  }
}

TEST(SimulatorStream, EndsWithWhatItsReceiverThrows) {
  int pieces = 0;
  const auto refuse = [&](const Piece&) {
    if (++pieces == 3) throw std::runtime_error("disk full");
  };
  EXPECT_THROW((void)Simulator({}).Stream(TripCase(), refuse), std::runtime_error);
  EXPECT_EQ(pieces, 3);
}

}  // namespace
}  // namespace stunt::scenarios
