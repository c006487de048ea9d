// digest, indexes and status.
#include <fstream>

#include <fmt/format.h>

#include "schemas/base/time.h"
#include "schemas/store/run_state.h"
#include "tests/integration/query/library.h"

namespace ledger::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class State : public LibraryWorld {
 protected:
  std::string here() { return to_text(views().positions()); }
  store::RunState following(double now_ms) {
    store::RunState run;
    run.pid = 17;
    run.phase = store::RunPhase::kFollowing;
    run.started_ms = run.heartbeat_ms = now_ms;
    run.caught_up_ms = now_ms - 60'000;
    for (const auto& [partition, offset] : views().positions()) {
      run.partitions[partition] = {offset, Offset{raw(offset) + 2}};
    }
    return run;
  }
  void write(const store::RunState& run) {
    store::write_run_state(views().directory().run_json(), run);
  }
};

TEST_F(State, DigestsAreEqualHoweverTheViewsWereMade) {
  const Finished digest = query({"digest"});
  EXPECT_EQ(digest.code, 0) << digest.err;
  EXPECT_EQ(digest.err, "at " + here() + "\n");
  const std::string other = (folder_.path() / "other").string();
  testing::BuiltViews slow(other, {.batch_events = 3});
  const std::vector<std::string> argv = {program("ledger-query"), "digest", "--views", other};
  slow.add_all(joined({library.events.begin(), library.events.end() - 1}));
  slow.commit();
  EXPECT_NE(run(argv).out, digest.out);
  slow.add(library.events.back());
  slow.commit();
  EXPECT_EQ(run(argv).out, digest.out);
  EXPECT_EQ(lines_of(query({"digest", "--shards"}).out).size(), 2 * lines_of(digest.out).size());
}

TEST_F(State, DigestAtAnotherPositionIsFour) {
  EXPECT_EQ(query({"digest", "--at", here()}).code, 0);
  PositionVector at = views().positions();
  at[Partition{0}] = next(at[Partition{0}]);
  const Finished later = query({"digest", "--at", to_text(at), "--wait", "50ms"});
  EXPECT_EQ(later.code, 4);
  EXPECT_THAT(later.err, HasSubstr("not yet at"));
  EXPECT_EQ(query({"digest", "--at", "0:1"}).code, 4);
}

TEST_F(State, IndexesHaveFieldsAndEntries) {
  const Finished indexes = query({"indexes"});
  const std::string audios = std::to_string(library.audios.size());
  const std::string listens = std::to_string(library.listens.size());
  const std::string content_audios = R"({"table":"contentAudios","index":)";
  EXPECT_THAT(indexes.out,
              AllOf(HasSubstr(content_audios +
                              R"("status","fields":["status","_creationTime","_id"],"entries":)" +
                              audios + "}\n"),
                    HasSubstr(content_audios + R"("by_id","fields":["_id"],"entries":)" + audios),
                    HasSubstr(R"("user_content","fields":["userId","contentId","contentType",)"
                              R"("_creationTime","_id"],"entries":)" +
                              listens + "}\n")));
  EXPECT_EQ(lines_of(indexes.out).size(), 7U + 2 * 2);
}

