#include "tests/support/apply/random_log.h"

#include <algorithm>
#include <array>
#include <random>

#include "schemas/store/layout.h"
#include "tests/support/fold/folded_log.h"

namespace ledger::testing {

Uuid random_log_ledger_id() { return ledger_opened().ledger_id; }

namespace {

using record::ContentType;
using record::Status;

constexpr std::array<std::string_view, 3> kContents = {"c1", "c2", "c3"};
constexpr std::array<std::string_view, 6> kAudios = {"ca1", "ca2", "ca3", "ca4", "ca5", "ca6"};
constexpr std::array<std::string_view, 3> kVoices = {"v1", "v2", "v3"};
constexpr std::array<std::string_view, 3> kHashes = {"h1", "h2", "h3"};
constexpr std::array<std::string_view, 3> kUsers = {"u1", "u2", "u3"};
constexpr std::array<std::string_view, 4> kListenings = {"uc1", "uc2", "uc3", "uc4"};

class Writer {
 public:
  explicit Writer(uint64_t seed) : random_(seed) {}

  std::vector<LogRecord> log(size_t count) {
    append(ledger_opened());
    while (records_.size() < count) append_any();
    return std::move(records_);
  }

 private:
  uint64_t below(uint64_t limit) { return random_() % limit; }
  bool chance(uint64_t percent) { return below(100) < percent; }
  template <typename Pool>
  std::string_view one_of(const Pool& pool) {
    return pool[below(pool.size())];
  }
  ContentType type() { return chance(70) ? ContentType::kArticle : ContentType::kSubject; }
  Status status() { return static_cast<Status>(1 + below(5)); }
  double near(double time) { return time + static_cast<double>(below(41)) - 20; }

  void append_any() {
    log_time_ms_ += static_cast<int64_t>(below(5));
    if (chance(2)) return append_noise();
    if (chance(6) && !events_.empty()) return append_again();
    switch (below(9)) {
      case 0:
      case 1:
        return append(created());
      case 2:
      case 3:
        return append(status_change());
      case 4:
        return append(content_change());
      case 5:
        return append(chance(50) ? event::Payload(deleted()) : event::Payload(import_audio()));
      case 6:
        return append(import_listening());
      case 7:
        return append(listened<event::PlayRecorded>());
      default:
        return append(listened<event::AccessRecorded>());
    }
  }

  void append(const event::Payload& payload) {
    auto event = event_of(payload, near(static_cast<double>(log_time_ms_)));
    for (uint8_t& byte : event.event_id) byte = static_cast<uint8_t>(below(256));
    if (chance(2)) event.occurred_at += 3600 * 1000;
    append(event);
  }

  void append(const event::Event& event) {
    const bool genesis = std::holds_alternative<event::LedgerOpened>(event.payload);
    std::optional<std::string> key;
    if (!genesis) key = std::string(event::content_id(event.payload));
    if (!genesis) events_.push_back(event);
    records_.push_back({key, encoded(event), log_time_ms_});
  }

  // A redelivery, or another payload under an event id that is taken. Text of events_ is static or
  // owned by the payload.
  void append_again() {
    event::Event again = events_[below(events_.size())];
    if (chance(40)) again.payload = listened<event::PlayRecorded>();
    append(again);
  }

  void append_noise() {
    if (chance(30)) return append(ledger_opened());
    records_.push_back({std::string(one_of(kContents)),
                        chance(50) ? std::optional<std::string>("noise") : std::nullopt,
                        log_time_ms_});
  }

  event::AudioCreated created() {
    auto payload =
        audio_created(one_of(kAudios), one_of(kContents), one_of(kVoices), one_of(kHashes));
    payload.content_type = type();
    return payload;
  }

  event::StatusChanged status_change() {
    auto payload = status_changed(one_of(kAudios), status(), one_of(kContents), one_of(kHashes));
    if (chance(30)) payload.script = "A script.";
    if (chance(30)) payload = with_audio(payload, one_of(kHashes));
    return payload;
  }

  event::ContentChanged content_change() {
    auto payload = content_changed(one_of(kContents), one_of(kHashes));
    payload.content_type = type();
    return payload;
  }

  event::AudioDeleted deleted() { return audio_deleted(one_of(kAudios), one_of(kContents)); }

  event::RecordImported import_audio() {
    auto row = audio_row(one_of(kAudios), one_of(kContents), one_of(kVoices));
    row.content_type = type();
    row.content_hash = one_of(kHashes);
    row.creation_time = near(kT);
    row.updated_at = near(static_cast<double>(log_time_ms_));
    return imported(row);
  }

  // Its _id: one of a few, or one that the event at an earlier offset may have derived.
  event::RecordImported import_listening() {
    const Offset earlier{static_cast<int64_t>(below(records_.size()))};
    const std::string derived = store::derived_id(random_log_ledger_id(), Partition{0}, earlier);
    auto row = listening_row(chance(80) ? one_of(kListenings) : derived, one_of(kUsers),
                             one_of(kContents));
    row.content_type = type();
    row.creation_time = near(kT);
    row.updated_at = near(static_cast<double>(log_time_ms_));
    return imported(row);
  }

  template <typename Payload>
  Payload listened() {
    Payload payload;
    payload.user_id = one_of(kUsers);
    payload.content_audio_id = one_of(kAudios);
    payload.content_id = one_of(kContents);
    payload.content_type = type();
    return payload;
  }

  std::mt19937_64 random_;
  int64_t log_time_ms_ = static_cast<int64_t>(kT);
  std::vector<event::Event> events_;
  std::vector<LogRecord> records_;
};

}  // namespace

std::vector<LogRecord> random_log(uint64_t seed, size_t count) { return Writer(seed).log(count); }

}  // namespace ledger::testing
