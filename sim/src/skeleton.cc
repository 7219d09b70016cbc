#include "stunt/sim/skeleton.h"

#include <fmt/format.h>

#include <numbers>
#include <stdexcept>

namespace stunt::sim {
namespace {

using Eigen::Vector3d;

/// One row of de Leva 1996, table 4. Lengths at the reference stature.
struct SegmentRow {
  double length;      // m
  double mass;        // fraction of body mass
  double com;         // from the proximal (upper) endpoint, fraction of length
  Vector3d gyration;  // radii about the sagittal (x), transverse (y) and longitudinal (z) axis, fractions of length
};

struct SegmentTable {
  double reference_stature;
  SegmentRow head;         // C7–vertex; centre of mass from the vertex
  SegmentRow upper_trunk;  // suprasternale–xiphion
  double trunk_c7_above_suprasternale;
  SegmentRow mid_trunk;    // xiphion–omphalion
  SegmentRow lower_trunk;  // omphalion–mid-hip
  SegmentRow upper_arm, forearm, hand, thigh, shank, foot;
};

const SegmentTable& Table(Sex sex) {
  static const SegmentTable kFemale = {
      1.735,
      {.2437, .0668, .4841, {.271, .295, .261}},
      {.1425, .1545, .2077, {.746, .502, .718}},
      .6148 - .5293,
      {.2053, .1465, .4512, {.433, .354, .415}},
      {.1815, .1247, .4920, {.433, .402, .444}},
      {.2751, .0255, .5754, {.278, .260, .148}},
      {.2643, .0138, .4559, {.261, .257, .094}},
      {.0780, .0056, .7474, {.531, .454, .335}},
      {.3685, .1478, .3612, {.369, .364, .162}},
      {.4323, .0481, .4416, {.271, .267, .093}},
      {.2283, .0129, .4014, {.299, .279, .139}},
  };
  static const SegmentTable kMale = {
      1.741,
      {.2429, .0694, .5002, {.303, .315, .261}},
      {.1707, .1596, .2999, {.716, .454, .659}},
      .6033 - .5319,
      {.2155, .1633, .4502, {.482, .383, .468}},
      {.1457, .1117, .6115, {.615, .551, .587}},
      {.2817, .0271, .5772, {.285, .269, .158}},
      {.2689, .0162, .4574, {.276, .265, .121}},
      {.0862, .0061, .7900, {.628, .513, .401}},
      {.4222, .1416, .4095, {.329, .329, .149}},
      {.4340, .0433, .4459, {.255, .249, .103}},
      {.2581, .0137, .4415, {.257, .245, .124}},
  };
  return sex == Sex::kFemale ? kFemale : kMale;
}

// The printed fractions of women sum to 0.9999.
double MassFractions(const SegmentTable& t) {
  return t.head.mass + t.upper_trunk.mass + t.mid_trunk.mass + t.lower_trunk.mass +
         2 * (t.upper_arm.mass + t.forearm.mass + t.hand.mass + t.thigh.mass + t.shank.mass + t.foot.mass);
}

constexpr double Degrees(double deg) { return deg * std::numbers::pi / 180; }

/// Builds the links one after the other; keeps the scale and the table at hand.
class Builder {
 public:
  explicit Builder(const Subject& subject)
      : table_(Table(subject.sex)),
        scale_(subject.stature_m / table_.reference_stature),
        body_mass_(subject.mass_kg / MassFractions(table_)) {
    skeleton_.stature = subject.stature_m;
    skeleton_.strength = subject.mass_kg * subject.stature_m / (73 * 1.741);
  }

  Skeleton Build() {
    AddTrunk();
    for (const Side side : {Side::kLeft, Side::kRight}) {
      AddArm(side);
      AddLeg(side);
    }
    AddContacts();
    AddCapsules();
    for (const Link& link : skeleton_.links) skeleton_.mass += link.mass;
    return skeleton_;
  }

 private:
  double Length(const SegmentRow& row) const { return row.length * scale_; }

