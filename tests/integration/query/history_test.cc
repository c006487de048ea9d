// history and event: what happened to a record, from its events.
#include <fmt/format.h>

#include "schemas/event/partition.h"
#include "tests/integration/query/world.h"

namespace ledger::test {
namespace {

using ::testing::HasSubstr;

class History : public World {
 protected:
  History() {
    tell(lines.created(kT0 + 1, "a", "c"), "applied", true, "", "audioCreated");
    tell(lines.status(kT0 + 2, "a", "c", "generating_script"), "applied", true, "",
         "statusChanged");
    tell(lines.status(kT0 + 3, "a", "c", "completed"), "anomaly", true,
         R"("illegal_transition","completed_without_audio")", "statusChanged");
    tell(lines.status(kT0 + 4, "a", "c", "failed", R"(,"errorMessage":"late")", "h9"), "anomaly",
         false, R"("stale_content_hash")", "statusChanged");
    tell(lines.created(kT0 + 5, "a", "c", "v2"), "anomaly", false, R"("audio_exists")",
         "audioCreated");
    tell(lines.content_changed(kT0 + 6, "c", "h2"), "applied", true, "", "contentChanged");
    tell(lines.deleted(kT0 + 7, "a", "c"), "applied", true, "", "audioDeleted");
    tell(lines.status(kT0 + 8, "a", "c", "pending"), "anomaly", false, R"("unknown_audio")",
         "statusChanged");
    tell(lines.created(kT0 + 9, "a", "c", "v1", "h2"), "applied", true, "", "audioCreated");
    add(lines.play(kT0 + 10, "u", "a", "c"));
    views().commit();
  }

