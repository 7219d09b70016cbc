#include "stunt/hil/limits.h"

#include <absl/strings/ascii.h>
#include <absl/strings/escaping.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string>

namespace stunt::hil {
namespace {

absl::Status Invalid(const std::string& message) { return absl::InvalidArgumentError(message); }

absl::Status CheckFinite(std::string_view what, double value) {
  return std::isfinite(value) ? absl::OkStatus() : Invalid(fmt::format("{} is {}; it must be finite", what, value));
}

}  // namespace

absl::Status CheckText(std::string_view what, std::string_view text, const DetectorLimits& limits) {
  if (text.size() > limits.max_text_length) {
    return Invalid(
        fmt::format("{} has {} characters; at most {} are accepted", what, text.size(), limits.max_text_length));
  }
  if (!std::ranges::all_of(text, [](char c) { return absl::ascii_isprint(static_cast<unsigned char>(c)); })) {
    return Invalid(fmt::format("{} is \"{}\"; only printable ASCII is accepted", what,
                               absl::CHexEscape({text.data(), text.size()})));
  }
  return absl::OkStatus();
}

absl::Status CheckInfo(const DetectorInfo& info, const DetectorLimits& limits) {
  if (info.name.empty()) return Invalid("the detector has no name");
  absl::Status status = CheckText("the detector's name", info.name, limits);
  status.Update(CheckText("the detector's version", info.version, limits));
  status.Update(CheckText("the detector's digest", info.digest, limits));
  if (info.labels.size() > limits.max_labels || info.needs.size() > limits.max_needs) {
    status.Update(Invalid(fmt::format("the detector states {} labels and {} needs; at most {} and {} are accepted",
                                      info.labels.size(), info.needs.size(), limits.max_labels, limits.max_needs)));
    return status;
  }
  for (const std::string& label : info.labels) status.Update(CheckText("a label of the detector", label, limits));
  for (const ChannelNeed& need : info.needs) {
    if (!(need.rate_hz >= 0 && need.rate_hz <= 1e6)) {
      status.Update(Invalid(fmt::format("the detector asks for {} Hz; 0 (any) to 1e6 is accepted", need.rate_hz)));
    }
    status.Update(CheckText("a unit that the detector asks for", need.unit, limits));
    if (need.sites.size() > limits.max_needs) status.Update(Invalid("the detector names too many sites"));
    for (const std::string& site : need.sites) status.Update(CheckText("a site of the detector", site, limits));
  }
  status.Update(CheckFinite("the detector's default threshold", info.default_threshold));
  if (info.algorithmic_window_ns < 0) status.Update(Invalid("the detector states a negative algorithmic window"));
  return status;
}

absl::Status CheckDetection(const trace::Detection& detection, const SeenTime& seen, const DetectorLimits& limits) {
  absl::Status status = CheckText("a detection's id", detection.detection_id, limits);
  status.Update(CheckText("a detection's label", detection.label, limits));
  status.Update(CheckText("a detection's unit", detection.quantity_unit, limits));
  if (detection.label.empty()) status.Update(Invalid("a detection has no label"));
  status.Update(CheckFinite("a detection's score", detection.score));
  status.Update(CheckFinite("a detection's quantity", detection.quantity));
  const std::int64_t decided = detection.decision_sample_time_ns;
  if (decided < seen.start_ns || decided > seen.through_ns) {
    status.Update(Invalid(fmt::format("a detection decides on a sample at {} ns, but it was given {} to {} ns", decided,
                                      seen.start_ns, seen.through_ns)));
  }
  for (const auto& claimed : {detection.claimed_start_ns, detection.claimed_end_ns}) {
    if (claimed &&
        (*claimed < seen.start_ns - limits.claim_margin_ns || *claimed > seen.through_ns + limits.claim_margin_ns)) {
      status.Update(Invalid(fmt::format("a detection claims {} ns, far outside its session", *claimed)));
    }
  }
  if (detection.claimed_start_ns && detection.claimed_end_ns &&
      *detection.claimed_start_ns > *detection.claimed_end_ns) {
    status.Update(Invalid(fmt::format("a detection claims to start at {} ns and to end before, at {} ns",
                                      *detection.claimed_start_ns, *detection.claimed_end_ns)));
  }
  return status;
}

}  // namespace stunt::hil
