#include "projector/bulk/key_run.h"

#include <algorithm>

#include "projector/bulk/key_prefix.h"
#include "schemas/base/assert.h"
#include "schemas/base/bytes.h"

namespace ledger::bulk {

void KeyRun::add(std::string_view key, std::string_view value) {
  char* const bytes = arena_.allocate(key.size() + value.size());
  std::memcpy(bytes, key.data(), key.size());
  if (!value.empty()) std::memcpy(bytes + key.size(), value.data(), value.size());
  items_.push_back(
      {0, bytes, static_cast<uint32_t>(key.size()), static_cast<uint32_t>(value.size())});
}

void KeyRun::sort() {
  if (items_.empty()) return;
  size_t shared = items_.front().key_size;
  for (const Item& item : items_) shared = shared_bytes(items_.front().key(), item.key(), shared);
  for (Item& item : items_) item.prefix = prefix_of(item.key(), shared);
  std::sort(items_.begin(), items_.end(), [](const Item& a, const Item& b) {
    return a.prefix != b.prefix ? a.prefix < b.prefix : a.key() < b.key();
  });
  const auto twice = std::adjacent_find(
      items_.begin(), items_.end(),
      [](const Item& a, const Item& b) { return a.prefix == b.prefix && a.key() == b.key(); });
  LEDGER_ASSERT(twice == items_.end(), "key {}", to_hex(twice->key()));
}

}  // namespace ledger::bulk
