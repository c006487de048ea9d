// An answer whose reader is slow: it lets go of the views meanwhile and is still of one position.
#include <filesystem>
#include <thread>

#include <fmt/format.h>

#include "schemas/event/partition.h"
#include "schemas/store/reader.h"
#include "tests/integration/query/world.h"

namespace ledger::test {
namespace {

constexpr int kListens = 3000;  // more than pipes hold

class SlowReader : public World {
 protected:
  explicit SlowReader(const testing::ViewsSetup& setup = {}) : World(setup) {
    for (int i = 0; i < kListens; ++i) add(play(i));
    add(lines.created(kT0, "a", "content-7"));
    views().commit();
  }
  std::string play(int number) {
    return lines.play(kT0 + number, fmt::format("user-{}", number % 100), "a",
                      fmt::format("content-{}", number));
  }
  // Every row changes, some go, some come.
  void change_all() {
    for (int i = 0; i < kListens; ++i) add(play(i));
    for (int i = 0; i < 50; ++i) add(play(kListens + i));
    add(lines.deleted(kT0 + 1, "a", "content-7"));
    views().commit();
  }
  // What the files of the shards grow by while all rows change a few times.
  uintmax_t growth() {
    constexpr int kRounds = 6;
    const auto bytes = [this] {
      return std::filesystem::file_size(shard(0) / "data.mdb") +
             std::filesystem::file_size(shard(1) / "data.mdb");
    };
    const uintmax_t before = bytes();
    for (int i = 0; i < kRounds; ++i) change_all();
    return bytes() - before;
  }
  std::filesystem::path shard(int partition) {
    return views().directory().shard(store::Generation{1}, Partition{partition});
  }
  // Takes one line, and the rest when it is told to.
  Process slow(const std::vector<std::string>& arguments) const {
    std::vector<std::string> shell = {
        "sh", "-c",
        "exec 4<&0; \"$@\" </dev/null | { IFS= read -r line; printf '%s\\n' \"$line\"; "
        "read -r go <&4; cat; }",
        "sh"};
    const std::vector<std::string> asked = argv(arguments);
    shell.insert(shell.end(), asked.begin(), asked.end());
    return Process(shell);
  }
};

TEST_F(SlowReader, GetsTheAnswerOfThePositionItBeganAt) {
  const std::vector<std::vector<std::string>> queries = {
      {"find", "userContentAudios"},
      {"find", "userContentAudios", "--index", "user", "--reverse"},
      {"find", "userContentAudios", "--gte", "playCount=1", "--index", "contentAudio"},
      {"events"},
      {"events", "--reverse", "payload=playRecorded"}};
  for (const auto& each : queries) {
    const Finished before = query(each);
    Process reader = slow(each);
    const auto first = reader.read_line();
    ASSERT_TRUE(first);
    change_all();
    reader.write("go\n");
    EXPECT_EQ(reader.wait(), 0);
    const std::string rest = reader.rest_of_stdout();
    EXPECT_TRUE(*first + "\n" + rest == before.out) << ::testing::PrintToString(each);
    EXPECT_EQ(reader.rest_of_stderr(), before.err) << ::testing::PrintToString(each);
  }
}

// A snapshot that is held keeps every page that was freed since; the files grow by all of them.
TEST_F(SlowReader, HoldsNoSnapshotMeanwhile) {
  constexpr std::chrono::milliseconds kLongerThanASnapshot{1000};
  growth();
  const uintmax_t free = growth();
  Process reader = slow({"find", "userContentAudios"});
  ASSERT_TRUE(reader.read_line());
  std::this_thread::sleep_for(kLongerThanASnapshot);
  const uintmax_t waiting = growth();
  const store::ShardReader held_0(shard(0));
  const store::ShardReader held_1(shard(1));
  const uintmax_t held = growth();
  EXPECT_LT(waiting, (free + held) / 2) << free << " " << held;
  reader.write("go\n");
  EXPECT_EQ(reader.wait(), 0);
}

TEST_F(SlowReader, GetsAnEventThatFillsThePipe) {
  std::string content = "first";  // of partition 0, so that other shards are asked after it
  while (event::partition_of(content, setup_.partitions) != Partition{0}) content += "+";
  const std::string script(200'000, 'x');
  add(lines.status(kT0, "a", content, "generating_script", ",\"script\":\"" + script + "\""));
  views().commit();
  const std::string id = lines.last_id();
  std::vector<std::string> shell = {"sh", "-c", "\"$@\" | { sleep 0.5; cat; }", "sh"};
  const std::vector<std::string> asked = argv({"event", id});
  shell.insert(shell.end(), asked.begin(), asked.end());
  const Finished slowly = run(shell);
  const Finished whole = query({"event", id});
  EXPECT_EQ(whole.code, 0);
  EXPECT_TRUE(slowly.out == whole.out) << slowly.out.size() << " " << whole.out.size();
  EXPECT_EQ(slowly.err, whole.err);
}

// More shards than a pipe holds lines of, and as many as one process can map.
#ifdef LEDGER_SANITIZED
constexpr int32_t kShards = 50;
#else
constexpr int32_t kShards = 128;
#endif
class ManyShards : public SlowReader {
 protected:
  ManyShards() : SlowReader({.partitions = kShards}) {}
};

TEST_F(ManyShards, AreListedWholeToASlowReader) {
  const std::vector<std::string> digest = {"digest", "--shards"};
  Process reader = slow(digest);
  const auto first = reader.read_line();
  ASSERT_TRUE(first);
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  reader.write("go\n");
  EXPECT_EQ(reader.wait(), 0);
  EXPECT_EQ(*first + "\n" + reader.rest_of_stdout(), query(digest).out);
  EXPECT_EQ(reader.rest_of_stderr(), "at " + to_text(views().positions()) + "\n");
}

}  // namespace
}  // namespace ledger::test
