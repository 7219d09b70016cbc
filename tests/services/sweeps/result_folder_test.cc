#include "stunt/sweeps/result_folder.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <fstream>
#include <iterator>
#include <set>
#include <string>

#include "stunt/trace/input_error.h"

namespace stunt::sweeps {
namespace {

namespace fs = std::filesystem;

class ResultFolderTest : public ::testing::Test {
 public:
  ~ResultFolderTest() override { fs::remove_all(root_); }

 protected:
  ResultFolderTest() {
    std::string name = (fs::temp_directory_path() / "stunt_result_XXXXXX").string();
    root_ = ::mkdtemp(name.data());
  }

  static void Put(const fs::path& file, const std::string& text) { std::ofstream(file) << text; }
  static std::string Get(const fs::path& file) {
    std::ifstream in(file);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  std::set<std::string> Names() const {
    std::set<std::string> names;
    for (const auto& entry : fs::directory_iterator(root_)) names.insert(entry.path().filename());
    return names;
  }

  fs::path root_;
};

TEST_F(ResultFolderTest, AppearsOnlyWithCommit) {
  auto folder = ResultFolder::Create(root_ / "r", IfPresent::kRefuse);
  ASSERT_TRUE(folder.ok()) << folder.status();
  ASSERT_TRUE(folder->Write("results.json", "{}").ok());
  EXPECT_FALSE(fs::exists(root_ / "r"));
  ASSERT_TRUE(folder->Commit().ok());
  EXPECT_EQ(Get(root_ / "r" / "results.json"), "{}");
  EXPECT_EQ(Names(), std::set<std::string>{"r"});
}

TEST_F(ResultFolderTest, LeavesNothingWithoutCommit) {
  {
    auto folder = ResultFolder::Create(root_ / "deep" / "r", IfPresent::kRefuse);
    ASSERT_TRUE(folder.ok());
    ASSERT_TRUE(folder->Write("results.json", "{}").ok());
  }
  EXPECT_TRUE(fs::is_empty(root_ / "deep"));
}

TEST_F(ResultFolderTest, RefusesANonEmptyFolderAndAFile) {
  fs::create_directory(root_ / "mine");
  Put(root_ / "mine" / "thesis.tex", "x");
  Put(root_ / "file", "x");
  EXPECT_THROW(CheckMayWrite(root_ / "mine", IfPresent::kRefuse), trace::InputError);
  EXPECT_THROW(CheckMayWrite(root_ / "mine", IfPresent::kReplace), trace::InputError) << "no earlier result";
  EXPECT_THROW(CheckMayWrite(root_ / "file", IfPresent::kReplace), trace::InputError);
  EXPECT_THROW(CheckMayWrite(root_ / "file" / "r", IfPresent::kRefuse), trace::InputError) << "below a file";
}

TEST_F(ResultFolderTest, RefusesAPlaceWhereNothingCanBeCreatedBeforeTheWork) {
  EXPECT_THROW(CheckMayWrite("/proc/r", IfPresent::kRefuse), trace::InputError);
  EXPECT_THROW(CheckMayWrite("/proc/deep/r", IfPresent::kRefuse), trace::InputError);
  EXPECT_NO_THROW(CheckMayWrite(root_ / "deep" / "er" / "r/", IfPresent::kRefuse));
  EXPECT_TRUE(Names().empty());
}

TEST_F(ResultFolderTest, TakesAnEmptyFolder) {
  fs::create_directory(root_ / "empty");
  auto folder = ResultFolder::Create(root_ / "empty/", IfPresent::kRefuse);
  ASSERT_TRUE(folder.ok());
  ASSERT_TRUE(folder->Commit().ok());
  EXPECT_EQ(Names(), std::set<std::string>{"empty"});
}

TEST_F(ResultFolderTest, ReplacesAnEarlierResultAsAWhole) {
  fs::create_directory(root_ / "r");
  Put(root_ / "r" / "results.json", "old");
  Put(root_ / "r" / "junit.xml", "old");
  auto folder = ResultFolder::Create(root_ / "r", IfPresent::kReplace);
  ASSERT_TRUE(folder.ok());
  ASSERT_TRUE(folder->Write("results.json", "new").ok());
  EXPECT_EQ(Get(root_ / "r" / "results.json"), "old") << "the older result stays until Commit";
  ASSERT_TRUE(folder->Commit().ok());
  EXPECT_EQ(Get(root_ / "r" / "results.json"), "new");
  EXPECT_FALSE(fs::exists(root_ / "r" / "junit.xml"));
  EXPECT_EQ(Names(), std::set<std::string>{"r"});
}

}  // namespace
}  // namespace stunt::sweeps
