// A whole stream as lines.
#pragma once

#include <string>

#include "tests/support/event/forms.h"
#include "tests/support/generate/stream.h"

namespace ledger::generate {

inline std::string text_of(EventStream& stream) {
  std::string text;
  for (event::Event event; stream.next(event);) text += event::to_line(event) + '\n';
  return text;
}

}  // namespace ledger::generate
