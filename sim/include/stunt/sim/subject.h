#pragma once

#include <string>

namespace stunt::sim {

enum class Sex { kFemale, kMale };
enum class Side { kLeft, kRight };

/// A virtual person.
struct Subject {
  std::string id = "subject";
  Sex sex = Sex::kMale;
  double age_years = 40;
  double stature_m = 1.741;
  double mass_kg = 73;
  Side handed = Side::kRight;
  Side watch_side = Side::kLeft;
};

}  // namespace stunt::sim
