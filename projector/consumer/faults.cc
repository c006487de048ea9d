#include "projector/consumer/faults.h"

#include <fmt/format.h>
#include <librdkafka/rdkafka.h>

#include "events/log/instance.h"
#include "schemas/base/assert.h"

namespace ledger::consumer {

ErrorClass classify(int code) {
  switch (code) {
    case RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET:
    case RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE:
    case RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC:
    case RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION:
    case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART:
      return ErrorClass::kPosition;
    default:
      if (log::is_damage(code)) return ErrorClass::kDamage;
      return log::is_transient(code) ? ErrorClass::kTransient : ErrorClass::kFatal;
  }
}

Error fatal_error(int code, const std::string& object) {
  LEDGER_ASSERT(classify(code) == ErrorClass::kFatal, "code {}", code);
  return Error(Fault::kUnavailable,
               fmt::format("log cannot be read: {} ({}); check what the cluster allows this user, "
                           "and try again",
                           object, log::error_text(code)));
}

Error gap_error(const std::string& topic, Partition partition, Offset expected, Offset found) {
  return Error(Fault::kIntegrity,
               fmt::format("gap in the log: partition {} of {} gave offset {} where {} was "
                           "expected; restore the missing events, or accept the loss: "
                           "ledger-projector run --accept-gap {}:{}-{}",
                           raw(partition), topic, raw(found), raw(expected), raw(partition),
                           raw(expected), raw(found)));
}

}  // namespace ledger::consumer
