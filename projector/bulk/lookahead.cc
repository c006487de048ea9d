#include "projector/bulk/lookahead.h"

#include "schemas/base/assert.h"

namespace ledger::bulk {

namespace {

const event::Listened* listened_in(const event::Decoded& decoded) {
  const auto* const event = std::get_if<event::Event>(&decoded);
  if (event == nullptr) return nullptr;
  if (const auto* play = std::get_if<event::PlayRecorded>(&event->payload)) return play;
  return std::get_if<event::AccessRecorded>(&event->payload);
}

}  // namespace

const Lookahead::Item& Lookahead::push(const store::KeptEvent& event) {
  LEDGER_ASSERT(!full(), "{}", count_);
  Item& item = items_[(first_ + count_++) % kEvents];
  item.offset = event.offset;
  item.is_gap = event.gap_until.has_value();
  item.end = event.gap_until.value_or(next(event.offset));
  item.timestamp_ms = event.timestamp_ms;
  if (event.key) {
    item.key = *event.key;
  } else {
    item.key.reset();
  }
  if (!item.is_gap) item.decoded = item.decoder.decode(event.value);
  item.listened.reset();
  if (const event::Listened* const listened = item.is_gap ? nullptr : listened_in(item.decoded)) {
    item.listened = {audio_hash(listened->content_audio_id),
                     natural_hash(listened->user_id, listened->content_id, listened->content_type)};
  }
  return item;
}

const Lookahead::Item& Lookahead::pop() {
  LEDGER_ASSERT(count_ > 0, "{}", count_);
  const Item& item = at(0);
  first_ = (first_ + 1) % kEvents;
  --count_;
  return item;
}

}  // namespace ledger::bulk
