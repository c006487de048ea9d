// Every command in every format: the same rows.
#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "tests/integration/query/library.h"

namespace ledger::test {
namespace {

using Arguments = std::vector<std::string>;

class Formats : public LibraryWorld {
 protected:
  Formats() {
    add(lines.status(kT0 + 90'000, "nobody", "content-1", "pending"));
    views().add_raw(Partition{0}, {"k", "noise", kT0 + 90'000});
    views().commit();
  }
  std::string out(Arguments arguments, const std::string& format) const {
    arguments.insert(arguments.end(), {"-o", format});
    const Finished finished = query(arguments);
    EXPECT_EQ(finished.code, 0) << ::testing::PrintToString(arguments) << finished.err;
    return finished.out;
  }
  // Lists; one-row answers of a table stand on their side.
  const std::vector<Arguments> kLists = {{"find", "contentAudios", "status=completed"},
                                         {"find", "userContentAudios", "userId=user-1"},
                                         {"count", "contentAudios", "--by", "status"},
                                         {"history", "contentAudios", library.audios.at(3).id},
                                         {"events", "contentId=content-1"},
                                         {"anomalies"},
                                         {"quarantine"},
                                         {"digest"},
                                         {"digest", "--shards"},
                                         {"indexes"},
                                         {"status", "--shards"}};
  const std::vector<Arguments> kSingles = {{"get", "contentAudios", "audio-3"},
                                           {"count", "contentAudios"},
                                           {"event", "0:3"},
                                           {"status"}};
};

TEST_F(Formats, JsonHasTheLinesOfNdjsonAndThePosition) {
  std::vector<Arguments> all = kLists;
  all.insert(all.end(), kSingles.begin(), kSingles.end());
  for (const Arguments& each : all) {
    const std::vector<std::string> rows = lines_of(out(each, "ndjson"));
    ASSERT_FALSE(rows.empty()) << ::testing::PrintToString(each);
    EXPECT_EQ(out(each, "json"),
              fmt::format("{{\"rows\":[\n{}\n],\"next\":null,\"position\":\"{}\"}}\n",
                          fmt::join(rows, ",\n"), to_text(views().positions())))
        << ::testing::PrintToString(each);
  }
}

TEST_F(Formats, TablesAndCsvHaveAHeaderAndALinePerRow) {
  for (const Arguments& each : kLists) {
    const size_t rows = lines_of(out(each, "ndjson")).size();
    EXPECT_EQ(lines_of(out(each, "table")).size(), rows + 1) << ::testing::PrintToString(each);
    EXPECT_EQ(lines_of(out(each, "csv")).size(), rows + 1) << ::testing::PrintToString(each);
  }
}

TEST_F(Formats, SelectKeepsItsOrderInEachOfThem) {
  const Arguments find = {"find", "contentAudios", "status=completed", "--limit",
                          "1",    "--select",      "status,_id"};
  const std::string id = library.audios_with("completed").front().id;
  EXPECT_EQ(out(find, "ndjson"), fmt::format("{{\"status\":\"completed\",\"_id\":\"{}\"}}\n", id));
  EXPECT_EQ(out(find, "csv"), fmt::format("status,_id\ncompleted,{}\n", id));
  EXPECT_EQ(out(find, "table"), fmt::format("status     _id\ncompleted  {}\n", id));
}

// What JSON has in an object or array, CSV has too: a cell of JSON, times in ms.
TEST_F(Formats, CsvHasTheJsonOfAnEvent) {
  const std::string& sent = library.events.front();
  std::string quoted = "\"";
  for (const char c : sent) quoted += c == '"' ? "\"\"" : std::string(1, c);
  EXPECT_EQ(out({"events", "contentAudioId=" + library.audios[0].id, "payload=audioCreated",
                 "--select", "event"},
                "csv"),
            "event\n" + quoted + "\"\n");
  const AudioFacts moved = library.audios_with("generating_script").front();
  EXPECT_EQ(lines_of(out({"history", "contentAudios", moved.id, "--reverse", "--limit", "1",
                          "--select", "changes,actor"},
                         "csv"))
                .at(1),
            fmt::format(R"("{{""status"":[""pending"",""generating_script""],)"
                        R"(""updatedAt"":[{},{}]}}","{{""kind"":""service"",""id"":""tts-3""}}")",
                        moved.created, moved.updated));
}

}  // namespace
}  // namespace ledger::test
