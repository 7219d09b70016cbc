#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "stunt/trace/recording.h"

namespace stunt::recordings {

/// What made a case, so that it can be made again.
struct Provenance {
  std::string program;  // "stunt 0.1.0"
  std::uint64_t seed = 0;
  std::uint64_t variant = 0;
  std::map<std::string, std::string> inputs;  // digest of each file that went in, by what it is: "scenario", "motion"
  std::map<std::string, std::string> parameters;  // of the motion, resolved
  std::map<std::string, std::string> subject;     // "stature_m": "1.71"
};

/// A device and where it sits.
struct DeviceDescription {
  std::string device;                           // as ChannelSpec::device
  std::string site;                             // "left_wrist"
  std::string segment;                          // that carries it: "wrist_l"; empty: not known
  std::array<double, 3> p_BS_m = {0, 0, 0};     // its sensor frame S in the segment's frame B
  std::array<double, 4> q_BS = {1, 0, 0, 0};    // R_BS as a unit quaternion w, x, y, z
  std::string spec;                             // JSON of what the whole device is; empty: not known
  std::map<std::string, std::string> channels;  // JSON of what a sensor is, by kind: "accelerometer"
};

/// The two forms in which a channel is kept.
enum class Signal {
  kDegraded,  // what the device puts out
  kClean,     // the same without the device's errors; see docs/format.md
};

/// Name of a kind of sensor in files: "accelerometer". @throws std::invalid_argument for kUnspecified.
[[nodiscard]] std::string NameOf(trace::SensorKind kind);

}  // namespace stunt::recordings