  void SetMass(Link& link, const SegmentRow& row) const {
    link.mass = row.mass * body_mass_;
    link.inertia = link.mass * (row.gyration * Length(row)).cwiseAbs2();
  }

  struct Joint {
    double stiffness;  // Nm/rad
    double damping;    // Nms/rad
  };

  // Strength for a body of 73 kg and 1.741 m: gravity's torques grow with mass times stature, so muscles do too.
  // Ligaments (EST): of most joints by so many times the muscle at tone 1; of the arm's, whose muscles yield, as given.
  void SetMuscle(Link& link, const Joint& muscle, double limit_lo, double limit_hi) const {
    SetMuscle(link, muscle, limit_lo, limit_hi, {60 * muscle.stiffness, 12 * muscle.damping});
  }

  void SetMuscle(Link& link, const Joint& muscle, double limit_lo, double limit_hi, const Joint& ligaments) const {
    link.stiffness = muscle.stiffness * skeleton_.strength;
    link.damping = muscle.damping * skeleton_.strength;
    link.limit_lo = limit_lo;
    link.limit_hi = limit_hi;
    link.limit_stiffness = ligaments.stiffness * skeleton_.strength;
    link.limit_damping = ligaments.damping * skeleton_.strength;
  }

  void AddTrunk() {
    const SegmentRow& lower = table_.lower_trunk;
    Link& pelvis = skeleton_.link(Segment::kPelvis);
    SetMass(pelvis, lower);
    skeleton_.pelvis_to_hip = (1 - lower.com) * Length(lower);
    skeleton_.hip_half_width = 0.045 * skeleton_.stature;  // EST: hip joint centres 0.16 m apart at 1.78 m

    const SegmentRow& mid = table_.mid_trunk;
    Link& abdomen = skeleton_.link(Segment::kAbdomen);
    SetMass(abdomen, mid);
    abdomen.p_parent_joint = {0, 0, lower.com * Length(lower)};
    abdomen.p_joint_com = {0, 0, (1 - mid.com) * Length(mid)};
    SetMuscle(abdomen, {600, 40}, 0, Degrees(35));

    const SegmentRow& upper = table_.upper_trunk;
    Link& thorax = skeleton_.link(Segment::kThorax);
    thorax.parent = Segment::kAbdomen;
    SetMass(thorax, upper);
    thorax.p_parent_joint = {0, 0, mid.com * Length(mid)};
    thorax.p_joint_com = {0, 0, (1 - upper.com) * Length(upper)};
    SetMuscle(thorax, {500, 35}, 0, Degrees(26));

    const SegmentRow& head = table_.head;
    Link& skull = skeleton_.link(Segment::kHead);
    skull.parent = Segment::kThorax;
    SetMass(skull, head);
    skull.p_parent_joint = {0, 0, upper.com * Length(upper) + table_.trunk_c7_above_suprasternale * scale_};
    skull.p_joint_com = {0, 0, (1 - head.com) * Length(head)};
    SetMuscle(skull, {60, 4}, 0, Degrees(52));
  }

