#include "schemas/event/event.h"

#include <array>

namespace ledger::event {

namespace {

constexpr std::array<std::string_view, 5> kActorKinds = {"unset", "service", "user", "operator",
                                                         "system"};
// Index = alternative of Payload.
constexpr std::array<std::string_view, std::variant_size_v<Payload>> kPayloadNames = {
    "audioCreated",   "statusChanged", "contentChanged", "audioDeleted",
    "accessRecorded", "playRecorded",  "recordImported", "ledgerOpened"};

struct ContentIdOf {
  std::string_view operator()(const LedgerOpened&) const { return {}; }
  std::string_view operator()(const RecordImported& imported) const {
    if (const auto* audio = std::get_if<ImportedContentAudio>(&imported.row)) {
      return audio->row.content_id;
    }
    return std::get<record::UserContentAudio>(imported.row).content_id;
  }
  template <typename T>
  std::string_view operator()(const T& payload) const {
    return payload.content_id;
  }
};

}  // namespace

std::string_view to_text(ActorKind kind) { return kActorKinds.at(static_cast<size_t>(kind)); }

std::optional<ActorKind> actor_kind_from(std::string_view text) {
  for (size_t i = 1; i < kActorKinds.size(); ++i) {
    if (kActorKinds[i] == text) return static_cast<ActorKind>(i);
  }
  return std::nullopt;
}

std::string_view payload_name(size_t alternative) { return kPayloadNames.at(alternative); }

std::string_view content_id(const Payload& payload) { return std::visit(ContentIdOf{}, payload); }

}  // namespace ledger::event
