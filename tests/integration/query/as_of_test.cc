// --as-of, --at-least and --wait. What the ledger was at a position is what a directory made from
// the events before it is now.
#include <unistd.h>

#include <fmt/format.h>

#include "schemas/store/run_state.h"
#include "tests/integration/query/library.h"

namespace ledger::test {
namespace {

using ::testing::HasSubstr;
using Arguments = std::vector<std::string>;

class AsOf : public LibraryWorld {
 protected:
  AsOf() {
    for (const AudioFacts& each : library.audios) {
      if (each.voice != "voice-0") continue;
      later_.push_back(lines.content_changed(next_time(), each.content, "h2"));
      later_.push_back(lines.deleted(next_time(), each.id, each.content));
    }
    for (const std::string& each : later_) add(each);
    views().commit();
  }

  int64_t next_time() { return time_ += 7; }
  std::vector<std::string> all_events() const {
    std::vector<std::string> all = library.events;
    all.insert(all.end(), later_.begin(), later_.end());
    return all;
  }
  Finished as_of(Arguments arguments, const std::string& when) const {
    arguments.insert(arguments.end(), {"--as-of", when});
    return query(arguments);
  }
  void set_caught_up(double time_ms) {
    store::RunState run;
    run.phase = store::RunPhase::kFollowing;
    run.caught_up_ms = time_ms;
    store::write_run_state(views().directory().run_json(), run);
  }

