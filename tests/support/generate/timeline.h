// Changes and the jobs over them, in time order: what plays are then laid over.
//
// A job: pending -> generating_script -> generating_speech -> completed, with failures and retries,
// lost workers (back to pending), workers that hang, jobs that wait for hours, and workers that go
// on with an old hash for a while after the content changed or went (stale).
#pragma once

#include <vector>

#include "tests/support/generate/changes.h"

namespace ledger::generate {

enum class EntryKind : uint8_t { kCreated, kChanged, kDeleted, kStatus };

struct Entry {
  double time = 0;
  uint32_t change = 0;  // what happened; of a status: the change whose text the job works on
  EntryKind kind{};
  uint8_t voice = 0;        // of all but kChanged
  record::Status status{};  // of kStatus
  uint8_t attempt = 0;      // of kStatus, from 1
  bool stale = false;       // of kStatus: the content has changed or gone since
};

// Shape: by time; at one time changes come before statuses.
std::vector<Entry> make_timeline(const Changes& changes, uint32_t voices, bool jobs, uint64_t seed);

}  // namespace ledger::generate
