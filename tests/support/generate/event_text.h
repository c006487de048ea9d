// The text of one event at a time, and what all streams fill in alike.
#pragma once

#include <string>

#include "schemas/event/event.h"
#include "tests/support/generate/ids.h"
#include "tests/support/generate/random.h"

namespace ledger::generate {

// Holds the text that an event's views point to.
class EventText {
 public:
  explicit EventText(uint64_t seed) : seed_(seed) {}

  // Sets all of the envelope but the actor; counts the events.
  void begin(event::Event& event, double time, std::string_view source);

  std::string_view user(uint64_t number);
  std::string_view audio(uint64_t number);

  // Each fills payload and actor of one status change. `work` names the piece of work: equal work,
  // equal text.
  void status(event::Event& event, event::StatusChanged changed, uint64_t work, double words);

 private:
  uint64_t seed_;
  uint64_t count_ = 0;
  Id user_{};
  Id audio_{};
  Id storage_{};
  std::string script_;
  std::string correlation_;
};

}  // namespace ledger::generate
