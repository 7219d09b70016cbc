#include "stunt/sim/skeleton.h"

#include <gtest/gtest.h>

#include <cmath>

namespace stunt::sim {
namespace {

using Eigen::Vector3d;

Subject Person(Sex sex, double stature, double mass) {
  Subject subject;
  subject.sex = sex;
  subject.stature_m = stature;
  subject.mass_kg = mass;
  return subject;
}

TEST(Skeleton, MassIsThatOfTheSubject) {
  for (const Sex sex : {Sex::kFemale, Sex::kMale}) {
    for (const double mass : {45.0, 73.0, 120.0}) {
      EXPECT_NEAR(BuildSkeleton(Person(sex, 1.7, mass)).mass, mass, 1e-12 * mass);
    }
  }
}

TEST(Skeleton, LengthsScaleWithStatureAndMomentsWithMassTimesLengthSquared) {
  const Skeleton small = BuildSkeleton(Person(Sex::kFemale, 1.5, 50));
  const Skeleton large = BuildSkeleton(Person(Sex::kFemale, 1.8, 75));
  EXPECT_NEAR(large.thigh / small.thigh, 1.2, 1e-12);
  EXPECT_NEAR(large.StandingPelvisHeight() / small.StandingPelvisHeight(), 1.2, 1e-12);
  for (std::size_t k = 0; k < kSegments; ++k) {
    const Vector3d ratio = large.links[k].inertia.cwiseQuotient(small.links[k].inertia);
    EXPECT_NEAR((ratio - Vector3d::Constant(1.5 * 1.2 * 1.2)).norm(), 0, 1e-12);
    EXPECT_NEAR((large.links[k].p_joint_com - 1.2 * small.links[k].p_joint_com).norm(), 0, 1e-14);
  }
}

struct Forearm {
  Sex sex;
  double stature, length, mass, mass_of_all, com;
  Vector3d gyration;
};

// de Leva 1996, table 4, forearm (elbow to wrist joint centre), at the reference statures; mass as a fraction, and the
// sum of all fractions as printed.
const Forearm kForearms[] = {{Sex::kFemale, 1.735, 0.2643, 0.0138, 0.9999, 0.4559, {0.261, 0.257, 0.094}},
                             {Sex::kMale, 1.741, 0.2689, 0.0162, 1.0, 0.4574, {0.276, 0.265, 0.121}}};

// Oracle: parallel axes. The two halves together must weigh, balance and swing as the whole forearm does.
TEST(Skeleton, HalvesOfTheForearmKeepItsMassCentreAndMoments) {
  for (const Forearm& whole : kForearms) {
    const Skeleton skeleton = BuildSkeleton(Person(whole.sex, whole.stature, 70));
    for (const Side side : {Side::kLeft, Side::kRight}) {
      const Link& upper = skeleton.link(OnSide(Segment::kForearmL, side));
      const Link& lower = skeleton.link(OnSide(Segment::kWristL, side));
      const Vector3d upper_com = upper.p_joint_com;  // from the elbow
      const Vector3d lower_com = upper_com + lower.p_parent_joint + lower.p_joint_com;
      const double mass = upper.mass + lower.mass;
      const Vector3d com = (upper.mass * upper_com + lower.mass * lower_com) / mass;
      EXPECT_NEAR(mass, whole.mass / whole.mass_of_all * 70, 1e-13);
      EXPECT_NEAR((com - Vector3d(0, 0, -whole.com * whole.length)).norm(), 0, 1e-15);
      Vector3d moments = upper.inertia + lower.inertia;
      for (const auto& [link_mass, at] : {std::pair(upper.mass, upper_com), std::pair(lower.mass, lower_com)}) {
        const Vector3d r = at - com;
        moments += link_mass * (Vector3d::Constant(r.squaredNorm()) - r.cwiseAbs2());
      }
      const Vector3d expected = mass * (whole.gyration * whole.length).cwiseAbs2();
      EXPECT_NEAR((moments - expected).norm(), 0, 1e-15);
      EXPECT_NEAR((lower_com + Vector3d(0, 0, -0.25 * whole.length)).z(), -whole.length, 1e-15);  // ends at the wrist
    }
  }
}

TEST(Skeleton, SidesMirrorEachOther) {
  const Vector3d flip(1, -1, 1);
  for (const Sex sex : {Sex::kFemale, Sex::kMale}) {
    const Skeleton skeleton = BuildSkeleton(Person(sex, 1.7, 70));
    for (const Segment left : {Segment::kUpperArmL, Segment::kForearmL, Segment::kWristL, Segment::kHandL,
                               Segment::kThighL, Segment::kShankL, Segment::kFootL}) {
      const Link& a = skeleton.link(left);
      const Link& b = skeleton.link(OnSide(left, Side::kRight));
      EXPECT_EQ(a.mass, b.mass);
      EXPECT_EQ(a.inertia, b.inertia);
      EXPECT_EQ(a.p_parent_joint.cwiseProduct(flip), b.p_parent_joint) << Name(left);
      EXPECT_EQ(a.p_joint_com.cwiseProduct(flip), b.p_joint_com) << Name(left);
      // An axis is a pseudo-vector: a mirrored turn by the same angle is about −flip·axis.
      EXPECT_EQ(-a.axis.cwiseProduct(flip), b.axis) << Name(left);
    }
  }
}

// Segment moments obey the triangle inequality of real bodies.
TEST(Skeleton, MomentsBelongToRealBodies) {
  for (const Sex sex : {Sex::kFemale, Sex::kMale}) {
    const Skeleton skeleton = BuildSkeleton(Person(sex, 1.7, 70));
    for (std::size_t k = 0; k < kSegments; ++k) {
      const Vector3d& I = skeleton.links[k].inertia;
      EXPECT_GT(I.minCoeff(), 0);
      EXPECT_LE(2 * I.maxCoeff(), I.sum()) << Name(static_cast<Segment>(k));
    }
  }
}

TEST(Skeleton, StandsAsTallAsTheSubject) {
  for (const auto& [sex, stature] : {std::pair(Sex::kFemale, 1.735), std::pair(Sex::kMale, 1.741)}) {
    const Skeleton skeleton = BuildSkeleton(Person(sex, stature, 70));
    double top = skeleton.StandingPelvisHeight();
    for (const Segment s : {Segment::kAbdomen, Segment::kThorax, Segment::kHead}) {
      top += skeleton.link(s).p_parent_joint.z() + skeleton.link(s).p_joint_com.z();
    }
    top += (sex == Sex::kFemale ? 0.4841 * 0.2437 : 0.5002 * 0.2429);  // vertex above the head's centre of mass
    EXPECT_NEAR(top, stature, 0.02 * stature);
  }
}

TEST(Skeleton, RefusesSubjectsThatAreNotPeople) {
  EXPECT_THROW((void)BuildSkeleton(Person(Sex::kMale, 0.3, 70)), std::invalid_argument);
  EXPECT_THROW((void)BuildSkeleton(Person(Sex::kMale, 1.7, 500)), std::invalid_argument);
  EXPECT_THROW((void)BuildSkeleton(Person(Sex::kMale, std::nan(""), 70)), std::invalid_argument);
}

}  // namespace
}  // namespace stunt::sim
