// Small legal events for the tests beside it.
#pragma once

#include <string>
#include <string_view>

#include "schemas/event/codec.h"
#include "schemas/event/event.h"
#include "tests/support/event/forms.h"

namespace ledger::event {

Event with_envelope(Payload payload);
Event sample_play();
Event sample_status(record::Status status);
Event sample_created();
Event sample_genesis();
Event sample_imported_audio();
Event sample_imported_listening();

// "unset playRecorded.contentType", or "event".
std::string outcome_of(const Decoded& decoded);

}  // namespace ledger::event