TEST_F(State, StatusWithoutARunSaysSo) {
  add(lines.status(kT0 + 90'000, "nobody", "content-1", "pending"));
  add(library.events[0]);
  views().add_raw(Partition{0}, {"k", "noise", kT0 + 90'000});
  views().commit();
  const size_t events = library.events.size() + 2 + 3;
  const Finished status = query({"status"});
  EXPECT_EQ(status.code, 0) << status.err;
  EXPECT_THAT(
      status.out,
      AllOf(
          HasSubstr(
              R"("ledgerId":"0197a1c2-0000-7000-8000-000000000001",)"
              R"("topic":"content-audio-events","generation":1,"foldVersion":1,"state":"never_run",)"
              R"("position":")" +
              here() + "\""),
          HasSubstr(fmt::format(R"("events":{},"applied":{},"notApplied":1,"duplicates":1,)"
                                R"("quarantined":1,"codes":{{"undecodable":1,"unknown_audio":1}},)"
                                R"("contentAudios":{},"userContentAudios":{},"bytes":)",
                                events, events - 3, library.audios.size(), library.listens.size())),
          Not(HasSubstr("heartbeat")), Not(HasSubstr("lag"))));
  EXPECT_THAT(query({"status", "-o", "table"}).out,
              HasSubstr("codes              undecodable 1, unknown_audio 1\n"));
  EXPECT_EQ(query({"status", "--lag-max", "5"}).code, 4);
  EXPECT_EQ(query({"status", "--heartbeat-max", "1h"}).code, 4);
}

TEST_F(State, StatusHasWhatTheProjectorLastSaid) {
  const double now = now_unix_ms();
  store::RunState run = following(now);
  run.refusal = store::RunRefusal{now, Fault::kIntegrity, "the topic was re-created"};
  write(run);
  const Finished status = query({"status"});
  EXPECT_THAT(status.out,
              AllOf(HasSubstr(R"("state":"following","pid":17,)"), HasSubstr(R"("lag":4,)"),
                    HasSubstr(R"("refusal":"the topic was re-created")")));
  EXPECT_THAT(query({"status", "-o", "table"}).out, HasSubstr("the topic was re-created"));
  EXPECT_EQ(query({"status", "--lag-max", "4"}).code, 0);
  EXPECT_EQ(query({"status", "--lag-max", "18446744073709551615"}).code, 0);
  const Finished behind = query({"status", "--lag-max", "3"});
  EXPECT_EQ(behind.code, 4);
  EXPECT_NE(behind.out, "");
  EXPECT_THAT(behind.err, HasSubstr("4 events are not folded, --lag-max is 3"));
  EXPECT_EQ(query({"status", "--heartbeat-max", "1h", "--behind-max", "2h"}).code, 0);
  EXPECT_EQ(query({"status", "--behind-max", "30s"}).code, 4);
  run.heartbeat_ms = now - 7'200'000;
  write(run);
  EXPECT_EQ(query({"status", "--heartbeat-max", "1h"}).code, 4);
}

TEST_F(State, ADamagedRunFileCountsAsNoneForItIsNoView) {
  write(following(now_unix_ms()));
  const std::string early = std::to_string(kT0 + 50);
  ASSERT_EQ(query({"find", "contentAudios", "--as-of", early}).code, 0);
  for (const char* text : {"", "{\"pid\":1}"}) {
    std::ofstream(views().directory().run_json()) << text;
    const Finished status = query({"status"});
    EXPECT_EQ(status.code, 0) << status.err;
    EXPECT_THAT(status.err, HasSubstr("run.json is not what ledger-projector writes"));
    EXPECT_THAT(status.out, AllOf(HasSubstr("events"), Not(HasSubstr("heartbeat"))));
    EXPECT_EQ(query({"status", "--heartbeat-max", "1h"}).code, 4);
    EXPECT_EQ(query({"find", "contentAudios", "--as-of", early}).code, 0);
    const Finished late = query({"find", "contentAudios", "--as-of", "now-1h"});
    EXPECT_EQ(late.code, 4);
    EXPECT_THAT(late.err, HasSubstr("run.json is not what ledger-projector writes"));
  }
}

TEST_F(State, StatusOfShardsAddsUp) {
  write(following(now_unix_ms()));
  const Finished shards = query({"status", "--shards", "--select", "x"});
  EXPECT_EQ(shards.code, 2);  // it has no --select
  int64_t events = 0;
  for (const std::string& line : lines_of(query({"status", "--shards"}).out)) {
    EXPECT_THAT(line, HasSubstr("\"lag\":2,"));
    events += std::stoll(line.substr(line.find("\"events\":") + 9));
  }
  EXPECT_EQ(events, static_cast<int64_t>(library.events.size()) + 2);
}

}  // namespace
}  // namespace ledger::test
