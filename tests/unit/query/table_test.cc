#include <gtest/gtest.h>

#include "query/output/format.h"
#include "query/output/screen_text.h"
#include "tests/unit/query/capture.h"

namespace ledger::query {
namespace {

class TableOf {
 public:
  TableOf(std::vector<std::string> columns, size_t width)
      : format_(make_table(capture_.out(), {width, false})) {
    format_->begin(columns);
  }
  void row(const std::vector<Value>& values) {
    Line line;
    for (size_t i = 0; i < values.size(); ++i) line.add(i, values[i]);
    format_->line(line);
  }
  std::string text() {
    dropped = format_->end({}, std::nullopt);
    return capture_.text();
  }
  std::vector<std::string> dropped;

 private:
  test::Capture capture_;
  std::unique_ptr<Format> format_;
};

std::string_view view(const char* text) { return text; }

TEST(Table, AlignsTextLeftAndNumbersRight) {
  TableOf table({"status", "count"}, 80);
  table.row({view("failed"), int64_t{7}});
  table.row({view("ok"), int64_t{1234}});
  EXPECT_EQ(table.text(),
            "status  count\n"
            "failed      7\n"
            "ok       1234\n");
}

TEST(Table, LeavesOutColumnsWithoutValuesAndShowsTimesReadably) {
  TableOf table({"_id", "failedAt", "updatedAt"}, 80);
  table.row({view("a"), std::monostate(), Time{1770832800123}});
  EXPECT_EQ(table.text(),
            "_id  updatedAt\n"
            "a    2026-02-11T18:00:00.123Z\n");
}

TEST(Table, CutsLongTextAndEscapesControlBytes) {
  TableOf table({"_id", "note"}, 24);
  table.row({view("a"), view("line\nand a long tail that does not fit")});
  EXPECT_EQ(table.text(),
            "_id  note\n"
            "a    line\\nand a long t…\n");
}

TEST(Table, FitsEveryTerminalAndSaysWhatItLeftOut) {
  for (size_t width = 12; width < 120; ++width) {
    TableOf table({"_id", "contentHash", "status", "updatedAt"}, width);
    table.row({view("an-id-of-some-length"), view("0123456789abcdef0123456789abcdef"),
               view("generating_speech"), Time{1770832800123}});
    std::string text = table.text();
    for (size_t end = text.find('\n'); !text.empty(); end = text.find('\n')) {
      EXPECT_LE(display_width(text.substr(0, end)), width);
      text.erase(0, end + 1);
    }
    const std::vector<std::string> first =
        table.dropped.empty() ? table.dropped : std::vector{table.dropped.front()};
    EXPECT_EQ(first,
              width < 75 ? std::vector<std::string>{"contentHash"} : std::vector<std::string>{});
  }
}

TEST(Table, KeepsIdsAndTimesWholeAndCutsTheRest) {
  TableOf table({"_id", "contentHash", "status", "updatedAt"}, 78);
  table.row({view("an-id-of-some-length"), view("0123456789abcdef0123456789abcdef"),
             view("generating_speech"), Time{1770832800123}});
  EXPECT_EQ(table.text(),
            "_id                   contentHash  status             updatedAt\n"
            "an-id-of-some-length  0123456789…  generating_speech  2026-02-11T18:00:00.123Z\n");
}

TEST(Table, KeepsItsWidthsAfterTheFirstThousandRows) {
  TableOf table({"n", "text"}, 40);
  for (int64_t i = 0; i < 1000; ++i) table.row({i, view("short")});
  table.row({int64_t{1000}, view("much longer than the rows that were measured")});
  const std::string text = table.text();
  EXPECT_TRUE(text.ends_with("999  short\n1000  much…\n")) << text.substr(text.size() - 60);
}

TEST(Table, WritesNothingForAnEmptyAnswer) {
  TableOf table({"_id"}, 80);
  EXPECT_EQ(table.text(), "");
}

TEST(Table, ARecordStandsOnItsSide) {
  test::Capture capture;
  const auto format = make_record_table(capture.out(), {});
  format->begin({"_id", "failedAt", "script"});
  Line line;
  line.add(0, std::string_view("a1"));
  line.add(1, std::monostate());
  line.add(2, std::string_view("two\nlines"));
  format->line(line);
  format->end({}, std::nullopt);
  EXPECT_EQ(capture.text(), "_id       a1\nscript    two\\nlines\n");
}

}  // namespace
}  // namespace ledger::query
