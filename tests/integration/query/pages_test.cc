// Pages of an answer: together they are the whole answer, also while a writer goes on.
#include <algorithm>

#include <fmt/format.h>

#include "schemas/event/partition.h"
#include "tests/integration/query/library.h"

namespace ledger::test {
namespace {

using ::testing::HasSubstr;
using Arguments = std::vector<std::string>;

class Pages : public LibraryWorld {
 protected:
  Pages() : LibraryWorld({.partitions = 3}) {}

  Finished page(Arguments arguments, const std::string& cursor, int limit) const {
    arguments.insert(arguments.end(), {"--limit", std::to_string(limit)});
    if (!cursor.empty()) arguments.insert(arguments.end(), {"--cursor", cursor});
    return query(arguments);
  }
  // Pages from `cursor` on, of sizes that alternate.
  std::string rest(const Arguments& arguments, std::string cursor) const {
    std::string out;
    for (int limit = 5;; limit = limit == 5 ? 8 : 5) {
      const Finished finished = page(arguments, cursor, limit);
      EXPECT_EQ(finished.code, 0) << finished.err;
      out += finished.out;
      cursor = after(finished.err, "next ");
      if (cursor.empty()) return out;
      EXPECT_EQ(lines_of(finished.out).size(), static_cast<size_t>(limit));
    }
  }
  const std::vector<Arguments> kQueries = {
      {"find", "contentAudios"},
      {"find", "contentAudios", "--index", "status"},
      {"find", "contentAudios", "locale=en", "--gte", "updatedAt=" + std::to_string(kT0 + 100)},
      {"find", "userContentAudios", "--index", "user_content"},
      {"find", "userContentAudios", "userId=user-2"},
      {"history", "contentAudios", library.audios.at(3).id},
      {"events", "payload=statusChanged"},
      {"events", "--until", std::to_string(kT0 + 1500)},
      // Relative times mean on every page what they meant on the first.
      {"find", "contentAudios", "--lt", "updatedAt=now-1h"},
      {"events", "--since", "200000h", "payload=playRecorded"},
      {"find", "contentAudios", "--as-of", "0:20,1:25,2:25"}};
};

TEST_F(Pages, TogetherAreTheWholeAnswer) {
  for (Arguments arguments : kQueries) {
    const std::string forward = query(arguments).out;
    EXPECT_EQ(rest(arguments, ""), forward) << ::testing::PrintToString(arguments);
    arguments.emplace_back("--reverse");
    const std::string reverse = query(arguments).out;
    EXPECT_EQ(rest(arguments, ""), reverse) << ::testing::PrintToString(arguments);
    std::vector<std::string> backwards = lines_of(reverse);
    std::reverse(backwards.begin(), backwards.end());
    EXPECT_EQ(joined(backwards), forward) << ::testing::PrintToString(arguments);
  }
}

TEST_F(Pages, StayAsOfTheFirstPageWhileAWriterGoesOn) {
  std::vector<std::string> before;
  std::vector<Finished> first;
  for (const Arguments& each : kQueries) {
    before.push_back(query(each).out);
    first.push_back(page(each, "", 3));
  }
  for (const AudioFacts& each : library.audios) {
    add(lines.status(kT0 + 90'000, each.id, each.content, "failed", R"(,"errorMessage":"x")"));
    if (each.voice == "voice-1") add(lines.deleted(kT0 + 90'001, each.id, each.content));
    add(lines.play(kT0 + 90'002, "user-2", each.id, each.content));
  }
  views().commit();
  for (size_t i = 0; i < kQueries.size(); ++i) {
    const std::string next = after(first[i].err, "next ");
    ASSERT_NE(next, "") << ::testing::PrintToString(kQueries[i]);
    EXPECT_EQ(first[i].out + rest(kQueries[i], next), before[i])
        << ::testing::PrintToString(kQueries[i]);
    EXPECT_EQ(after(page(kQueries[i], next, 3).err, "at "), after(first[i].err, "at "));
  }
}

TEST_F(Pages, LiveOnesSeeTheNewest) {
  const Arguments arguments = {"find", "contentAudios", "--select", "_id"};
  const Finished first = page(arguments, "", 3);
  const AudioFacts& last = library.audios.back();
  add(lines.deleted(kT0 + 90'000, last.id, last.content));
  add(lines.created(kT0 + 90'001, "fresh", last.content));
  views().commit();
  Arguments live = arguments;
  live.insert(live.end(), {"--live", "--cursor", after(first.err, "next ")});
  std::string expected;
  for (size_t i = 3; i + 1 < library.audios.size(); ++i) {
    expected += fmt::format("{{\"_id\":\"{}\"}}\n", library.audios[i].id);
  }
  const Finished rest_of_it = query(live);
  EXPECT_EQ(rest_of_it.out, expected + "{\"_id\":\"fresh\"}\n");
  EXPECT_EQ(after(rest_of_it.err, "at "), to_text(views().positions()));
}

TEST_F(Pages, TheLastHasNoNext) {
  const Finished exact =
      page({"find", "contentAudios", "-o", "json"}, "", static_cast<int>(library.audios.size()));
  EXPECT_THAT(exact.out, HasSubstr("],\"next\":null,"));
  const Finished first = page({"find", "contentAudios", "-o", "json"}, "", 3);
  EXPECT_THAT(first.out, HasSubstr("],\"next\":\""));
}

TEST_F(Pages, ACursorOfAnotherQueryOrderOrLedgerIsRefused) {
  const std::string cursor = after(page({"find", "contentAudios"}, "", 3).err, "next ");
  ASSERT_NE(cursor, "");
  const std::vector<Arguments> others = {{"find", "userContentAudios"},
                                         {"find", "contentAudios", "--reverse"},
                                         {"find", "contentAudios", "status=failed"},
                                         {"find", "contentAudios", "--as-of", "0:5"},
                                         {"events"},
                                         {"history", "contentAudios", "audio-1"}};
  for (const Arguments& each : others) {
    const Finished refused = page(each, cursor, 3);
    EXPECT_EQ(refused.code, 2) << ::testing::PrintToString(each);
    EXPECT_THAT(refused.err, HasSubstr("of another query, order or ledger"));
  }
  EXPECT_EQ(page({"find", "contentAudios"}, cursor.substr(1), 3).code, 2);
  testing::ViewsSetup setup{.partitions = 3};
  setup.ledger_id[0] = 0x77;
  const std::string other = (folder_.path() / "other").string();
  testing::BuiltViews(other, setup).add_all(joined(library.events));
  EXPECT_EQ(
      run({program("ledger-query"), "find", "contentAudios", "--cursor", cursor, "--views", other})
          .code,
      2);
}

// Rows that no field tells apart but the partition.
TEST_F(Pages, EqualKeysOfTwoShardsGoByPartition) {
  std::vector<std::string> expected(3);
  for (int i = 0, found = 0; found < 3; ++i) {
    const std::string content = fmt::format("twin-{}", i);
    std::string& line =
        expected.at(static_cast<size_t>(raw(event::partition_of(content, setup_.partitions))));
    if (!line.empty()) continue;
    ++found;
    line = fmt::format("{{\"_id\":\"twin\",\"contentId\":\"{}\"}}\n", content);
    add(lines.line(kT0, fmt::format(R"("recordImported":{{"userContentAudios":{{"_id":"twin",)"
                                    R"("_creationTime":5,"userId":"u","contentAudioId":"a",)"
                                    R"("contentId":"{}","contentType":"article","playCount":1,)"
                                    R"("updatedAt":5}}}})",
                                    content)));
  }
  views().commit();
  const Arguments twins = {"find", "userContentAudios", "userId=u", "--select", "_id,contentId"};
  const std::string all = expected[0] + expected[1] + expected[2];
  EXPECT_EQ(query(twins).out, all);
  EXPECT_EQ(query({"get", "userContentAudios", "twin", "--select", "_id,contentId"}).out, all);
  const Finished first = page(twins, "", 1);
  EXPECT_EQ(first.out, expected[0]);
  const Finished second = page(twins, after(first.err, "next "), 1);
  EXPECT_EQ(second.out, expected[1]);
  EXPECT_EQ(page(twins, after(second.err, "next "), 1).out, expected[2]);
}

}  // namespace
}  // namespace ledger::test
