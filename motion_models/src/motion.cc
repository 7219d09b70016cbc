#include "stunt/motion_models/motion.h"

#include <algorithm>
#include <iterator>

#include "stunt/motion_models/strict_yaml.h"

namespace stunt::motion_models {
namespace {

using Numbers = std::map<std::string, Value>;

struct Key {
  std::string_view name;
  std::optional<double> otherwise;  // none = required
  NumberRange range = {};
};

Numbers ReadNumbers(YamlSection& section, std::initializer_list<Key> keys) {
  Numbers numbers;
  for (const Key& key : keys) {
    numbers.emplace(key.name, key.otherwise ? ReadValueOr(section, key.name, *key.otherwise, key.range)
                                            : ReadValue(section.Get(key.name), key.range));
  }
  return numbers;
}

Sides ReadSides(YamlSection& section, Sides otherwise) {
  if (!section.Has("side")) return otherwise;
  const std::string word = section.OneOf("side", {"left", "right", "both", "watch", "other"});
  if (word == "left") return Sides::kLeft;
  if (word == "right") return Sides::kRight;
  if (word == "watch") return Sides::kWatch;
  if (word == "other") return Sides::kOther;
  return Sides::kBoth;
}

constexpr NumberRange kPositive = {1e-6, 1e6};
constexpr int kMaxExtends = 4;  // files that a motion may be based on, one on another

// The keys that the kind of a track takes besides its channels, `side` and `when`.
Numbers ReadTrackNumbers(YamlSection& section, TrackSpec::Kind kind) {
  switch (kind) {
    case TrackSpec::Kind::kMove:
      return ReadNumbers(section, {{"at_s", {}}, {"over_s", {}, kPositive}});
    case TrackSpec::Kind::kSwing:
      return ReadNumbers(section, {{"harmonic", 1.0, {1, 20}}, {"phase_deg", 0.0}});
    case TrackSpec::Kind::kOscillate:
      return ReadNumbers(
          section,
          {{"hz", {}, {0, 50}}, {"phase_deg", 0.0}, {"from_s", -10.0}, {"to_s", 1e6}, {"fade_s", 0.3, kPositive}});
    case TrackSpec::Kind::kWobble:
      return ReadNumbers(section, {{"hz_lo", 0.25, {0, 50}},
                                   {"hz_hi", 2.2, {0, 50}},
                                   {"from_s", -10.0},
                                   {"to_s", 1e6},
                                   {"fade_s", 0.3, kPositive}});
    case TrackSpec::Kind::kPush:
      return ReadNumbers(section, {{"from_s", {}}, {"to_s", {}}, {"ramp_s", 0.04, kPositive}});
    case TrackSpec::Kind::kRepeat:
      return ReadNumbers(section, {{"at_s", {}}, {"times", {}, {0, 2000}}, {"every_s", {}, kPositive}});
  }
  return {};
}

// The channels of a track, or the tracks of a repeat.
void ReadTrackBody(YamlSection& section, const std::string& word, TrackSpec& track);

TrackSpec ReadTrack(const YamlValue& value) {
  static const std::vector<std::pair<std::string, TrackSpec::Kind>> kKinds = {
      {"move", TrackSpec::Kind::kMove},           {"swing", TrackSpec::Kind::kSwing},
      {"oscillate", TrackSpec::Kind::kOscillate}, {"wobble", TrackSpec::Kind::kWobble},
      {"push", TrackSpec::Kind::kPush},           {"repeat", TrackSpec::Kind::kRepeat}};
  YamlSection section = value.Section();
  TrackSpec track;
  track.where = section.Where();
  bool found = false;
  for (const auto& [word, kind] : kKinds) {
    if (!section.Has(word)) continue;
    if (found) section.Refuse("is two kinds of track at once");
    found = true;
    track.kind = kind;
    ReadTrackBody(section, word, track);
  }
  if (!found) section.Refuse("needs one of move, swing, oscillate, wobble, push, repeat");
  track.when = ReadValueOr(section, "when", 1);
  track.numbers = ReadTrackNumbers(section, track.kind);
  section.Finish();
  return track;
}

std::vector<TrackSpec> ReadTracks(YamlSection& root, std::string_view key) {
  std::vector<TrackSpec> tracks;
  for (const YamlValue& value : root.ListOrEmpty(key, {0, 400})) tracks.push_back(ReadTrack(value));
  return tracks;
}

void ReadTrackBody(YamlSection& section, const std::string& word, TrackSpec& track) {
  if (track.kind == TrackSpec::Kind::kRepeat) {
    for (const YamlValue& value : section.List(word, {1, 60})) track.tracks.push_back(ReadTrack(value));
    for (const TrackSpec& inner : track.tracks) {
      if (inner.kind == TrackSpec::Kind::kRepeat) section.Refuse("has a repeat in a repeat; accepted: one level");
    }
    return;
  }
  bool sided = false;
  for (const auto& [name, amount] : section.Child(word).Entries()) {
    const std::optional<ChannelName> channel = FindChannel(name);
    if (!channel) amount.Refuse("is no channel " + AcceptedWords(name, ChannelNames()));
    sided = sided || IsSided(channel->channel);
    track.channels.emplace_back(*channel, ReadValue(amount));
  }
  track.sides = ReadSides(section, sided ? Sides::kBoth : Sides::kNone);
}

sim::Segment ReadSegment(YamlSection& section) {
  const std::string name =
      section.OneOf("segment", {"pelvis", "abdomen", "thorax", "head", "hand", "thigh", "shank", "foot"});
  if (name == "pelvis") return sim::Segment::kPelvis;
  if (name == "abdomen") return sim::Segment::kAbdomen;
  if (name == "thorax") return sim::Segment::kThorax;
  if (name == "head") return sim::Segment::kHead;
  if (name == "hand") return sim::Segment::kHandL;
  if (name == "thigh") return sim::Segment::kThighL;
  if (name == "shank") return sim::Segment::kShankL;
  return sim::Segment::kFootL;
}

// Keys of the kinds that act as a force.
void ReadLoad(YamlSection& section, const std::string& kind, PerturbationSpec& spec) {
  if (kind == "impulse") {
    spec.kind = PerturbationSpec::Kind::kImpulse;
    spec.numbers.merge(ReadNumbers(section, {{"impulse_x_ns", 0.0}, {"impulse_y_ns", 0.0}, {"impulse_z_ns", 0.0}}));
    return;
  }
  spec.numbers.merge(ReadNumbers(section, {{"velocity_x_mps", 0.0}, {"velocity_y_mps", 0.0}}));
  if (kind == "servo") {
    spec.kind = PerturbationSpec::Kind::kServo;
    spec.numbers.merge(ReadNumbers(section, {{"damping_nspm", {}, {0, 1e5}}}));
    return;
  }
  spec.kind = PerturbationSpec::Kind::kHold;
  spec.numbers.merge(ReadNumbers(section, {{"stiffness_npm", 5000.0, {0, 1e5}},
                                           {"damping_nspm", 150.0, {0, 1e4}},
                                           {"max_force_n", {}, {0, 1e4}},
                                           {"ramp_s", 0.05, kPositive}}));
  // Without a place it holds on to where the point is when it begins.
  if (!section.Has("to_x_m") && !section.Has("to_y_m") && !section.Has("to_z_m")) return;
  spec.numbers.merge(ReadNumbers(section, {{"to_x_m", {}}, {"to_y_m", {}}, {"to_z_m", {}}}));
}

PerturbationSpec ReadPerturbation(const YamlValue& value) {
  YamlSection section = value.Section();
  PerturbationSpec spec;
  spec.where = section.Where();
  const std::string kind = section.OneOf("kind", {"impulse", "servo", "friction", "hold"});
  spec.when = ReadValueOr(section, "when", 1);
  if (kind == "friction") {
    spec.kind = PerturbationSpec::Kind::kFriction;
    spec.segment = sim::Segment::kFootL;
    spec.sides = ReadSides(section, Sides::kBoth);
    spec.numbers = ReadNumbers(section, {{"at_s", {}},
                                         {"for_s", {}, kPositive},
                                         {"scale", {}, {0, 1}},
                                         {"times", 1.0, {1, 100}},
                                         {"every_s", 1.0, kPositive}});
  } else {
    spec.segment = ReadSegment(section);
    spec.sides = ReadSides(section, spec.segment >= sim::Segment::kUpperArmL ? Sides::kBoth : Sides::kNone);
    spec.numbers = ReadNumbers(section, {{"at_s", {}},
                                         {"for_s", {}, kPositive},
                                         {"times", 1.0, {1, 100}},
                                         {"every_s", 1.0, kPositive},
                                         {"x_m", 0.0, {-1, 1}},
                                         {"y_m", 0.0, {-1, 1}},
                                         {"z_m", 0.0, {-1, 1}}});
    ReadLoad(section, kind, spec);
  }
  section.Finish();
  return spec;
}

constexpr NumberRange kBoxEdge = {1e-3, 100};

Numbers ReadPatch(YamlSection& section) {
  return ReadNumbers(
      section, {{"height_m", {}, {-10, 10}}, {"x_lo_m", -1e9}, {"x_hi_m", 1e9}, {"y_lo_m", -1e9}, {"y_hi_m", 1e9}});
}

Numbers ReadBox(YamlSection box) {
  Numbers numbers = ReadNumbers(box, {{"x_m", 0.0},
                                      {"y_m", 0.0},
                                      {"z_m", {}, {-10, 10}},
                                      {"size_x_m", {}, kBoxEdge},
                                      {"size_y_m", {}, kBoxEdge},
                                      {"size_z_m", {}, kBoxEdge},
                                      {"yaw_deg", 0.0},
                                      {"pitch_deg", 0.0}});
  box.Finish();
  return numbers;
}

SurfaceSpec ReadSurface(const YamlValue& value) {
  YamlSection section = value.Section();
  SurfaceSpec spec;
  spec.where = section.Where();
  spec.name = section.Id("name");
  spec.touches = section.OneOfOr("touches", "all", {"all", "feet", "body", "hands", "seat", "trunk"});
  spec.ground = section.FlagOr("ground", false);
  spec.when = ReadValueOr(section, "when", 1);
  spec.box = section.Has("box");
  spec.numbers = spec.box ? ReadBox(section.Child("box")) : ReadPatch(section);
  spec.numbers.merge(ReadNumbers(section, {{"foundation_npm3", 1e12, {1e3, 1e12}},
                                           {"stiffness", 1.0, {0, 100}},
                                           {"damping", 1.0, {0, 100}},
                                           {"friction", 0.8, {0, 2}},
                                           {"ramp_m", 0.01, {1e-4, 1}},
                                           {"depth_m", 1e9, kPositive},
                                           {"count", 1.0, {1, 40}},
                                           {"step_x_m", 0.0},
                                           {"step_z_m", 0.0}}));
  section.Finish();
  return spec;
}

// Numbers of a block that may begin from another motion's: its keys stay where the file does not name them.
void ReadOver(YamlSection section, std::initializer_list<Key> keys, Numbers& numbers) {
  for (const Key& key : keys) {
    const auto base = numbers.find(std::string(key.name));
    if (base != numbers.end() && !section.Has(key.name)) continue;
    numbers[std::string(key.name)] = key.otherwise ? ReadValueOr(section, key.name, *key.otherwise, key.range)
                                                   : ReadValue(section.Get(key.name), key.range);
  }
  section.Finish();
}

void ReadGait(YamlSection section, Numbers& numbers) {
  ReadOver(std::move(section),
           {{"speed_mps", {}, {0.1, 10}},
            {"period_s", {}, {0.2, 5}},
            {"duty", 0.62, {0.2, 0.9}},
            {"lead", 0.27, {0, 0.5}},
            {"start_s", 0.0},
            {"ramp_s", 1.2, kPositive},
            {"grow_strides", 1.2, {0, 20}},
            {"stop_s", 1e6},
            {"stop_over_s", 1.0, kPositive},
            {"crouch_m", 0.02},
            {"bob_m", 0.02},
            {"sway_m", 0.02},
            {"clearance_m", 0.05},
            {"toe_off_deg", 55.0, {0, 80}},
            {"heel_strike_deg", 18.0, {-30, 40}},
            {"climb_lag", 0.0, {-1, 1}},
            {"rise_m", 0.0, {-0.4, 0.4}}},
           numbers);
}

// Own declarations replace the base's of the same name and place; new ones follow.
void MergeParameters(std::vector<ParameterDecl> own, std::vector<ParameterDecl>& parameters) {
  for (ParameterDecl& decl : own) {
    const auto same =
        std::find_if(parameters.begin(), parameters.end(), [&](const ParameterDecl& p) { return p.name == decl.name; });
    if (same == parameters.end()) {
      parameters.push_back(std::move(decl));
    } else {
      *same = std::move(decl);
    }
  }
}

bool Uses(const ParameterDecl& decl, const ParameterDecl& other) {
  const auto* formula = std::get_if<Expression>(&decl.rule);
  if (formula == nullptr) return false;
  return std::any_of(formula->names().begin(), formula->names().end(), [&](const std::string& name) {
    return name == other.name || name == other.name + "_left" || name == other.name + "_right";
  });
}

// Formulas see what stands above them. Where a file replaces a parameter of its base, that order may break: each
// parameter is moved below the ones that it uses. (In a circle the order stays, and Resolve refuses it.)
void SortByUse(std::vector<ParameterDecl>& parameters) {
  std::vector<ParameterDecl> sorted;
  while (!parameters.empty()) {
    auto next = std::find_if(parameters.begin(), parameters.end(), [&](const ParameterDecl& decl) {
      return std::none_of(parameters.begin(), parameters.end(),
                          [&](const ParameterDecl& other) { return &other != &decl && Uses(decl, other); });
    });
    if (next == parameters.end()) next = parameters.begin();
    sorted.push_back(std::move(*next));
    parameters.erase(next);
  }
  parameters = std::move(sorted);
}

template <typename T>
void Append(std::vector<T> own, std::vector<T>& all) {
  all.insert(all.end(), std::make_move_iterator(own.begin()), std::make_move_iterator(own.end()));
}

// For a body of 73 kg; see Performer.
const std::initializer_list<Key> kAssistKeys = {{"stiffness_npm", 6000.0, {0, 1e5}},
                                                {"damping_ratio", 0.7, {0, 5}},
                                                {"max_force_n", 1500.0, {0, 1e4}},
                                                {"max_torque_nm", 400.0, {0, 2000}}};

ReleaseSpec ReadRelease(YamlSection section) {
  ReleaseSpec release;
  release.numbers = ReadNumbers(section, {{"at_s", {}},
                                          {"mass_kg", {}, {1e-3, 10}},
                                          {"size_x_m", {}, {2e-3, 1}},
                                          {"size_y_m", {}, {2e-3, 1}},
                                          {"size_z_m", {}, {2e-3, 1}},
                                          {"stiffness_npm", 1e6, {1e2, 1e7}},
                                          {"restitution", 0.4, {0, 1}},
                                          {"friction", 0.6, {0, 2}},
                                          {"velocity_x_mps", 0.0, {-30, 30}},
                                          {"velocity_y_mps", 0.0, {-30, 30}},
                                          {"velocity_z_mps", 0.0, {-30, 30}},
                                          {"spin_x_dps", 0.0, {-3600, 3600}},
                                          {"spin_y_dps", 0.0, {-3600, 3600}},
                                          {"spin_z_dps", 0.0, {-3600, 3600}}});
  section.Finish();
  return release;
}

// What the file does not say stays as the motion has it that it extends.
void ReadResume(YamlSection section, std::optional<ResumeSpec>& resume) {
  const bool first = !resume;
  if (first) resume.emplace();
  if (first || section.Has("at_s")) resume->at = ReadValue(section.Get("at_s"));
  if (first || section.Has("over_s")) resume->over = ReadValue(section.Get("over_s"), kPositive);
  if (section.Has("tracks")) resume->tracks = ReadTracks(section, "tracks");
  section.Finish();
}

// The blocks that a motion may take from the one it extends.
void ReadBody(YamlSection& root, Motion& motion) {
  if (const auto block = root.Find("parameters")) MergeParameters(ReadParameters(*block), motion.parameters);
  if (const auto duration = root.Find("duration_s")) motion.duration = ReadValue(*duration, {0.1, 1e5});
  if (const auto at = root.Find("event_at_s")) motion.event_at = ReadValue(*at);
  if (root.Has("gait")) ReadGait(root.Child("gait"), motion.gait);
  if (root.Has("stance")) {
    ReadOver(root.Child("stance"), {{"crouch_m", 0.012}, {"width_m", 0.0}, {"forward_m", 0.0}, {"height_m", 0.0}},
             motion.stance);
  }
  if (root.Has("assist")) ReadOver(root.Child("assist"), kAssistKeys, motion.assist);
  if (root.Has("surfaces")) {
    motion.surfaces.clear();
    for (const YamlValue& value : root.List("surfaces", {1, 12})) motion.surfaces.push_back(ReadSurface(value));
  }
  Append(ReadTracks(root, "tracks"), motion.tracks);
  Append(ReadTracks(root, "closing"), motion.closing);
  Append(ReadTracks(root, "after_contact"), motion.after_contact);
  if (root.Has("release")) motion.release = ReadRelease(root.Child("release"));
  if (root.Has("resume")) ReadResume(root.Child("resume"), motion.resume);
  for (const YamlValue& value : root.ListOrEmpty("perturbations", {0, 20})) {
    motion.perturbations.push_back(ReadPerturbation(value));
  }
  if (root.Has("activities")) motion.activities.clear();
  for (const YamlValue& value : root.ListOrEmpty("activities", {0, 50})) {
    YamlSection section = value.Section();
    motion.activities.push_back(
        {section.Id("label"), ReadValue(section.Get("from_s")), ReadValue(section.Get("to_s"))});
    section.Finish();
  }
}

// Files that this one is based on, in the order in which they are laid over one another.
std::vector<std::string> Bases(YamlSection& root, int depth) {
  const std::optional<YamlValue> value = root.Find("extends");
  if (!value) return {};
  if (depth >= kMaxExtends) value->Refuse("extends too many files, or itself");
  std::vector<std::string> ids;
  if (!value->IsList()) return {value->Id()};
  for (const YamlValue& id : value->List({1, 4})) ids.push_back(id.Id());
  return ids;
}

void LoadOver(const std::filesystem::path& file, int depth, Motion& motion) {
  const YamlFile yaml = YamlFile::Load(file);
  YamlSection root = yaml.Root();
  (void)root.OneOf("schema", {"stunt.motion/v1"});
  for (const std::string& id : Bases(root, depth)) {
    LoadOver(file.parent_path() / (id + ".yaml"), depth + 1, motion);
  }
  motion.file = file;
  motion.id = root.Id("id");
  motion.description = root.Text("description");
  motion.sources = root.Get("sources").Texts({1, 50});
  ReadBody(root, motion);
  if (depth == 0 && motion.gait.empty() == motion.stance.empty()) root.Refuse("needs either a gait or a stance");
  if (depth == 0 && motion.duration.IsNumber() && motion.duration.Evaluate({}) == 0) root.Refuse("needs duration_s");
  root.Finish();
}

void ReadParametersOver(const std::filesystem::path& file, int depth, std::vector<ParameterDecl>& parameters) {
  const YamlFile yaml = YamlFile::Load(file);
  YamlSection root = yaml.Root();
  for (const std::string& id : Bases(root, depth)) {
    ReadParametersOver(file.parent_path() / (id + ".yaml"), depth + 1, parameters);
  }
  if (const auto block = root.Find("parameters")) MergeParameters(ReadParameters(*block), parameters);
}

}  // namespace

std::vector<ParameterDecl> ReadParameterBlock(const std::filesystem::path& motion_file) {
  std::vector<ParameterDecl> parameters;
  ReadParametersOver(motion_file, 0, parameters);
  SortByUse(parameters);
  return parameters;
}

Motion LoadMotion(const std::filesystem::path& file) {
  Motion motion;
  LoadOver(file, 0, motion);
  for (const Key& key : kAssistKeys) motion.assist.try_emplace(std::string(key.name), Value(*key.otherwise));
  SortByUse(motion.parameters);
  return motion;
}

}  // namespace stunt::motion_models
