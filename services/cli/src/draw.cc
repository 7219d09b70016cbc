#include <fmt/format.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "commands.h"
#include "complain.h"
#include "exit_code.h"
#include "flag_checks.h"
#include "stunt/datasets/atomic_file.h"
#include "stunt/reports/motion_strip.h"
#include "stunt/scenarios/cases.h"
#include "stunt/scenarios/population.h"
#include "stunt/scenarios/simulator.h"
#include "stunt/sim/figure.h"
#include "stunt/trace/input_error.h"

namespace stunt::cli {
namespace {

constexpr const char* kDefaultPopulation = "adults";
constexpr double kFigureInterval = 0.02;  // s
constexpr double kTail = 8;               // s shown after an impact

struct DrawFlags {
  std::vector<std::string> scenarios;
  std::string label;  // of the scenarios, where none is named
  std::uint64_t seed = 0;
  std::uint64_t variants = 1;
  int figures = 10;
  std::optional<double> from, to;  // s
  std::vector<std::string> set;
  std::filesystem::path out;
};

reports::MotionStrip Draw(const scenarios::Scenario& scenario, const DrawFlags& flags, std::uint64_t variant,
                          const scenarios::Population& population) {
  scenarios::CaseRequest request;
  request.scenario = &scenario;
  request.suite_seed = flags.seed;
  request.variant = variant;
  request.subject = scenarios::DrawSubject(population, scenarios::SubjectKey(flags.seed), variant);
  for (const std::string& assignment : flags.set) request.set.push_back(motion_models::ParseOverride(assignment));

  reports::MotionStrip strip;
  std::vector<sim::Figure> figures;
  double next = 0;
  const auto observe = [&](const motion_models::Performer& performer) {
    if (performer.time() < next) return;
    next += kFigureInterval;
    figures.push_back(sim::MakeFigure(performer.body(), performer.time()));
    strip.surfaces = performer.body().surfaces();
    strip.onset = performer.happening().onset;
    strip.impact = performer.happening().impact_peak;
  };
  strip.title = fmt::format("{} · {}", scenario.id, scenario.description);
  try {
    const scenarios::Simulated simulated =
        scenarios::Simulator({.tail_s = kTail}).Run(scenarios::MakeCase(request), observe);
    if (!simulated.skip_reason.empty()) strip.title += " · NOT AS PROMISED: " + simulated.skip_reason;
  } catch (const motion_models::PerformError& error) {
    strip.title += fmt::format(" · ERROR: {}", error.what());
  }
  if (flags.from || flags.to) {
    std::erase_if(figures, [&](const sim::Figure& figure) {
      return figure.time < flags.from.value_or(0) || figure.time > flags.to.value_or(figure.time);
    });
    strip.figures = reports::PickFigures(figures, {}, {}, flags.figures);
  } else {
    strip.figures = reports::PickFigures(figures, strip.onset, strip.impact, flags.figures);
  }
  return strip;
}

std::vector<scenarios::Scenario> Chosen(const DrawFlags& flags, const scenarios::DataFolders& folders) {
  std::vector<scenarios::Scenario> chosen;
  for (const std::string& name : flags.scenarios) {
    chosen.push_back(scenarios::LoadScenario(folders.Scenario(name), folders));
  }
  if (!flags.label.empty()) {
    for (const std::string& id : folders.ScenarioIds()) {
      scenarios::Scenario scenario = scenarios::LoadScenario(folders.Scenario(id), folders);
      if (scenario.label == flags.label) chosen.push_back(std::move(scenario));
    }
  }
  return chosen;
}

int DrawAll(const DrawFlags& flags) {
  const std::string near = flags.scenarios.empty() ? "" : flags.scenarios.front();
  const scenarios::DataFolders folders = scenarios::DataFolders::Find(near);
  const scenarios::Population population = scenarios::LoadPopulation(folders.Population(kDefaultPopulation));
  const std::vector<scenarios::Scenario> chosen = Chosen(flags, folders);
  if (chosen.empty()) throw trace::InputError("nothing to draw: name scenarios or a --label that some have");
  std::vector<reports::MotionStrip> strips;
  for (const scenarios::Scenario& scenario : chosen) {
    for (std::uint64_t i = 0; i < flags.variants; ++i) strips.push_back(Draw(scenario, flags, i, population));
  }
  const absl::Status written = datasets::WriteFileAtomically(flags.out, reports::MotionStripSvg(strips));
  if (!written.ok()) return Complain(written);
  fmt::print("{}\n", flags.out.string());
  return kSuccess;
}

}  // namespace

void AddDraw(CLI::App& program, Action& action) {
  CLI::App* command = program.add_subcommand("draw", "Draws scenarios as strips of stick figures (SVG)");
  auto flags = std::make_shared<DrawFlags>();
  command->add_option("scenario", flags->scenarios, "scenario files, or ids of shipped scenarios");
  command->add_option("--label", flags->label, "all shipped scenarios of a label: fall, near_fall, adl, hard_non_fall");
  command->add_option("--seed", flags->seed, "decides everything that is drawn from")
      ->check(WholeNumber())
      ->capture_default_str();
  command->add_option("--variants", flags->variants, "strips a scenario, each of another person")
      ->check(CLI::Range(1, 100))
      ->capture_default_str();
  command->add_option("--figures", flags->figures, "figures a strip")->check(CLI::Range(2, 40))->capture_default_str();
  command->add_option("--from", flags->from, "first instant shown, s; without --from and --to: around the event");
  command->add_option("--to", flags->to, "last instant shown, s");
  command->add_option("--set", flags->set, "parameter=value of the motion, several times");
  command->add_option("-o,--out", flags->out, "NAME.svg")->required();
  command->callback([flags, &action] { action = [flags] { return DrawAll(*flags); }; });
}

}  // namespace stunt::cli
