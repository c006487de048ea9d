// Exit 2: what was wrong, and what would be right.
#include "tests/integration/query/library.h"

namespace ledger::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

struct Mistake {
  std::vector<std::string> arguments;
  std::vector<std::string> said;
};

class Usage : public LibraryWorld {
 protected:
  void expect_refused(const Mistake& mistake) {
    const Finished finished = query(mistake.arguments);
    const std::string shown = ::testing::PrintToString(mistake.arguments);
    EXPECT_EQ(finished.code, 2) << shown << finished.err;
    EXPECT_EQ(finished.out, "") << shown;
    EXPECT_EQ(lines_of(finished.err).size(), 1U) << finished.err;
    for (const std::string& part : mistake.said) EXPECT_THAT(finished.err, HasSubstr(part));
  }
};

TEST_F(Usage, AMistypedNameBringsTheNearest) {
  const std::vector<Mistake> mistakes = {
      {{"fnd", "contentAudios"}, {"find"}},
      {{"find", "contentAudio"}, {"did you mean 'contentAudios'"}},
      {{"find", "contentAudios", "statu=failed"}, {"did you mean 'status'", "_creationTime"}},
      {{"find", "contentAudios", "status=faild"}, {"did you mean 'failed'"}},
      {{"find", "contentAudios", "--revers"}, {"--reverse"}},
      {{"find", "contentAudios", "--index", "statsu"}, {"did you mean 'status'"}},
      {{"find", "contentAudios", "--select", "_id,statsu"}, {"did you mean 'status'"}},
      {{"find", "contentAudios", "-o", "jsn"}, {"json"}},
      {{"count", "contentAudios", "--by", "stauts"}, {"did you mean 'status'"}},
      {{"events", "paylod=playRecorded"}, {"did you mean 'payload'"}},
      {{"events", "payload=playRecordd"}, {"did you mean 'playRecorded'"}},
      {{"events", "outcome=anomly"}, {"did you mean 'anomaly'"}},
      {{"anomalies", "unknown_audo"}, {"did you mean 'unknown_audio'"}},
  };
  for (const Mistake& each : mistakes) expect_refused(each);
}

TEST_F(Usage, ConditionsThatContradictAreRefused) {
  const std::vector<Mistake> mistakes = {
      {{"find", "userContentAudios", "--gt", "playCount=1", "--gte", "playCount=2"},
       {"two lower bounds on playCount"}},
      {{"find", "userContentAudios", "--lt", "playCount=1", "--lte", "playCount=2"},
       {"two upper bounds on playCount"}},
      {{"find", "contentAudios", "status=failed", "status=pending"}, {"two = conditions"}},
      {{"find", "contentAudios", "failed"}, {"is not FIELD=VALUE"}},
      {{"find", "userContentAudios", "playCount=often"}, {"is no number"}},
      {{"find", "contentAudios", "voiceSettings=1"}, {"is an object"}},
      {{"find", "contentAudios", "--limit", "0"}, {"--limit"}},
      {{"find", "contentAudios", "--limit", "3", "--all"}, {"exclude each other"}},
      {{"find", "contentAudios", "--limit", "few"}, {"limit"}},
      {{"find", "contentAudios", "--live", "--as-of", "0:1"}, {"--as-of"}},
      {{"find", "contentAudios", "--cursor", "abc"}, {"'abc' is none"}},
      {{"find", "contentAudios", "--select", "_id,_id"}, {"stands twice"}},
      {{"find", "contentAudios", "--as-of", "0:x"}, {"0:x"}},
      {{"find", "contentAudios", "--as-of", "yesterday"}, {"yesterday"}},
      {{"find", "contentAudios", "--as-of", "9:1"}, {"partition 9"}},
      {{"find", "contentAudios", "--at-least", "9:1"}, {"partition 9"}},
      {{"get", "contentAudios"}, {"ID"}},
      {{"get", "contentAudios", "a", "b"}, {"b"}},
      {{"event", "none"}, {"PARTITION:OFFSET"}},
      {{"events", "--actor", "robot:x"}, {"service, user, operator, system"}},
      {{"events", "--actor", "service:"}, {"no ID", "'service'"}},
      {{"events", "--live"}, {"--cursor"}},
      {{"digest", "--at", "9:1"}, {"partition 9"}},
      {{"anomalies", "undecodable"}, {"ledger-query quarantine"}},
  };
  for (const Mistake& each : mistakes) expect_refused(each);
}

TEST_F(Usage, ATieBetweenIndexesListsTheChoices) {
  expect_refused({{"find", "userContentAudios", "userId=user-1", "contentAudioId=audio-1"},
                  {"user (userId, ", "contentAudio (contentAudioId, ", "--index "}});
  const auto out = [&](const char* index) {
    return query({"find", "userContentAudios", "userId=user-1", "contentAudioId=audio-1", "--index",
                  index, "--select", "userId,contentAudioId,contentId"})
        .out;
  };
  EXPECT_EQ(out("user"), out("contentAudio"));
}

TEST_F(Usage, MissingViewsOptionNamesAllThreeWays) {
  const Finished finished = run({program("ledger-query"), "status"}, {}, {.folder = "/"});
  EXPECT_EQ(finished.code, 2);
  EXPECT_THAT(finished.err,
              AllOf(HasSubstr("--views"), HasSubstr("LEDGER_VIEWS"), HasSubstr("--config")));
  EXPECT_EQ(
      run({program("ledger-query"), "status"}, {}, {.environment = {"LEDGER_VIEWS=" + directory()}})
          .code,
      0);
}

}  // namespace
}  // namespace ledger::test
