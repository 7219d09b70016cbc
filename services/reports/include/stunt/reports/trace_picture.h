#pragma once

#include <string>
#include <string_view>

#include "stunt/trace/recording.h"
#include "stunt/trace/run_record.h"

namespace stunt::reports {

/// An SVG picture of one case as one device saw it: |specific force| in g and |angular rate| in °/s over the seconds of
/// the trace, with the truth (onset, impact) and the detections marked. Around its event, where there is one.
///
/// @param device  as in ChannelSpec::device; empty = the first device.
/// @param record  the run whose detections are marked.
[[nodiscard]] std::string TracePictureSvg(const trace::Recording& recording, const trace::RunRecord& record,
                                          std::string_view device = {});

}  // namespace stunt::reports
