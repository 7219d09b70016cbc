#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "stunt/motion_models/parameters.h"
#include "stunt/random/random.h"
#include "stunt/scenarios/scenario.h"
#include "stunt/scenarios/suite.h"
#include "stunt/sim/subject.h"

namespace stunt::scenarios {

/// One scenario with every draw made. What happens in it depends on nothing else.
struct Case {
  std::string case_id;  // "fall_fwd_walk_trip-0123456789abcdef"
  std::string scenario_id;
  std::string label;
  std::string event;  // class of the true event; empty: none
  std::string motion;
  std::filesystem::path motion_file;
  std::string surface;
  sim::Surroundings surroundings;
  std::uint64_t variant = 0;
  std::uint64_t suite_seed = 0;
  sim::Subject subject;
  motion_models::ResolvedParameters parameters;
  std::vector<DeviceAt> devices;
  random::StreamKey key;  // streams of the case: key.Derive(stream name)
  std::map<std::string, std::string> tags;
};

/// Everything that decides a case but the suite's bookkeeping.
struct CaseRequest {
  const Scenario* scenario = nullptr;
  std::uint64_t variant = 0;
  std::uint64_t suite_seed = 0;
  sim::Subject subject;
  std::vector<DeviceAt> devices;                      // empty: the scenario's
  std::vector<motion_models::ParameterOverride> set;  // after the scenario's own
  std::map<std::string, std::string> tags;
};

/// Makes one case, for `simulate`. The case_id is a hash of scenario id, variant, suite seed, resolved parameters,
/// subject and surface: no version and no asset, so that results of two versions pair, and no device, so that two
/// devices that see the same motion pair.
///
/// A device at a named wrist puts the subject's watch there; a device at "wrist" follows the subject.
[[nodiscard]] Case MakeCase(const CaseRequest& request, const std::vector<motion_models::ParameterDecl>& declarations);
[[nodiscard]] Case MakeCase(const CaseRequest& request);  // reads the declarations from the motion file

/// Every case of a suite, sorted by case_id. Pure: the same suite gives the same cases.
///
/// Variants count on over the entries of one scenario. Entries of other scenarios do not matter to a case, nor does the
/// number of variants. Subjects take turns; each scenario begins with another one.
[[nodiscard]] std::vector<Case> Expand(const Suite& suite);

/// The key under which a result of a case may be kept: its bytes are the same while all of this is.
[[nodiscard]] std::string CacheKey(const Case& c, std::string_view engine_version, std::string_view asset_digest);

/// FNV-1a of a file's bytes in 16 hexadecimal digits: one part of an asset digest.
[[nodiscard]] std::string FileDigest(const std::filesystem::path& file);

/// Key of the subjects of a suite seed, for DrawSubject.
[[nodiscard]] random::StreamKey SubjectKey(std::uint64_t suite_seed);

}  // namespace stunt::scenarios
