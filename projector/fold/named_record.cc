// Which record an event names.
#include "projector/fold/payloads.h"

namespace ledger::fold {

namespace {

using record::Table;

struct Named {
  State& state;
  using Found = std::optional<NamedRecord>;

  Found operator()(const event::AudioCreated& payload) const {
    return audio(payload.content_audio_id);
  }
  Found operator()(const event::AudioDeleted& payload) const {
    return audio(payload.content_audio_id);
  }
  Found operator()(const event::StatusChanged& payload) const {
    return audio(payload.content_audio_id);
  }
  Found operator()(const event::ContentChanged&) const { return std::nullopt; }
  Found operator()(const event::LedgerOpened&) const { return std::nullopt; }
  Found operator()(const event::Listened& payload) const {
    const auto live = state.listening(payload.user_id, payload.content_id, payload.content_type);
    if (!live) return std::nullopt;
    return NamedRecord{Table::kUserContentAudios, live->row.id};
  }
  Found operator()(const event::RecordImported& payload) const {
    return std::visit(*this, payload.row);
  }
  Found operator()(const event::ImportedContentAudio& imported) const {
    return audio(imported.row.id);
  }
  Found operator()(const record::UserContentAudio& row) const {
    return NamedRecord{Table::kUserContentAudios, row.id};
  }

  static Found audio(std::string_view id) {
    return NamedRecord{Table::kContentAudios, std::string(id)};
  }
};

}  // namespace

std::optional<NamedRecord> named_record(const event::Payload& payload, State& state) {
  return std::visit(Named{state}, payload);
}

}  // namespace ledger::fold
