#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "schemas/options/options.h"
#include "tests/unit/options/sample.h"

namespace ledger::options {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::Pair;

class Config : public testing::Test {
 protected:
  void SetUp() override {
    folder_ =
        std::filesystem::path(testing::TempDir()) / ("ledger-config-" + std::to_string(::getpid()));
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override {
    unsetenv("LEDGER_TOPIC");
    unsetenv("LEDGER_PROPERTY");
    unsetenv("LEDGER_QUIET");
    std::filesystem::remove_all(folder_);
  }
  std::string file(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ / name) << text;
    return folder_ / name;
  }
  static std::string refusal_of(const std::vector<std::string>& arguments) {
    try {
      parse(sample_program(), arguments);
    } catch (const Error& error) {
      return error.what();
    }
    return "accepted";
  }

  std::filesystem::path folder_;
};

TEST_F(Config, FlagGoesBeforeEnvironmentBeforeFile) {
  const std::string path = file("c", "# all\ntopic = file\nbrokers=b:1\n");
  const std::vector<std::string> arguments = {"send", "--config", path};
  EXPECT_EQ(parse(sample_program(), arguments).text("topic"), "file");
  setenv("LEDGER_TOPIC", "environment", 1);
  EXPECT_EQ(parse(sample_program(), arguments).text("topic"), "environment");
  EXPECT_EQ(parse(sample_program(), {"send", "--config", path, "--topic", "flag"}).text("topic"),
            "flag");
  EXPECT_EQ(parse(sample_program(), arguments).text("brokers"), "b:1");
}

TEST_F(Config, SectionsOfOtherProgramsAreNotRead) {
  const std::string path =
      file("c", "views = /v\n[ledger-projector]\nbatch = 5\n[ledger-emit]\nqueue = 1KiB\n");
  EXPECT_EQ(parse(sample_program(), {"send", "--config", path}).size("queue"), 1024U);
}

TEST_F(Config, FlagsReadTrueAndFalse) {
  setenv("LEDGER_QUIET", "off", 1);
  EXPECT_FALSE(parse(sample_program(), {"send"}).quiet());
  setenv("LEDGER_QUIET", "yes", 1);
  EXPECT_TRUE(parse(sample_program(), {"send"}).quiet());
}

TEST_F(Config, ErrorsNameTheLine) {
  EXPECT_THAT(refusal_of({"send", "--config", file("c", "\nbrokes = x\n")}), HasSubstr("c:2: "));
  EXPECT_THAT(refusal_of({"send", "--config", file("c", "[ledger-emt]\n")}),
              HasSubstr("did you mean 'ledger-emit'?"));
  EXPECT_THAT(refusal_of({"send", "--config", file("c", "queue = many\n")}), HasSubstr("c:1"));
  EXPECT_THAT(refusal_of({"send", "--config", file("c", "topic\n")}), HasSubstr("name = value"));
  EXPECT_THAT(refusal_of({"send", "--config", "/nowhere"}), HasSubstr("cannot read /nowhere"));
  EXPECT_THAT(refusal_of({"send", "--config", "/"}), HasSubstr("cannot read /"));
  EXPECT_EQ(parse(sample_program(), {"send", "--config", "/dev/null"}).text("topic"),
            "content-audio-events");
}

TEST_F(Config, PropertiesMergeInRisingPrecedence) {
  const std::string path = file("c", "property = a=1#2\n");
  setenv("LEDGER_PROPERTY", "b=2\nc=3", 1);
  const Parsed parsed = parse(sample_program(), {"send", "--config", path, "-X", "a=9", "-Xd=e=f"});
  EXPECT_THAT(parsed.properties(), ElementsAre(Pair("a", "1#2"), Pair("b", "2"), Pair("c", "3"),
                                               Pair("a", "9"), Pair("d", "e=f")));
}

TEST_F(Config, SecretsComeFromFilesAndNeverFromArgv) {
  const std::string path = file("secret", "hunter2\n");
  const Parsed parsed = parse(sample_program(), {"send", "-X", "sasl.password=@" + path});
  EXPECT_THAT(parsed.properties(), ElementsAre(Pair("sasl.password", "hunter2")));
  for (const char* name : {"sasl.password", "ssl.key.password", "ssl.keystore.password"}) {
    const std::string refusal = refusal_of({"send", "-X", std::string(name) + "=hunter2"});
    EXPECT_THAT(refusal, HasSubstr(std::string("-X ") + name + "=@FILE"));
    EXPECT_THAT(refusal, Not(HasSubstr("hunter2")));
  }
  EXPECT_THAT(refusal_of({"send", "-X", "sasl.password=@/nowhere"}), HasSubstr("/nowhere"));
}

}  // namespace
}  // namespace ledger::options
