#include "stunt/calibration/report.h"

#include <absl/strings/numbers.h>
#include <absl/strings/str_split.h>
#include <fmt/format.h>

#include <array>
#include <fstream>
#include <map>

#include "stunt/calibration/fields.h"
#include "stunt/motion_models/strict_yaml.h"
#include "stunt/trace/input_error.h"

namespace stunt::calibration {
namespace {

constexpr std::array<const char*, kWhos> kWhoNames = {"fitted", "held_out", "everyone"};
constexpr double kEdge = 0.01;  // of the box: a fit that ends here would have gone on

/// Whether a fitted number lies at an end of its range.
bool AtBound(const FitSpace& space, const Record& record, std::size_t i) {
  const double unit = space.ToUnit(record.fitted)[i];
  return unit < kEdge || unit > 1 - kEdge;
}

struct Measure {
  const char* name;
  double Figures::*value;
};
constexpr std::array<Measure, 3> kMeasures = {
    {{"objective", &Figures::objective}, {"mean_ks", &Figures::mean_ks}, {"alarms_mae", &Figures::alarms}}};

std::string BeforeAfter(double before, double after) {
  return fmt::format("{{before: {:.4f}, after: {:.4f}}}", before, after);
}

std::string PeopleYaml(const Record& record) {
  std::string text = "recordings:\n";
  for (const Bench::People& people : record.people) {
    text += fmt::format("  {}:\n    version: \"{}\"\n    people_fitted: [{}]\n    people_held_out: [{}]\n",
                        people.recordings, people.version, fmt::join(people.fitted, ", "),
                        fmt::join(people.held_out, ", "));
  }
  return text;
}

std::string DistributionsYaml(const FitSpace& space, const Record& record) {
  std::map<std::string, std::string> motions;  // each once, however the plan goes from one to another and back
  for (const Declared& declared : space.declared()) {
    motions[declared.motion] += fmt::format("    {}: {}  # was {}\n", declared.parameter,
                                            RuleText(space.Rule(declared, record.fitted)), RuleText(declared.rule));
  }
  std::string text = motions.empty() ? "distributions: {}\n" : "distributions:\n";
  for (const auto& [motion, lines] : motions) text += fmt::format("  {}:\n{}", motion, lines);
  return text;
}

std::string WorthYaml(const Plan& plan, const Record& record) {
  std::string text = "objective:\n";
  for (std::size_t who = 0; who < kWhos; ++who) {
    text += fmt::format("  {}: {}\n", kWhoNames[who],
                        BeforeAfter(record.before->objective[who], record.after->objective[who]));
  }
  text += "sets:\n";
  for (std::size_t i = 0; i < plan.sets.size(); ++i) {
    const SetFigures& before = record.before->sets[i];
    const SetFigures& after = record.after->sets[i];
    text += fmt::format("  {}:\n    suite: {}\n    lost: {}\n", plan.sets[i].recordings, plan.sets[i].suite,
                        BeforeAfter(before.lost, after.lost));
    for (const Measure& measure : kMeasures) {
      text += fmt::format("    {}:\n", measure.name);
      for (std::size_t who = 0; who < kWhos; ++who) {
        text += fmt::format("      {}: {}\n", kWhoNames[who],
                            BeforeAfter(before.figures[who].*measure.value, after.figures[who].*measure.value));
      }
    }
  }
  return text;
}

std::string Header(const Plan& plan) {
  std::string header = "evaluation,fitted,held_out";
  for (const FitParameter& p : plan.parameters) header += fmt::format(",{}", p.Name());
  return header;
}

std::string WorthTable(const Plan& plan, const Record& record) {
  std::string text =
      fmt::format("{:<34} {:>15} {:>15} {:>15}\n{:<34}", "", kWhoNames[0], kWhoNames[1], kWhoNames[2], "");
  for (std::size_t who = 0; who < kWhos; ++who) text += fmt::format(" {:>7} {:>7}", "before", "after");
  text += fmt::format("\n{:<34}", "objective");
  for (std::size_t who = 0; who < kWhos; ++who) {
    text += fmt::format(" {:>7.4f} {:>7.4f}", record.before->objective[who], record.after->objective[who]);
  }
  for (std::size_t i = 0; i < plan.sets.size(); ++i) {
    for (const Measure& measure : kMeasures) {
      text += fmt::format("\n{:<34}", fmt::format("{}: {}", plan.sets[i].recordings, measure.name));
      for (std::size_t who = 0; who < kWhos; ++who) {
        text += fmt::format(" {:>7.4f} {:>7.4f}", record.before->sets[i].figures[who].*measure.value,
                            record.after->sets[i].figures[who].*measure.value);
      }
    }
    text += fmt::format("\n{:<34} {:>7.4f} {:>7.4f}", fmt::format("{}: lost", plan.sets[i].recordings),
                        record.before->sets[i].lost, record.after->sets[i].lost);
  }
  return text + "\n";
}

}  // namespace

std::string CalibratedYaml(const Plan& plan, const FitSpace& space, const Record& record) {
  std::string text =
      "# Made by `stunt calibrate`. A person reviews it and copies `distributions` into motion_models/data.\n";
  text += fmt::format(
      "schema: stunt.calibrated/v1\nplan: {}\nplan_digest: \"{}\"\nrun: \"{}\"\nengine_version: \"{}\"\n"
      "seed: {}\nbudget: {}\nevaluations: {}\nfinished: {}\n",
      plan.id, plan.digest, record.run, record.engine_version, record.seed, record.budget, record.tried.size(),
      record.Finished());
  text += PeopleYaml(record);
  text += DistributionsYaml(space, record);
  text += "fit:\n";
  for (std::size_t i = 0; i < plan.parameters.size(); ++i) {
    const FitParameter& p = plan.parameters[i];
    text += fmt::format("  {}: {{before: {}, after: {}, lo: {}, hi: {}, at_bound: {}}}\n", p.Name(),
                        Rounded(space.start()[i], 6), record.fitted[i], p.lo, p.hi, AtBound(space, record, i));
  }
  if (record.Finished()) text += WorthYaml(plan, record);
  return text;
}

std::string TrajectoryCsv(const Plan& plan, const std::vector<Tried>& tried) {
  std::string text = Header(plan) + "\n";
  for (std::size_t i = 0; i < tried.size(); ++i) {
    text += fmt::format("{},{},{},{}\n", i + 1, tried[i].fitted, tried[i].held_out, fmt::join(tried[i].values, ","));
  }
  return text;
}

std::string CalibrationTable(const Plan& plan, const FitSpace& space, const Record& record) {
  std::string text = fmt::format("{}: {} evaluations\n\n", plan.id, record.tried.size());
  if (record.Finished()) text += WorthTable(plan, record) + "\n";
  text += fmt::format("{:<46} {:>10} {:>10}\n", "", "before", "after");
  for (std::size_t i = 0; i < plan.parameters.size(); ++i) {
    const FitParameter& p = plan.parameters[i];
    text += fmt::format("{:<46} {:>10.4g} {:>10.4g}{}\n", p.Name(), space.start()[i], record.fitted[i],
                        AtBound(space, record, i) ? fmt::format("  at the end of {:.4g} ... {:.4g}", p.lo, p.hi) : "");
  }
  return text;
}

std::vector<Tried> ReadTrajectory(const std::filesystem::path& folder, const Plan& plan, const std::string& run) {
  const std::filesystem::path yaml = folder / "calibrated.yaml", csv = folder / "trajectory.csv";
  if (motion_models::YamlFile::Load(yaml).Root().Text("run") != run) {
    throw trace::InputError(
        fmt::format("{}: is of another plan, seed, recordings, motions or scenarios; accepted: the "
                    "same again, or --overwrite",
                    yaml.string()));
  }
  std::ifstream stream(csv);
  std::string line;
  std::vector<Tried> tried;
  const auto refuse = [&] {
    throw trace::InputError(fmt::format("{}:{}: is no trajectory of this plan", csv.string(), tried.size() + 1));
  };
  if (!std::getline(stream, line) || line != Header(plan)) refuse();
  while (std::getline(stream, line)) {
    std::vector<double> numbers;
    for (const absl::string_view cell : absl::StrSplit(line, ',')) {
      if (!absl::SimpleAtod(cell, &numbers.emplace_back())) refuse();
    }
    if (numbers.size() != plan.parameters.size() + 3) refuse();
    tried.push_back({{numbers.begin() + 3, numbers.end()}, numbers[1], numbers[2]});
  }
  return tried;
}

}  // namespace stunt::calibration
