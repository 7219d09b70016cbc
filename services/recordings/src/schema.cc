#include "schema.h"

#include <fmt/format.h>

#include <array>
#include <stdexcept>
#include <string>
#include <utility>

#include "stunt/recordings/description.h"

namespace stunt::recordings {
namespace {

using trace::SensorKind;

constexpr std::array<std::pair<SensorKind, const char*>, 10> kKinds = {{
    {SensorKind::kAccelerometer, "accelerometer"},
    {SensorKind::kGyroscope, "gyroscope"},
    {SensorKind::kMagnetometer, "magnetometer"},
    {SensorKind::kBarometer, "barometer"},
    {SensorKind::kHeartRate, "heart_rate"},
    {SensorKind::kGnss, "gnss"},
    {SensorKind::kSoundLevel, "sound_level"},
    {SensorKind::kPpg, "ppg"},
    {SensorKind::kHighGAccelerometer, "high_g_accelerometer"},
    {SensorKind::kTemperature, "temperature"},
}};

constexpr std::array<std::pair<trace::Scope, const char*>, 3> kScopes = {{
    {trace::Scope::kSimulatedPopulation, "simulated_population"},
    {trace::Scope::kHilDevice, "hil_device"},
    {trace::Scope::kRecordedHuman, "recorded_human"},
}};

}  // namespace

std::string NameOf(SensorKind kind) {
  for (const auto& [candidate, name] : kKinds) {
    if (candidate == kind) return name;
  }
  throw std::invalid_argument(fmt::format("sensor kind {} has no name", static_cast<int>(kind)));
}

namespace internal {

const char* AxesOf(const trace::ChannelSpec& spec) {
  if (spec.kind == SensorKind::kGnss) return "latitude_deg,longitude_deg,altitude_m,speed_mps,course_deg,accuracy_m";
  return spec.axes == 3 ? "x,y,z" : "value";
}

const char* FrameOf(const trace::ChannelSpec& spec) { return spec.axes == 3 ? "S" : "none"; }

SensorKind KindNamed(const std::string& name) {
  for (const auto& [kind, candidate] : kKinds) {
    if (candidate == name) return kind;
  }
  return SensorKind::kUnspecified;
}

const char* NameOfScope(trace::Scope scope) {
  for (const auto& [candidate, name] : kScopes) {
    if (candidate == scope) return name;
  }
  return "";
}

trace::Scope ScopeNamed(const std::string& name) {
  for (const auto& [scope, candidate] : kScopes) {
    if (candidate == name) return scope;
  }
  throw Hdf5Error(fmt::format("unknown scope '{}'", name));
}

using Kind = RowLayout::Kind;

RowLayout EventRows(std::size_t id_width, std::size_t class_width) {
  return RowLayout()
      .Add("event_id", Kind::kText, id_width)
      .Add("class", Kind::kText, class_width)
      .Add("onset_ns", Kind::kInteger)
      .Add("ref_ns", Kind::kInteger)
      .Add("end_ns", Kind::kInteger)
      .Add("severity", Kind::kNumber)
      .Add("ignore", Kind::kFlag);
}

RowLayout ActivityRows(std::size_t label_width) {
  return RowLayout()
      .Add("label", Kind::kText, label_width)
      .Add("start_ns", Kind::kInteger)
      .Add("end_ns", Kind::kInteger);
}

RowLayout RepetitionRows(std::size_t exercise_width) {
  return RowLayout()
      .Add("exercise", Kind::kText, exercise_width)
      .Add("set", Kind::kInteger)
      .Add("number", Kind::kInteger)
      .Add("start_ns", Kind::kInteger)
      .Add("end_ns", Kind::kInteger);
}

RowLayout ContactRows() {
  return RowLayout()
      .Add("segment", Kind::kText, kSegmentWidth)
      .Add("ground", Kind::kFlag)
      .Add("start_ns", Kind::kInteger)
      .Add("end_ns", Kind::kInteger)
      .Add("peak_force_n", Kind::kNumber)
      .Add("impulse_n_s", Kind::kNumber);
}

RowLayout HeartRateRows() { return RowLayout().Add("t_ns", Kind::kInteger).Add("bpm", Kind::kNumber); }

}  // namespace internal
}  // namespace stunt::recordings
