// What an event is about, told from a few bytes of its value, without decoding it.
#pragma once

#include <string_view>

namespace ledger::event {

// Whether its payload is about one of contentAudios: audioCreated, statusChanged, contentChanged,
// audioDeleted, or recordImported of such a row.
// Why: the kept log sets these apart, for their texts are read one at a time. Nothing else may
// depend on it: a value that does not decode may say yes, and one of several segments says no.
// Cost: nanoseconds. Source: EVENT_FORMAT.md, section 2; places of the fields: event.capnp.
bool is_about_audio(std::string_view value);

}  // namespace ledger::event
