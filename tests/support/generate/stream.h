// Streams of events made from a seed: equal settings, equal events.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>

#include "schemas/event/event.h"

namespace ledger::generate {

inline constexpr uint32_t kVoicesMax = 16;
// Sources, so that nobody takes what was made up for what happened.
inline constexpr std::string_view kRealSource = "generator/real";
inline constexpr std::string_view kSyntheticSource = "generator/synthetic";

struct Settings {
  std::filesystem::path input;  // content_changes.tsv
  uint64_t seed = 42;
  std::optional<uint64_t> events;   // how many; nullopt: all there are (real changes and jobs)
  std::optional<uint64_t> changes;  // only the first ones of the file
  std::optional<double> start;      // ms; moves the first event there
  uint32_t voices = 2;              // 1..kVoicesMax
  uint32_t users = 10'000;
  bool real_only = false;
};

class EventStream {
 public:
  virtual ~EventStream() = default;
  // The next event, by occurredAt. Returns: false at the end.
  // Lifetime: the event's text lives until the next call.
  virtual bool next(event::Event& event) = 0;
};

// The content changes of `input`, jobs over them, and plays until there are `events`.
// Throws: as read_changes().
std::unique_ptr<EventStream> open_recorded(const Settings& settings);

// Workload W: 3 % audio lifecycle, 97 % plays; 50,000 contents x 2 voices, users ~Zipf(1.0),
// contents ~Zipf(0.8). Nothing in it is real. `input`, `changes`, `voices`, `real_only` play no
// part; without `events` it never ends.
std::unique_ptr<EventStream> open_workload_w(const Settings& settings);

}  // namespace ledger::generate
