// events, anomalies and quarantine: lists of the log, merged over shards by log time.
#include <algorithm>

#include <fmt/format.h>

#include "schemas/base/time.h"
#include "schemas/event/partition.h"
#include "tests/integration/query/library.h"
#include "tests/support/event/forms.h"

namespace ledger::test {
namespace {

using ::testing::HasSubstr;
using Arguments = std::vector<std::string>;

class Events : public LibraryWorld {
 protected:
  // The events of the library that hold all `parts`, as `--select event` prints them.
  std::string events_with(const std::vector<std::string>& parts) const {
    std::string out;
    for (const std::string& line : library.events) {
      const bool all = std::all_of(parts.begin(), parts.end(), [&line](const std::string& part) {
        return line.find(part) != std::string::npos;
      });
      if (all) out += "{\"event\":" + line + "}\n";
    }
    EXPECT_NE(out, "");
    return out;
  }
  std::string listed(Arguments arguments) const {
    arguments.insert(arguments.begin(), "events");
    arguments.insert(arguments.end(), {"--select", "event"});
    const Finished finished = query(arguments);
    EXPECT_EQ(finished.code, 0) << finished.err;
    return finished.out;
  }
};

TEST_F(Events, AllAreListedByLogTimeAcrossShards) {
  const std::vector<std::string> all = lines_of(listed({}));
  ASSERT_EQ(all.size(), library.events.size() + 2);
  EXPECT_THAT(all[0], HasSubstr("\"ledgerOpened\""));
  EXPECT_THAT(all[1], HasSubstr("\"ledgerOpened\""));
  EXPECT_EQ(joined({all.begin() + 2, all.end()}), events_with({}));
}

TEST_F(Events, MembersAndActorsChoose) {
  EXPECT_EQ(listed({"payload=statusChanged"}), events_with({"\"statusChanged\":"}));
  EXPECT_EQ(listed({"payload=playRecorded", "userId=user-3"}),
            events_with({"\"playRecorded\":{\"userId\":\"user-3\""}));
  EXPECT_EQ(listed({"contentId=content-4"}), events_with({"\"contentId\":\"content-4\""}));
  EXPECT_EQ(listed({"contentAudioId=audio-7"}), events_with({"\"contentAudioId\":\"audio-7\""}));
  EXPECT_EQ(listed({"voiceId=voice-1"}), events_with({"\"voiceId\":\"voice-1\""}));
  EXPECT_EQ(listed({"--actor", "user"}), events_with({"{\"kind\":\"user\""}));
  EXPECT_EQ(listed({"--actor", "user:user-5", "payload=accessRecorded"}),
            events_with({"{\"kind\":\"user\",\"id\":\"user-5\"}", "\"accessRecorded\":"}));
  EXPECT_EQ(listed({"source=tests/1", "outcome=applied", "--since", std::to_string(kT0 + 1)}),
            events_with({}));
  const Finished none = query({"events", "source=other"});
  EXPECT_EQ(none.code, 0);
  EXPECT_THAT(none.err, HasSubstr("nothing found"));
}

TEST_F(Events, WindowsAreHalfOpenByOccurredAt) {
  const std::vector<std::string> all = lines_of(events_with({}));
  const auto window = [&](int64_t since, int64_t until) {
    return listed({"--since", std::to_string(since), "--until", std::to_string(until)});
  };
  // Event i of the library occurred at kT0 + 10 (i + 1).
  EXPECT_EQ(window(kT0 + 60, kT0 + 90), joined({all.begin() + 5, all.begin() + 8}));
  EXPECT_EQ(window(kT0 + 61, kT0 + 90), joined({all.begin() + 6, all.begin() + 8}));
  EXPECT_EQ(
      listed({"--since", "2026-02-12T01:00:01.5+07:00", "--until", "2026-02-11T18:00:01.52Z"}),
      joined({all.begin() + 149, all.begin() + 151}));
}

TEST_F(Events, ABareDurationIsBeforeNow) {
  const auto now = static_cast<int64_t>(now_unix_ms());
  const int64_t hour = 3'600'000;
  add(lines.play(now - 2 * hour, "u", "a", "old"));
  const std::string recent = lines.play(now - hour / 2, "u", "a", "new");
  add(recent);
  views().commit();
  EXPECT_EQ(listed({"--since", "1h"}), "{\"event\":" + recent + "}\n");
  EXPECT_EQ(listed({"--since", "now-1h"}), "{\"event\":" + recent + "}\n");
  EXPECT_EQ(listed({"--since", "3h", "--until", "90m", "contentId=old"}).find("\"new\""),
            std::string::npos);
}

class Broken : public World {
 protected:
  static constexpr int64_t kHour = 3'600'000;

  Broken() {
    add(lines.created(kT0 + 1, "a", "c"), kT0 + kHour);
    anomaly(lines.status(kT0 + 2, "nobody", "c", "pending"), "unknown_audio");
    anomaly(lines.status(kT0 + 3, "a", "c", "completed"),
            "illegal_transition\",\"completed_without_audio");
    anomaly(lines.play(kT0 + 4, "u", "nobody", "c"), "unknown_audio");
    refused(Partition{0}, {"c", "noise", log_time_}, "undecodable");
    refused(Partition{1}, {"c", std::nullopt, log_time_}, "undecodable");
    const std::string good = value_of("c");
    const Partition home = event::partition_of("c", setup_.partitions);
    refused(home, {"d", good, log_time_}, "wrong_key");
    refused(Partition{1 - raw(home)}, {"c", good, log_time_}, "wrong_partition");
    views().commit();
  }

