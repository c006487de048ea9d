// The topic's settings: what a ledger needs, creating with them, checking them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "events/log/client.h"

namespace ledger::log {

struct SettingsReport {
  std::vector<std::string> contradicting;  // "retention.ms is 604800000, the ledger needs -1"
  std::string unreadable;                  // why the settings could not be read, "" when they could
};

// Asks the brokers once: managed brokers may forbid it. Never on an ephemeral ledger. The client's
// retry is called while nothing comes, and may give up. Cost: up to 10 s.
SettingsReport check_settings(Client& client);

// Throws: Error{kIncompatible} listing what contradicts, with the command of Kafka that mends it.
void refuse_contradictions(const Client& client, const SettingsReport& report);

struct NewTopic {
  int32_t partition_count = 0;
  int32_t replication = 1;
  int32_t min_insync = 1;
};

// Creates the topic with the ledger's settings and waits until its partitions are there.
// Returns: false when it exists already.
// Throws: Error{kUnavailable} with what the brokers say.
bool create_topic(Client& client, const NewTopic& wanted);

}  // namespace ledger::log
