// get, find and count over shards, against what the library says.
#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "tests/integration/query/library.h"

namespace ledger::test {
namespace {

using ::testing::HasSubstr;

class Rows : public LibraryWorld {
 protected:
  static std::string id_line(const AudioFacts& audio) {
    return fmt::format(R"({{"_id":"{}","status":"{}"}})", audio.id, audio.status) + "\n";
  }
  static std::string id_lines(const std::vector<AudioFacts>& audios) {
    std::string out;
    for (const AudioFacts& each : audios) out += id_line(each);
    return out;
  }
  static std::string listen_line(const ListenFacts& listen) {
    const std::string last =
        listen.plays == 0 ? "" : fmt::format(R"(,"lastPlayedAt":{})", listen.last_played);
    return fmt::format(
               R"({{"userId":"{}","contentAudioId":"{}","contentId":"{}","playCount":{}{}}})",
               listen.user, listen.audio, listen.content, listen.plays, last) +
           "\n";
  }
  std::string at() { return "at " + to_text(views().positions()) + "\n"; }
  const std::string kListenFields = "userId,contentAudioId,contentId,playCount,lastPlayedAt";
};

TEST_F(Rows, GetPrintsTheWholeRowAsConvexHasIt) {
  const AudioFacts audio = library.audios_with("completed").front();
  const Finished got = query({"get", "contentAudios", audio.id});
  EXPECT_EQ(got.code, 0) << got.err;
  EXPECT_EQ(
      got.out,
      fmt::format(R"({{"_id":"{}","_creationTime":{},"contentId":"{}","contentType":"article",)"
                  R"("locale":"en","contentHash":"h1","voiceId":"{}","status":"completed",)"
                  R"("script":"Good morning.","audioStorageId":"s1","audioDuration":61.5,)"
                  R"("audioSize":4096,"generationAttempts":0,"updatedAt":{}}})",
                  audio.id, audio.created, audio.content, audio.voice, audio.updated) +
          "\n");
  EXPECT_EQ(got.err, at());
}

TEST_F(Rows, GetOfNothingIsOneAndNamesHistory) {
  const Finished got = query({"get", "contentAudios", "absent"});
  EXPECT_EQ(got.code, 1);
  EXPECT_EQ(got.out, "");
  EXPECT_THAT(got.err, HasSubstr("ledger-query history contentAudios absent"));
}

TEST_F(Rows, ATableThatEndsEarlySaysSo) {
  for (const auto& [limit, said] :
       {std::pair("1", "1 row shown"), std::pair("2", "2 rows shown")}) {
    const Finished found = query({"find", "contentAudios", "-o", "table", "--limit", limit});
    EXPECT_EQ(found.code, 0);
    EXPECT_THAT(found.err, HasSubstr(std::string(said) + ", there are more: give --all"));
  }
}

TEST_F(Rows, FindAloneGoesByCreationTime) {
  const Finished found = query({"find", "contentAudios", "--select", "_id,status"});
  EXPECT_EQ(found.code, 0);
  EXPECT_EQ(found.out, id_lines(library.audios));
  EXPECT_EQ(found.err, at());
  std::vector<AudioFacts> backwards = library.audios;
  std::reverse(backwards.begin(), backwards.end());
  EXPECT_EQ(query({"find", "contentAudios", "--reverse", "--select", "_id,status"}).out,
            id_lines(backwards));
}

TEST_F(Rows, EachStatusHasItsRows) {
  for (const std::string status :
       {"pending", "generating_script", "generating_speech", "completed", "failed"}) {
    const auto expected = library.audios_with(status);
    ASSERT_FALSE(expected.empty());
    const std::string condition = "status=" + status;
    EXPECT_EQ(query({"find", "contentAudios", condition, "--select", "_id,status"}).out,
              id_lines(expected));
    EXPECT_EQ(query({"count", "contentAudios", condition}).out,
              fmt::format("{{\"count\":{}}}\n", expected.size()));
  }
}

TEST_F(Rows, ListensOfAUserComeByCreationTime) {
  std::string expected;
  for (const ListenFacts& each : library.listens_of("user-3")) expected += listen_line(each);
  const Finished found =
      query({"find", "userContentAudios", "userId=user-3", "--select", kListenFields});
  EXPECT_EQ(found.out, expected);
  EXPECT_EQ(found.err, at());
}

TEST_F(Rows, BoundsNarrowTheRangeOfTheIndex) {
  const auto all = library.listens_of("user-3");
  const ListenFacts& first = all.at(3);
  const ListenFacts& last = all.at(7);
  const auto bound = [](const ListenFacts& each) {
    return fmt::format("_creationTime={}", each.created);
  };
  const auto count_of = [&](const char* lower, const char* upper) {
    return query({"count", "userContentAudios", "userId=user-3", "--index-only", lower,
                  bound(first), upper, bound(last)})
        .out;
  };
  EXPECT_EQ(count_of("--gte", "--lte"), "{\"count\":5}\n");
  EXPECT_EQ(count_of("--gt", "--lt"), "{\"count\":3}\n");
  EXPECT_EQ(count_of("--gte", "--lt"), "{\"count\":4}\n");
}

TEST_F(Rows, ConditionsOutsideTheIndexAreTestedPerRowAndCounted) {
  const auto all = library.listens_of("user-3");
  const auto often = [](const ListenFacts& each) { return each.plays > 2; };
  const auto matched = std::count_if(all.begin(), all.end(), often);
  const Finished found = query({"find", "userContentAudios", "userId=user-3", "--gt", "playCount=2",
                                "--select", kListenFields});
  std::string expected;
  for (const ListenFacts& each : all) expected += often(each) ? listen_line(each) : "";
  EXPECT_EQ(found.out, expected);
  EXPECT_EQ(found.err,
            fmt::format("index user: {} scanned, {} matched\n{}", all.size(), matched, at()));
  const Finished refused =
      query({"find", "userContentAudios", "userId=user-3", "--gt", "playCount=2", "--index-only"});
  EXPECT_EQ(refused.code, 2);
  EXPECT_THAT(refused.err, HasSubstr("playCount"));
}

TEST_F(Rows, AbsentIsLessThanAllNumbers) {
  const auto never = std::count_if(library.listens.begin(), library.listens.end(),
                                   [](const ListenFacts& each) { return each.plays == 0; });
  ASSERT_GT(never, 0);
  EXPECT_EQ(query({"count", "userContentAudios", "--lt", "lastPlayedAt=1"}).out,
            fmt::format("{{\"count\":{}}}\n", never));
}

TEST_F(Rows, CountByGivesALinePerValueInOrder) {
  std::map<std::string, int> statuses;
  for (const AudioFacts& each : library.audios) ++statuses[each.status];
  std::string expected;
  for (const auto& [status, count] : statuses) {
    expected += fmt::format("{{\"status\":\"{}\",\"count\":{}}}\n", status, count);
  }
  EXPECT_EQ(query({"count", "contentAudios", "--by", "status"}).out, expected);
  std::map<int, int> plays;
  for (const ListenFacts& each : library.listens) ++plays[each.plays];
  expected.clear();
  for (const auto& [value, count] : plays) {
    expected += fmt::format("{{\"playCount\":{},\"count\":{}}}\n", value, count);
  }
  EXPECT_EQ(query({"count", "userContentAudios", "--by", "playCount"}).out, expected);
}

TEST_F(Rows, JsonIsOneObjectWithNextAndPosition) {
  const auto failed = library.audios_with("failed");
  std::string rows;
  for (const AudioFacts& each : failed) {
    rows += (rows.empty() ? "\n" : ",\n") + id_line(each);
    rows.pop_back();
  }
  const Finished found =
      query({"find", "contentAudios", "status=failed", "--select", "_id,status", "-o", "json"});
  EXPECT_EQ(found.out, "{\"rows\":[" + rows + "\n],\"next\":null,\"position\":\"" +
                           to_text(views().positions()) + "\"}\n");
  EXPECT_EQ(found.err, "");
  const Finished nothing = query({"find", "contentAudios", "voiceId=none", "-o", "json"});
  EXPECT_EQ(nothing.code, 0);
  EXPECT_EQ(nothing.out,
            "{\"rows\":[],\"next\":null,\"position\":\"" + to_text(views().positions()) + "\"}\n");
}

TEST_F(Rows, CsvHasAHeaderAndQuotesWhatNeedsIt) {
  std::string expected = "_id,errorMessage,audioSize\n";
  for (const AudioFacts& each : library.audios_with("failed")) {
    expected += each.id + ",\"no voice, \"\"v1\"\"\nis gone\",\n";
  }
  EXPECT_EQ(query({"find", "contentAudios", "status=failed", "-o", "csv", "--select",
                   "_id,errorMessage,audioSize"})
                .out,
            expected);
}

TEST_F(Rows, ExpectIsMetOrOne) {
  const auto code = [&](const char* condition, const char* how) {
    return query({"find", "contentAudios", condition, "--expect", how}).code;
  };
  EXPECT_EQ(code("_id=audio-1", "one"), 0);
  EXPECT_EQ(code("_id=audio-1", "some"), 0);
  EXPECT_EQ(code("_id=audio-1", "none"), 1);
  EXPECT_EQ(code("_id=absent", "none"), 0);
  EXPECT_EQ(code("_id=absent", "one"), 1);
  EXPECT_EQ(code("status=failed", "one"), 1);
  EXPECT_EQ(query({"count", "contentAudios", "_id=absent", "--expect", "some"}).code, 1);
  // A page that ends is not all there is.
  EXPECT_EQ(query({"find", "contentAudios", "--limit", "1", "--expect", "one"}).code, 1);
}

class Numbers : public World {};

TEST_F(Numbers, AreAsJavaScriptPrintsThem) {
  const std::vector<std::pair<std::string, std::string>> texts = {
      {"0.1", "0.1"},
      {"1e21", "1e+21"},
      {"123456789012345680000", "123456789012345680000"},
      {"1.0", "1"},
      {"1e-7", "1e-7"},
      {"0.000001", "0.000001"},
      {"5e-324", "5e-324"},
      {"9007199254740993", "9007199254740992"}};
  std::string expected;
  for (size_t i = 0; i < texts.size(); ++i) {
    add(lines.line(kT0, fmt::format(R"("recordImported":{{"userContentAudios":{{"_id":"r{}",)"
                                    R"("_creationTime":{}.5,"userId":"u","contentAudioId":"a",)"
                                    R"("contentId":"c{}","contentType":"subject","playCount":{},)"
                                    R"("updatedAt":1}}}})",
                                    i, i + 1, i, texts[i].first)));
    expected += fmt::format("{{\"_id\":\"r{}\",\"_creationTime\":{}.5,\"playCount\":{}}}\n", i,
                            i + 1, texts[i].second);
  }
  views().commit();
  EXPECT_EQ(query({"find", "userContentAudios", "--select", "_id,_creationTime,playCount"}).out,
            expected);
}

}  // namespace
}  // namespace ledger::test
