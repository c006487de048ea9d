// Scenarios from seeds: short logs over small pools of ids, so that events meet each other in every
// way the contract speaks of.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/property/model/random.h"
#include "tests/property/model/twin.h"

namespace ledger::model {

// The ids that a scenario draws from.
struct Pools {
  std::vector<std::string> contents;
  std::vector<std::string> audios;
  std::vector<std::string> voices;
  std::vector<std::string> hashes;
  std::vector<std::string> users;
  std::vector<std::string> listenings;  // _ids that imports bring
};

struct Scenario {
  uint64_t seed = 0;
  int32_t partition_count = 1;
  std::string ledger_id;          // 16 bytes
  std::vector<Message> messages;  // of all partitions, without the genesis at each offset 0
  Pools pools;
};

Scenario generate(uint64_t seed);

// The genesis of a partition.
Message genesis(const Scenario& scenario, int32_t partition);

// The twins after the first `positions[p]` events of each partition (genesis included).
std::vector<Twin> replay(const Scenario& scenario, const std::vector<int64_t>& positions);

// The messages of one partition in order, genesis first.
Log messages_of(const Scenario& scenario, int32_t partition);
std::vector<Log> logs_of(const Scenario& scenario);  // by partition

// Draws one well-formed event that fits the state more often than not. `now`: the log time.
// Returns: a fact without eventId.
Fact draw_fact(Random& random, const Pools& pools, const std::vector<Twin>& twins, int64_t now);

}  // namespace ledger::model
