// Which errors of a fetch waiting mends, and what the others mean for the caller of the program.
#pragma once

#include <string>

#include "schemas/base/error.h"
#include "schemas/base/ids.h"

namespace ledger::consumer {

enum class ErrorClass : uint8_t {
  kTransient,  // brokers away, leaders moving: librdkafka goes on by itself
  kPosition,   // the log has no such topic or offset: the guards say why
  kDamage,     // a batch of the log: the guards say how much is lost
  kFatal,
};

ErrorClass classify(int code);

// Precondition (asserted): the class of `code` is kFatal.
Error fatal_error(int code, const std::string& object);

// Offsets of a partition are contiguous; `found` came where `expected` was due.
Error gap_error(const std::string& topic, Partition partition, Offset expected, Offset found);

}  // namespace ledger::consumer
