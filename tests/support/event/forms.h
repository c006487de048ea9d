// An event in each of its forms: its bytes, and its line.
#pragma once

#include <string>
#include <string_view>

#include "schemas/event/event.h"
#include "schemas/event/json.h"

namespace ledger::event {

// The value of a record, as it is in the log.
std::string encoded(const Event& event);
// JSON without a line end.
std::string to_line(const Event& event);
// For a parser that takes ledgerOpened too.
LineDefaults with_genesis();
// The value of the event of a line that is valid and complete.
std::string value_of(std::string_view line);
// Whole lines of plays, each of another user and with text that only the log keeps, and that no
// codec makes much smaller.
std::string wordy_play_lines(int count);

}  // namespace ledger::event
