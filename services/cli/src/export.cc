#include <fmt/format.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "commands.h"
#include "complain.h"
#include "exit_code.h"
#include "stunt/datasets/csv_recording.h"
#include "stunt/recordings/recording_file.h"
#include "stunt/sweeps/result_folder.h"

namespace stunt::cli {
namespace {

struct ExportFlags {
  std::filesystem::path file;
  std::vector<std::string> cases;
  bool clean = false;
  std::filesystem::path out;
};

int Export(const ExportFlags& flags) {
  sweeps::CheckMayWrite(flags.out, sweeps::IfPresent::kRefuse);
  const std::vector<std::string> cases = flags.cases.empty() ? recordings::CaseIds(flags.file) : flags.cases;
  absl::StatusOr<sweeps::ResultFolder> folder = sweeps::ResultFolder::Create(flags.out, sweeps::IfPresent::kRefuse);
  if (!folder.ok()) return Complain(folder.status());
  std::vector<std::filesystem::path> written;
  for (const std::string& case_id : cases) {
    const trace::Recording recording =
        recordings::Load(flags.file, case_id, flags.clean ? recordings::Signal::kClean : recordings::Signal::kDegraded);
    const auto files = datasets::WriteCsvRecording(recording, folder->beside() / (case_id + ".csv"));
    if (!files.ok()) return Complain(files.status());
    for (const std::filesystem::path& file : *files) written.push_back(folder->path() / file.filename());
  }
  if (absl::Status status = folder->Commit(); !status.ok()) return Complain(status);
  for (const std::filesystem::path& file : written) fmt::print("{}\n", file.string());
  return kSuccess;
}

}  // namespace

void AddExport(CLI::App& program, Action& action) {
  CLI::App* command = program.add_subcommand("export", "Writes the recordings of an HDF5 file as CSV");
  auto flags = std::make_shared<ExportFlags>();
  command->add_option("file", flags->file, "NAME.h5, as `stunt simulate -o NAME.h5` writes it")->required();
  command->add_option("--case", flags->cases, "id of a case, several times; all without it");
  command->add_flag("--clean", flags->clean, "the signals before the devices' errors");
  command->add_option("-o,--out", flags->out, "folder for the CSV and truth files; new or empty")->required();
  command->callback([flags, &action] { action = [flags] { return Export(*flags); }; });
}

}  // namespace stunt::cli
