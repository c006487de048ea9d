// Long text of a row (script, errorMessage), read from the kept event that has it.
#pragma once

#include <string_view>

#include "query/views.h"
#include "schemas/event/codec.h"

namespace ledger::query {

class KeptTexts {
 public:
  explicit KeptTexts(Views& views) : views_(views) {}

  // Lifetime: until the next call with the same field. Throws: Error{kIntegrity} when the event
  // there has no such text.
  std::string_view read(Partition partition, Offset offset, std::string_view field);

 private:
  Views& views_;
  event::Decoder scripts_;
  event::Decoder error_messages_;
};

}  // namespace ledger::query
