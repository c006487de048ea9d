// ledger-emit init: makes a topic a ledger, or finishes an init that died half-way.
#include <cstdio>

#include <fmt/format.h>
#include <poll.h>

#include "events/commands.h"
#include "events/log/genesis.h"
#include "events/log/topic_settings.h"
#include "events/producer.h"
#include "schemas/base/error.h"
#include "schemas/base/json_text.h"
#include "schemas/base/time.h"
#include "schemas/options/output.h"

namespace ledger::events {

namespace {

constexpr int32_t kPartitionsMax = 10000;
constexpr int32_t kDefaultPartitions = 16;
constexpr int32_t kReplicationMax = 100;
constexpr int kPollTimeoutMs = 100;
constexpr std::string_view kEmbeddedClusterPrefix = "mockCluster";

using State = log::OffsetZero::State;

struct Request {
  std::optional<int32_t> partitions;
  int32_t replication = 1;
  int32_t min_insync = 1;
  bool quiet = false;
};

std::optional<int32_t> bounded(const options::Parsed& parsed, std::string_view name, int32_t max) {
  const auto value = parsed.find_count(name);
  if (!value) return std::nullopt;
  if (*value >= 1 && *value <= static_cast<uint64_t>(max)) return static_cast<int32_t>(*value);
  throw Error(Fault::kUsage, fmt::format("--{} {}: give 1 to {}", name, *value, max));
}

// Source: contract, section 3. Every step looks first, so it may die and run again anywhere.
class Init {
 public:
  Init(const Request& request, log::Client& client, log::Patience& patience)
      : request_(request), client_(client), patience_(patience) {}

  log::Genesis run() {
    find_or_create();
    zeros_ = log::read_offset_zeros(client_, topic_.partition_count);
    const bool ephemeral =
        first().state == State::kOpened && first().opened.ephemeral;  // no admin call then
    check_count();
    if (!ephemeral) check_topic_settings(client_, request_.quiet);
    open_first();
    open_others();
    return {first().opened.ledger_id, topic_.partition_count, ephemeral, topic_.cluster_id};
  }

  int32_t written() const { return written_; }

 private:
  const log::OffsetZero& first() const { return zeros_.at(Partition{0}); }

  void find_or_create() {
    auto found = client_.topic();
    if (!found) {
      if (client_.cluster_id().starts_with(kEmbeddedClusterPrefix)) {
        throw Error(Fault::kIncompatible,
                    fmt::format("topic {0}: the embedded broker has no such topic and makes none "
                                "for others; run: ledger-broker --topic {0}",
                                client_.connection().topic));
      }
      log::create_topic(client_, {request_.partitions.value_or(kDefaultPartitions),
                                  request_.replication, request_.min_insync});
      found = client_.topic();
    }
    topic_ = *found;
  }

  void check_count() const {
    if (!request_.partitions || *request_.partitions == topic_.partition_count) return;
    throw Error(
        Fault::kIncompatible,
        fmt::format("topic {} has {} partitions, not {}; a ledger's partition count never "
                    "changes: leave --partitions out or give another --topic",
                    client_.connection().topic, topic_.partition_count, *request_.partitions));
  }

  // Offset 0 of partition 0 decides whose ledger this is, ours or that of somebody who was faster.
  void open_first() {
    if (first().state == State::kEmpty) {
      for (const auto& [partition, zero] : zeros_) {
        if (zero.state == State::kEmpty) continue;
        throw Error(
            Fault::kIncompatible,
            fmt::format("topic {}: partition {} holds records and partition 0 none, so this "
                        "is neither a ledger nor empty; give another --topic",
                        client_.connection().topic, raw(partition)));
      }
      write(Partition{0}, make_uuid_v7(static_cast<int64_t>(now_unix_ms())));
      zeros_ = log::read_offset_zeros(client_, topic_.partition_count);
    }
    log::check_genesis(client_.connection(), Partition{0}, first(), topic_.partition_count, {});
  }

  void open_others() {
    const Uuid ledger_id = first().opened.ledger_id;
    for (const auto& [partition, zero] : zeros_) {
      if (zero.state == State::kEmpty) write(partition, ledger_id);
    }
    if (written_ > 0) zeros_ = log::read_offset_zeros(client_, topic_.partition_count);
    for (const auto& [partition, zero] : zeros_) {
      log::check_genesis(client_.connection(), partition, zero, topic_.partition_count, ledger_id);
    }
  }

  void write(Partition partition, const Uuid& ledger_id) {
    if (!producer_) producer_.emplace(client_.connection());
    event::LedgerOpened opened;
    opened.ledger_id = ledger_id;
    opened.partition = static_cast<uint32_t>(raw(partition));
    opened.partition_count = static_cast<uint32_t>(topic_.partition_count);
    genesis_ = log::encode_genesis(opened, kProgram);
    producer_->send(partition, std::nullopt, genesis_);
    while (!producer_->take()) {
      pollfd ready{producer_->fd(), POLLIN, 0};
      poll(&ready, 1, kPollTimeoutMs);
      producer_->poll();
      if (producer_->failure()) throw *producer_->failure();
      patience_.check(fmt::format("the genesis of partition {} is not acknowledged: {}",
                                  raw(partition), producer_->trouble()));
    }
    patience_.progressed();
    ++written_;
  }

  const Request& request_;
  log::Client& client_;
  log::Patience& patience_;
  log::Topic topic_;
  std::map<Partition, log::OffsetZero> zeros_;
  std::string genesis_;  // the one under way
  std::optional<Producer> producer_;
  int32_t written_ = 0;
};

}  // namespace

Fault run_init(const options::Parsed& parsed) {
  const log::Connection connection = log::connection_from(parsed);
  Request request;
  request.partitions = bounded(parsed, "partitions", kPartitionsMax);
  request.replication = bounded(parsed, "replication", kReplicationMax).value_or(1);
  request.min_insync = bounded(parsed, "min-insync", kReplicationMax).value_or(1);
  if (request.min_insync > request.replication) {
    throw Error(Fault::kUsage,
                fmt::format("--min-insync {}: of --replication {} copies no more can acknowledge, "
                            "so no event ever could; give --replication {} or more",
                            request.min_insync, request.replication, request.min_insync));
  }
  request.quiet = parsed.quiet();
  const options::Interrupt interrupt;
  log::Patience patience(kProgram, interrupt, parsed.quiet(), give_up_after(parsed));
  log::Client client(connection, patience.retry());
  Init init(request, client, patience);
  const log::Genesis genesis = init.run();

  options::Output output;
  JsonWriter json(output.buffer());
  json.begin_object();
  json.key("topic");
  json.text(connection.topic);
  json.key("ledgerId");
  json.text(to_text(genesis.ledger_id));
  json.key("partitions");
  json.integer(genesis.partition_count);
  json.key("ephemeral");
  json.boolean(genesis.ephemeral);
  json.key("opened");
  json.integer(init.written());
  json.end_object();
  output.write("\n");
  output.flush();
  return Fault::kNone;
}

}  // namespace ledger::events
