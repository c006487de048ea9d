#include "tests/support/event/random_event.h"

#include <array>
#include <cstdlib>

#include "schemas/base/assert.h"
#include "schemas/event/limit_fields.h"
#include "schemas/event/members.h"

namespace ledger::event {

namespace {

constexpr std::array<std::string_view, 8> kCharacters = {
    "a", "Z", "7", "\"", "\\", "\n", "\xc3\xa9", "\xf0\x9f\x8e\xa7"};
constexpr std::array<double, 8> kNumbers = {
    0, 1, 0.1, 1e21, 1e-7, 5e-324, 1.7976931348623157e308, 123456789.25};
constexpr std::array<double, 6> kTimes = {1, 5e-324, 0.5, 1770832800000, 1e9, 9007199254740991};

}  // namespace

uint64_t test_seed(uint64_t fallback) {
  const char* given = std::getenv("LEDGER_SEED");
  return given == nullptr ? fallback : std::strtoull(given, nullptr, 10);
}

std::string rerun(uint64_t seed, int round) {
  return "round " + std::to_string(round) + "; run again: LEDGER_SEED=" + std::to_string(seed);
}

// Gives every member a legal value by its type and its name.
struct RandomEvents::FillMembers {
  RandomEvents& from;

  template <typename T>
  void operator()(std::string_view name, std::optional<T>& out) {
    if (from.chance(50)) (*this)(name, out.emplace());
  }
  void operator()(std::string_view name, std::string_view& out) {
    if (name == "script") {
      out = from.text(0, from.chance(5) ? 256 * 1024 : 200);
    } else if (name == "errorMessage") {
      out = from.text(0, from.chance(5) ? 16 * 1024 : 200);
    } else {
      const bool short_id = name == "contentAudioId" || name == "voiceId" || name == "_id";
      out = from.text(1, short_id ? 64 : 128);
    }
  }
  void operator()(std::string_view name, std::string& out) {
    std::string_view text;
    (*this)(name, text);
    out = text;
  }
  void operator()(std::string_view name, double& out) {
    if (name.ends_with("At") || name.ends_with("Time")) {
      out = from.time();
    } else if (name == "stability" || name == "similarityBoost" || name == "style") {
      out = from.number();
    } else {
      out = from.amount();
    }
  }
  void operator()(std::string_view, uint32_t& out) { out = static_cast<uint32_t>(from.random_()); }
  void operator()(std::string_view, bool& out) { out = from.chance(50); }
  void operator()(std::string_view, Uuid& out) { out = from.uuid(); }
  void operator()(std::string_view, record::ContentType& out) {
    out = static_cast<record::ContentType>(1 + from.below(2));
  }
  void operator()(std::string_view, record::Locale& out) {
    out = static_cast<record::Locale>(1 + from.below(2));
  }
  void operator()(std::string_view, record::Status& out) {
    out = static_cast<record::Status>(1 + from.below(5));
  }
  template <typename T>
  requires requires(T& object, FillMembers& fill) { members(object, fill); }
  void operator()(std::string_view, T& out) { members(out, *this); }
};

Event RandomEvents::next() {
  texts_.clear();
  FillMembers fill{*this};
  Event event;
  event.event_id = uuid();
  event.occurred_at = time();
  event.actor = {static_cast<ActorKind>(1 + below(4)), text(1, 128)};
  event.source = text(1, 128);
  fill("correlationId", event.correlation_id);
  fill("causationId", event.causation_id);
  event.payload = payload();
  return event;
}

uint64_t RandomEvents::below(uint64_t limit) {
  LEDGER_ASSERT(limit > 0, "{}", limit);
  return random_() % limit;
}

Payload RandomEvents::payload() {
  const std::array<Payload, 8> kinds = {AudioCreated{},   StatusChanged{},  ContentChanged{},
                                        AudioDeleted{},   AccessRecorded{}, PlayRecorded{},
                                        RecordImported{}, LedgerOpened{}};
  Payload payload = kinds.at(below(kinds.size()));
  FillMembers fill{*this};
  if (auto* imported = std::get_if<RecordImported>(&payload)) {
    if (chance(50)) imported->row = record::UserContentAudio{};
    std::visit([&](auto& row) { members(row, fill); }, imported->row);
    return payload;
  }
  std::visit(
      [&](auto& object) {
        if constexpr (!std::is_same_v<std::decay_t<decltype(object)>, RecordImported>) {
          members(object, fill);
        }
      },
      payload);
  if (auto* changed = std::get_if<StatusChanged>(&payload)) {
    changed->error_message.reset();
    if (changed->status == record::Status::kFailed) {
      fill("errorMessage", changed->error_message.emplace());
    }
  }
  return payload;
}

std::string_view RandomEvents::text(size_t bytes_min, size_t bytes_max) {
  const uint64_t choice = below(10);
  const size_t length = choice == 0   ? bytes_min
                        : choice == 1 ? bytes_max
                                      : bytes_min + below(std::min<size_t>(bytes_max, 24));
  std::string& out = texts_.emplace_back();
  const bool plain = chance(60);
  while (out.size() < length) {
    std::string_view next = plain ? kCharacters[below(3)] : kCharacters[below(8)];
    if (out.size() + next.size() > length) next = "b";
    out.append(next);
  }
  return out;
}

double RandomEvents::number() { return (chance(30) ? -1 : 1) * (amount() + 0.25); }

double RandomEvents::amount() {
  if (chance(50)) return kNumbers.at(below(kNumbers.size()));
  return static_cast<double>(random_()) / 4096.0;
}

double RandomEvents::time() {
  if (chance(30)) return kTimes.at(below(kTimes.size()));
  return 1.7e12 + static_cast<double>(below(1'000'000'000'000)) / 1000.0;
}

Uuid RandomEvents::uuid() {
  Uuid out{};
  for (uint8_t& byte : out) byte = static_cast<uint8_t>(random_());
  return out;
}

}  // namespace ledger::event
