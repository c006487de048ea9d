#include "tests/support/generate/changes.h"

#include <fstream>

#include <gtest/gtest.h>

#include "schemas/base/error.h"

namespace ledger::generate {
namespace {

constexpr const char* kHeader =
    "time_ms\tchange\tcontentId\tcontentType\tlocale\tcontentHash\tbytes\twords\n";

std::filesystem::path file_with(const std::string& lines) {
  const auto path = std::filesystem::path(testing::TempDir()) /
                    testing::UnitTest::GetInstance()->current_test_info()->name();
  std::ofstream(path) << lines;
  return path;
}

std::string refusal_of(const std::string& lines) {
  try {
    read_changes(file_with(lines), {}, {});
  } catch (const Error& error) {
    EXPECT_EQ(error.fault(), Fault::kInvalidInput);
    return error.what();
  }
  return "accepted";
}

TEST(ContentChanges, LinkTheChangesAndCountTheLivesOfAContent) {
  const Changes changes =
      read_changes(file_with(std::string(kHeader) + "1\tcreated\tc\tarticle\ten\th1\t10\t2\n"
                                                    "2\tcreated\td\tsubject\tid\th2\t10\t3\n"
                                                    "3\tdeleted\tc\tarticle\ten\th1\t\t\n"
                                                    "4\tcreated\tc\tarticle\ten\th3\t10\t4\n"),
                   {}, {});
  ASSERT_EQ(changes.all.size(), 4u);
  EXPECT_EQ(changes.content_ids, (std::vector<std::string>{"c", "d"}));
  EXPECT_EQ(changes.all[0].next, 2u);
  EXPECT_EQ(changes.all[2].next, 3u);
  EXPECT_EQ(changes.all[3].next, kNoChange);
  EXPECT_EQ(changes.all[2].life, 0u);
  EXPECT_EQ(changes.all[3].life, 1u);
  EXPECT_EQ(changes.all[1].words, 3);
}

TEST(ContentChanges, DamageIsNamedWithItsLine) {
  const std::string good = std::string(kHeader) + "1\tcreated\tc\tarticle\ten\th\t1\t1\n";
  EXPECT_EQ(refusal_of(good), "accepted");
  const auto says = [](const std::string& lines, const std::string& part) {
    const std::string refusal = refusal_of(lines);
    EXPECT_NE(refusal.find(part), std::string::npos) << refusal;
  };
  says("time\n", "line 1: the header is another one");
  says(kHeader, "line 1: there are no changes");
  says(good + "1\tchanged\tc\tarticle\ten\th\t1\t1\n", "line 3: time_ms does not increase");
  says(good + "2\tcreated\tc\tarticle\ten\th\t1\t1\n", "line 3: a live content is created");
  says(good + "2\tdeleted\td\tarticle\ten\th\t1\t1\n",
       "line 3: a content that is not live changes");
  says(good + "2\tmoved\tc\tarticle\ten\th\t1\t1\n", "line 3: change is `moved`");
  says(good + "2\tchanged\tc\tpoem\ten\th\t1\t1\n", "line 3: contentType or locale is unknown");
  says(good + "2\tchanged\tc\n", "line 3: too few columns");
  says(good + "x\tchanged\tc\tarticle\ten\th\t1\t1\n", "line 3: `x` is no number");
}

}  // namespace
}  // namespace ledger::generate
