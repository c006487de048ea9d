#include "tests/support/store/toy_ledger.h"

#include <algorithm>

#include "schemas/base/assert.h"
#include "schemas/base/bytes.h"

namespace ledger::store {

namespace {

constexpr int64_t kRows = 40;
constexpr uint64_t kLongValueBytes = 9000;  // two pages and more

uint64_t mix(uint64_t z) {
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
  return z ^ (z >> 31);
}

uint64_t number(Offset offset) { return static_cast<uint64_t>(raw(offset)); }

std::string scattered_key(uint64_t value) {
  std::string key;
  append_be64(key, mix(value + 1));
  append_be64(key, value);
  return key;
}

}  // namespace

Offset toy_batch_end(Offset start) {
  return Offset{raw(start) + 1 + static_cast<int64_t>(mix(number(start) + 77) % kToyBatchMax)};
}

ToyEvent::ToyEvent(Offset offset)
    : offset_(offset), key_("content " + std::to_string(raw(offset) % 7)) {
  const uint64_t n = mix(number(offset) + 5);
  const uint64_t bytes = n % 20 == 0 ? n % kLongValueBytes : n % 300;
  value_.assign(bytes, static_cast<char>('a' + n % 26));
}

KeptEvent ToyEvent::kept() const {
  KeptEvent event;
  event.offset = offset_;
  event.timestamp_ms = 1000 + raw(offset_);
  event.key = key_;
  event.value = value_;
  return event;
}

std::vector<ToyEvent> toy_events(Offset first, Offset limit) {
  std::vector<ToyEvent> events;
  for (Offset offset = first; offset < limit; offset = next(offset)) events.emplace_back(offset);
  return events;
}

std::vector<KeptEvent> kept(const std::vector<ToyEvent>& events) {
  std::vector<KeptEvent> out;
  for (const ToyEvent& event : events) out.push_back(event.kept());
  return out;
}

template <typename Views>
void toy_fold(Offset offset, Views& views) {
  const std::string at = offset_key(offset);
  views.insert(View::kEventIds, scattered_key(number(offset)), at);
  const std::string rid = rid_key(Rid{raw(offset) % kRows});
  const auto found = views.get(View::kContentAudioRows, rid);
  const View index = view_of(index::by_creation_time_of(record::Table::kContentAudios));
  if (!found) {
    views.insert(View::kContentAudioRows, rid, at);
  } else {
    const std::string before(*found);
    views.insert(View::kVersions, rid + before, std::string(60, 'v'));
    views.erase(index, scattered_key(read_be64(before)));
    views.update(View::kContentAudioRows, rid, at);
  }
  views.insert(index, scattered_key(number(offset)), rid + at);
}

template void toy_fold(Offset, ShardWriter&);
template void toy_fold(Offset, ToyTwin&);

std::optional<std::string_view> ToyTwin::get(View view, std::string_view key) {
  const auto& entries = views_[view];
  const auto found = entries.find(std::string(key));
  if (found == entries.end()) return std::nullopt;
  return found->second;
}

void ToyTwin::insert(View view, std::string_view key, std::string_view value) {
  const bool fresh = views_[view].emplace(key, value).second;
  LEDGER_ASSERT(fresh, "{}", to_hex(key));
}

void ToyTwin::update(View view, std::string_view key, std::string_view value) {
  views_[view].at(std::string(key)) = value;
}

void ToyTwin::erase(View view, std::string_view key) {
  const size_t erased = views_[view].erase(std::string(key));
  LEDGER_ASSERT(erased == 1, "{}", to_hex(key));
}

std::map<std::string, Digest> ToyTwin::digests(const index::Declarations& declarations) const {
  std::map<std::string, Digest> digests;
  for (const ViewName& name : view_names(declarations)) {
    Digest& sum = digests[name.name];
    const auto view = views_.find(name.view);
    if (view == views_.end()) continue;
    for (const auto& [key, value] : view->second) add(sum, entry_hash(name.name, key, value));
  }
  return digests;
}

void toy_catch_up(const KeptLogWriter& log, ShardWriter& shard) {
  ShardState state = shard.state();
  if (state.position == log.end()) return;
  shard.begin();
  log.scan(state.position, log.end(), [&](const KeptEvent& event) {
    toy_fold(event.offset, shard);
    state.position = next(event.offset);
    state.log_time_max_ms = event.log_time_ms;
    ++state.counters.events;
    return true;
  });
  shard.commit(state);
}

void toy_batch(KeptLogWriter& log, ShardWriter& shard) {
  log.append(kept(toy_events(log.end(), toy_batch_end(log.end()))));
  toy_catch_up(log, shard);
}

}  // namespace ledger::store