  // Elbow, forearm and wrist are lightly damped (EST: a third of critical, as arms that are perturbed swing back).
  // Relaxed people's forearm and wrist have about 1 Nm/rad (Formica et al. 2012, J Neurophysiol 108, recalled), which
  // is what is left of these muscles at the tone of an arm at rest. Stiffer and more damped ones keep a wrist from
  // turning when the hand hits something.
  void AddArm(Side side) {
    const double left = side == Side::kLeft ? 1 : -1;
    const SegmentRow& upper_trunk = table_.upper_trunk;
    const SegmentRow& row = table_.upper_arm;
    Link& upper_arm = skeleton_.link(OnSide(Segment::kUpperArmL, side));
    upper_arm.parent = Segment::kThorax;
    SetMass(upper_arm, row);
    // EST: shoulder centres 0.105 stature off the midline, 15 mm below the suprasternale.
    upper_arm.p_parent_joint = {0, left * 0.105 * skeleton_.stature,
                                upper_trunk.com * Length(upper_trunk) - 0.015 * scale_};
    upper_arm.p_joint_com = {0, 0, -row.com * Length(row)};
    SetMuscle(upper_arm, {90, 6}, 0, Degrees(150));
    skeleton_.upper_arm = Length(row);

    // Two halves of equal length whose masses and radii keep the whole's centre of mass and moments exactly.
    const SegmentRow& whole = table_.forearm;
    const double half = 0.5 * Length(whole);
    skeleton_.forearm = Length(whole);
    Link& proximal = skeleton_.link(OnSide(Segment::kForearmL, side));
    proximal.parent = OnSide(Segment::kUpperArmL, side);
    proximal.type = JointType::kRevolute;
    proximal.axis = {0, -1, 0};
    SetHalfForearm(proximal, ProximalShare(whole));
    proximal.p_parent_joint = {0, 0, -(1 - row.com) * Length(row)};
    SetMuscle(proximal, {60, 1.5}, Degrees(-2), Degrees(142), {3600, 36});

    Link& distal = skeleton_.link(OnSide(Segment::kWristL, side));
    distal.parent = OnSide(Segment::kForearmL, side);
    distal.type = JointType::kRevolute;
    distal.axis = {0, 0, -left};  // pronation turns the palm back
    SetHalfForearm(distal, 1 - ProximalShare(whole));
    distal.p_parent_joint = {0, 0, -0.5 * half};
    SetMuscle(distal, {5, 0.12}, Degrees(-85), Degrees(85), {900, 7.2});

    const SegmentRow& hand_row = table_.hand;
    Link& hand = skeleton_.link(OnSide(Segment::kHandL, side));
    hand.parent = OnSide(Segment::kWristL, side);
    SetMass(hand, hand_row);
    hand.p_parent_joint = {0, 0, -0.5 * half};
    hand.p_joint_com = {0, 0, -hand_row.com * Length(hand_row)};
    SetMuscle(hand, {8, 0.25}, 0, Degrees(69), {1500, 12});
  }

  // Centres of the halves lie at 1/4 and 3/4 of the length.
  static double ProximalShare(const SegmentRow& whole) { return (0.75 - whole.com) / 0.5; }

  void SetHalfForearm(Link& link, double share) const {
    const SegmentRow& whole = table_.forearm;
    const double length = Length(whole);
    // Parallel axes: the two centres are half a length apart.
    const double p = ProximalShare(whole);
    const double apart = p * (1 - p) * 0.25;
    Vector3d squared = whole.gyration.cwiseAbs2();
    squared.x() -= apart;
    squared.y() -= apart;
    link.mass = share * whole.mass * body_mass_;
    link.inertia = link.mass * length * length * squared;
    link.p_joint_com = {0, 0, -0.25 * length};
  }

  void AddLeg(Side side) {
    const double left = side == Side::kLeft ? 1 : -1;
    const SegmentRow& thigh_row = table_.thigh;
    Link& thigh = skeleton_.link(OnSide(Segment::kThighL, side));
    thigh.parent = Segment::kPelvis;
    SetMass(thigh, thigh_row);
    thigh.p_parent_joint = {0, left * skeleton_.hip_half_width, -skeleton_.pelvis_to_hip};
    thigh.p_joint_com = {0, 0, -thigh_row.com * Length(thigh_row)};
    SetMuscle(thigh, {500, 30}, 0, Degrees(115));
    skeleton_.thigh = Length(thigh_row);

    const SegmentRow& shank_row = table_.shank;
    Link& shank = skeleton_.link(OnSide(Segment::kShankL, side));
    shank.parent = OnSide(Segment::kThighL, side);
    shank.type = JointType::kRevolute;
    shank.axis = {0, 1, 0};
    SetMass(shank, shank_row);
    shank.p_parent_joint = {0, 0, -(1 - thigh_row.com) * Length(thigh_row)};
    shank.p_joint_com = {0, 0, -shank_row.com * Length(shank_row)};
    SetMuscle(shank, {400, 20}, Degrees(-2), Degrees(140));
    skeleton_.shank = Length(shank_row);

    // The foot's long axis is x: its longitudinal radius is about x, the others about z and y.
    const SegmentRow& foot_row = table_.foot;
    Link& foot = skeleton_.link(OnSide(Segment::kFootL, side));
    foot.parent = OnSide(Segment::kShankL, side);
    foot.mass = foot_row.mass * body_mass_;
    foot.inertia =
        foot.mass *
        (Vector3d(foot_row.gyration.z(), foot_row.gyration.x(), foot_row.gyration.y()) * Length(foot_row)).cwiseAbs2();
    foot.p_parent_joint = {0, 0, -(1 - shank_row.com) * Length(shank_row)};
    skeleton_.foot_length = Length(foot_row);
    skeleton_.ankle_height = 0.039 * skeleton_.stature;  // Drillis–Contini
    // Heel 0.25 foot lengths behind the ankle (EST); centre of mass from the heel by the table.
    foot.p_joint_com = {(foot_row.com - 0.25) * Length(foot_row), 0, -0.5 * skeleton_.ankle_height};
    SetMuscle(foot, {200, 8}, 0, Degrees(45));
  }

