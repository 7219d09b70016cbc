// Chooses the settings of builtin:fall on one half of the recorded people and prints what they give on both halves.
//
//   stunt_tune_fall recorded/weda_fall
//
// The three phases' half points are fitted by maximum likelihood over a grid, one at a time until none improves: a
// score is read as the probability of a fall. The threshold is the one with the largest F1 on the tuning half, the
// middle one where several are equal. Alarms are counted by trial: a fall is found if a decision falls after its onset.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <exception>
#include <map>
#include <regex>

#include "stunt/datasets/recording_set.h"
#include "stunt/detectors/fall_phases.h"

namespace stunt::detectors {
namespace {

struct Trial {
  std::string code;
  std::string subject;
  bool is_fall = false;
  std::int64_t onset_ns = 0;
  std::int64_t end_ns = 0;
  std::vector<FallFeatures> impacts;
};

struct Count {
  int hits = 0, misses = 0, false_alarms = 0, adl_trials = 0, adl_trials_with_alarm = 0;
  [[nodiscard]] double Sensitivity() const { return static_cast<double>(hits) / std::max(1, hits + misses); }
  [[nodiscard]] double Precision() const { return static_cast<double>(hits) / std::max(1, hits + false_alarms); }
  [[nodiscard]] double Specificity() const {
    return 1 - static_cast<double>(adl_trials_with_alarm) / std::max(1, adl_trials);
  }
  [[nodiscard]] double F1() const { return 2.0 * hits / std::max(1, 2 * hits + misses + false_alarms); }
};

/// The detector takes 50 Hz; a faster recording is averaged over as many samples as make one.
Trial Describe(const trace::Recording& recording, const FallSettings& settings) {
  Trial trial;
  trial.code = recording.info.scenario_id;
  trial.subject = recording.info.subject_id;
  if (!recording.info.truth.events.empty()) {
    trial.is_fall = true;
    trial.onset_ns = recording.info.truth.events.front().onset_ns;
    trial.end_ns = recording.info.truth.events.front().end_ns;
  }
  const trace::ChannelTrace& channel = recording.channels.front();
  const auto stride = static_cast<std::size_t>(std::max(1L, std::lround(channel.spec.rate_hz / settings.rate_hz)));
  FallPhases phases(settings);
  const auto keep = [&](const std::vector<FallFeatures>& found) {
    trial.impacts.insert(trial.impacts.end(), found.begin(), found.end());
  };
  for (std::size_t i = 0; i + stride <= channel.samples.size(); i += stride) {
    Eigen::Vector3d a_S = Eigen::Vector3d::Zero();
    for (std::size_t j = i; j < i + stride; ++j) {
      const float* const a = &channel.samples.values[3 * j];
      a_S += Eigen::Vector3f(a[0], a[1], a[2]).cast<double>() / static_cast<double>(stride);
    }
    keep(phases.Push(channel.samples.TimeNs(i + stride - 1), a_S));
  }
  keep(phases.Finish());
  return trial;
}

std::vector<Trial> Load(const std::string& folder, const FallSettings& settings) {
  const auto set = datasets::RecordingSet::Open(folder);
  std::vector<Trial> trials;
  for (std::size_t i = 0; i < set.size(); ++i) trials.push_back(Describe(set.Load(i), settings));
  return trials;
}

Count Judge(const std::vector<Trial>& trials, const FallSettings& settings) {
  Count count;
  for (const Trial& trial : trials) {
    bool is_hit = false;
    bool is_false = false;
    for (const FallFeatures& impact : trial.impacts) {
      if (FallScore(impact, settings) < settings.threshold) continue;
      (trial.is_fall && impact.last_sample_ns >= trial.onset_ns ? is_hit : is_false) = true;
    }
    count.hits += is_hit ? 1 : 0;
    count.misses += trial.is_fall && !is_hit ? 1 : 0;
    count.false_alarms += is_false ? 1 : 0;
    count.adl_trials += trial.is_fall ? 0 : 1;
    count.adl_trials_with_alarm += !trial.is_fall && is_false ? 1 : 0;
  }
  return count;
}

/// −log likelihood. Of a fall the impact in its window that scores best counts, of daily living every impact.
double Loss(const std::vector<Trial>& trials, const FallSettings& settings) {
  constexpr double kLeast = 1e-3;  // one odd trial must not decide
  double loss = 0;
  for (const Trial& trial : trials) {
    double best = kLeast;
    for (const FallFeatures& impact : trial.impacts) {
      const double score = FallScore(impact, settings);
      if (!trial.is_fall) loss -= std::log(std::max(kLeast, 1 - score));
      if (impact.impact_ns >= trial.onset_ns && impact.impact_ns <= trial.end_ns) best = std::max(best, score);
    }
    if (trial.is_fall) loss -= std::log(best);
  }
  return loss;
}

std::vector<double> Grid(double from, double to, double step) {
  std::vector<double> values;
  for (int i = 0; from + i * step <= to + 1e-9; ++i) values.push_back(from + i * step);
  return values;
}

FallSettings Fit(const std::vector<Trial>& trials, FallSettings settings) {
  // From a start of its own, so that the result does not depend on what is built in.
  settings.impact.half = 20;
  settings.posture.half = 45;
  settings.activity.half = 5;
  const std::vector<std::pair<double*, std::vector<double>>> grid = {{&settings.impact.half, Grid(6, 40, 0.5)},
                                                                     {&settings.posture.half, Grid(10, 80, 1)},
                                                                     {&settings.activity.half, Grid(1, 20, 0.25)}};
  double best = Loss(trials, settings);
  for (bool improved = true; improved;) {
    improved = false;
    for (const auto& [setting, values] : grid) {
      for (const double value : values) {
        const double before = std::exchange(*setting, value);
        const double loss = Loss(trials, settings);
        if (loss < best - 1e-9) {
          best = loss;
          improved = true;
        } else {
          *setting = before;
        }
      }
    }
  }
  std::vector<double> equal;
  double best_f1 = 0;
  for (const double threshold : Grid(0.2, 0.8, 0.05)) {
    settings.threshold = threshold;
    const double f1 = Judge(trials, settings).F1();
    if (f1 > best_f1) equal.clear();
    best_f1 = std::max(best_f1, f1);
    if (f1 == best_f1) equal.push_back(threshold);
  }
  settings.threshold = equal[equal.size() / 2];
  return settings;
}

void Print(const std::string& name, const std::vector<Trial>& trials, const FallSettings& settings) {
  const Count count = Judge(trials, settings);
  fmt::print(
      "{:10} falls {:3} found {:3}  ADL trials {:3} with alarm {:2}  sensitivity {:.3f} precision {:.3f} "
      "specificity {:.3f}\n",
      name, count.hits + count.misses, count.hits, count.adl_trials, count.adl_trials_with_alarm, count.Sensitivity(),
      count.Precision(), count.Specificity());
}

void PrintMistakes(const std::vector<Trial>& trials, const FallSettings& settings) {
  std::map<std::string, std::pair<int, int>> by_code;
  for (const Trial& trial : trials) {
    const Count count = Judge({trial}, settings);
    by_code[trial.code].first += count.misses + count.false_alarms;
    by_code[trial.code].second += 1;
  }
  for (const auto& [code, wrong] : by_code) {
    if (wrong.first > 0) fmt::print("  {} wrong {}/{}", code, wrong.first, wrong.second);
  }
  fmt::print("\n");
}

void PrintAll(const std::string& title, const FallSettings& s, const std::vector<Trial>& all,
              const std::vector<Trial>& tune, const std::vector<Trial>& hold_out) {
  fmt::print("{}: impact {} g/s, posture {} deg, activity {} g/s, threshold {:.2f}\n", title, s.impact.half,
             s.posture.half, s.activity.half, s.threshold);
  Print("all", all, s);
  if (!tune.empty()) Print("tuning", tune, s);
  if (!hold_out.empty()) Print("hold-out", hold_out, s);
  PrintMistakes(all, s);
}

int Run(int argc, char** argv) {
  CLI::App app("Chooses the settings of builtin:fall on half of the recorded people.");
  std::string folder;
  std::string tuning_subjects = ".*[13579]";
  bool only_judge = false;
  app.add_option("folder", folder, "recordings")->required();
  app.add_option("--tune-on", tuning_subjects, "subjects of the tuning half (regular expression)");
  app.add_flag("--only-judge", only_judge, "no fit: only the settings that are built in");
  CLI11_PARSE(app, argc, argv);

  const FallSettings built_in;
  const std::vector<Trial> all = Load(folder, built_in);
  std::vector<Trial> tune;
  std::vector<Trial> hold_out;
  const std::regex pattern(tuning_subjects);
  for (const Trial& trial : all) (std::regex_match(trial.subject, pattern) ? tune : hold_out).push_back(trial);
  PrintAll("built in", built_in, all, tune, hold_out);
  if (!only_judge) PrintAll("fitted to the tuning half", Fit(tune, built_in), all, tune, hold_out);
  return 0;
}

}  // namespace
}  // namespace stunt::detectors

int main(int argc, char** argv) {
  try {
    return stunt::detectors::Run(argc, argv);
  } catch (const std::exception& error) {  // InputError above all
    std::fprintf(stderr, "%s\n", error.what());
    return 2;
  }
}
