// A scenario file; its motions are those of the project.
#include "fuzz_target.h"
#include "stunt/scenarios/cases.h"
#include "stunt/scenarios/data_folders.h"
#include "stunt/scenarios/scenario.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace stunt::scenarios;  // NOLINT(google-build-using-namespace): all of it is under test
  static const DataFolders folders = DataFolders::Find(STUNT_SOURCE_DIR);
  const std::filesystem::path file = stunt::fuzz::Put("scenario.yaml", stunt::fuzz::AsText(data, size));
  stunt::fuzz::ReadOrRefuse([&] {
    const Scenario scenario = LoadScenario(file, folders);
    CaseRequest request;
    request.scenario = &scenario;
    stunt::fuzz::Require(!MakeCase(request).case_id.empty(), "a case has an id");
  });
  return 0;
}