  // Flesh gives back less than it took: whoever lands on trunk or thighs does not bounce (EST, from how the waists of
  // people who fall come to rest). Feet, hands and forearms have little of it.
  static double Recoil(Segment segment) {
    constexpr std::uint32_t kBony = kFeet | kLowerArms;
    return (kBony & Bit(segment)) != 0 ? 1 : 2.5;
  }

  void AddContact(Segment segment, const Vector3d& centre, double radius, double stiffness, double damping) {
    skeleton_.contacts.at(static_cast<std::size_t>(skeleton_.contact_count++)) = {segment,   centre,  radius,
                                                                                  stiffness, damping, Recoil(segment)};
  }

  // Radii and positions at the reference stature, estimates; stiffness and damping from the prototype's wrist and waist
  // falls (docs/physics.md).
  void AddContacts() {
    const double s = scale_;
    for (const Side side : {Side::kLeft, Side::kRight}) {
      const double left = side == Side::kLeft ? 1 : -1;
      AddFootContacts(side);
      const auto at = [&](Segment segment) { return OnSide(segment, side); };
      AddContact(at(Segment::kShankL), {0.01, 0, 0.4459 * skeleton_.shank * 0.9}, 0.06 * s, 3e4, 500);  // knee
      AddContact(at(Segment::kThighL), {0, 0, -0.05 * s}, 0.07 * s, 2.5e4, 500);
      AddContact(at(Segment::kUpperArmL), {0, 0, 0.57 * skeleton_.upper_arm}, 0.055 * s, 3e4, 500);  // shoulder
      AddContact(at(Segment::kForearmL), {0, 0, 0.25 * skeleton_.forearm}, 0.04 * s, 3e4, 300);      // elbow
      AddContact(at(Segment::kWristL), {0, 0, -0.25 * skeleton_.forearm}, 0.03 * s, 2.5e4, 150);
      AddContact(at(Segment::kHandL), {0, 0, -0.03 * s}, 0.03 * s, 2.5e4, 150);
      AddContact(Segment::kPelvis, {0, left * 0.12 * s, -0.03 * s}, 0.07 * s, 5e4, 800);           // hip
      AddContact(Segment::kPelvis, {-0.065 * s, left * 0.05 * s, -0.06 * s}, 0.07 * s, 5e4, 800);  // buttock
      AddContact(Segment::kThorax, {0.06 * s, left * 0.08 * s, 0}, 0.07 * s, 3e4, 700);
      AddContact(Segment::kThorax, {-0.06 * s, left * 0.08 * s, 0.03 * s}, 0.07 * s, 3e4, 700);
    }
    AddContact(Segment::kHead, {0, 0, 0.02 * s}, 0.10 * s, 4e4, 400);
    AddContact(Segment::kAbdomen, {0.05 * s, 0, 0}, 0.09 * s, 1.2e4, 600);
    // The small of the back lies in front of buttocks and ribs, the belly before the pelvis: who lies supine turns the
    // pelvis by more than a right angle from standing, who lies prone by less.
    AddContact(Segment::kAbdomen, {-0.04 * s, 0, 0}, 0.07 * s, 2.5e4, 600);
    AddContact(Segment::kPelvis, {0.03 * s, 0, 0}, 0.09 * s, 1.2e4, 600);
  }

