// Cap'n Proto reader -> Event, touching every known field. Internal to schemas/event.
#pragma once

#include <string_view>

#include "schemas/event/event.h"
#include "schemas/wire/event.capnp.h"

namespace ledger::event {

// What the walk met that an Event cannot show. Lifetime: static text.
struct WalkResult {
  bool undecodable = false;        // an enumerant or a none/some tag that this schema lacks
  bool unknown_payload = false;    // a payload or an imported table that this schema lacks
  std::string_view unset_payload;  // "payload" or "recordImported" when that union is unset
  std::string_view wrong_uuid;     // the first UUID that is not 16 bytes
};

// A required text that is null comes out empty, which its limit refuses.
// Throws: kj::Exception for a pointer that leads nowhere legal.
// Lifetime: text of `event` is the message's.
WalkResult walk(wire::Event::Reader in, Event& event);

}  // namespace ledger::event
