#include "schemas/event/event.h"

#include <gtest/gtest.h>

#include "tests/unit/event/samples.h"

namespace ledger::event {
namespace {

TEST(Event, ActorKindsReadBackFromTheirText) {
  for (uint16_t kind = 1; kind <= 4; ++kind) {
    EXPECT_EQ(actor_kind_from(to_text(static_cast<ActorKind>(kind))), static_cast<ActorKind>(kind));
  }
  EXPECT_FALSE(actor_kind_from("unset").has_value());
  EXPECT_FALSE(actor_kind_from("Service").has_value());
}

TEST(Event, PayloadsAreNamedAsInTheJsonForm) {
  EXPECT_EQ(payload_name(sample_play().payload), "playRecorded");
  EXPECT_EQ(payload_name(sample_status(record::Status::kPending).payload), "statusChanged");
  EXPECT_EQ(payload_name(sample_imported_audio().payload), "recordImported");
  EXPECT_EQ(payload_name(sample_genesis().payload), "ledgerOpened");
}

TEST(Event, TheKeyIsTheContentIdOfThePayloadOrOfItsRow) {
  EXPECT_EQ(content_id(sample_play().payload), "c1");
  EXPECT_EQ(content_id(sample_created().payload), "c1");
  EXPECT_EQ(content_id(sample_imported_audio().payload), "c1");
  EXPECT_EQ(content_id(sample_imported_listening().payload), "c1");
  EXPECT_EQ(content_id(sample_genesis().payload), "");
}

}  // namespace
}  // namespace ledger::event
