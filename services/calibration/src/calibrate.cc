#include "stunt/calibration/calibrate.h"

#include <fmt/format.h>

#include <algorithm>

#include "stunt/calibration/fields.h"
#include "stunt/trace/input_error.h"

namespace stunt::calibration {
namespace {

constexpr int kDigits = 3;  // of a fitted value: what a person copies is what was judged

void NoteArrived(const Plan& plan, const FitSpace& space, Record& record) {
  std::vector<std::vector<double>> points;
  std::vector<double> answers;
  for (const Tried& tried : record.tried) {
    points.push_back(space.ToUnit(tried.values));
    answers.push_back(tried.fitted);
  }
  const std::vector<double> arrived = Arrived(points, answers);
  record.fitted = space.start();  // as the files have it, to all digits
  if (arrived == points.front()) return;
  record.fitted = space.FromUnit(arrived);
  for (std::size_t i = 0; i < record.fitted.size(); ++i) {
    record.fitted[i] = std::clamp(Rounded(record.fitted[i], kDigits), plan.parameters[i].lo, plan.parameters[i].hi);
  }
}

/// The search's points one after the other, from what is known as far as that goes.
class Looker {
 public:
  Looker(const Bench& bench, const std::vector<Tried>& known, const CalibrateHooks& hooks)
      : bench_(bench), known_(known), hooks_(hooks) {}

  [[nodiscard]] std::optional<Tried> Look(const std::vector<double>& values, std::size_t index) const {
    if (index < known_.size()) {
      if (known_[index].values != values) {
        throw trace::InputError(
            fmt::format("--resume: evaluation {} of the earlier run is not what this search looks at", index + 1));
      }
      return known_[index];
    }
    if (hooks_.stop && hooks_.stop()) return {};
    const std::optional<Evaluation> evaluation =
        bench_.Evaluate(values, Draws::Search(GenerationOf(index, values.size())), hooks_.stop);
    if (!evaluation) return {};
    return Tried{values, evaluation->objective[kFitted], evaluation->objective[kHeldOut]};
  }

 private:
  const Bench& bench_;
  const std::vector<Tried>& known_;
  const CalibrateHooks& hooks_;
};

}  // namespace

Record Calibrate(const Plan& plan, const Bench& bench, const Record& settings, const std::vector<Tried>& known,
                 const CalibrateHooks& hooks) {
  Record record = settings;
  const Looker looker(bench, known, hooks);
  const auto look = [&](const std::vector<double>& unit) -> std::optional<double> {
    // The start is taken as the files have it, whatever the way into the unit box and back made of it.
    const bool first = record.tried.empty();
    const std::optional<Tried> one =
        looker.Look(first ? bench.space().start() : bench.space().FromUnit(unit), record.tried.size());
    if (!one) return {};
    record.tried.push_back(*one);
    NoteArrived(plan, bench.space(), record);
    if (hooks.progress) hooks.progress(record.tried.size());
    if (hooks.checkpoint && record.tried.size() > known.size()) hooks.checkpoint(record);
    return one->fitted;
  };
  const bool spent = Minimise(
      {.start = bench.space().ToUnit(bench.space().start()), .budget = settings.budget, .seed = settings.seed}, look);
  if (!spent) return record;
  record.before = bench.Evaluate(bench.space().start(), Draws::Report(), hooks.stop);
  if (record.before) record.after = bench.Evaluate(record.fitted, Draws::Report(), hooks.stop);
  return record;
}

}  // namespace stunt::calibration