  // Breadths and depths of the reference stature: chest 0.31 and 0.21 m, waist 0.30, hips 0.34, thigh 0.14 (ANSUR II
  // medians within 10 %; EST where the capsule's round shape must stand for an oval).
  void AddCapsules() {
    const double s = scale_;
    const auto across = [s](Segment segment, double half_axis, double radius, double z) {
      return BodyCapsule{segment, {0, half_axis * s, z * s}, {0, -half_axis * s, z * s}, radius * s, kLowerArms};
    };
    const auto thigh = [&](Side side) {
      const double com_to_hip = -skeleton_.link(OnSide(Segment::kThighL, side)).p_joint_com.z();
      const Segment other_knee = side == Side::kLeft ? Segment::kShankR : Segment::kShankL;
      return BodyCapsule{OnSide(Segment::kThighL, side),
                         {0, 0, com_to_hip - 0.06 * s},
                         {0, 0, com_to_hip - 0.9 * skeleton_.thigh},
                         0.07 * s,
                         kLowerArms | Bit(other_knee)};
    };
    skeleton_.capsules = {across(Segment::kThorax, 0.05, 0.105, 0),
                          across(Segment::kAbdomen, 0.05, 0.10, 0),
                          across(Segment::kPelvis, 0.07, 0.10, 0),
                          across(Segment::kHead, 0, 0.10, 0.02),
                          thigh(Side::kLeft),
                          thigh(Side::kRight)};
  }

  void AddFootContacts(Side side) {
    const Segment foot = OnSide(Segment::kFootL, side);
    const double left = side == Side::kLeft ? 1 : -1;
    const Link& link = skeleton_.link(foot);
    const double radius = 0.015;
    const double length = skeleton_.foot_length;
    const double z = -0.5 * skeleton_.ankle_height + radius;
    const double ankle = -link.p_joint_com.x();  // the ankle, from the centre of mass
    const double half = 0.12 * length;
    const auto add = [&](double from_heel, double y, double stiffness) {
      AddContact(foot, {ankle + (from_heel - 0.25) * length, y, z}, radius, stiffness, 400);
    };
    // Sole and pad in series: a standing foot sinks in by 4 mm.
    add(0.06, 0.8 * half * left, 2e4);
    add(0.06, -0.8 * half * left, 2e4);
    add(0.72, 1.3 * half * left, 2e4);
    add(0.75, -1.3 * half * left, 2e4);
    add(0.95, -0.6 * half * left, 1e4);  // great toe
  }

  const SegmentTable& table_;
  double scale_;
  double body_mass_;  // so that the segments sum to the subject's mass
  Skeleton skeleton_;
};

}  // namespace

std::string_view Name(Segment s) {
  static constexpr std::array<std::string_view, kSegments> kNames = {
      "pelvis",     "abdomen",    "thorax",          "head",          "left_upper_arm", "left_forearm",
      "left_wrist", "left_hand",  "right_upper_arm", "right_forearm", "right_wrist",    "right_hand",
      "left_thigh", "left_shank", "left_foot",       "right_thigh",   "right_shank",    "right_foot"};
  return kNames[static_cast<std::size_t>(Index(s))];
}

Skeleton BuildSkeleton(const Subject& subject) {
  if (!(subject.stature_m >= 0.5 && subject.stature_m <= 2.5) || !(subject.mass_kg >= 10 && subject.mass_kg <= 300)) {
    throw std::invalid_argument(fmt::format("subject {}: stature {} m (0.5 to 2.5) or mass {} kg (10 to 300)",
                                            subject.id, subject.stature_m, subject.mass_kg));
  }
  return Builder(subject).Build();
}

}  // namespace stunt::sim
