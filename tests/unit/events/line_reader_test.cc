#include "events/line_reader.h"

#include <thread>

#include <gtest/gtest.h>
#include <unistd.h>

#include "schemas/base/error.h"
#include "schemas/event/json.h"

namespace ledger::events {
namespace {

struct Got {
  uint64_t number;
  std::string text;
  bool too_long;
  bool operator==(const Got&) const = default;
};

std::vector<Got> read_all(const std::string& text) {
  int ends[2];
  EXPECT_EQ(pipe(ends), 0);
  std::thread writer([&text, fd = ends[1]] {
    for (size_t at = 0; at < text.size();) {
      const ssize_t count = ::write(fd, text.data() + at, text.size() - at);
      if (count > 0) at += static_cast<size_t>(count);
    }
    ::close(fd);
  });
  std::vector<Got> lines;
  LineReader reader(ends[0]);
  while (!reader.ended()) {
    const auto line = reader.next();
    if (line) lines.push_back({line->number, std::string(line->text), line->too_long});
    if (!line && !reader.ended()) reader.fill();
  }
  writer.join();
  return lines;
}

TEST(LineReader, BlankLinesCountAndALastLineNeedsNoEnd) {
  EXPECT_EQ(read_all("a\n\nb"),
            (std::vector<Got>{{1, "a", false}, {2, "", false}, {3, "b", false}}));
  EXPECT_EQ(read_all("a\n"), (std::vector<Got>{{1, "a", false}}));
  EXPECT_TRUE(read_all("").empty());
}

TEST(LineReader, ALineOfTheLimitIsReadAndOneByteMoreIsSkipped) {
  const std::string longest(event::kLineBytesMax, 'x');
  EXPECT_EQ(read_all(longest + "\nend\n"),
            (std::vector<Got>{{1, longest, false}, {2, "end", false}}));
  EXPECT_EQ(read_all(longest + "y\nend\n"), (std::vector<Got>{{1, "", true}, {2, "end", false}}));
  EXPECT_EQ(read_all(longest + longest + longest), (std::vector<Got>{{1, "", true}}));
}

TEST(LineReader, AFileThatIsNotThereIsAUsageError) {
  EXPECT_THROW(open_input("/nowhere/events.ndjson"), Error);
  EXPECT_THROW(open_input("/tmp"), Error);
}

}  // namespace
}  // namespace ledger::events