  const std::vector<Arguments> kQueries = {
      {"find", "contentAudios"},
      {"find", "contentAudios", "--index", "status", "--reverse"},
      {"find", "contentAudios", "contentHash=h1", "--gt", "updatedAt=" + std::to_string(kT0 + 50)},
      {"find", "userContentAudios", "--index", "user_content"},
      {"get", "contentAudios", library.audios.at(3).id},
      {"count", "contentAudios", "--by", "status"},
      {"count", "userContentAudios"},
      {"count", "userContentAudios", "--by", "userId"},
      {"history", "contentAudios", library.audios.at(5).id},
      {"events", "payload=contentChanged"},
      {"anomalies"}};
  std::vector<std::string> later_;
  int64_t time_ = kT0 + 50'000;
};

TEST_F(AsOf, AVectorAnswersAsTheLedgerStoodThen) {
  const std::vector<std::string> all = all_events();
  for (size_t count = 0; count <= all.size(); count += 61) {
    TempDir past_folder;
    testing::BuiltViews past(past_folder.path(), setup_);
    for (size_t i = 0; i < count; ++i) past.add(all[i]);
    past.commit();
    const std::string position = to_text(past.positions());
    for (const Arguments& each : kQueries) {
      Arguments then = {program("ledger-query"), "--views", past_folder.path().string()};
      then.insert(then.end(), each.begin(), each.end());
      const Finished expected = run(then);
      const Finished got = as_of(each, position);
      EXPECT_EQ(got.out, expected.out) << position << ::testing::PrintToString(each);
      EXPECT_EQ(got.code, expected.code) << position << ::testing::PrintToString(each);
      if (got.code == 0) {
        EXPECT_EQ(after(got.err, "at "), position);
      }
    }
  }
}

TEST_F(AsOf, ATimeIsBeforeTheFirstEventFromThenOn) {
  set_caught_up(static_cast<double>(time_ + 1));
  const std::vector<std::string> all = all_events();
  for (const size_t count : {size_t{0}, size_t{40}, size_t{200}, all.size() - 1}) {
    const std::string then =
        after(all[count].substr(all[count].find("\"occurredAt\"")), "\"occurredAt\":");
    const std::string time = then.substr(0, then.find(','));
    TempDir past_folder;
    testing::BuiltViews past(past_folder.path(), setup_);
    for (size_t i = 0; i < count; ++i) past.add(all[i]);
    PositionVector position = past.positions();
    // The genesis stands at kT0, before all events.
    EXPECT_EQ(after(as_of({"find", "contentAudios"}, time).err, "at "), to_text(position)) << time;
  }
  const Finished newest = as_of({"count", "contentAudios"}, std::to_string(time_ + 1));
  EXPECT_EQ(after(newest.err, "at "), to_text(views().positions()));
}

TEST_F(AsOf, ATimeHasAZoneAndAVectorMayNameSomePartitions) {
  const std::string utc =
      after(as_of({"find", "contentAudios"}, "2026-02-11T18:00:01Z").err, "at ");
  EXPECT_NE(utc, "");
  EXPECT_NE(utc, to_text(views().positions()));
  EXPECT_EQ(after(as_of({"find", "contentAudios"}, "2026-02-12T01:00:01+07:00").err, "at "), utc);
  EXPECT_EQ(after(as_of({"find", "contentAudios"}, std::to_string(kT0 + 1000)).err, "at "), utc);
  PositionVector expected = views().positions();
  expected[Partition{0}] = Offset{5};
  EXPECT_EQ(after(as_of({"find", "contentAudios"}, "0:5").err, "at "), to_text(expected));
}

TEST_F(AsOf, BeyondTheViewsIsFour) {
  PositionVector beyond = views().positions();
  beyond[Partition{1}] = next(beyond[Partition{1}]);
  const Finished position = as_of({"get", "contentAudios", "audio-1"}, to_text(beyond));
  EXPECT_EQ(position.code, 4);
  EXPECT_THAT(position.err, HasSubstr("--at-least"));
  const std::string later = std::to_string(time_ + 100);
  const Finished unknown = as_of({"events"}, later);
  EXPECT_EQ(unknown.code, 4);
  EXPECT_THAT(unknown.err, HasSubstr("has not caught up"));
  set_caught_up(static_cast<double>(time_ + 50));
  EXPECT_EQ(as_of({"events"}, later).code, 4);
  EXPECT_EQ(as_of({"events"}, "now-1ms").code, 4);
  set_caught_up(static_cast<double>(time_ + 100));
  EXPECT_EQ(as_of({"events"}, later).code, 0);
}

TEST_F(AsOf, AtLeastIsMetAtOnceOrFour) {
  const std::string here = to_text(views().positions());
  EXPECT_EQ(query({"count", "contentAudios", "--at-least", here}).code, 0);
  PositionVector beyond = views().positions();
  beyond[Partition{0}] = next(beyond[Partition{0}]);
  const auto started = std::chrono::steady_clock::now();
  const Finished late =
      query({"count", "contentAudios", "--at-least", to_text(beyond), "--wait", "200ms"});
  EXPECT_EQ(late.code, 4);
  EXPECT_EQ(late.out, "");
  EXPECT_THAT(late.err, HasSubstr(here));
  EXPECT_GE(std::chrono::steady_clock::now() - started, std::chrono::milliseconds(200));
}

TEST_F(AsOf, AtLeastWaitsForTheWriter) {
  PositionVector beyond = views().positions();
  for (auto& [partition, offset] : beyond) offset = next(offset);
  Process waiting(argv({"count", "contentAudios", "contentId=awaited", "--at-least",
                        to_text(beyond), "--wait", "50s"}));
  for (int i = 0; views().positions() != beyond && i < 100; ++i) {
    EXPECT_TRUE(waiting.running());
    testing::TopicRecord noise{"k", "noise", time_};
    for (const auto& [partition, offset] : views().positions()) {
      if (offset < beyond.at(partition)) {
        views().add_raw(partition, noise);
        break;
      }
    }
    views().commit();
  }
  EXPECT_EQ(waiting.wait(), 0) << waiting.rest_of_stderr();
  EXPECT_EQ(waiting.rest_of_stdout(), "{\"count\":0}\n");
  EXPECT_EQ(after(waiting.rest_of_stderr(), "at "), to_text(beyond));
}

TEST_F(AsOf, AtLeastFollowsToANewGeneration) {
  PositionVector beyond = views().positions();
  const Partition partition = beyond.begin()->first;
  beyond[partition] = next(beyond[partition]);
  close_views();
  Process waiting(argv({"count", "contentAudios", "--at-least", to_text(beyond), "--wait", "50s"}));
  const Finished rebuilt = run({program("ledger-projector"), "rebuild", "--views", directory()});
  ASSERT_EQ(rebuilt.code, 0) << rebuilt.err;
  EXPECT_TRUE(waiting.running());
  views().add_raw(partition, {"k", "noise", time_});
  views().commit();
  EXPECT_EQ(waiting.wait(), 0) << waiting.rest_of_stderr();
  EXPECT_EQ(after(waiting.rest_of_stderr(), "at "), to_text(beyond));
  EXPECT_THAT(query({"status"}).out, HasSubstr("\"generation\":2,"));
}

// A page of the old generation goes on in the new one.
TEST_F(AsOf, ACursorOutlivesARebuild) {
  const Finished all = query({"find", "contentAudios"});
  const Finished first = query({"find", "contentAudios", "--limit", "3"});
  close_views();
  const Finished rebuilt = run({program("ledger-projector"), "rebuild", "--views", directory()});
  ASSERT_EQ(rebuilt.code, 0) << rebuilt.err;
  for (const AudioFacts& each : library.audios) {
    add(lines.deleted(next_time(), each.id, each.content));
  }
  views().commit();
  const Finished rest = query({"find", "contentAudios", "--cursor", after(first.err, "next ")});
  EXPECT_EQ(first.out + rest.out, all.out);
}

class NoViewsYet : public World {};

TEST_F(NoViewsYet, WaitTakesThemWhenTheyCome) {
  Process waiting(
      argv({"find", "contentAudios", "--select", "_id", "--wait", "50s", "--at-least", "0:1,1:1"}));
  EXPECT_EQ(waiting.read_line(std::chrono::milliseconds(100)), std::nullopt);
  EXPECT_TRUE(waiting.running());
  views();
  EXPECT_EQ(waiting.wait(), 0) << waiting.rest_of_stderr();
  EXPECT_EQ(after(waiting.rest_of_stderr(), "at "), "0:1,1:1");
}

// --wait is for all that a command waits for, together.
TEST_F(NoViewsYet, WaitIsOneForViewsAndForAPosition) {
  constexpr std::chrono::milliseconds kWait{2000};
  const auto started = std::chrono::steady_clock::now();
  Process waiting(argv({"digest", "--at", "0:5", "--wait", fmt::format("{}ms", kWait.count())}));
  EXPECT_EQ(waiting.read_line(kWait - std::chrono::milliseconds(500)), std::nullopt);
  views();
  EXPECT_EQ(waiting.wait(), 4) << waiting.rest_of_stderr();
  EXPECT_LT(std::chrono::steady_clock::now() - started, kWait + std::chrono::milliseconds(1200));
}

// Not folded up to there, and not taken for a time that was.
TEST_F(AsOf, AYearFarAheadIsBeyondTheViews) {
  EXPECT_EQ(query({"find", "contentAudios", "--as-of", "2600-01-01T00:00:00Z"}).code, 4);
}

}  // namespace
}  // namespace ledger::test
