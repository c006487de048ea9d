// The log of a scenario: well-formed events, and what goes wrong on a topic.
#include "tests/property/model/generate.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "schemas/event/codec.h"
#include "schemas/event/partition.h"
#include "tests/property/model/encode.h"

namespace ledger::model {

namespace {

constexpr int64_t kStart = 1'770'832'800'000;

class Generator {
 public:
  explicit Generator(uint64_t seed);
  Scenario run();

 private:
  void draw_pools();
  void add_next();
  double about_ten_minutes_ahead(const Fact& fact);
  int64_t add_crowd();
  void add_to_crowd(int64_t number);
  Message message_of(Fact fact);
  bool add_again();
  Message broken();
  void break_limit(Fact& fact);
  void break_text(Fact& fact);
  void break_number(Fact& fact);
  void misplace(Message& message);
  void add(Message message);
  std::string fresh_id();
  int64_t timestamp(int32_t partition);

  Random random_;
  Scenario scenario_;
  std::vector<Twin> twins_;
  std::vector<int64_t> clocks_;
};

Generator::Generator(uint64_t seed) : random_(seed * 0x9E3779B97F4A7C15 + 1) {
  scenario_.seed = seed;
  scenario_.partition_count = static_cast<int32_t>(random_.between(1, 3));
  scenario_.ledger_id = fresh_id();
  draw_pools();
  for (int32_t p = 0; p < scenario_.partition_count; ++p) {
    twins_.emplace_back(scenario_.ledger_id, p, scenario_.partition_count);
    twins_.back().fold(genesis(scenario_, p));
    clocks_.push_back(kStart);
  }
}

Scenario Generator::run() {
  const bool crowd = scenario_.seed % 250 == 7;
  int64_t crowd_size = crowd ? add_crowd() : 0;
  const bool longer = crowd || random_.chance(15);
  const int64_t events = longer ? random_.between(90, 200) : random_.between(10, 90);
  for (int64_t i = 0; i < events; ++i) {
    if (crowd && random_.chance(40)) add_to_crowd(crowd_size++);
    add_next();
  }
  return std::move(scenario_);
}

void Generator::draw_pools() {
  const std::vector<std::string> contents = {
      "c", std::string("c\x01"), "c1", "c10", "cé", "\xF0\x9F\x8E\xA7", "C", std::string(128, 'l')};
  for (int64_t i = random_.between(1, 4); i > 0; --i) {
    scenario_.pools.contents.push_back(random_.pick(contents));
  }
  const int64_t audios = random_.between(3, 8);
  for (int64_t i = 1; i < audios; ++i) scenario_.pools.audios.push_back(fmt::format("a{}", i));
  scenario_.pools.audios.push_back(std::string(64, 'a'));
  scenario_.pools.voices = {"v1", "v", "vv"};
  scenario_.pools.hashes = {"h1", "h2", "h"};
  const int64_t users = random_.between(1, 4);
  for (int64_t i = 0; i < users; ++i) scenario_.pools.users.push_back(fmt::format("u{}", i));
  const std::string prefix = derived_prefix(scenario_.ledger_id);
  scenario_.pools.listenings = {"i1",
                                "i2",
                                std::string(128, 'i'),
                                "uca_",
                                derived_id("uca_000000", 0, 3),
                                derived_id(prefix, 0, 2),
                                prefix,
                                prefix.substr(0, prefix.size() - 1)};
}

std::string Generator::fresh_id() {
  std::string id;
  for (size_t i = 0; i < 16; ++i) id.push_back(static_cast<char>(random_.below(256)));
  return id;
}

// The broker's clock of a partition: it may stand still or step back.
int64_t Generator::timestamp(int32_t partition) {
  int64_t& clock = clocks_[static_cast<size_t>(partition)];
  if (random_.chance(25)) return clock;
  clock += random_.chance(10) ? -random_.between(0, 3'000) : random_.between(0, 2'000);
  return clock;
}

Message Generator::message_of(Fact fact) {
  Message message;
  message.key = text(fact.fields, "contentId");
  message.partition = raw(event::partition_of(*message.key, scenario_.partition_count));
  message.value = encode(fact);
  message.fact = std::move(fact);
  return message;
}

void Generator::add(Message message) {
  message.timestamp = timestamp(message.partition);
  twins_[static_cast<size_t>(message.partition)].fold(message);
  scenario_.messages.push_back(std::move(message));
}

// Of the log time before the event, which is often the one at it.
double Generator::about_ten_minutes_ahead(const Fact& fact) {
  const Partition partition =
      event::partition_of(text(fact.fields, "contentId"), scenario_.partition_count);
  const int64_t exactly = twins_[static_cast<size_t>(raw(partition))].log_time() + 600'000;
  return static_cast<double>(random_.chance(40) ? exactly
                                                : exactly + random_.between(-2'500, 5'000));
}

void Generator::add_next() {
  if (random_.chance(8) && add_again()) return;
  if (random_.chance(4)) return add(broken());
  const int64_t now = *std::max_element(clocks_.begin(), clocks_.end());
  Fact fact = draw_fact(random_, scenario_.pools, twins_, now);
  fact.event_id = fresh_id();
  if (random_.chance(20)) fact.correlation_id = "job-" + std::to_string(random_.below(3));
  if (random_.chance(20)) fact.actor_kind = "user";
  if (random_.chance(4)) fact.occurred_at = about_ten_minutes_ahead(fact);
  if (random_.chance(4)) break_limit(fact);
  Message message = message_of(std::move(fact));
  if (random_.chance(3)) misplace(message);
  add(std::move(message));
}

// About 1,000 live audios of one content. Returns: how many.
int64_t Generator::add_crowd() {
  const int64_t count = random_.between(995, 1000);
  for (int64_t i = 0; i < count; ++i) add_to_crowd(i);
  return count;
}

void Generator::add_to_crowd(int64_t number) {
  Fact fact;
  fact.kind = "audioCreated";
  fact.event_id = fresh_id();
  fact.occurred_at = static_cast<double>(kStart + number);
  fact.fields = {{"contentAudioId", "crowd-" + std::to_string(number)},
                 {"contentId", scenario_.pools.contents[0]},
                 {"contentType", "article"},
                 {"locale", "en"},
                 {"contentHash", "h1"},
                 {"voiceId", "v" + std::to_string(number)}};
  add(message_of(std::move(fact)));
}

// An event that comes again: as it was, in another envelope, or with another payload.
bool Generator::add_again() {
  if (scenario_.messages.empty()) return false;
  Message message = random_.pick(scenario_.messages);
  if (!message.fact || message.fact->kind == "ledgerOpened") return false;
  const uint64_t how = random_.below(4);
  if (how == 1) {
    message.fact->occurred_at += random_.chance(50) ? 1000 : 700'000;
    message.fact->source = "model/2";
    message.value = encode(*message.fact);
  } else if (how == 2) {
    const int64_t now = clocks_[static_cast<size_t>(message.partition)];
    Fact other = draw_fact(random_, scenario_.pools, twins_, now);
    other.event_id = message.fact->event_id;
    message = message_of(std::move(other));
  } else if (how == 3 && message.fact->fields.count("contentHash") > 0) {
    message.fact->fields["contentHash"] = random_.pick(scenario_.pools.hashes);
    message.value = encode(*message.fact);
  }
  add(std::move(message));
  return true;
}

// A message that is no event, or no event that may stand there.
Message Generator::broken() {
  Fact fact = draw_fact(random_, scenario_.pools, twins_, clocks_[0]);
  fact.event_id = fresh_id();
  Message message = message_of(fact);
  if (random_.chance(20)) {
    Message second = genesis(scenario_, message.partition);
    if (random_.chance(50)) second.key = message.key;
    return second;
  }
  message.fact.reset();
  message.broken = "undecodable";
  switch (random_.below(6)) {
    case 0:
      message.value.reset();
      break;
    case 1:
      message.value = random_.chance(30) ? "" : std::string(random_.below(40), '\x07');
      break;
    case 2:
      message.value->resize(message.value->size() - 8);
      break;
    case 3:
      fact.fields["status"] = "9";
      if (fact.kind != "statusChanged") {
        message.value->append(8, '\0');
      } else {
        message.value = encode(fact);
      }
      break;
    case 4:
      message.value = encode_unknown_payload(fact);
      message.broken = "unknown_payload";
      break;
    default:
      message.value = std::string(event::kValueBytesMax + 8, '\x07');
      message.broken = "limit";
      message.broken_field = "value";
  }
  return message;
}

void Generator::misplace(Message& message) {
  switch (random_.below(3)) {
    case 0:
      message.key.reset();
      break;
    case 1:
      message.key = random_.chance(50) ? "" : *message.key + "x";
      break;
    default:
      message.partition = (message.partition + 1) % scenario_.partition_count;
  }
}

void Generator::break_limit(Fact& fact) {
  switch (random_.below(4)) {
    case 0:
      for (const char* name : {"contentType", "locale", "status"}) {
        if (fact.fields.count(name) > 0) fact.fields[name] = "unset";
      }
      if (random_.chance(20)) fact.actor_kind = "unset";
      break;
    case 1:
      if (fact.kind == "statusChanged") {
        if (fact.fields.erase("errorMessage") == 0) fact.fields["errorMessage"] = "no failure";
      } else {
        fact.actor_id = random_.chance(50) ? "" : std::string(129, 'a');
      }
      break;
    case 2:
      return break_number(fact);
    default:
      break_text(fact);
      if (random_.chance(20)) break_text(fact);
  }
}

void Generator::break_text(Fact& fact) {
  const std::vector<std::string> bad = {
      "",         std::string(129, 'x'),  "caf\xC3",         "\xED\xA0\x80",
      "\xC0\x80", std::string("n\0l", 3), "\xF4\x90\x80\x80"};
  std::vector<std::string> names;
  for (const auto& [name, value] : fact.fields) {
    const bool choice =
        name == "contentType" || name == "locale" || name == "status" || name == "voiceSettings";
    if (std::holds_alternative<std::string>(value) && !choice) names.push_back(name);
  }
  const std::string& name = random_.pick(names);
  fact.fields[name] = random_.pick(bad);
  if (name == "script" && random_.chance(50)) fact.fields[name] = std::string(256 * 1024 + 1, 's');
  if (name == "errorMessage" && random_.chance(50)) {
    fact.fields[name] = std::string(16 * 1024 + 1, 'e');
  }
}

void Generator::break_number(Fact& fact) {
  const std::vector<double> bad = {std::numeric_limits<double>::quiet_NaN(),
                                   std::numeric_limits<double>::infinity(), -1.0, 0.0,
                                   std::ldexp(1.0, 53)};
  std::vector<std::string> names;
  for (const auto& [name, value] : fact.fields) {
    if (std::holds_alternative<double>(value)) names.push_back(name);
  }
  if (names.empty() || random_.chance(30)) {
    fact.occurred_at = random_.pick(bad);
  } else {
    fact.fields[random_.pick(names)] = random_.pick(bad);
  }
}

}  // namespace

Scenario generate(uint64_t seed) { return Generator(seed).run(); }

Message genesis(const Scenario& scenario, int32_t partition) {
  Fact fact;
  fact.kind = "ledgerOpened";
  fact.event_id = "genesis" + std::to_string(partition) + "........";
  fact.event_id.resize(16, '.');
  fact.occurred_at = static_cast<double>(kStart);
  fact.fields = {{"ledgerId", scenario.ledger_id},
                 {"partition", static_cast<double>(partition)},
                 {"partitionCount", static_cast<double>(scenario.partition_count)}};
  Message message;
  message.partition = partition;
  message.timestamp = kStart;
  message.value = encode(fact);
  message.fact = std::move(fact);
  return message;
}

Log messages_of(const Scenario& scenario, int32_t partition) {
  Log messages = {genesis(scenario, partition)};
  for (const Message& message : scenario.messages) {
    if (message.partition == partition) messages.push_back(message);
  }
  return messages;
}

std::vector<Log> logs_of(const Scenario& scenario) {
  std::vector<Log> logs;
  for (int32_t p = 0; p < scenario.partition_count; ++p) logs.push_back(messages_of(scenario, p));
  return logs;
}

std::vector<Twin> replay(const Scenario& scenario, const std::vector<int64_t>& positions) {
  std::vector<Twin> twins;
  for (int32_t p = 0; p < scenario.partition_count; ++p) {
    twins.emplace_back(scenario.ledger_id, p, scenario.partition_count);
    if (positions[static_cast<size_t>(p)] > 0) twins.back().fold(genesis(scenario, p));
  }
  for (const Message& message : scenario.messages) {
    Twin& twin = twins[static_cast<size_t>(message.partition)];
    if (twin.position() < positions[static_cast<size_t>(message.partition)]) twin.fold(message);
  }
  return twins;
}

}  // namespace ledger::model
