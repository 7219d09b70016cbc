#include "synthesize.h"
namespace stunt::cli {
trace::CaseInfo InfoOf(const scenarios::Case& c) {
  trace::CaseInfo info;
  info.case_id = c.case_id;
  info.scenario_id = c.scenario_id;
  info.label = c.label;
  info.subject_id = c.subject.id;
  info.tags = c.tags;
  return info;
}
absl::StatusOr<trace::Recording> Synthesize(const scenarios::Case&) {
  return absl::UnimplementedError("no simulator yet");
}
}  // namespace stunt::cli
