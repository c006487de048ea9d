#include "schemas/event/codec.h"

#include <capnp/message.h>
#include <capnp/schema.h>
#include <capnp/serialize.h>
#include <gtest/gtest.h>

#include "schemas/wire/event.capnp.h"
#include "tests/unit/event/samples.h"

namespace ledger::event {
namespace {

TEST(Codec, RejectCodesHaveTheContractsNames) {
  EXPECT_EQ(to_text(RejectCode::kUndecodable), "undecodable");
  EXPECT_EQ(to_text(RejectCode::kUnknownPayload), "unknown_payload");
  EXPECT_EQ(to_text(RejectCode::kUnset), "unset");
  EXPECT_EQ(to_text(RejectCode::kLimit), "limit");
}

TEST(Codec, EncodeAppends) {
  std::string out = "before";
  encode(sample_play(), out);
  EXPECT_EQ(out, "before" + encoded(sample_play()));
}

TEST(Codec, NoMoreIsReadThanTheTextViewHas) {
  const std::string longer = "u1 and more";
  Event event = sample_play();
  std::get<PlayRecorded>(event.payload).user_id = std::string_view(longer).substr(0, 2);
  EXPECT_EQ(encoded(event), encoded(sample_play()));
}

TEST(Decoder, ANullIsUndecodable) {
  EXPECT_EQ(outcome_of(Decoder().decode(std::nullopt)), "undecodable");
}

TEST(Decoder, AnyAlignmentWillDo) {
  Decoder decoder;
  for (size_t shift = 0; shift < 8; ++shift) {
    const std::string moved = std::string(shift, 'x') + encoded(sample_play());
    EXPECT_EQ(outcome_of(decoder.decode(std::string_view(moved).substr(shift))), "event");
  }
}

TEST(Decoder, AValueCutAnywhereIsUndecodable) {
  Decoder decoder;
  const std::string value = encoded(sample_imported_audio());
  for (size_t size = 0; size < value.size(); ++size) {
    EXPECT_EQ(outcome_of(decoder.decode(value.substr(0, size))), "undecodable") << size;
  }
}

TEST(Decoder, KeepsNothingOfTheValueBefore) {
  Decoder decoder;
  Event full = sample_status(record::Status::kFailed);
  std::get<StatusChanged>(full.payload).error_message = "late";
  full.correlation_id = "r";
  EXPECT_EQ(outcome_of(decoder.decode(encoded(full))), "event");
  const std::string value = encoded(sample_status(record::Status::kPending));
  const Decoded decoded = decoder.decode(value);
  EXPECT_FALSE(std::get<Event>(decoded).correlation_id.has_value());
  EXPECT_FALSE(std::get<StatusChanged>(std::get<Event>(decoded).payload).error_message);
  EXPECT_EQ(outcome_of(decoder.decode(std::string(8, '\0'))), "undecodable");
  EXPECT_EQ(outcome_of(decoder.decode(value)), "event");
}

TEST(Decoder, TheTextOutlivesTheValueItWasReadFrom) {
  Decoder decoder;
  auto value = std::make_unique<std::string>(encoded(sample_play()));
  const Decoded decoded = decoder.decode(*value);
  value->assign(value->size(), '\xff');
  value.reset();
  EXPECT_EQ(to_line(std::get<Event>(decoded)), to_line(sample_play()));
}

// A value of exactly `size` bytes: the sample with words behind it that nothing points at.
std::string padded_to(size_t size) {
  std::string value = encoded(sample_play());
  value.resize(size, '\x5a');
  const size_t words = size / 8 - 1;
  for (size_t i = 0; i < 4; ++i) value[4 + i] = static_cast<char>(words >> (8 * i) & 0xff);
  return value;
}

TEST(Decoder, ValuesOf512KiBAreTheLargest) {
  Decoder decoder;
  EXPECT_EQ(outcome_of(decoder.decode(padded_to(kValueBytesMax))), "event");
  EXPECT_EQ(outcome_of(decoder.decode(padded_to(kValueBytesMax + 8))), "limit value");
  EXPECT_EQ(outcome_of(decoder.decode(std::string(kValueBytesMax + 1, 'x'))), "limit value");
}

TEST(Decoder, TheLargestLegalEventFitsInAValue) {
  const std::string script(256 * 1024, 's');
  const std::string message(16 * 1024, 'm');
  const std::string id(128, 'i');
  Event event = sample_imported_audio();
  auto& imported = std::get<ImportedContentAudio>(std::get<RecordImported>(event.payload).row);
  imported.script = script;
  imported.error_message = message;
  imported.row.audio_storage_id = imported.row.content_id = imported.row.content_hash = id;
  imported.row.voice_settings = record::VoiceSettings{1, 2, 3};
  event.correlation_id = event.causation_id = event.source = event.actor.id = id;
  const std::string value = encoded(event);
  EXPECT_LT(value.size(), kValueBytesMax);
  EXPECT_EQ(outcome_of(Decoder().decode(value)), "event");
}

TEST(Decoder, EmptyVoiceSettingsAreNotAbsent) {
  Event event = sample_created();
  std::get<AudioCreated>(event.payload).voice_settings.emplace();
  Decoder decoder;
  const Decoded given = decoder.decode(encoded(event));
  EXPECT_TRUE(std::get<AudioCreated>(std::get<Event>(given).payload).voice_settings.has_value());
  Decoder other;
  const Decoded absent = other.decode(encoded(sample_created()));
  EXPECT_FALSE(std::get<AudioCreated>(std::get<Event>(absent).payload).voice_settings.has_value());
}

// The fold reports second_genesis before unset and limit, so it must see them with the payload.
TEST(Decoder, ABadGenesisSaysThatItIsOne) {
  Event no_kind = sample_genesis();
  no_kind.actor.kind = ActorKind::kUnset;
  Event no_source = sample_genesis();
  no_source.source = "";
  Decoder decoder;
  for (const Event& event : {no_kind, no_source}) {
    const Decoded decoded = decoder.decode(encoded(event));
    ASSERT_TRUE(std::holds_alternative<Rejection>(decoded));
    EXPECT_TRUE(std::get<Rejection>(decoded).ledger_opened);
  }
  Event play = sample_play();
  play.source = "";
  const Decoded decoded = decoder.decode(encoded(play));
  EXPECT_FALSE(std::get<Rejection>(decoded).ledger_opened);
  EXPECT_EQ(outcome_of(decoder.decode(encoded(sample_genesis()))), "event");
}

std::string flat(capnp::MessageBuilder& message) {
  const auto words = capnp::messageToFlatArray(message);
  const auto bytes = words.asChars();
  return {bytes.begin(), bytes.size()};
}

TEST(Decoder, UnknownEnumerantsComeBeforeUnknownPayloadsBeforeUnset) {
  capnp::MallocMessageBuilder message;
  auto event = message.initRoot<wire::Event>();
  Decoder decoder;
  EXPECT_EQ(outcome_of(decoder.decode(flat(message))), "unset actor.kind");
  event.initActor().setKind(wire::ActorKind::SYSTEM);
  EXPECT_EQ(outcome_of(decoder.decode(flat(message))), "unset payload");
  // The union's tag is 16 bits at the offset that the schema gives, behind the root pointer.
  const auto tag_at = capnp::Schema::from<wire::Event>()
                          .getFieldByName("payload")
                          .getType()
                          .asStruct()
                          .getProto()
                          .getStruct()
                          .getDiscriminantOffset();
  std::string unknown = flat(message);
  unknown[16 + 2 * tag_at] = 99;
  EXPECT_EQ(outcome_of(decoder.decode(unknown)), "unknown_payload");
  event.getActor().setKind(static_cast<wire::ActorKind>(99));
  unknown = flat(message);
  unknown[16 + 2 * tag_at] = 99;
  EXPECT_EQ(outcome_of(decoder.decode(unknown)), "undecodable");
}

TEST(SamePayload, ComparesKindAndFieldsAndNotTheEnvelope) {
  Event other = sample_play();
  other.event_id.fill(0);
  other.occurred_at = 5;
  other.source = "else";
  EXPECT_TRUE(same_payload(sample_play(), other));
  std::get<PlayRecorded>(other.payload).user_id = "u2";
  EXPECT_FALSE(same_payload(sample_play(), other));
  AccessRecorded access;
  static_cast<Listened&>(access) = std::get<PlayRecorded>(sample_play().payload);
  EXPECT_FALSE(same_payload(sample_play(), with_envelope(access)));
  Event with_script = sample_imported_audio();
  auto& imported =
      std::get<ImportedContentAudio>(std::get<RecordImported>(with_script.payload).row);
  imported.script = "";
  EXPECT_FALSE(same_payload(with_script, sample_imported_audio()));
}

}  // namespace
}  // namespace ledger::event
