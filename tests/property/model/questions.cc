#include "tests/property/model/questions.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <set>

namespace ledger::model {

namespace {

struct NamedField {
  std::string name;
  bool number = false;
};

// All that rows can be asked for: voiceSettings is an object.
const std::vector<NamedField>& fields_of(std::string_view table) {
  static const std::vector<NamedField> audios = {{"_id"},
                                                 {"_creationTime", true},
                                                 {"contentId"},
                                                 {"contentType"},
                                                 {"locale"},
                                                 {"contentHash"},
                                                 {"voiceId"},
                                                 {"status"},
                                                 {"script"},
                                                 {"errorMessage"},
                                                 {"audioStorageId"},
                                                 {"audioDuration", true},
                                                 {"audioSize", true},
                                                 {"failedAt", true},
                                                 {"generationAttempts", true},
                                                 {"updatedAt", true}};
  static const std::vector<NamedField> listenings = {{"_id"},
                                                     {"_creationTime", true},
                                                     {"userId"},
                                                     {"contentAudioId"},
                                                     {"contentId"},
                                                     {"contentType"},
                                                     {"playCount", true},
                                                     {"lastPlayedAt", true},
                                                     {"updatedAt", true}};
  return table == kAudios ? audios : listenings;
}

bool is_number(std::string_view table, const std::string& name) {
  for (const NamedField& each : fields_of(table)) {
    if (each.name == name) return each.number;
  }
  return false;
}

// `=`, lower bound, upper bound: at most one of each on a field.
int kind_of(Relation relation) {
  if (relation == Relation::kEqual) return 0;
  return relation == Relation::kGreater || relation == Relation::kGreaterOrEqual ? 1 : 2;
}

}  // namespace

RowsQuestion Questioner::rows() {
  RowsQuestion question;
  question.table = table();
  const auto& [name, fields] = random_.pick(indexes_of(question.table));
  question.tests = index_tests(question.table, parts_of(fields));
  if (random_.chance(20)) add_other_tests(question.table, question.tests);
  if (random_.chance(60)) question.index = name;
  if (random_.chance(5)) question.index = random_.pick(indexes_of(question.table)).first;
  question.index_only = random_.chance(15);
  question.reverse = random_.chance(50);
  return question;
}

// `=` on leading parts, then perhaps bounds on the next.
std::vector<Test> Questioner::index_tests(std::string_view table,
                                          const std::vector<std::string>& parts) {
  std::vector<Test> tests;
  const Row* like = random_.chance(85) ? some_row(table) : nullptr;
  const size_t equal = random_.chance(40) ? 0 : random_.below(parts.size() + 1);
  for (size_t i = 0; i < equal; ++i) {
    tests.push_back({parts[i], Relation::kEqual,
                     like != nullptr ? field(*like, parts[i]) : value_near(table, parts[i])});
  }
  if (equal == parts.size()) return tests;
  const std::string& next = parts[equal];
  if (random_.chance(45)) {
    const bool open = random_.chance(50);
    tests.push_back(
        {next, open ? Relation::kGreater : Relation::kGreaterOrEqual, value_near(table, next)});
  }
  if (random_.chance(45)) {
    const bool open = random_.chance(50);
    tests.push_back(
        {next, open ? Relation::kLess : Relation::kLessOrEqual, value_near(table, next)});
  }
  return tests;
}

void Questioner::add_other_tests(std::string_view table, std::vector<Test>& tests) {
  std::set<std::pair<std::string, int>> seen;
  for (const Test& test : tests) seen.emplace(test.field, kind_of(test.relation));
  for (uint64_t i = 1 + random_.below(2); i > 0; --i) {
    const std::string name = any_field(table);
    const auto relation = static_cast<Relation>(random_.below(5));
    if (!seen.emplace(name, kind_of(relation)).second) continue;
    tests.push_back({name, relation, value_near(table, name)});
  }
}

std::string Questioner::any_field(std::string_view table) {
  return random_.pick(fields_of(table)).name;
}

// A row of any partition, or null.
const Row* Questioner::some_row(std::string_view table) {
  const Rows& rows = ledger_[random_.below(ledger_.size())]->rows(table);
  if (rows.empty()) return nullptr;
  const auto at = static_cast<std::ptrdiff_t>(random_.below(rows.size()));
  return &std::next(rows.begin(), at)->second.row;
}

Value Questioner::value_near(std::string_view table, const std::string& name) {
  const Row* row = some_row(table);
  Value value = row != nullptr ? field(*row, name) : Value();
  return random_.chance(70) ? value : changed(std::move(value), is_number(table, name));
}

Value Questioner::changed(Value value, bool number) {
  if (random_.chance(20)) return {};
  if (number) {
    const double by[] = {1, -1, 0.25, -0.25, 1e9, -1e13};
    const double* old = std::get_if<double>(&value);
    return (old != nullptr ? *old : 0) + by[random_.below(6)];
  }
  std::string near = std::holds_alternative<std::string>(value) ? std::get<std::string>(value) : "";
  switch (random_.below(5)) {
    case 0:
      return near + "\x01";
    case 1:
      return near + "\xFF";
    case 2:
      return near.substr(0, near.size() / 2);
    case 3:
      if (!near.empty()) ++near.back();
      return near;
    default:
      return std::string();
  }
}

std::string Questioner::id(std::string_view table) {
  const Twin& twin = *ledger_[random_.below(ledger_.size())];
  if (random_.chance(30)) {
    const Row* row = some_row(table);
    if (row != nullptr) return text(*row, "_id");
  }
  for (int tries = 0; tries < 5 && !twin.steps().empty() && random_.chance(95); ++tries) {
    const Step& step = random_.pick(twin.steps());
    for (const Touch& touch : step.touches) {
      if (touch.table == table) return touch.id;
    }
    if (step.named && step.named->first == table) return step.named->second;
  }
  return random_.chance(50) ? "a" : "nobody";
}

// The fact of any message, or null.
const Fact* Questioner::some_fact() {
  const Message& message = random_.pick(random_.pick(logs_));
  return message.fact ? &*message.fact : nullptr;
}

EventTests Questioner::events() {
  EventTests tests;
  const uint64_t list = random_.below(4);
  if (list == 2) tests.list = List::kAnomalies;
  if (list == 3) tests.list = List::kQuarantine;
  static const std::vector<std::string> codes = {"unknown_audio", "illegal_transition",
                                                 "clock_ahead", "stale_content_hash"};
  if (tests.list == List::kAnomalies && random_.chance(30)) tests.code = random_.pick(codes);
  const Twin& twin = *ledger_[random_.below(ledger_.size())];
  const auto time = [&] {
    const Fact* fact = some_fact();
    const bool by_fact = tests.list == List::kEvents && fact != nullptr;
    if (by_fact && std::isfinite(fact->occurred_at)) return fact->occurred_at;
    const auto& steps = twin.steps();
    return steps.empty() ? 0.0 : static_cast<double>(random_.pick(steps).log_time);
  };
  if (random_.chance(25)) tests.since = time();
  if (random_.chance(25)) tests.until = time();
  const Fact* fact = some_fact();
  if (fact == nullptr) return tests;
  if (random_.chance(10)) {
    tests.actor_kind = fact->actor_kind == "unset" ? "operator" : fact->actor_kind;
  }
  if (random_.chance(10)) tests.actor_id = fact->actor_id;
  if (random_.chance(35)) add_member(*fact, tests);
  if (random_.chance(10)) add_member(*fact, tests);
  return tests;
}

void Questioner::add_member(const Fact& fact, EventTests& tests) {
  static const std::vector<std::string> names = {"payload",     "source",    "correlationId",
                                                 "causationId", "contentId", "contentAudioId",
                                                 "userId",      "voiceId"};
  static const std::vector<std::string> outcomes = {"applied", "duplicate", "anomaly",
                                                    "quarantined"};
  if (random_.chance(25)) {
    tests.members.emplace_back("outcome", random_.pick(outcomes));
    return;
  }
  const std::string& name = random_.pick(names);
  tests.members.emplace_back(name, member_of(fact, name).value_or("nobody"));
}

std::string Questioner::event_id() {
  const Fact* fact = some_fact();
  return fact != nullptr && random_.chance(90) ? fact->event_id : std::string(16, 'n');
}

}  // namespace ledger::model
