// Any line: an error with a reason, or JSON with an event that keeps the limits and comes back from
// its own line.
#include <simdjson.h>

#include "schemas/base/assert.h"
#include "schemas/event/json.h"
#include "schemas/event/limits.h"
#include "tests/fuzz/target.h"
#include "tests/support/event/forms.h"
#include "tests/support/event/random_event.h"

namespace ledger::fuzz {

using event::Event;
using event::LineError;

std::string make_input(std::mt19937_64& random) {
  event::RandomEvents events(random());
  return to_line(events.next());
}

void run_input(std::string_view input) {
  event::LineParser parser(event::with_genesis());
  const auto parsed = parser.parse(input, 1);
  if (const auto* error = std::get_if<LineError>(&parsed)) {
#ifdef LEDGER_FUZZ_CANARY
    if (error->field == "audioCreated.locale") canary();
#endif
    LEDGER_ASSERT(!error->reason.empty(), "{}", error->field);
    return;
  }
  const Event& event = std::get<Event>(parsed);
  const auto violation = event::check_limits(event);
  LEDGER_ASSERT(!violation.has_value(), "{}", violation->field);
  // simdjson's DOM refuses numbers of 20 digits, which are legal; nothing else may differ.
  simdjson::dom::parser oracle;
  const auto code = oracle.parse(std::string(input)).error();
  LEDGER_ASSERT(code == simdjson::SUCCESS || code == simdjson::NUMBER_ERROR, "{} {}",
                simdjson::error_message(code), input);
  event::LineParser second(event::with_genesis());
  const auto back = second.parse(to_line(event), 1);
  LEDGER_ASSERT(std::holds_alternative<Event>(back), "{}", to_line(event));
  LEDGER_ASSERT(encoded(std::get<Event>(back)) == encoded(event), "{}", to_line(event));
}

}  // namespace ledger::fuzz
