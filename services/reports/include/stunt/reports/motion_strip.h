#pragma once

#include <optional>
#include <string>
#include <vector>

#include "stunt/sim/figure.h"
#include "stunt/sim/surface.h"

namespace stunt::reports {

/// One motion as it is drawn.
struct MotionStrip {
  std::string title;
  std::vector<sim::Figure> figures;  // in the order of time; thinned to what fits
  std::vector<sim::Surface> surfaces;
  std::optional<double> onset;   // s: figures from here on are drawn as falling
  std::optional<double> impact;  // s
};

/// Picks the instants that tell the story: around the event where there is one, else evenly over the whole.
/// @param count  at least 2
[[nodiscard]] std::vector<sim::Figure> PickFigures(const std::vector<sim::Figure>& all, std::optional<double> onset,
                                                   std::optional<double> impact, int count);

/// An SVG of stick figures side by side, seen obliquely from the right front, one row a motion.
/// The limbs of the left side are drawn darker. Surfaces are outlined where the body is near them.
[[nodiscard]] std::string MotionStripSvg(const std::vector<MotionStrip>& strips);

}  // namespace stunt::reports
