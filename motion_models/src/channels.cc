#include "stunt/motion_models/channels.h"

#include <numbers>

namespace stunt::motion_models {
namespace {

constexpr double kDegree = std::numbers::pi / 180;

constexpr std::array kNames = {
    ChannelName{Channel::kBaseX, "base.x_m", 1},
    ChannelName{Channel::kBaseY, "base.y_m", 1},
    ChannelName{Channel::kBaseZ, "base.z_m", 1},
    ChannelName{Channel::kPelvisX, "pelvis.x_m", 1},
    ChannelName{Channel::kPelvisY, "pelvis.y_m", 1},
    ChannelName{Channel::kPelvisZ, "pelvis.z_m", 1},
    ChannelName{Channel::kPelvisPitch, "pelvis.pitch_deg", kDegree},
    ChannelName{Channel::kPelvisRoll, "pelvis.roll_deg", kDegree},
    ChannelName{Channel::kPelvisYaw, "pelvis.yaw_deg", kDegree},
    ChannelName{Channel::kPelvisTurn, "pelvis.turn_deg", kDegree},
    ChannelName{Channel::kLumbarFlex, "lumbar.flex_deg", kDegree},
    ChannelName{Channel::kLumbarSide, "lumbar.side_deg", kDegree},
    ChannelName{Channel::kLumbarTwist, "lumbar.twist_deg", kDegree},
    ChannelName{Channel::kThoracicFlex, "thoracic.flex_deg", kDegree},
    ChannelName{Channel::kThoracicSide, "thoracic.side_deg", kDegree},
    ChannelName{Channel::kThoracicTwist, "thoracic.twist_deg", kDegree},
    ChannelName{Channel::kNeckFlex, "neck.flex_deg", kDegree},
    ChannelName{Channel::kNeckSide, "neck.side_deg", kDegree},
    ChannelName{Channel::kNeckTwist, "neck.twist_deg", kDegree},
    ChannelName{Channel::kTrunkTone, "trunk.tone", 1},
    ChannelName{Channel::kTrunkDrive, "trunk.drive", 1},
    ChannelName{Channel::kNeckTone, "neck.tone", 1},
    ChannelName{Channel::kAssistPosition, "assist.position", 1},
    ChannelName{Channel::kAssistRotation, "assist.rotation", 1},
    ChannelName{Channel::kAssistWeight, "assist.weight", 1},
    ChannelName{Channel::kFeetShare, "feet.share", 1},
    ChannelName{Channel::kFeetByContact, "feet.by_contact", 1},
    ChannelName{Channel::kDescentDamping, "legs.descent_damping_nspm", 1},
    ChannelName{Channel::kShoulderFlex, "shoulder.flex_deg", kDegree},
    ChannelName{Channel::kShoulderAbduct, "shoulder.abduct_deg", kDegree},
    ChannelName{Channel::kShoulderRotate, "shoulder.rotate_deg", kDegree},
    ChannelName{Channel::kElbowFlex, "elbow.flex_deg", kDegree},
    ChannelName{Channel::kForearmPronate, "forearm.pronate_deg", kDegree},
    ChannelName{Channel::kWristFlex, "wrist.flex_deg", kDegree},
    ChannelName{Channel::kWristDeviate, "wrist.deviate_deg", kDegree},
    ChannelName{Channel::kArmTone, "arm.tone", 1},
    ChannelName{Channel::kArmDrive, "arm.drive", 1},
    ChannelName{Channel::kHipFlex, "hip.flex_deg", kDegree},
    ChannelName{Channel::kHipAbduct, "hip.abduct_deg", kDegree},
    ChannelName{Channel::kHipRotate, "hip.rotate_deg", kDegree},
    ChannelName{Channel::kKneeFlex, "knee.flex_deg", kDegree},
    ChannelName{Channel::kAnkleFlex, "ankle.flex_deg", kDegree},
    ChannelName{Channel::kAnkleInvert, "ankle.invert_deg", kDegree},
    ChannelName{Channel::kLegTone, "leg.tone", 1},
    ChannelName{Channel::kLegDrive, "leg.drive", 1},
    ChannelName{Channel::kFootX, "foot.x_m", 1},
    ChannelName{Channel::kFootY, "foot.y_m", 1},
    ChannelName{Channel::kFootZ, "foot.z_m", 1},
    ChannelName{Channel::kFootPitch, "foot.pitch_deg", kDegree},
};
static_assert(kNames.size() == kFirstSided + kSidedChannels);

}  // namespace

std::optional<ChannelName> FindChannel(std::string_view name) {
  for (const ChannelName& entry : kNames) {
    if (entry.name == name) return entry;
  }
  return std::nullopt;
}

std::vector<std::string> ChannelNames() {
  std::vector<std::string> names;
  for (const ChannelName& entry : kNames) names.emplace_back(entry.name);
  return names;
}

}  // namespace stunt::motion_models
