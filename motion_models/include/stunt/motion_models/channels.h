#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "stunt/sim/subject.h"

namespace stunt::motion_models {

/// What a motion can move: pelvis, joints, feet, and how much of the body's own strength acts. Angles are anatomical:
/// flexion, abduction, internal rotation and pronation are positive on either side.
enum class Channel : int {
  kBaseX,  // of pelvis and feet together: what they stand or ride on moves
  kBaseY,
  kBaseZ,
  kPelvisX,  // forward, left, up from where the base motion has the pelvis
  kPelvisY,
  kPelvisZ,
  kPelvisPitch,  // forward lean
  kPelvisRoll,   // to the right
  kPelvisYaw,    // to the left
  kPelvisTurn,   // about the body's own long axis, after the others: someone who rolls over in bed
  kLumbarFlex,
  kLumbarSide,  // to the right
  kLumbarTwist,
  kThoracicFlex,
  kThoracicSide,
  kThoracicTwist,
  kNeckFlex,
  kNeckSide,
  kNeckTwist,
  kTrunkTone,   // 0 limp … 1 awake
  kTrunkDrive,  // 0 … 1 of the torque that the reference motion needs
  kNeckTone,
  kAssistPosition,  // 0 … 1 of the spring on the pelvis; see sim::RootAssist
  kAssistRotation,
  kAssistWeight,
  kFeetShare,       // 0 … 1 of the demanded force that goes through the feet
  kFeetByContact,   // 0: feet carry by the stride; 1: by what touches the ground
  kDescentDamping,  // Ns/m of the legs against sinking
  // From here on one per side: left block, then right block.
  kShoulderFlex,
  kShoulderAbduct,
  kShoulderRotate,
  kElbowFlex,
  kForearmPronate,
  kWristFlex,
  kWristDeviate,  // to the thumb
  kArmTone,
  kArmDrive,
  kHipFlex,
  kHipAbduct,
  kHipRotate,
  kKneeFlex,
  kAnkleFlex,  // toes up
  kAnkleInvert,
  kLegTone,
  kLegDrive,
  kFootX,  // offset of the foot from where the base motion has it, world axes
  kFootY,  // outward
  kFootZ,
  kFootPitch,  // toes down
};
inline constexpr int kFirstSided = static_cast<int>(Channel::kShoulderFlex);
inline constexpr int kSidedChannels = static_cast<int>(Channel::kFootPitch) - kFirstSided + 1;
inline constexpr int kChannels = kFirstSided + 2 * kSidedChannels;

using ChannelValues = std::array<double, kChannels>;  // m, rad, 1, Ns/m

[[nodiscard]] constexpr bool IsSided(Channel channel) { return static_cast<int>(channel) >= kFirstSided; }
[[nodiscard]] constexpr std::size_t Slot(Channel channel) { return static_cast<std::size_t>(channel); }
[[nodiscard]] constexpr std::size_t Slot(Channel channel, sim::Side side) {
  return static_cast<std::size_t>(static_cast<int>(channel) + (side == sim::Side::kLeft ? 0 : kSidedChannels));
}

/// A channel's name in a motion file, such as "shoulder.flex_deg", and the factor from that unit to the inside one.
struct ChannelName {
  Channel channel;
  std::string_view name;
  double to_internal;
};
[[nodiscard]] std::optional<ChannelName> FindChannel(std::string_view name);
[[nodiscard]] std::vector<std::string> ChannelNames();

}  // namespace stunt::motion_models
