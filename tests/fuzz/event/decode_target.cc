// Any bytes: a rejection, or an event that keeps the limits and comes back from its own bytes.
#include "schemas/base/assert.h"
#include "schemas/event/codec.h"
#include "schemas/event/limits.h"
#include "tests/fuzz/target.h"
#include "tests/support/event/forms.h"
#include "tests/support/event/random_event.h"

namespace ledger::fuzz {

using event::Decoded;
using event::Event;
using event::Rejection;

std::string make_input(std::mt19937_64& random) {
  event::RandomEvents events(random());
  return event::encoded(events.next());
}

void run_input(std::string_view input) {
  event::Decoder decoder;
  const Decoded decoded = decoder.decode(input);
  if (const auto* rejection = std::get_if<Rejection>(&decoded)) {
#ifdef LEDGER_FUZZ_CANARY
    if (rejection->field == "audioCreated.locale") canary();
#endif
    LEDGER_ASSERT(!rejection->reason.empty(), "{}", to_text(rejection->code));
    return;
  }
  const Event& event = std::get<Event>(decoded);
  const auto violation = event::check_limits(event);
  LEDGER_ASSERT(!violation.has_value(), "{}", violation->field);
  const std::string again = event::encoded(event);
  event::Decoder second;
  const Decoded back = second.decode(again);
  LEDGER_ASSERT(std::holds_alternative<Event>(back), "{} bytes", again.size());
  LEDGER_ASSERT(same_payload(std::get<Event>(back), event), "{} bytes", again.size());
}

}  // namespace ledger::fuzz
