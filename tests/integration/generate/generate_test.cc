// ledger-generate as it is used: its lines are what ledger-emit takes, and as many as were asked
// for.
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/process.h"

namespace ledger::test {
namespace {

using testing::HasSubstr;

Finished generate(std::vector<std::string> options) {
  options.insert(options.begin(), program("ledger-generate"));
  return run(options);
}

struct Stream {
  std::string name;
  std::vector<std::string> options;  // --events and its value first
};

class Generate : public testing::TestWithParam<Stream> {
 protected:
  const std::vector<std::string>& options() const { return GetParam().options; }
};

INSTANTIATE_TEST_SUITE_P(
    Streams, Generate,
    testing::Values(Stream{"Recorded", {"--events", "60000"}},
                    Stream{"ManyVoices",
                           {"--events", "30000", "--changes", "500", "--voices", "16"}},
                    Stream{"Repeats", {"--events", "20000", "--duplicates", "0.05"}},
                    Stream{"Moved", {"--events", "20000", "--start", "2024-02-29T12:00:00Z"}},
                    Stream{"WorkloadW", {"--events", "20000", "--workload", "w"}}),
    [](const auto& of) { return of.param.name; });

TEST_P(Generate, PrintsAsManyValidLinesAsAsked) {
  const Finished made = generate(options());
  ASSERT_EQ(made.code, 0) << made.err;
  EXPECT_EQ(made.err, "");
  EXPECT_EQ(std::to_string(lines_of(made.out).size()), options()[1]);
  const Finished validate = run({program("ledger-emit"), "validate"}, made.out);
  EXPECT_EQ(validate.code, 0) << validate.out << validate.err;
  EXPECT_EQ(validate.out, "");
}

TEST_P(Generate, EqualOptionsGiveEqualBytesAndAnotherSeedOthers) {
  const std::string first = generate(options()).out;
  EXPECT_TRUE(first == generate(options()).out);
  std::vector<std::string> other = options();
  other.insert(other.end(), {"--seed", "43"});
  EXPECT_FALSE(first == generate(other).out);
}

TEST(GenerateUsage, IsRefusedWithItsRemedy) {
  const auto refused = [](const std::vector<std::string>& options, const std::string& part) {
    const Finished finished = generate(options);
    EXPECT_EQ(finished.code, 2) << finished.err;
    EXPECT_EQ(finished.out, "");
    EXPECT_THAT(finished.err, HasSubstr(part));
  };
  refused({"--workload", "w"}, "give --events");
  refused({"--workload", "x"}, "workload");
  refused({"--voices", "17"}, "1 to 16");
  refused({"--voices", "0"}, "1 to 16");
  refused({"--duplicates", "0.6"}, "0 to 0.5");
  refused({"--duplicates", "some"}, "0 to 0.5");
  refused({"--events", "-1"}, "events");
  refused({"--input", "nowhere.tsv"}, "nowhere.tsv");
}

TEST(GenerateUsage, DamagedInputIsInvalid) {
  const TempDir folder;
  const std::string file = (folder.path() / "changes.tsv").string();
  std::ofstream(file) << "nonsense\n";
  const Finished finished = generate({"--input", file});
  EXPECT_EQ(finished.code, 3);
  EXPECT_THAT(finished.err, HasSubstr("line 1: the header is another one"));
}

TEST(GenerateUsage, AReaderThatWentAwayEndsIt) {
  const Finished shell = run({"bash", "-c", program("ledger-generate") + " | head -n 1 | wc -l"});
  EXPECT_EQ(shell.out, "1\n");
  EXPECT_THAT(shell.err, testing::Not(HasSubstr("bug")));
}

}  // namespace
}  // namespace ledger::test
