#include "events/log/genesis.h"

#include <fmt/format.h>

#include "schemas/base/error.h"
#include "schemas/base/time.h"
#include "schemas/event/codec.h"

namespace ledger::log {

namespace {

std::string place(const Connection& connection, Partition partition) {
  return fmt::format("topic {}: offset 0 of partition {}", connection.topic, raw(partition));
}

}  // namespace

std::map<Partition, OffsetZero> read_offset_zeros(Client& client, int32_t partition_count) {
  PositionVector starts;
  std::map<Partition, OffsetZero> zeros;
  std::vector<Partition> partitions;
  for (int32_t p = 0; p < partition_count; ++p) partitions.push_back(Partition{p});
  for (const auto& [partition, marks] : client.watermarks(partitions)) {
    OffsetZero& zero = zeros[partition];
    zero.state = OffsetZero::State::kEmpty;
    if (raw(marks.low) > 0) zero.state = OffsetZero::State::kGone;
    if (raw(marks.low) == 0 && raw(marks.high) > 0) starts.emplace(partition, Offset{0});
  }
  event::Decoder decoder;
  for (const auto& [partition, record] : client.read(starts)) {
    OffsetZero& zero = zeros[partition];
    zero.state = record ? OffsetZero::State::kOther : OffsetZero::State::kGone;
    if (!record) continue;
    const event::Decoded decoded = decoder.decode(record->value);
    const auto* event = std::get_if<event::Event>(&decoded);
    if (event == nullptr || record->key) continue;
    if (const auto* opened = std::get_if<event::LedgerOpened>(&event->payload)) {
      zero.state = OffsetZero::State::kOpened;
      zero.opened = *opened;
    }
  }
  return zeros;
}

void check_genesis(const Connection& connection, Partition partition, const OffsetZero& zero,
                   int32_t topic_partition_count, const std::optional<Uuid>& ledger_id) {
  using State = OffsetZero::State;
  const std::string where = place(connection, partition);
  if (zero.state == State::kEmpty) {
    throw Error(Fault::kIncompatible,
                fmt::format("{} is empty, so this is not a ledger or its init did not finish; run: "
                            "ledger-emit init --topic {} --partitions {}",
                            where, connection.topic, topic_partition_count));
  }
  if (zero.state == State::kGone) {
    throw Error(Fault::kIntegrity,
                fmt::format("{} is gone, and with it the start of the ledger; set retention.ms=-1 "
                            "and retention.bytes=-1 on the topic before more is lost",
                            where));
  }
  if (zero.state == State::kOther) {
    throw Error(Fault::kIncompatible,
                fmt::format("{} is not the genesis of a ledger; give another --topic", where));
  }
  const event::LedgerOpened& opened = zero.opened;
  if (ledger_id && opened.ledger_id != *ledger_id) {
    throw Error(Fault::kIncompatible,
                fmt::format("{} belongs to ledger {}, partition 0 to ledger {}; the topic was "
                            "tampered with, give another --topic",
                            where, to_text(opened.ledger_id), to_text(*ledger_id)));
  }
  if (static_cast<int64_t>(opened.partition) != raw(partition) ||
      static_cast<int64_t>(opened.partition_count) != topic_partition_count) {
    throw Error(
        Fault::kIncompatible,
        fmt::format("{} says partition {} of {}, the topic has {}; a ledger's partition "
                    "count never changes: give another --topic",
                    where, opened.partition, opened.partition_count, topic_partition_count));
  }
}

Genesis read_genesis(Client& client) {
  const auto topic = client.topic();
  if (!topic) {
    throw Error(
        Fault::kIncompatible,
        fmt::format("topic {0} does not exist on {1}; check --topic, or run: ledger-emit init "
                    "--topic {0} --partitions N",
                    client.connection().topic, client.connection().brokers));
  }
  std::optional<Uuid> ledger_id;
  const auto zeros = read_offset_zeros(client, topic->partition_count);
  for (const auto& [partition, zero] : zeros) {
    check_genesis(client.connection(), partition, zero, topic->partition_count, ledger_id);
    ledger_id = zero.opened.ledger_id;
  }
  return {*ledger_id, topic->partition_count, zeros.at(Partition{0}).opened.ephemeral,
          topic->cluster_id};
}

std::string encode_genesis(const event::LedgerOpened& opened, std::string_view source) {
  const double now_ms = now_unix_ms();
  event::Event event;
  event.event_id = make_uuid_v7(static_cast<int64_t>(now_ms));
  event.occurred_at = now_ms;
  event.actor = {event::ActorKind::kSystem, "ledger"};
  event.source = source;
  event.payload = opened;
  std::string value;
  event::encode(event, value);
  return value;
}

}  // namespace ledger::log
