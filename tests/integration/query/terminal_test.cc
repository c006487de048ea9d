// Tables on a terminal: cut to fit, escaped, 100 rows and then a hint.
#include <algorithm>

#include <fmt/format.h>

#include "tests/integration/query/library.h"
#include "tests/support/terminal.h"

namespace ledger::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kBold = "\x1b[1m";

class OnTerminal : public LibraryWorld {
 protected:
  static size_t width_of(const std::string& line) {
    return static_cast<size_t>(
        std::count_if(line.begin(), line.end(), [](char c) { return (c & 0xC0) != 0x80; }));
  }
  std::vector<std::string> table(std::vector<std::string> arguments, unsigned short columns) const {
    return lines_of(
        run_on_terminal(argv(std::move(arguments)), columns, {.environment = {"NO_COLOR=1"}}).out);
  }
};

TEST_F(OnTerminal, IsATableElsewhereNdjson) {
  const Finished shown = query_on_terminal({"find", "contentAudios", "status=failed"});
  EXPECT_EQ(shown.code, 0);
  EXPECT_TRUE(shown.out.starts_with(kBold)) << shown.out;
  EXPECT_EQ(lines_of(shown.out).size(), 1 + library.audios_with("failed").size());
  const Finished piped = query({"find", "contentAudios", "status=failed", "-o", "table"});
  EXPECT_THAT(piped.out, AllOf(HasSubstr("_id"), Not(HasSubstr("\x1b"))));
  EXPECT_THAT(query_on_terminal({"find", "contentAudios", "-o", "ndjson"}).out,
              Not(HasSubstr("\x1b")));
}

TEST_F(OnTerminal, FitsItsWidth) {
  for (const unsigned short columns : std::initializer_list<unsigned short>{40, 80, 160}) {
    for (const std::vector<std::string>& each : {std::vector<std::string>{"find", "contentAudios"},
                                                 {"find", "userContentAudios"},
                                                 {"events"},
                                                 {"history", "contentAudios", library.audios[4].id},
                                                 {"indexes"},
                                                 {"digest"}}) {
      const auto shown = table(each, columns);
      EXPECT_GT(shown.size(), 1U);
      for (const std::string& line : shown) EXPECT_LE(width_of(line), columns) << line;
    }
  }
}

TEST_F(OnTerminal, NamesTheColumnsThatDoNotFit) {
  const Finished narrow = query_on_terminal({"find", "contentAudios"}, 60);
  EXPECT_THAT(narrow.err, AllOf(HasSubstr("too narrow for"), HasSubstr("--select")));
}

TEST_F(OnTerminal, TimesAreReadable) {
  const auto shown = table({"find", "contentAudios", "--select", "_id,_creationTime"}, 80);
  EXPECT_THAT(shown.at(1), HasSubstr("2026-02-11T18:00:00.010Z"));
}

TEST_F(OnTerminal, ShowsAHundredRowsAndHowToGoOn) {
  ASSERT_GT(library.events.size(), 102U);
  const Finished shown = query_on_terminal({"events", "--select", "offset"});
  EXPECT_EQ(lines_of(shown.out).size(), 101U);
  EXPECT_THAT(shown.err, AllOf(HasSubstr("--all"), HasSubstr("next ")));
  const std::string cursor = after(shown.err, "next ");
  const Finished more = query_on_terminal({"events", "--select", "offset", "--cursor", cursor});
  EXPECT_EQ(lines_of(more.out).size(), 101U);
  const Finished all = query_on_terminal({"events", "--select", "offset", "--all"});
  EXPECT_EQ(lines_of(all.out).size(), library.events.size() + 2 + 1);
  EXPECT_EQ(lines_of(query({"events"}).out).size(), library.events.size() + 2);
}

TEST_F(OnTerminal, OneRowStandsOnItsSide) {
  const AudioFacts audio = library.audios_with("completed").front();
  const auto shown = table({"get", "contentAudios", audio.id}, 80);
  EXPECT_EQ(shown.at(0), "_id                 " + audio.id);
  EXPECT_EQ(shown.at(1), "_creationTime       2026-02-11T18:00:00.070Z");
}

TEST_F(OnTerminal, ControlBytesOfDataAreEscaped) {
  add(lines.created(kT0 + 90'000, R"(evil\u001b[31m\u0007)", R"(c\u202eb\nx)"));
  views().commit();
  const auto shown = table(
      {"find", "contentAudios", "--reverse", "--limit", "1", "--select", "_id,contentId"}, 80);
  EXPECT_EQ(shown.at(1), R"(evil\x1b[31m\x07  c\u202eb\nx)");
  const Finished got = query_on_terminal({"get", "contentAudios", "evil\x1b[31m\x07"});
  EXPECT_THAT(got.out, HasSubstr(R"(evil\x1b[31m\x07)"));
  const Finished events = query_on_terminal({"events", "contentId=c\u202eb\nx"});
  EXPECT_THAT(events.out, AllOf(HasSubstr(R"(\u001b[31m)"), Not(HasSubstr("\x1b[31m"))));
  // What goes to a program is the text itself, as JSON has it.
  EXPECT_THAT(query({"get", "contentAudios", "evil\x1b[31m\x07"}).out,
              HasSubstr(R"("_id":"evil\u001b[31m\u0007")"));
}

TEST_F(OnTerminal, RawBytesAreRefused) {
  const Finished raw = query_on_terminal({"event", "0:1", "--raw"});
  EXPECT_EQ(raw.code, 2);
  EXPECT_EQ(raw.out, "");
  EXPECT_THAT(raw.err, HasSubstr("| ledger-emit decode"));
}

TEST_F(OnTerminal, ErrorsDoNotRepeatControlBytes) {
  const Finished missing = query_on_terminal({"get", "contentAudios", "evil\x1b[31m"});
  EXPECT_EQ(missing.code, 1);
  EXPECT_THAT(missing.err, AllOf(HasSubstr(R"('evil\x1b[31m')"), Not(HasSubstr("\x1b"))));
  EXPECT_EQ(lines_of(missing.err).size(), 2U) << missing.err;
}

}  // namespace
}  // namespace ledger::test
