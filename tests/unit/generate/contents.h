// Contents for the tests beside it.
#pragma once

#include <string>

#include "tests/support/generate/changes.h"

namespace ledger::generate {

// Every content is created once and never changes.
inline Changes created_once(uint32_t contents) {
  Changes changes;
  for (uint32_t i = 0; i < contents; ++i) {
    changes.content_ids.push_back("content-" + std::to_string(i));
    Change change;
    change.time = 1e12 + i;
    change.content = i;
    change.words = 800;
    changes.all.push_back(std::move(change));
  }
  return changes;
}

}  // namespace ledger::generate
