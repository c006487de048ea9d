#include "query/kept_text.h"

#include <fmt/format.h>

#include "schemas/base/error.h"

namespace ledger::query {

namespace {

std::optional<std::string_view> text_of(const event::Event& event, bool script) {
  if (const auto* changed = std::get_if<event::StatusChanged>(&event.payload)) {
    return script ? changed->script : changed->error_message;
  }
  const auto* imported = std::get_if<event::RecordImported>(&event.payload);
  if (imported == nullptr) return std::nullopt;
  const auto* audio = std::get_if<event::ImportedContentAudio>(&imported->row);
  if (audio == nullptr) return std::nullopt;
  return script ? audio->script : audio->error_message;
}

}  // namespace

std::string_view KeptTexts::read(Partition partition, Offset offset, std::string_view field) {
  const bool script = field == "script";
  const auto kept = views_.kept_log(partition).read(offset);
  if (kept && kept->value) {
    const event::Decoded decoded = (script ? scripts_ : error_messages_).decode(kept->value);
    const auto* event = std::get_if<event::Event>(&decoded);
    const auto text = event != nullptr ? text_of(*event, script) : std::nullopt;
    if (text) return *text;
  }
  throw Error(
      Fault::kIntegrity,
      fmt::format("kept log: a row takes its {} from event {}:{}, which has none; the views "
                  "are damaged: make them anew with ledger-projector rebuild",
                  field, raw(partition), raw(offset)));
}

}  // namespace ledger::query
