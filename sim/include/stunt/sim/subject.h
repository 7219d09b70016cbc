#pragma once

#include <string>

namespace stunt::sim {

enum class Sex { kFemale, kMale };
enum class Side { kLeft, kRight };

/// A virtual person. Segments, masses and strength follow from these numbers.
struct Subject {
  std::string id;
  Sex sex = Sex::kMale;
  double age_years = 0;
  double stature_m = 0;
  double mass_kg = 0;
  Side handed = Side::kRight;
  Side watch_side = Side::kLeft;
};

}  // namespace stunt::sim
