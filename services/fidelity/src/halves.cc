#include "parts.h"
#include "stunt/random/random.h"

namespace stunt::fidelity {
namespace {

constexpr int kSplits = 40;
constexpr std::uint64_t kSplitSeed = 20261123;

Halves Split(const std::map<std::string, TrialPointers>& activities, const std::set<std::string>& first) {
  Halves halves;
  for (const auto& [code, trials] : activities) {
    for (const Trial* trial : trials) halves[first.contains(trial->subject_id) ? 0 : 1][code].push_back(trial);
  }
  return halves;
}

}  // namespace

std::set<std::string> Subjects(const TrialPointers& trials) {
  std::set<std::string> subjects;
  for (const Trial* trial : trials) subjects.insert(trial->subject_id);
  return subjects;
}

std::optional<double> MeanOverSplits(const std::map<std::string, TrialPointers>& activities,
                                     const std::function<std::optional<double>(const Halves&)>& distance) {
  std::set<std::string> people;
  for (const auto& [code, trials] : activities) people.merge(Subjects(trials));
  random::Stream stream(random::StreamKey{kSplitSeed, 1});
  double sum = 0;
  int n = 0;
  for (int split = 0; split < kSplits; ++split) {
    std::set<std::string> first;
    for (const std::string& person : people) {
      if (stream.Uniform(0, 1) < 0.5) first.insert(person);
    }
    const std::optional<double> one = distance(Split(activities, first));
    if (!one) continue;
    sum += *one;
    ++n;
  }
  if (n == 0) return {};
  return sum / n;
}

}  // namespace stunt::fidelity
