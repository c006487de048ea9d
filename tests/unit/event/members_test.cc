// members() and the limits against event.capnp, by reflection.
#include "schemas/event/members.h"

#include <map>
#include <vector>

#include <capnp/schema.h>
#include <gtest/gtest.h>

#include "schemas/event/limit_fields.h"
#include "schemas/record/annotations.h"
#include "schemas/wire/event.capnp.h"
#include "tests/unit/event/samples.h"

namespace ledger::event {
namespace {

using record::find_annotation;

// "name", or "name?" where absent is legal.
using Names = std::vector<std::string>;

std::string json_name(capnp::schema::Field::Reader field) {
  const auto name = find_annotation(field, record::kNameAnnotation);
  return name ? name->getText().cStr() : field.getName().cStr();
}

template <typename Wire>
Names declared() {
  Names names;
  for (const auto field : capnp::Schema::from<Wire>().getFields()) {
    const bool optional = field.getProto().isGroup() ||
                          find_annotation(field.getProto(), record::kOptionalAnnotation);
    names.push_back(json_name(field.getProto()) + (optional ? "?" : ""));
  }
  return names;
}

template <typename T>
struct IsOptional : std::false_type {};
template <typename T>
struct IsOptional<std::optional<T>> : std::true_type {};

template <typename T>
Names visited() {
  Names names;
  T value{};
  members(value, [&](std::string_view name, auto& member) {
    const bool optional = IsOptional<std::decay_t<decltype(member)>>::value;
    names.push_back(std::string(name) + (optional ? "?" : ""));
  });
  return names;
}

TEST(Members, AreTheFieldsOfTheSchemaInItsOrder) {
  EXPECT_EQ(visited<Actor>(), declared<wire::Actor>());
  EXPECT_EQ(visited<record::VoiceSettings>(), declared<wire::VoiceSettings>());
  EXPECT_EQ(visited<AudioCreated>(), declared<wire::AudioCreated>());
  EXPECT_EQ(visited<Audio>(), declared<wire::Audio>());
  EXPECT_EQ(visited<StatusChanged>(), declared<wire::StatusChanged>());
  EXPECT_EQ(visited<ContentChanged>(), declared<wire::ContentChanged>());
  EXPECT_EQ(visited<AudioDeleted>(), declared<wire::AudioDeleted>());
  EXPECT_EQ(visited<AccessRecorded>(), declared<wire::Listened>());
  EXPECT_EQ(visited<PlayRecorded>(), declared<wire::Listened>());
  EXPECT_EQ(visited<ImportedContentAudio>(), declared<wire::ContentAudio>());
  EXPECT_EQ(visited<record::UserContentAudio>(), declared<wire::UserContentAudio>());
  EXPECT_EQ(visited<LedgerOpened>(), declared<wire::LedgerOpened>());
}

TEST(Members, PayloadsAreTheUnionOfTheSchema) {
  Names names;
  for (const auto field : capnp::Schema::from<wire::Event>()
                              .getFieldByName("payload")
                              .getType()
                              .asStruct()
                              .getFields()) {
    names.push_back(field.getProto().getName().cStr());
  }
  Names ours = {"unset"};
  for (const Payload& payload :
       {Payload(AudioCreated{}), Payload(StatusChanged{}), Payload(ContentChanged{}),
        Payload(AudioDeleted{}), Payload(AccessRecorded{}), Payload(PlayRecorded{}),
        Payload(RecordImported{}), Payload(LedgerOpened{})}) {
    ours.emplace_back(payload_name(payload));
  }
  EXPECT_EQ(ours, names);
}

// Adds "path -> $maxBytes" of each text under a struct.
void add_declared(capnp::StructSchema schema, const std::string& prefix,
                  std::map<std::string, size_t>& out) {
  for (const auto field : schema.getFields()) {
    const std::string name = json_name(field.getProto());
    const std::string path = prefix.empty() ? name : prefix + "." + name;
    const auto bytes = find_annotation(field.getProto(), record::kMaxBytesAnnotation);
    if (bytes) out[path] = bytes->getUint32();
    if (!field.getType().isStruct()) continue;
    add_declared(field.getType().asStruct(), name == "payload" ? "" : path, out);
  }
}

TEST(Limits, TextBoundsAreTheSchemasMaxBytes) {
  std::map<std::string, size_t> declared_bounds;
  add_declared(capnp::Schema::from<wire::Event>(), "", declared_bounds);
  Event failed = sample_status(record::Status::kFailed);
  auto& changed = std::get<StatusChanged>(failed.payload);
  changed.script = changed.error_message = "";
  changed.audio.emplace();
  failed.correlation_id = failed.causation_id = "";
  Event imported = sample_imported_audio();
  auto& audio = std::get<ImportedContentAudio>(std::get<RecordImported>(imported.payload).row);
  audio.script = audio.error_message = "";
  audio.row.audio_storage_id = "";
  ContentChanged content;
  AudioDeleted deleted;
  AccessRecorded access;
  std::map<std::string, size_t> judged;
  for (const Event& event :
       {failed, imported, sample_created(), with_envelope(content), with_envelope(deleted),
        with_envelope(access), sample_play(), sample_imported_listening()}) {
    Fields fields;
    collect(event, fields);
    for (size_t slot = 0; slot < kTextSlots; ++slot) {
      if (fields.texts[slot].name.empty()) continue;
      judged[std::string(fields.texts[slot].name)] = kTextLimits[slot].bytes_max;
    }
  }
  EXPECT_EQ(judged, declared_bounds);
}

}  // namespace
}  // namespace ledger::event
