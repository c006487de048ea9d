// Answers that pass over many entries between two lines: no snapshot grows old meanwhile, and each
// renewal goes on where the one before got to.
#include <set>

#include <fmt/format.h>

#include "query/events.h"
#include "query/find.h"
#include "query/scan.h"
#include "tests/integration/query/world.h"

namespace ledger::test {
namespace {

constexpr int kAudios = 400;
constexpr std::chrono::milliseconds kNoAge{0};  // every look at the clock renews

class ManyAudios : public World {
 protected:
  static std::string id(int number) { return fmt::format("audio-{:05}", number); }
  static std::string content(int number) { return fmt::format("content-{}", number); }
  void create(int first, int limit) {
    for (int i = first; i < limit; ++i) add(lines.created(time_++, id(i), content(i)));
  }

  struct Given {
    std::vector<std::string> keys;
    uint64_t renewals_max = 0;  // on the way to one entry
  };
  Given given(query::Views& reading, index::IndexId index, bool reverse, size_t walk_max) {
    Given given;
    query::MergedScan scan(reading, index, {}, reverse, then_, std::nullopt, walk_max);
    uint64_t before = reading.epoch();
    for (query::MergedScan::Hit hit; scan.next(hit); before = reading.epoch()) {
      given.keys.emplace_back(hit.key);
      given.renewals_max = std::max(given.renewals_max, reading.epoch() - before);
    }
    given.renewals_max = std::max(given.renewals_max, reading.epoch() - before);
    return given;
  }
  // Every index, both ways, with snapshots that are renewed at every look and with one. Returns: on
  // the way to one entry, the most renewals of those that grow old slowly.
  uint64_t expect_all_audios_however_often_renewed() {
    query::Views young(directory(), kNoAge);
    query::Views steady(directory(), std::chrono::hours(1));
    uint64_t renewals_max = 0;
    for (const index::IndexSpec& index : steady.declarations().indexes) {
      if (index.table != record::Table::kContentAudios) continue;
      for (const bool reverse : {false, true}) {
        const Given expected = given(steady, index.id, reverse, query::kDepartedWalkMax);
        EXPECT_EQ(expected.keys.size(), size_t{kAudios}) << index.name;
        renewals_max = std::max(renewals_max, expected.renewals_max);
        for (const size_t walk_max : {size_t{0}, query::kDepartedWalkMax}) {
          EXPECT_EQ(given(young, index.id, reverse, walk_max).keys, expected.keys)
              << index.name << (reverse ? " reverse" : "") << ", walk_max " << walk_max;
        }
      }
    }
    return renewals_max;
  }

