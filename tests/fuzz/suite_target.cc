// A suite file; its scenarios and its people are those of the project.
#include "fuzz_target.h"
#include "stunt/scenarios/cases.h"
#include "stunt/scenarios/suite.h"

namespace {

constexpr std::uint64_t kFew = 20;  // cases are drawn of small suites only, to keep the fuzzer quick

std::uint64_t Cases(const stunt::scenarios::Suite& suite) {
  std::uint64_t cases = 0;
  for (const auto& entry : suite.entries) {
    std::uint64_t cells = entry.variants;
    for (const auto& axis : entry.grid) cells *= axis.values.size();
    cases += cells;
  }
  return cases;
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace stunt::scenarios;  // NOLINT(google-build-using-namespace): all of it is under test
  static const DataFolders folders = DataFolders::Find(STUNT_SOURCE_DIR);
  const std::filesystem::path file = stunt::fuzz::Put("suite.yaml", stunt::fuzz::AsText(data, size));
  stunt::fuzz::ReadOrRefuse([&] {
    const Suite suite = LoadSuite(file, folders);
    const std::uint64_t cases = Cases(suite);
    if (cases > kFew || suite.subjects > kFew) return;
    stunt::fuzz::Require(Expand(suite).size() == cases, "every cell of every entry becomes its cases");
  });
  return 0;
}
