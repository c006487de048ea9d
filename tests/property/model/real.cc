#include "tests/property/model/real.h"

#include <algorithm>

#include "projector/shard/folding.h"
#include "schemas/base/assert.h"
#include "schemas/store/run_state.h"

namespace ledger::model {

namespace {

const index::Declarations& declarations() {
  static const index::Declarations loaded = index::load_declarations();
  return loaded;
}

store::LogIdentity identity_of(const std::string& ledger_id, int32_t partition, size_t count) {
  store::LogIdentity identity;
  std::copy(ledger_id.begin(), ledger_id.end(), identity.ledger_id.begin());
  identity.cluster_id = "model";
  identity.topic = "content-audio-events";
  identity.partition = Partition{partition};
  identity.partition_count = static_cast<int32_t>(count);
  return identity;
}

}  // namespace

struct RealLedger::Shard {
  Shard(const store::ViewDirectory& directory, store::Generation generation,
        store::LogIdentity its_identity)
      : identity(std::move(its_identity)), log(directory.log(identity.partition), identity) {
    open(directory, generation);
  }

  void open(const store::ViewDirectory& directory, store::Generation generation) {
    folding = std::make_unique<shard::Folding>(
        directory.shard(generation, identity.partition),
        store::ShardIdentity{identity, fold::kFoldVersion, declarations()},
        [this](Offset offset) { return log.read(offset); }, shard::BatchBounds{});
  }

  void keep(const Log& messages, int64_t limit) {
    std::vector<store::KeptEvent> batch;
    for (int64_t offset = raw(log.end()); offset < limit; ++offset) {
      const Message& message = messages.at(static_cast<size_t>(offset));
      batch.push_back(
          {Offset{offset}, message.timestamp, 0, message.key, message.value, std::nullopt});
    }
    log.append(batch);
  }

  // One transaction: the kept log has the events already.
  void fold(int64_t limit) {
    log.scan(folding->position(), Offset{limit}, [this](const store::KeptEvent& event) {
      folding->fold(event);
      return true;
    });
    folding->commit();
    LEDGER_ASSERT(position() == limit, "{} {}", position(), limit);  // else callers loop for ever
  }

  int64_t position() const { return raw(folding->state().position); }

  store::LogIdentity identity;
  store::KeptLogWriter log;
  std::unique_ptr<shard::Folding> folding;
};

RealLedger::RealLedger(std::filesystem::path root, const std::string& ledger_id,
                       const std::vector<Log>& logs)
    : directory_(std::move(root)), logs_(logs) {
  directory_.create();
  for (size_t p = 0; p < logs.size(); ++p) {
    shards_.push_back(std::make_unique<Shard>(
        directory_, generation_, identity_of(ledger_id, static_cast<int32_t>(p), logs.size())));
  }
  directory_.publish(generation_);
}

RealLedger::~RealLedger() = default;

void RealLedger::keep(int32_t partition, int64_t limit) {
  const auto p = static_cast<size_t>(partition);
  shards_.at(p)->keep(logs_.at(p), limit);
}

void RealLedger::fold(int32_t partition, int64_t limit, int64_t batch_max) {
  Shard& shard = *shards_.at(static_cast<size_t>(partition));
  while (shard.position() < limit) {
    const int64_t end = shard.position() + std::min(limit - shard.position(), batch_max);
    keep(partition, end);
    shard.fold(end);
  }
}

void RealLedger::rebuild(int64_t batch_max) {
  generation_ = store::Generation{raw(generation_) + 1};
  for (size_t p = 0; p < shards_.size(); ++p) {
    const int64_t position = shards_[p]->position();
    shards_[p]->open(directory_, generation_);
    fold(static_cast<int32_t>(p), position, batch_max);
  }
  directory_.publish(generation_);
}

void RealLedger::fold_all(int64_t batch_max) {
  for (size_t p = 0; p < logs_.size(); ++p) {
    fold(static_cast<int32_t>(p), static_cast<int64_t>(logs_[p].size()), batch_max);
  }
}

void RealLedger::catch_up(std::optional<double> caught_up_ms) const {
  store::RunState state;
  state.caught_up_ms = caught_up_ms;
  store::write_run_state(directory_.run_json(), state);
}

int64_t RealLedger::position(int32_t partition) const { return raw(state(partition).position); }

int64_t RealLedger::kept(int32_t partition) const {
  return raw(shards_.at(static_cast<size_t>(partition))->log.end());
}

const store::ShardState& RealLedger::state(int32_t partition) const {
  return shards_.at(static_cast<size_t>(partition))->folding->state();
}

}  // namespace ledger::model