  // Adds the event and the line that `history --select` has to print of it.
  void tell(const std::string& line, const std::string& outcome, bool applied,
            const std::string& codes, const std::string& payload) {
    places.push_back(add(line));
    events.push_back(line);
    told.push_back(fmt::format(R"({{"offset":"{}","outcome":"{}","applied":{}{},"payload":"{}"}})",
                               places.back(), outcome, applied,
                               codes.empty() ? "" : ",\"codes\":[" + codes + "]", payload));
  }
  Finished history(std::vector<std::string> more = {}) const {
    std::vector<std::string> arguments = {"history", "contentAudios", "a"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return query(arguments);
  }

  std::vector<std::string> places;
  std::vector<std::string> events;
  std::vector<std::string> told;
  const std::string kMembers = "offset,outcome,applied,codes,payload";
};

TEST_F(History, ListsEveryEventOfAllLivesAlsoThoseNotApplied) {
  const Finished all = history({"--select", kMembers});
  EXPECT_EQ(all.code, 0) << all.err;
  EXPECT_EQ(all.out, joined(told));
  EXPECT_EQ(all.err, "at " + to_text(views().positions()) + "\n");
}

TEST_F(History, ChangesHaveEachFieldBeforeAndAfter) {
  const std::vector<std::string> changes = lines_of(history({"--select", "changes"}).out);
  ASSERT_EQ(changes.size(), told.size());
  EXPECT_EQ(changes[0],
            fmt::format(R"({{"changes":{{"_id":[null,"a"],"_creationTime":[null,{0}],)"
                        R"("contentId":[null,"c"],"contentType":[null,"article"],)"
                        R"("locale":[null,"en"],"contentHash":[null,"h1"],"voiceId":[null,"v1"],)"
                        R"("status":[null,"pending"],"generationAttempts":[null,0],)"
                        R"("updatedAt":[null,{0}]}}}})",
                        kT0 + 1));
  EXPECT_EQ(changes[1], fmt::format(R"({{"changes":{{"status":["pending","generating_script"],)"
                                    R"("updatedAt":[{},{}]}}}})",
                                    kT0 + 1, kT0 + 2));
  EXPECT_EQ(changes[3], R"({"changes":{}})");
  EXPECT_EQ(changes[5], fmt::format(R"({{"changes":{{"contentHash":["h1","h2"],)"
                                    R"("status":["completed","pending"],"updatedAt":[{},{}]}}}})",
                                    kT0 + 3, kT0 + 6));
  EXPECT_THAT(changes[6], HasSubstr(R"("status":["pending",null])"));
}

TEST_F(History, SaysWhoAndWhen) {
  const std::string first = lines_of(history().out).at(0);
  EXPECT_THAT(first, HasSubstr(fmt::format(R"("logTime":{0},"occurredAt":{0},)"
                                           R"("actor":{{"kind":"service","id":"tts-3"}},)"
                                           R"("source":"tests/1")",
                                           kT0 + 1)));
  EXPECT_THAT(lines_of(history().out).at(6), HasSubstr(R"("kind":"operator","id":"desk")"));
}

TEST_F(History, AsOfEndsWhereTheLedgerStoodThen) {
  const Finished past = history({"--select", kMembers, "--as-of", places[4]});
  EXPECT_EQ(past.out, joined({told.begin(), told.begin() + 4}));
}

// More than are held at a time, of several lives, in pages and whole.
TEST_F(History, OfManyEventsIsWholeInBothDirections) {
  constexpr int kRounds = 700;
  for (int i = 0; i < kRounds; ++i) {
    const std::string retry = i % 2 == 0 ? "generating_script" : "pending";
    tell(lines.status(kT0 + 100 + 3 * i, "a", "c", retry, "", "h2"), "applied", true, "",
         "statusChanged");
    tell(lines.status(kT0 + 101 + 3 * i, "a", "c", "failed", R"(,"errorMessage":"late")", "h9"),
         "anomaly", false, R"("stale_content_hash")", "statusChanged");
    if (i % 100 != 99) continue;
    tell(lines.deleted(kT0 + 102 + 3 * i, "a", "c"), "applied", true, "", "audioDeleted");
    tell(lines.created(kT0 + 102 + 3 * i, "a", "c", "v1", "h2"), "applied", true, "",
         "audioCreated");
  }
  views().commit();
  std::vector<std::string> back(told.rbegin(), told.rend());
  EXPECT_TRUE(history({"--select", kMembers}).out == joined(told));
  EXPECT_TRUE(history({"--select", kMembers, "--reverse"}).out == joined(back));
  for (const bool reverse : {false, true}) {
    std::vector<std::string> arguments = {"--select", kMembers, "--limit", "400"};
    if (reverse) arguments.emplace_back("--reverse");
    std::string out;
    std::string cursor;
    do {
      const Finished page = history(arguments);
      out += page.out;
      if (cursor.empty()) arguments.insert(arguments.end(), {"--cursor", ""});
      cursor = after(page.err, "next ");
      arguments.back() = cursor;
    } while (!cursor.empty());
    EXPECT_TRUE(out == joined(reverse ? back : told)) << reverse;
  }
}

TEST_F(History, OfWhatNobodyNamedIsEmptyAndZero) {
  const Finished nothing = query({"history", "contentAudios", "absent"});
  EXPECT_EQ(nothing.code, 0);
  EXPECT_EQ(nothing.out, "");
  EXPECT_THAT(nothing.err, HasSubstr("nothing found"));
  EXPECT_EQ(query({"history", "contentAudios", "absent", "--expect", "some"}).code, 1);
  EXPECT_EQ(history({"--expect", "some"}).code, 0);
}

TEST_F(History, OfAListenHasItsPlays) {
  const std::string id =
      after(query({"find", "userContentAudios", "--select", "_id"}).out, "{\"_id\":\"");
  const Finished plays = query(
      {"history", "userContentAudios", id.substr(0, id.find('"')), "--select", "outcome,payload"});
  EXPECT_EQ(plays.out, R"({"outcome":"applied","payload":"playRecorded"})"
                       "\n");
}

TEST_F(History, EventIsFoundByIdAndByPlace) {
  const Finished by_place = query({"event", places[2]});
  EXPECT_EQ(by_place.code, 0) << by_place.err;
  EXPECT_THAT(by_place.out, HasSubstr("\"event\":" + events[2]));
  EXPECT_THAT(by_place.out, HasSubstr("\"offset\":\"" + places[2] + "\""));
  const std::string id = events[2].substr(events[2].find("0197"), 36);
  EXPECT_EQ(query({"event", id}).out, by_place.out);
  EXPECT_EQ(query({"event", id, "--as-of", places[2]}).code, 1);
  EXPECT_EQ(query({"event", "0:999999"}).code, 1);
  EXPECT_EQ(query({"event", "0:999999", "--raw"}).code, 1);
  EXPECT_EQ(query({"event", "7:0"}).code, 1);
  EXPECT_EQ(query({"event", "0197a1c2-0000-7000-9000-ffffffffffff"}).code, 1);
}

TEST_F(History, RawBytesDecodeToTheLineThatWasSent) {
  const Finished raw = query({"event", places[2], "--raw"});
  const Finished decoded = run({program("ledger-emit"), "decode"}, raw.out);
  EXPECT_EQ(decoded.code, 0) << decoded.err;
  EXPECT_EQ(decoded.out, events[2] + "\n");
  EXPECT_EQ(query({"event", places[2], "--raw", "-o", "json"}).code, 2);
  EXPECT_EQ(query({"event", places[2], "--raw", "--select", "offset"}).code, 2);
}

TEST_F(History, AnIdThatTwoShardsHaveIsPrintedTwice) {
  std::string other;
  for (int i = 0; other.empty(); ++i) {
    const std::string content = fmt::format("other-{}", i);
    if (event::partition_of(content, 2) != event::partition_of("c", 2)) other = content;
  }
  add(lines.created(kT0 + 20, "a", other));
  std::string same_id = lines.play(kT0 + 21, "u", "a", other);
  const std::string id = events[0].substr(events[0].find("0197"), 36);
  same_id.replace(same_id.find("0197"), 36, id);
  add(same_id);
  views().commit();
  const Finished rows = query({"get", "contentAudios", "a", "--select", "_id"});
  EXPECT_EQ(rows.out, "{\"_id\":\"a\"}\n{\"_id\":\"a\"}\n");
  EXPECT_EQ(lines_of(history().out).size(), told.size() + 1);
  EXPECT_EQ(lines_of(query({"event", id}).out).size(), 2U);
  const Finished raw = query({"event", id, "--raw"});
  EXPECT_EQ(raw.code, 2);
  EXPECT_EQ(raw.out, "");
  EXPECT_THAT(raw.err, HasSubstr(places[0]));
}

}  // namespace
}  // namespace ledger::test
