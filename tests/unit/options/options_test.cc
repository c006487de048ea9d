#include "schemas/options/options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/options/sample.h"

namespace ledger::options {
namespace {

using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::MatchesRegex;

Parsed parse_sample(const std::vector<std::string>& arguments) {
  return parse(sample_program(), arguments);
}

std::string refusal_of(const std::vector<std::string>& arguments) {
  try {
    parse_sample(arguments);
  } catch (const Error& error) {
    EXPECT_EQ(error.fault(), Fault::kUsage);
    return error.what();
  }
  return "accepted";
}

TEST(Options, ValuesHaveUnitsAndFallbacks) {
  const Parsed parsed = parse_sample({"send", "--queue", "1MiB", "--limit=7", "-"});
  EXPECT_EQ(parsed.command(), "send");
  EXPECT_THAT(parsed.operands(), ElementsAre("-"));
  EXPECT_EQ(parsed.size("queue"), 1048576U);
  EXPECT_EQ(parsed.count("limit"), 7U);
  EXPECT_EQ(parsed.duration("linger").count(), 5000);
  EXPECT_EQ(parsed.text("topic"), "content-audio-events");
  EXPECT_FALSE(parsed.flag("skip-invalid"));
  EXPECT_FALSE(parsed.find_text("format").has_value());
}

TEST(Options, CommonOptionsMayStandBeforeTheCommand) {
  const Parsed parsed =
      parse_sample({"--brokers", "b:1", "-q", "--topic=t", "send", "--gt", "a=1", "--gt", "b=2"});
  EXPECT_EQ(parsed.text("brokers"), "b:1");
  EXPECT_EQ(parsed.text("topic"), "t");
  EXPECT_TRUE(parsed.quiet());
  EXPECT_THAT(parsed.list("gt"), ElementsAre("a=1", "b=2"));
}

TEST(Options, TypingErrorsNameTheNearest) {
  EXPECT_THAT(refusal_of({"send", "--brokes", "x"}), HasSubstr("did you mean '--brokers'?"));
  EXPECT_THAT(refusal_of({"sned"}), HasSubstr("did you mean 'send'?"));
  EXPECT_THAT(refusal_of({"sent"}), HasSubstr("did you mean 'send'?"));
  EXPECT_THAT(refusal_of({"--topc", "t", "send"}), HasSubstr("did you mean '--topic'?"));
  EXPECT_THAT(refusal_of({"send", "-o", "jsn"}), HasSubstr("did you mean 'json'?"));
  EXPECT_THAT(refusal_of({"send", "--lim", "3"}), HasSubstr("did you mean '--limit'?"));
  EXPECT_THAT(refusal_of({}), HasSubstr("a command is missing"));
}

TEST(Options, WrongValuesAreRefusedWithTheirFlag) {
  EXPECT_THAT(refusal_of({"send", "--queue", "12parsecs"}), HasSubstr("--queue: size"));
  EXPECT_THAT(refusal_of({"send", "--linger", "5"}), HasSubstr("--linger: duration"));
  EXPECT_THAT(refusal_of({"send", "--limit", "x"}), HasSubstr("--limit: 'x'"));
  EXPECT_THAT(refusal_of({"send", "a", "b"}), HasSubstr("'b' is one operand too many"));
  EXPECT_THAT(refusal_of({"schema", "a"}), EndsWith("write: ledger-emit schema"));
  EXPECT_THAT(refusal_of({"send", "--limit"}), HasSubstr("--limit"));
}

TEST(Options, AMissingOrEmptyOptionNamesTheThreeWaysToGiveIt) {
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"send"}, {"send", "--brokers", ""}}) {
    const Parsed parsed = parse_sample(arguments);
    try {
      static_cast<void>(parsed.text("brokers"));
      ADD_FAILURE() << "accepted";
    } catch (const Error& error) {
      EXPECT_THAT(error.what(), HasSubstr("LEDGER_BROKERS"));
      EXPECT_THAT(error.what(), HasSubstr("--config"));
    }
  }
}

TEST(Options, HelpBeginsWithExamplesAndEndsWithExitCodes) {
  const Program program = sample_program();
  const std::string text = help_text(program, nullptr);
  EXPECT_TRUE(text.starts_with("Examples:\n  ledger-emit send events.ndjson\n")) << text;
  EXPECT_THAT(text, HasSubstr("130  interrupted by SIGINT"));
  const std::string send = help_text(program, program.commands.data());
  EXPECT_THAT(send, HasSubstr("--queue SIZE"));
  EXPECT_THAT(send, HasSubstr("(64MiB)"));
}

TEST(Options, VersionNamesTheSchemaIds) {
  EXPECT_THAT(version_text(sample_program()), HasSubstr("schema Event 0x"));
}

TEST(Options, VersionsOfLibrariesAreWrittenAlike) {
  const std::string text = version_text(sample_program());
  EXPECT_THAT(text.substr(text.find("Cap'n Proto")),
              MatchesRegex("Cap'n Proto [0-9]+.[0-9]+.[0-9]+, fmt [0-9]+.[0-9]+.[0-9]+, "
                           "Boost [0-9]+.[0-9]+.[0-9]+\n"));
}

}  // namespace
}  // namespace ledger::options
