// recordImported: a row comes whole, with its _id and _creationTime, and replaces what stands in
// its place.
#include "projector/fold/payloads.h"

namespace ledger::fold {

namespace {

using store::Code;
using StoredAudio = Stored<record::ContentAudio>;
using StoredListening = Stored<record::UserContentAudio>;

// Does the id look like one that this ledger derives, without being one that lives?
bool is_reserved(std::string_view id, const Context& context) {
  return id.starts_with(context.id_prefix) && !context.state.listening_by_id(id);
}

template <typename Record>
Stored<Record> imported_row(const Record& row, store::Rid rid, const Context& context) {
  return {rid, context.offset, row};
}

store::Rid new_rid(const Context& context) { return store::Rid{raw(context.offset)}; }

template <typename Record>
bool replaces_newer(const Record& row, const std::optional<Stored<Record>>& replaced) {
  return replaced && row.updated_at < replaced->row.updated_at;
}

struct FoldImported {
  const Context& context;
  Result& result;

  void operator()(const event::ImportedContentAudio& imported) const {
    const record::ContentAudio& row = imported.row;
    if (is_reserved(row.id, context)) return refuse(result, Code::kReservedId);
    auto before = context.state.audio(row.id);
    if (context.state.has_other_audio_of_voice(row.content_id, row.content_type, row.voice_id,
                                               row.id)) {
      flag(result, Code::kDuplicateContentVoice);
    }
    if (replaces_newer(row, before)) flag(result, Code::kImportReplacesNewer);
    StoredAudio after = imported_row(row, before ? before->rid : new_rid(context), context);
    if (imported.script) after.row.script = context.offset;
    if (imported.error_message) after.row.error_message = context.offset;
    result.audios.push_back({std::move(before), std::move(after)});
  }

  // The row with the same _id lives on as the imported one; a row with the same identity and
  // another _id ends, before the other begins or changes.
  void operator()(const record::UserContentAudio& row) const {
    if (is_reserved(row.id, context)) return refuse(result, Code::kReservedId);
    auto same_id = context.state.listening_by_id(row.id);
    auto ended = context.state.listening(row.user_id, row.content_id, row.content_type);
    if (ended && ended->row.id == row.id) ended.reset();
    const bool newer = replaces_newer(row, same_id) || replaces_newer(row, ended);
    if (ended) {
      flag(result, Code::kIdentityReplaced);
      result.listenings.push_back({std::move(ended), std::nullopt});
    }
    if (newer) flag(result, Code::kImportReplacesNewer);
    StoredListening after = imported_row(row, same_id ? same_id->rid : new_rid(context), context);
    result.listenings.push_back({std::move(same_id), std::move(after)});
  }
};

}  // namespace

void fold_payload(const event::RecordImported& payload, const Context& context, Result& result) {
  std::visit(FoldImported{context, result}, payload.row);
}

}  // namespace ledger::fold
