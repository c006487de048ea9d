#include "query/output/format.h"

#include <gtest/gtest.h>

#include "tests/unit/query/capture.h"

namespace ledger::query {
namespace {

const std::vector<std::string> kColumns = {"_id", "n", "at", "settings", "done", "note"};
const PositionVector kAt = {{Partition{0}, Offset{12}}, {Partition{1}, Offset{9}}};

void write_two(Format& format, const std::optional<std::string>& next = std::nullopt) {
  format.begin(kColumns);
  Line line;
  line.add(0, std::string_view("a\"1"));
  line.add(1, 0.1);
  line.add(2, Time{1770832800000.5});
  line.add(3, Json{"{\"style\":1}", "style 1"});
  line.add(4, true);
  line.add(5, std::string_view("x,\ny"));
  format.line(line);
  line.clear();
  line.add(0, std::string_view("b"));
  line.add(1, 1e21);
  line.add(2, std::monostate());
  line.add(5, std::string_view("\x1b[0m"));
  format.line(line);
  format.end(kAt, next);
}

std::string written(FormatKind kind, const std::optional<std::string>& next = std::nullopt) {
  test::Capture capture;
  const auto format = make_format(kind, capture.out(), {});
  write_two(*format, next);
  return capture.text();
}

TEST(Format, NdjsonIsConvexJsonWithNumbersAsJavaScriptPrintsThem) {
  EXPECT_EQ(written(FormatKind::kNdjson),
            "{\"_id\":\"a\\\"1\",\"n\":0.1,\"at\":1770832800000.5,\"settings\":{\"style\":1},"
            "\"done\":true,\"note\":\"x,\\ny\"}\n"
            "{\"_id\":\"b\",\"n\":1e+21,\"note\":\"\\u001b[0m\"}\n");
}

TEST(Format, JsonHasRowsNextAndPosition) {
  EXPECT_EQ(written(FormatKind::kJson, "CURSOR"),
            "{\"rows\":[\n"
            "{\"_id\":\"a\\\"1\",\"n\":0.1,\"at\":1770832800000.5,\"settings\":{\"style\":1},"
            "\"done\":true,\"note\":\"x,\\ny\"},\n"
            "{\"_id\":\"b\",\"n\":1e+21,\"note\":\"\\u001b[0m\"}\n"
            "],\"next\":\"CURSOR\",\"position\":\"0:12,1:9\"}\n");
}

TEST(Format, JsonOfAnEmptyAnswerIsComplete) {
  test::Capture capture;
  const auto format = make_format(FormatKind::kJson, capture.out(), {});
  format->begin(kColumns);
  format->end(kAt, std::nullopt);
  EXPECT_EQ(capture.text(), "{\"rows\":[],\"next\":null,\"position\":\"0:12,1:9\"}\n");
}

TEST(Format, CsvQuotesWhatNeedsItAndLeavesAbsentCellsEmpty) {
  EXPECT_EQ(written(FormatKind::kCsv),
            "_id,n,at,settings,done,note\n"
            "\"a\"\"1\",0.1,1770832800000.5,\"{\"\"style\"\":1}\",true,\"x,\ny\"\n"
            "b,1e+21,,,,\x1b[0m\n");
}

}  // namespace
}  // namespace ledger::query
