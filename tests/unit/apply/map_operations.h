// Views in maps, and a list of what was done to them.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "projector/apply/apply.h"
#include "schemas/base/assert.h"

namespace ledger::testing {

class MapOperations : public apply::Operations {
 public:
  using Entries = std::map<std::string, std::string, std::less<>>;

  std::optional<std::string_view> get(store::View view, std::string_view key) override {
    const auto found = views_[view].find(key);
    if (found == views_[view].end()) return std::nullopt;
    return found->second;
  }
  void insert(store::View view, std::string_view key, std::string_view value) override {
    const bool inserted = views_[view].emplace(key, value).second;
    LEDGER_ASSERT(inserted, "view {}", static_cast<int>(view));
    ++written_[view];
  }
  void update(store::View view, std::string_view key, std::string_view value) override {
    const auto found = views_[view].find(key);
    LEDGER_ASSERT(found != views_[view].end(), "view {}", static_cast<int>(view));
    found->second = value;
    ++written_[view];
  }
  void erase(store::View view, std::string_view key) override {
    const auto found = views_[view].find(key);
    LEDGER_ASSERT(found != views_[view].end(), "view {}", static_cast<int>(view));
    views_[view].erase(found);
    ++written_[view];
  }

  const Entries& view(store::View view) { return views_[view]; }
  Entries& damage(store::View view) { return views_[view]; }
  // Views written since the last call, with the number of operations.
  std::map<store::View, int> written() { return std::exchange(written_, {}); }

 private:
  std::map<store::View, Entries> views_;
  std::map<store::View, int> written_;
};

}  // namespace ledger::testing
