// Who listens to what: Zipf users over the contents that live at the time, Zipf too.
#pragma once

#include <optional>
#include <vector>

#include "tests/support/generate/random.h"
#include "tests/support/generate/timeline.h"

namespace ledger::generate {

inline constexpr double kUserExponent = 1.0;
inline constexpr double kContentExponent = 0.8;

// When the plays of a stream happen: over the whole time of the changes and an hour more, more of
// them the more contents live, in the evening more than at night.
class PlayTimes {
 public:
  PlayTimes(const Changes& changes, uint64_t count, uint64_t seed);
  // In time order. Returns: nullopt after `count` times.
  std::optional<double> next();

 private:
  double first_;                     // start of hour 0
  std::vector<uint64_t> weight_to_;  // of all hours up to and with this one
  uint64_t count_;
  Random random_;
  size_t hour_ = 0;
  uint64_t done_before_ = 0;  // hour_
  uint64_t in_hour_ = 0;      // done in hour_
};

struct Listener {
  uint32_t user = 0;
  uint32_t change = 0;  // the last of the content: its names, and its life
  uint8_t voice = 0;
  bool played = false;  // else it was only looked at
};

// The state that listeners see. Cost: drawing is O(1); the first draw after contents came or went
// is O(live contents).
class Listening {
 public:
  Listening(const Changes& changes, uint32_t voices, uint32_t users, uint64_t seed);
  void apply(const Entry& entry);
  // Precondition: at least one entry was applied.
  Listener draw();

 private:
  struct Content {
    double weight = 0;
    uint32_t change = kNoChange;  // its last, while it lives
  };
  void refresh();

  const Changes& changes_;
  uint32_t voices_;
  Random random_;
  WeightedChoice users_;
  std::vector<Content> contents_;
  std::vector<uint8_t> completed_;  // by content * voices_ + voice
  std::vector<uint32_t> gone_;      // the change that deleted it
  std::vector<uint32_t> live_;
  std::optional<WeightedChoice> choice_;  // over live_; nullopt: contents came or went
};

}  // namespace ledger::generate