  void anomaly(const std::string& line, const std::string& codes) {
    log_time_ += kHour;
    anomalies.push_back(
        fmt::format(R"({{"offset":"{}","codes":["{}"]}})", add(line, log_time_), codes));
  }
  void refused(Partition partition, testing::TopicRecord record, const std::string& code) {
    record.timestamp_ms = log_time_ += kHour;
    const std::string place = views().add_raw(partition, std::move(record));
    quarantine.push_back(
        fmt::format(R"({{"offset":"{}","outcome":"quarantined","codes":["{}"]}})", place, code));
  }
  // The bytes of an event of that content.
  static std::string value_of(const std::string& content) {
    EventLines fresh;
    for (int i = 0; i < 50; ++i) fresh.line(kT0, "");
    return event::value_of(fresh.play(kT0, "u", "a", content));
  }

  std::vector<std::string> anomalies;
  std::vector<std::string> quarantine;
  int64_t log_time_ = kT0 + kHour;
};

TEST_F(Broken, AnomaliesAreListedAndChosenByCode) {
  EXPECT_EQ(query({"anomalies", "--select", "offset,codes"}).out, joined(anomalies));
  EXPECT_EQ(query({"anomalies", "illegal_transition", "--select", "offset,codes"}).out,
            anomalies[1] + "\n");
  EXPECT_EQ(query({"anomalies", "unknown_audio", "--reverse", "--select", "offset,codes"}).out,
            anomalies[2] + "\n" + anomalies[0] + "\n");
  EXPECT_EQ(query({"anomalies", "reserved_id", "--expect", "none"}).code, 0);
  EXPECT_EQ(query({"anomalies", "--expect", "none"}).code, 1);
}

TEST_F(Broken, WindowsOfAnomaliesGoByLogTime) {
  const auto window = [&](int64_t since, int64_t until) {
    return query({"anomalies", "--since", std::to_string(since), "--until", std::to_string(until),
                  "--select", "offset,codes"})
        .out;
  };
  EXPECT_EQ(window(kT0 + 2 * kHour, kT0 + 3 * kHour), anomalies[0] + "\n");
  EXPECT_EQ(window(kT0 + 2 * kHour + 1, kT0 + 9 * kHour),
            anomalies[1] + "\n" + anomalies[2] + "\n");
}

TEST_F(Broken, QuarantineShowsCodesKeysAndBytes) {
  EXPECT_EQ(query({"quarantine", "--select", "offset,outcome,codes"}).out, joined(quarantine));
  const std::vector<std::string> whole = lines_of(query({"quarantine"}).out);
  ASSERT_EQ(whole.size(), quarantine.size());
  EXPECT_THAT(whole[0], HasSubstr(R"("key":"c","raw":"6e6f697365")"));
  EXPECT_THAT(whole[1], ::testing::Not(HasSubstr("\"raw\"")));
  EXPECT_THAT(whole[2], HasSubstr(R"("key":"d")"));
  EXPECT_EQ(query({"events", "outcome=quarantined", "--select", "offset,outcome,codes"}).out,
            joined(quarantine));
}

TEST_F(Broken, ADuplicateIsAnOutcomeOfItsOwn) {
  EventLines again;
  const std::string place = add(again.created(kT0 + 1, "a", "c"), log_time_);
  views().commit();
  EXPECT_EQ(
      query({"events", "outcome=duplicate", "--select", "offset,outcome,applied"}).out,
      fmt::format(R"({{"offset":"{}","outcome":"duplicate","applied":false}})", place) + "\n");
}

// A gap that nobody walks through offset by offset.
class Gap : public World {
 protected:
  static constexpr int64_t kLost = 1'000'000'000;

  Gap() : World({.partitions = 1}) {
    add(lines.content_changed(kT0 + 1, "c", "h1"));
    gap_ = views().add_gap(Partition{0}, kLost);
    last_ = add(lines.content_changed(kT0 + 2, "c", "h2"));
    views().commit();
  }
  std::string offsets(Arguments arguments) const {
    arguments.insert(arguments.begin(), "events");
    arguments.insert(arguments.end(), {"--select", "offset"});
    const Finished finished = query(arguments);
    EXPECT_EQ(finished.code, 0) << finished.err;
    return finished.out;
  }
  static std::string line(const std::string& place) {
    return fmt::format("{{\"offset\":\"{}\"}}\n", place);
  }

  std::string gap_;
  std::string last_;
};

TEST_F(Gap, IsOneLineInBothDirections) {
  const std::string opened = line("0:0");
  const std::string first = line("0:1");
  EXPECT_EQ(offsets({}), opened + first + line(gap_) + line(last_));
  EXPECT_EQ(offsets({"--reverse"}), line(last_) + line(gap_) + first + opened);
  EXPECT_EQ(offsets({"--reverse", "--as-of", "0:500"}), line(gap_) + first + opened);
}

TEST_F(Gap, IsTheLastLineOfAPage) {
  const Finished page = query({"events", "--limit", "3"});
  EXPECT_EQ(offsets({"--cursor", after(page.err, "next ")}), line(last_));
  const Finished back = query({"events", "--reverse", "--limit", "2"});
  EXPECT_EQ(offsets({"--reverse", "--cursor", after(back.err, "next ")}),
            line("0:1") + line("0:0"));
}

TEST_F(Gap, HasAnOutcomeOfItsOwn) {
  EXPECT_EQ(query({"events", "outcome=gap", "--select", "offset,outcome,applied"}).out,
            fmt::format(R"({{"offset":"{}","outcome":"gap","applied":false}})", gap_) + "\n");
  EXPECT_EQ(offsets({"outcome=applied"}), line("0:0") + line("0:1") + line(last_));
}

}  // namespace
}  // namespace ledger::test
