// Contract section 6: what cannot be folded, in its order.
#include <cstring>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "schemas/event/partition.h"
#include "tests/support/fold/folded_log.h"

namespace ledger::testing {
namespace {

using store::Code;
using store::Disposition;
using ::testing::ElementsAre;

void expect_quarantined(const fold::Result& result, Code code, std::string_view field = {}) {
  EXPECT_EQ(result.outcome.disposition, Disposition::kQuarantined);
  EXPECT_THAT(result.outcome.codes, ElementsAre(code));
  EXPECT_EQ(result.outcome.field, field);
  EXPECT_FALSE(result.takes_event_id);
  EXPECT_TRUE(result.audios.empty() && result.listenings.empty());
  EXPECT_FALSE(result.content_hash || result.named);
}

// The bytes of `genesis` with its 16-byte ledgerId cut short: a limit violation inside.
std::string genesis_with_short_id(const event::Event& genesis) {
  std::string value = encoded(genesis);
  const auto& id = std::get<event::LedgerOpened>(genesis.payload).ledger_id;
  const std::string_view bytes(reinterpret_cast<const char*>(id.data()), id.size());
  const size_t data_at = value.find(bytes);
  EXPECT_NE(data_at, std::string::npos);
  // List pointer: offset and kind in the low word, count << 3 | element size 2 (bytes) in the high.
  const uint32_t whole = 16U << 3 | 2U;
  const uint32_t cut = 15U << 3 | 2U;
  size_t pointer_at = std::string::npos;
  for (size_t at = 8; at + 8 <= data_at; at += 8) {
    uint32_t low = 0;
    uint32_t high = 0;
    std::memcpy(&low, value.data() + at, 4);
    std::memcpy(&high, value.data() + at + 4, 4);
    if (high == whole && at + 8 + 8 * (low >> 2) == data_at) pointer_at = at;
  }
  EXPECT_NE(pointer_at, std::string::npos);
  std::memcpy(value.data() + pointer_at + 4, &cut, 4);
  return value;
}

TEST(Quarantine, NullValueIsUndecodable) {
  FoldedLog log;
  expect_quarantined(log.send_raw("c1", std::nullopt), Code::kUndecodable);
}

TEST(Quarantine, GarbageIsUndecodableAndThePositionMovesOn) {
  FoldedLog log;
  expect_quarantined(log.send_raw("c1", "not an event"), Code::kUndecodable);
  EXPECT_TRUE(log.send(audio_created("ca1")).outcome.clean());
}

TEST(Quarantine, ValueOver512KiBIsLimitOfValue) {
  FoldedLog log;
  expect_quarantined(log.send_raw("c1", std::string(512 * 1024 + 8, 'x')), Code::kLimit, "value");
}

TEST(Quarantine, EnumerationZeroIsUnsetBeforeLimit) {
  FoldedLog log;
  auto payload = audio_created("ca1");
  payload.content_type = record::ContentType::kUnset;
  payload.voice_id = "";
  expect_quarantined(log.send(payload), Code::kUnset, "audioCreated.contentType");
}

TEST(Quarantine, LimitNamesTheField) {
  FoldedLog log;
  expect_quarantined(log.send(audio_created("ca1", "c1", std::string(65, 'v'))), Code::kLimit,
                     "audioCreated.voiceId");
}

TEST(Quarantine, FailedWithoutErrorMessageIsLimit) {
  FoldedLog log;
  auto payload = status_changed("ca1", record::Status::kFailed);
  payload.error_message.reset();
  expect_quarantined(log.send(payload), Code::kLimit, "statusChanged.errorMessage");
}

TEST(Quarantine, ErrorMessageWithoutFailedIsLimit) {
  FoldedLog log;
  auto payload = status_changed("ca1", record::Status::kCompleted);
  payload.error_message = "fine";
  expect_quarantined(log.send(payload), Code::kLimit, "statusChanged.errorMessage");
}

TEST(Quarantine, LimitComesBeforeWrongKey) {
  FoldedLog log;
  const std::string voice_id(65, 'v');
  const auto event = event_of(audio_created("ca1", "c1", voice_id));
  expect_quarantined(log.send_raw("other", encoded(event)), Code::kLimit, "audioCreated.voiceId");
}

TEST(Quarantine, NullKeyIsWrongKey) {
  FoldedLog log;
  expect_quarantined(log.send_raw(std::nullopt, encoded(event_of(audio_created("ca1")))),
                     Code::kWrongKey);
}

TEST(Quarantine, KeyThatIsNotTheContentIdIsWrongKey) {
  FoldedLog log;
  expect_quarantined(log.send_raw("c2", encoded(event_of(audio_created("ca1")))), Code::kWrongKey);
}

TEST(Quarantine, KeyOfAnotherPartitionIsWrongPartition) {
  const Partition other{1 - raw(event::partition_of("c1", 2))};
  FoldedLog log(2, other);
  expect_quarantined(log.send(audio_created("ca1", "c1")), Code::kWrongPartition);
}

TEST(Quarantine, WrongKeyComesBeforeWrongPartition) {
  const Partition other{1 - raw(event::partition_of("c1", 2))};
  FoldedLog log(2, other);
  expect_quarantined(log.send_raw("c2", encoded(event_of(audio_created("ca1", "c1")))),
                     Code::kWrongKey);
}

TEST(Quarantine, ClockAheadIsNotAddedToAQuarantinedEvent) {
  FoldedLog log;
  const auto event = event_of(audio_created("ca1"), kT + 3600 * 1000);
  expect_quarantined(log.send_raw("c2", encoded(event)), Code::kWrongKey);
}

TEST(Quarantine, DoesNotTakeTheEventId) {
  FoldedLog log;
  const auto event = event_of(audio_created("ca1"));
  expect_quarantined(log.send_raw("c2", encoded(event)), Code::kWrongKey);
  EXPECT_TRUE(log.send(event).outcome.clean());
}

TEST(Genesis, AtOffsetZeroIsAppliedAndChangesNothing) {
  FoldedLog log;
  log.set_next(Offset{0});
  const auto& result = log.send(ledger_opened());
  EXPECT_TRUE(result.outcome.clean());
  EXPECT_TRUE(result.takes_event_id);
  EXPECT_TRUE(result.audios.empty() && result.listenings.empty());
}

TEST(Genesis, AtOffsetZeroMayBeClockAhead) {
  FoldedLog log;
  log.set_next(Offset{0});
  const auto& result = log.send(ledger_opened(), kT + 3600 * 1000);
  EXPECT_EQ(result.outcome.disposition, Disposition::kApplied);
  EXPECT_THAT(result.outcome.codes, ElementsAre(Code::kClockAhead));
}

TEST(Genesis, LaterCopiesAreSecondGenesis) {
  FoldedLog log;
  log.set_next(Offset{0});
  const auto genesis = event_of(ledger_opened());
  log.send(genesis);
  expect_quarantined(log.send(genesis), Code::kSecondGenesis);
}

TEST(Genesis, SecondGenesisComesBeforeUnset) {
  FoldedLog log;
  auto event = event_of(ledger_opened());
  event.actor.kind = event::ActorKind::kUnset;
  expect_quarantined(log.send(event), Code::kSecondGenesis);
}

TEST(Genesis, SecondGenesisComesBeforeLimit) {
  FoldedLog log;
  expect_quarantined(log.send_raw(std::nullopt, genesis_with_short_id(event_of(ledger_opened()))),
                     Code::kSecondGenesis);
}

TEST(Genesis, AtOffsetZeroOverALimitIsLimit) {
  FoldedLog log;
  log.set_next(Offset{0});
  expect_quarantined(log.send_raw(std::nullopt, genesis_with_short_id(event_of(ledger_opened()))),
                     Code::kLimit, "ledgerOpened.ledgerId");
}

}  // namespace
}  // namespace ledger::testing