  int64_t time_ = kT0;
  PositionVector then_;
};

class LongScan : public ManyAudios {
 protected:
  LongScan() {
    create(0, kAudios);
    views().commit();
    then_ = views().positions();
    for (int i = 0; i < kAudios; i += 3) add(lines.deleted(time_++, id(i), content(i)));
    create(kAudios, 5 * kAudios);
    for (int i = 0; i < 2 * kAudios; i += 2) add(lines.deleted(time_++, id(i), content(i)));
    views().commit();
    close_views();
  }
};

// Every audio is in `status` under "failed", at `then_` too, and has been there several times.
class ReturningRows : public ManyAudios {
 protected:
  ReturningRows() {
    create(0, kAudios);
    fail_all();
    for (int i = 0; i < kTimes; ++i) fail_again();
    views().commit();
    then_ = views().positions();
    for (int i = 0; i < kTimes; ++i) fail_again();
    views().commit();
    close_views();
  }
  void set_all(std::string_view status, std::string_view more) {
    for (int i = 0; i < kAudios; ++i) add(lines.status(time_++, id(i), content(i), status, more));
  }
  void fail_all() { set_all("failed", R"(,"errorMessage":"no voice")"); }
  void fail_again() {
    set_all("pending", "");
    fail_all();
  }
  static constexpr int kTimes = 5;
};

TEST_F(LongScan, IsTheSameHoweverOftenItsSnapshotsAreRenewed) {
  EXPECT_LE(expect_all_audios_however_often_renewed(), 1U);
}

TEST_F(LongScan, RenewsOnTheWayToOneEntry) {
  query::Views reading(directory(), kNoAge);
  const index::IndexId by_creation_time = index::by_creation_time_of(record::Table::kContentAudios);
  // The audios of later come first, or last, and are as many as 25 looks at the clock.
  EXPECT_GT(given(reading, by_creation_time, true, 0).renewals_max, 10U);
  EXPECT_GT(given(reading, by_creation_time, false, 0).renewals_max, 10U);
}

TEST_F(LongScan, ACountIsTheSame) {
  query::Views reading(directory(), kNoAge);
  query::FindRequest request;
  request.as_of = then_;
  EXPECT_EQ(query::count(reading, request, std::nullopt).answer.matched, uint64_t{kAudios});
  const query::CountAnswer by = query::count(reading, request, "status");
  ASSERT_EQ(by.lines.size(), 1U);
  EXPECT_EQ(by.lines[0].count, uint64_t{kAudios});
}

TEST_F(ReturningRows, AreGivenOnceHoweverOftenTheSnapshotsAreRenewed) {
  expect_all_audios_however_often_renewed();
}

TEST_F(ReturningRows, AreFoundOnceHoweverOftenTheSnapshotsAreRenewed) {
  query::Views young(directory(), kNoAge);
  query::FindRequest request;
  request.as_of = then_;
  request.conditions = {{"status", query::Comparison::kEqual, std::string("failed")}};
  for (const bool reverse : {false, true}) {
    request.reverse = reverse;
    for (const size_t walk_max : {size_t{0}, query::kDepartedWalkMax}) {
      request.departed_walk_max = walk_max;
      std::set<std::string> ids;
      const query::Answer answer = query::find(young, request, [&](const query::Row& row) {
        ids.insert(std::get<const record::ContentAudio*>(row.record)->id);
      });
      EXPECT_EQ(answer.matched, uint64_t{kAudios}) << reverse << ", walk_max " << walk_max;
      EXPECT_EQ(ids.size(), size_t{kAudios});
    }
  }
}

TEST_F(ReturningRows, AreCountedOnceHoweverOftenTheSnapshotsAreRenewed) {
  query::Views young(directory(), kNoAge);
  query::FindRequest request;
  request.as_of = then_;
  request.conditions = {{"status", query::Comparison::kEqual, std::string("failed")}};
  for (const size_t walk_max : {size_t{0}, query::kDepartedWalkMax}) {
    request.departed_walk_max = walk_max;
    EXPECT_EQ(query::count(young, request, std::nullopt).answer.matched, uint64_t{kAudios});
    for (const std::string by : {"status", "contentType"}) {  // by keys, by rows
      const query::CountAnswer counted = query::count(young, request, by);
      ASSERT_EQ(counted.lines.size(), 1U) << by;
      EXPECT_EQ(counted.lines[0].count, uint64_t{kAudios}) << by;
    }
  }
}

TEST_F(LongScan, ARareAnomalyIsFoundBehindManyOthers) {
  constexpr int kCommon = 1000;
  for (int i = 0; i < kCommon; ++i) add(lines.status(time_++, "nobody", content(1), "pending"));
  add(lines.status(time_++, id(1), content(1), "completed"));
  views().commit();
  close_views();
  query::Views reading(directory(), kNoAge);
  query::EventsRequest request;
  request.list = query::EventList::kAnomalies;
  request.code = store::Code::kIllegalTransition;
  const uint64_t before = reading.epoch();
  uint64_t lines_given = 0;
  query::list_events(reading, request, [&](const query::Event&) { ++lines_given; });
  EXPECT_EQ(lines_given, 1U);
  EXPECT_GT(reading.epoch() - before, 10U);
}

}  // namespace
}  // namespace ledger::test
