#include "stunt/scenarios/cases.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <numeric>

#include "stunt/scenarios/devices.h"
#include "stunt/scenarios/math_variants.h"
#include "stunt/trace/input_error.h"

namespace stunt::scenarios {
namespace {

using motion_models::ParameterDecl;
using motion_models::ParameterOverride;

std::string AgeBand(double age_years) {
  if (age_years < 40) return "16-39";
  if (age_years < 60) return "40-59";
  return age_years < 80 ? "60-79" : "80+";
}

/// Puts the subject's watch where the devices say, and devices at "wrist" where the subject wears a watch.
void PlaceWatch(sim::Subject& subject, std::vector<DeviceAt>& devices) {
  const auto worn_at = [&](std::string_view site) {
    return std::any_of(devices.begin(), devices.end(), [&](const DeviceAt& device) { return device.site == site; });
  };
  const bool left = worn_at("left_wrist");
  const bool right = worn_at("right_wrist");
  if (left != right) subject.watch_side = left ? sim::Side::kLeft : sim::Side::kRight;
  for (DeviceAt& device : devices) {
    if (device.site == "wrist") device.site = fmt::format("{}_wrist", ToString(subject.watch_side));
  }
  for (const DeviceAt& device : devices) {
    // However differently they are worn: recordings and scores know a device by its name and site.
    const auto same = [&](const DeviceAt& other) { return other.name == device.name && other.site == device.site; };
    if (std::count_if(devices.begin(), devices.end(), same) > 1) {
      throw trace::InputError(fmt::format("device {} is given twice", ToString(device)));
    }
  }
}

std::map<std::string, std::string> MakeTags(const CaseRequest& request, const Case& c) {
  std::map<std::string, std::string> tags = request.scenario->tags;
  for (const auto& [name, value] : request.tags) tags[name] = value;
  tags["age_band"] = AgeBand(c.subject.age_years);
  tags["group"] = request.scenario->group;
  tags["motion"] = c.motion;
  tags["sex"] = ToString(c.subject.sex);
  tags["surface"] = c.surface;
  const bool one_site = std::all_of(c.devices.begin(), c.devices.end(),
                                    [&](const DeviceAt& device) { return device.site == c.devices.front().site; });
  if (!c.devices.empty() && one_site) tags["site"] = c.devices.front().site;
  return tags;
}

/// What the case_id is a hash of. fmt prints the shortest digits that read back to the same number.
std::string Describe(const Case& c) {
  std::string text =
      fmt::format("scenario {}\nvariant {}\nseed {}\nsurface {}\n", c.scenario_id, c.variant, c.suite_seed, c.surface);
  text += fmt::format("subject {} {} {} {} {} {}\n", ToString(c.subject.sex), c.subject.age_years, c.subject.stature_m,
                      c.subject.mass_kg, ToString(c.subject.handed), ToString(c.subject.watch_side));
  for (const auto& parameter : c.parameters.values) {
    text += parameter.label.empty() ? fmt::format("{} = {}\n", parameter.name, parameter.value)
                                    : fmt::format("{} = {}\n", parameter.name, parameter.label);
  }
  return text;
}

std::string DescribeSurroundings(const sim::Surroundings& s) {
  std::string text = fmt::format("place {} {} {} {} {} {} {} {} {} {}\n", static_cast<int>(s.sky), s.latitude_deg,
                                 s.longitude_deg, s.altitude_m, s.sea_level_pa, s.pressure_trend_pa_h, s.field_ut,
                                 s.inclination_deg, s.declination_deg, s.sound_db);
  for (const sim::PressureEvent& e : s.pressure_events) {
    text += fmt::format("pressure {} {} {} {} {}\n", e.at_s, e.amplitude_pa, e.rise_s, e.hold_s, e.decay_s);
  }
  for (const sim::SoundEvent& e : s.sound_events) {
    text += fmt::format("sound {} {} {} {}\n", e.at_s, e.for_s, e.level_db, e.distance_m);
  }
  return text;
}

/// The overrides of one cell: one value of every axis, the last axis fastest.
std::vector<ParameterOverride> GridCell(const std::vector<GridAxis>& grid, std::uint64_t cell) {
  std::vector<ParameterOverride> overrides(grid.size());
  for (std::size_t i = grid.size(); i-- > 0;) {
    overrides[i] = grid[i].values[cell % grid[i].values.size()];
    cell /= grid[i].values.size();
  }
  return overrides;
}

std::uint64_t GridCells(const std::vector<GridAxis>& grid) {
  return std::accumulate(grid.begin(), grid.end(), std::uint64_t{1},
                         [](std::uint64_t n, const GridAxis& axis) { return n * axis.values.size(); });
}

void RefuseTwins(const std::vector<Case>& sorted) {
  const auto twin = std::adjacent_find(sorted.begin(), sorted.end(),
                                       [](const Case& a, const Case& b) { return a.case_id == b.case_id; });
  if (twin != sorted.end())
    throw trace::InputError(fmt::format("two cases share the id {}: change the seed", twin->case_id));
}

std::vector<sim::Subject> DrawSubjects(const Population& population, const Suite& suite) {
  std::vector<sim::Subject> subjects;
  for (std::uint64_t i = 0; i < suite.subjects; ++i) {
    subjects.push_back(DrawSubject(population, SubjectKey(suite.seed), i));
  }
  return subjects;
}

}  // namespace

random::StreamKey SubjectKey(std::uint64_t suite_seed) {
  return random::StreamKey{}.Derive(suite_seed).Derive("subjects");
}

Case MakeCase(const CaseRequest& request, const std::vector<ParameterDecl>& declarations) {
  const Scenario& scenario = *request.scenario;
  Case c;
  c.scenario_id = scenario.id;
  c.label = scenario.label;
  c.event = scenario.event;
  c.motion = scenario.motion;
  c.motion_file = scenario.motion_file;
  c.surface = scenario.surface;
  c.surroundings = scenario.surroundings;
  c.variant = request.variant;
  c.suite_seed = request.suite_seed;
  c.subject = request.subject;
  c.devices = request.devices.empty() ? scenario.devices : request.devices;
  PlaceWatch(c.subject, c.devices);
  c.key = random::StreamKey{}.Derive(request.suite_seed).Derive(scenario.id).Derive(request.variant);
  std::vector<ParameterOverride> overrides = scenario.set;
  overrides.insert(overrides.end(), request.set.begin(), request.set.end());
  c.parameters = motion_models::Resolve(declarations, overrides, c.subject, c.key.Derive("parameters"));
  c.tags = MakeTags(request, c);
  c.case_id = fmt::format("{}-{:016x}", c.scenario_id, random::HashBytes(Describe(c)));
  return c;
}

Case MakeCase(const CaseRequest& request) {
  return MakeCase(request, motion_models::ReadParameterBlock(request.scenario->motion_file));
}

std::vector<Case> Expand(const Suite& suite) {
  std::map<std::string, std::vector<sim::Subject>> people;  // by population
  std::map<std::filesystem::path, std::vector<ParameterDecl>> declarations;
  std::map<std::string, std::uint64_t> next_variant;
  std::vector<Case> cases;
  for (const SuiteEntry& entry : suite.entries) {
    const std::filesystem::path& motion = entry.scenario.motion_file;
    if (!declarations.contains(motion)) declarations[motion] = motion_models::ReadParameterBlock(motion);
    const Population& population = entry.population ? *entry.population : suite.population;
    std::vector<sim::Subject>& subjects = people[population.id];
    if (subjects.empty()) subjects = DrawSubjects(population, suite);
    const std::uint64_t first_subject = random::HashBytes(entry.scenario.id);
    for (std::uint64_t i = 0; i < entry.variants * GridCells(entry.grid); ++i) {
      CaseRequest request;
      request.scenario = &entry.scenario;
      request.variant = next_variant[entry.scenario.id]++;
      request.suite_seed = suite.seed;
      request.subject = subjects[(first_subject % subjects.size() + request.variant) % subjects.size()];
      request.devices = suite.devices;
      request.set = entry.set;
      const auto cell = GridCell(entry.grid, i / entry.variants);
      request.set.insert(request.set.end(), cell.begin(), cell.end());
      request.tags = entry.tags;
      cases.push_back(MakeCase(request, declarations[motion]));
    }
  }
  std::sort(cases.begin(), cases.end(), [](const Case& a, const Case& b) { return a.case_id < b.case_id; });
  RefuseTwins(cases);
  return cases;
}

std::string CacheKey(const Case& c, std::string_view engine_version, std::string_view asset_digest) {
  std::string text =
      fmt::format("{}\nengine {}\nassets {}\nmath {}\n", Describe(c), engine_version, asset_digest, MathTag());
  text += DescribeSurroundings(c.surroundings);
  for (const DeviceAt& device : c.devices) {
    const std::string digest =
        device.file.empty() ? fmt::format("{:016x}", DeviceDigest(device.name)) : FileDigest(device.file);
    text += fmt::format("device {} {}\n", ToString(device), digest);
  }
  return fmt::format("{}-{:016x}", c.case_id, random::HashBytes(text));
}

std::string FileDigest(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(stream)), std::istreambuf_iterator<char>());
  if (!stream) throw trace::InputError(fmt::format("{}: cannot be read", file.string()));
  return fmt::format("{:016x}", random::HashBytes(bytes));
}

}  // namespace stunt::scenarios
