// The commands of ledger-emit. Each returns its exit code as a Fault.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "events/log/client.h"
#include "schemas/event/json.h"
#include "schemas/options/options.h"

namespace ledger::events {

inline constexpr const char* kProgram = "ledger-emit";

Fault run_init(const options::Parsed& parsed);
Fault run_send(const options::Parsed& parsed);
Fault run_validate(const options::Parsed& parsed);
Fault run_decode(const options::Parsed& parsed);
Fault run_schema(const options::Parsed& parsed);

// --source and --actor, which send and validate share.
std::vector<options::Option> line_options();
// Throws: Error{kUsage} when --actor is not KIND:ID, or one of them breaks a limit of events.
event::LineDefaults line_defaults(const options::Parsed& parsed);

// --give-up-after, which init and send share.
options::Option give_up_option();
std::optional<std::chrono::milliseconds> give_up_after(const options::Parsed& parsed);

// Warns on stderr when the topic's settings cannot be read.
// Throws: Error{kIncompatible} when they contradict a ledger.
void check_topic_settings(log::Client& client, bool quiet);

// The file operand, "-" when it is left out.
std::string input_file(const options::Parsed& parsed);

}  // namespace ledger::events
