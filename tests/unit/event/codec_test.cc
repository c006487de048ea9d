#include "schemas/event/codec.h"

#include <gtest/gtest.h>

namespace ledger::event {
namespace {

Event play() {
  Event event;
  event.event_id.fill(7);
  event.occurred_at = 1770832800000;
  event.actor = {ActorKind::kUser, "u1"};
  event.source = "test/1";
  PlayRecorded payload;
  payload.user_id = "u1";
  payload.content_audio_id = "ca1";
  payload.content_id = "c1";
  payload.content_type = record::ContentType::kArticle;
  event.payload = payload;
  return event;
}

std::string encoded(const Event& event) {
  std::string out;
  encode(event, out);
  return out;
}

TEST(Codec, DecodesWhatItEncoded) {
  const std::string value = encoded(play());
  Decoder decoder;
  const Decoded decoded = decoder.decode(value);
  ASSERT_TRUE(std::holds_alternative<Event>(decoded)) << std::get<Rejection>(decoded).field;
  EXPECT_TRUE(same_payload(std::get<Event>(decoded), play()));
}

}  // namespace
}  // namespace ledger::event
